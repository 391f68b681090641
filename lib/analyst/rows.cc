// A run's records into rows. Text is cut: the whole of it is in git.
#include "analyst/rows.h"

#include <fmt/format.h>

#include "analyst/schema.h"
#include "base/text.h"

namespace gf::analyst {
namespace {

using db::Value;

/// What is shown of a piece of text. A zero byte would end it for some SQL functions.
Value text(const std::string& from, size_t most = 4000) {
  return replace_all(to_utf8(clipped(from, most)), std::string_view("\0", 1), "\xef\xbf\xbd");
}
Value word_or_null(const std::string& from) { return from.empty() ? Value() : text(from); }
Value hex(const Oid& id) { return id.is_zero() ? std::string() : id.hex(); }
Value whole(int64_t number) { return number; }
Value whole(const std::optional<int64_t>& number) { return number ? Value(*number) : Value(); }
Value flag(bool value) { return int64_t{value ? 1 : 0}; }
Value time(Timestamp at) { return at == Timestamp{} ? std::string() : iso8601(at); }
Value ms(Milliseconds duration) { return static_cast<int64_t>(duration.count()); }

std::string questions(size_t count) {
  std::string marks;
  for (size_t i = 0; i < count; ++i) marks += fmt::format("{}?{}", i == 0 ? "" : ",", i + 1);
  return marks;
}

/// What a run's record and its ledger commit tell, whichever can be read.
struct Told {
  record::RunRecord run;
  record::RunMetrics metrics;
};

std::optional<Told> told_by(const ReadRun& read) {
  if (!read.summary) {
    if (read.run.run.id.empty()) return std::nullopt;
    return Told{read.run.run, record::metrics_of(read.run.run, read.run.stages)};
  }
  const store::Summary& summary = *read.summary;
  Told told{read.run.run, summary.metrics};
  if (!told.run.id.empty()) return told;
  told.run.id = summary.id;
  told.run.slug = summary.slug;
  told.run.title = summary.title;
  told.run.base_name = summary.base_name;
  told.run.branch = summary.branch;
  told.run.patch_id = summary.patch_id;
  told.run.pull_request = summary.pull_request;
  told.run.failed_stage = summary.failed_stage;
  told.run.reason = summary.reason;
  told.run.status = summary.status;
  told.run.head = summary.head;
  told.run.tree = summary.tree;
  told.run.base = summary.base;
  told.run.started = summary.started;
  told.run.ended = summary.ended;
  told.run.author = summary.author;
  return told;
}

std::string policy_of(const record::RunRecord& run) {
  record::Json json = record::Json::object();
  for (const auto& [name, value] : run.policy) json.set(name, value);
  return json.dump();
}

/// The message that tells a model what it is: the same for all runs until the prompt changes.
std::string prompt_of(const record::Exchange& exchange) {
  for (const record::Message& message : exchange.request.messages) return message.content;
  return {};
}

std::string pointer_of(const record::Json& row) {
  record::Json pointer = row.get("pointer");
  if (pointer.has("test")) return pointer.get_string("test");
  std::string path = pointer.get_string("path");
  return path.empty() ? path : fmt::format("{}:{}", path, pointer.get_int("line"));
}

}  // namespace

Result<db::Statement*> Rows::statement(const char* sql, size_t values) {
  auto known = statements_.find(sql);
  if (known == statements_.end()) {
    std::string whole_sql = sql;
    if (whole_sql.ends_with("VALUES")) whole_sql += "(" + questions(values) + ")";
    GF_ASSIGN(auto statement, database_->prepare(whole_sql));
    known = statements_.emplace(sql, std::move(statement)).first;
  }
  return &known->second;
}

Result<void> Rows::run(const char* sql, const std::vector<Value>& values) {
  GF_ASSIGN(auto* statement, this->statement(sql, values.size()));
  return statement->run(values);
}

Result<int64_t> Rows::number(const char* sql, const std::vector<Value>& values) {
  GF_ASSIGN(auto* statement, this->statement(sql, values.size()));
  return statement->integer(values);
}

Result<void> Rows::remove(const std::string& id) {
  GF_ASSIGN(int64_t n, number("SELECT n FROM run_rows WHERE id=?1", {id}));
  GF_TRY(run("DELETE FROM troubles WHERE run=?1", {id}));
  if (n == 0) return Done{};
  for (const char* sql :
       {"DELETE FROM test_rows WHERE gate IN (SELECT n FROM gate_rows WHERE run=?1)",
        "DELETE FROM finding_rows WHERE gate IN (SELECT n FROM gate_rows WHERE run=?1)",
        "DELETE FROM gate_rows WHERE run=?1", "DELETE FROM stage_rows WHERE run=?1",
        "DELETE FROM exchange_rows WHERE run=?1", "DELETE FROM criterion_rows WHERE run=?1",
        "DELETE FROM run_rows WHERE n=?1"}) {
    GF_TRY(run(sql, {n}));
  }
  return Done{};
}

Result<void> Rows::put(const ReadRun& read) {
  GF_TRY(remove(read.id.str()));
  for (const std::string& line : read.trouble.lines) {
    GF_TRY(run("INSERT INTO troubles VALUES",
               {read.id.str().substr(0, 8), read.id.str(), text(line)}));
  }
  GF_ASSIGN(int64_t n, put_run(read));
  if (n == 0) return Done{};
  GF_TRY(put_stages(n, read.run));
  GF_TRY(put_exchanges(n, read.run));
  GF_TRY(put_gates(n, read.run));
  return put_criteria(n, read.run);
}

Result<int64_t> Rows::put_run(const ReadRun& read) {
  std::optional<Told> told = told_by(read);
  if (!told) return 0;
  const record::RunRecord& run_ = told->run;
  const record::RunMetrics& metrics = told->metrics;
  const auto& verdict = read.run.verdict;
  const auto& spec = read.run.spec;
  // An incomplete run is read again when its objects may have come.
  std::string ledger = read.trouble.missing ? "" : read.folders.ledger.hex();
  std::vector<Value> values = {
      Value(),
      read.id.str(),
      read.id.str().substr(0, 8),
      ledger,
      hex(read.folders.replay),
      read.id.id8(),
      text(run_.slug),
      text(run_.title),
      text(run_.request, 64000),
      std::string(record::name_of(run_.status)),
      std::string(record::name_of(run_.failure)),
      text(run_.failed_stage),
      text(run_.reason),
      text(run_.base_name),
      hex(run_.base),
      text(run_.branch),
      hex(run_.head),
      hex(run_.tree),
      text(run_.patch_id),
      text(run_.pull_request),
      text(run_.author),
      time(run_.started),
      time(run_.ended),
      ms(metrics.wall),
      ms(metrics.model),
      ms(metrics.gates),
      whole(metrics.usage.input_total.value_or(0)),
      whole(metrics.usage.output_total.value_or(0)),
      whole(metrics.cost.pico_usd),
      text(metrics.cost.basis),
      int64_t{metrics.attempts},
      int64_t{metrics.exchanges},
      flag(metrics.first_try),
      spec ? Value(int64_t{spec->v}) : Value(),
      spec ? Value(static_cast<int64_t>(spec->acceptance_criteria.size())) : Value(),
      verdict ? Value(std::string(verdict->approved ? "approved" : "rejected")) : Value(),
      verdict ? text(verdict->reviewer) : Value(),
      verdict ? hex(verdict->prompt) : Value(),
      text(run_.tool_version),
      text(policy_of(run_)),
      flag(!read.summary)};
  GF_TRY(run("INSERT INTO run_rows VALUES", values));
  return number("SELECT last_insert_rowid()", {});
}

Result<void> Rows::put_stages(int64_t run_, const store::Run& read) {
  for (const record::StageRecord& stage : read.stages) {
    // Two files of one number: hand-made. The last one counts.
    GF_TRY(run("INSERT OR REPLACE INTO stage_rows VALUES",
               {run_,
                int64_t{stage.seq},
                text(stage.stage),
                int64_t{stage.attempt},
                std::string(record::name_of(stage.status)),
                std::string(record::name_of(stage.failure)),
                text(stage.reason),
                text(stage.goes_back_to),
                text(stage.provider),
                text(stage.model_answered),
                time(stage.started),
                ms(stage.wall),
                ms(stage.model),
                ms(stage.gates),
                whole(stage.usage.input_total),
                whole(stage.usage.output_total),
                whole(stage.cost.pico_usd),
                text(stage.cost.basis),
                static_cast<int64_t>(stage.exchanges.size()),
                hex(stage.tree_in),
                hex(stage.tree_out)}));
  }
  return Done{};
}

Result<void> Rows::put_exchanges(int64_t run_, const store::Run& read) {
  for (const record::Exchange& exchange : read.exchanges) {
    record::ModelAnswer none;
    if (exchange.paid) {
      none.usage = exchange.paid->usage;
      none.cost = exchange.paid->cost;
    }
    const record::ModelAnswer& answer = exchange.answer ? *exchange.answer : none;
    Value model = exchange.answer ? text(answer.model) : Value();
    GF_TRY(run("INSERT OR REPLACE INTO exchange_rows VALUES",
               {run_,
                int64_t{exchange.seq},
                text(exchange.request.stage),
                int64_t{exchange.request.attempt},
                int64_t{exchange.request.turn},
                text(exchange.provider),
                text(exchange.model_asked),
                model,
                std::string(record::name_of(exchange.failure)),
                text(exchange.failure_text),
                text(answer.finish),
                whole(answer.usage.input_total),
                whole(answer.usage.cache_read),
                whole(answer.usage.cache_write),
                whole(answer.usage.output_total),
                whole(answer.usage.reasoning),
                whole(answer.cost.pico_usd),
                text(answer.cost.basis),
                time(exchange.started),
                ms(exchange.duration),
                static_cast<int64_t>(exchange.request.messages.size()),
                static_cast<int64_t>(answer.message.tool_calls.size()),
                text(prompt_of(exchange))}));
  }
  return Done{};
}

Result<int64_t> Rows::word(const std::string& said) {
  Value value = text(said);
  GF_TRY(run("INSERT OR IGNORE INTO words(text) VALUES", {value}));
  return number("SELECT n FROM words WHERE text=?1", {value});
}

Result<void> Rows::put_gates(int64_t run_, const store::Run& read) {
  for (const record::GateOutcome& gate : read.gates) {
    bool base = !gate.tree.is_zero() && gate.tree == read.run.base_tree;
    GF_TRY(
        run("INSERT INTO gate_rows VALUES",
            {Value(), run_, text(gate.gate), text(gate.stage), hex(gate.tree), flag(base),
             std::string(record::name_of(gate.status)), int64_t{gate.exit_code},
             int64_t{gate.counts.passed}, int64_t{gate.counts.failed}, int64_t{gate.counts.errors},
             int64_t{gate.counts.skipped}, int64_t{gate.findings_total}, ms(gate.duration),
             text(gate.tool_version), text(gate.sandbox), text(gate.reason)}));
    GF_ASSIGN(int64_t n, number("SELECT last_insert_rowid()", {}));
    int64_t seq = 0;
    for (const record::TestResult& test : gate.tests) {
      GF_ASSIGN(int64_t name, word(test.id));
      GF_TRY(run("INSERT INTO test_rows VALUES",
                 {n, ++seq, name, std::string(record::name_of(test.status)),
                  word_or_null(test.cause), text(test.message, 2000)}));
    }
    seq = 0;
    for (const record::Finding& finding : gate.findings) {
      GF_TRY(run("INSERT INTO finding_rows VALUES",
                 {n, ++seq, text(finding.path), int64_t{finding.line}, text(finding.rule),
                  text(finding.severity), text(finding.message, 2000)}));
    }
  }
  return Done{};
}

Result<void> Rows::put_criteria(int64_t run_, const store::Run& read) {
  if (!read.spec) return Done{};
  std::vector<record::Json> judged;
  if (read.verdict) judged = read.verdict->table.get("criteria").items();
  int64_t seq = 0;
  for (const record::Criterion& criterion : read.spec->acceptance_criteria) {
    Value verdict, pointer;
    for (const record::Json& row : judged) {
      if (row.get_string("id") != criterion.id) continue;
      verdict = text(row.get_string("verdict"));
      pointer = text(pointer_of(row));
    }
    GF_TRY(run("INSERT INTO criterion_rows VALUES",
               {run_, ++seq, text(criterion.id), text(criterion.kind), text(criterion.given),
                text(criterion.when), static_cast<int64_t>(criterion.then.size()),
                text(criterion.source), verdict, pointer}));
  }
  return Done{};
}

Result<void> Rows::close_day(const std::string& day, const std::string& state, bool missing) {
  for (const char* sql :
       {"DELETE FROM run_sums WHERE day=?1", "DELETE FROM stage_sums WHERE day=?1",
        "DELETE FROM gate_sums WHERE day=?1",
        "INSERT INTO run_sums SELECT day, spec_v, status, basis, count(*), sum(first_try), "
        "full_sum(coalesce(pico,0)), sum(pico IS NULL), full_sum(tokens_in), "
        "full_sum(tokens_out), full_sum(wall_ms), full_sum(model_ms), full_sum(gates_ms), "
        "full_sum(attempts), full_sum(exchanges), sum(NOT complete) "
        "FROM run_rows WHERE day=?1 GROUP BY spec_v, status, basis",
        "INSERT INTO stage_sums SELECT r.day, s.stage, s.provider, s.model, r.spec_v, "
        "r.status='delivered', count(*), sum(s.status='pass'), sum(s.attempt>1), "
        "sum(r.failed_stage=s.stage AND s.status<>'pass' AND s.seq=(SELECT max(seq) FROM "
        "stage_rows x WHERE x.run=s.run)), full_sum(coalesce(s.pico,0)), sum(s.pico IS NULL), "
        "full_sum(coalesce(s.tokens_in,0)), full_sum(coalesce(s.tokens_out,0)), "
        "full_sum(s.wall_ms), full_sum(s.model_ms), full_sum(s.gates_ms), "
        "sum(s.basis='scripted'), "
        "full_sum(coalesce(s.pico,0)*(s.status<>'pass')), sum(s.pico IS NULL AND s.status<>'pass') "
        "FROM run_rows r JOIN stage_rows s ON s.run=r.n WHERE r.day=?1 "
        "GROUP BY s.stage, s.provider, s.model, r.spec_v, r.status='delivered'",
        "INSERT INTO gate_sums SELECT r.day, g.gate, g.stage, count(*), sum(g.status='pass'), "
        "sum(g.status='fail'), sum(g.status NOT IN ('pass','fail')), full_sum(g.findings), "
        "full_sum(g.wall_ms) FROM run_rows r JOIN gate_rows g ON g.run=r.n "
        "WHERE r.day=?1 AND NOT g.base GROUP BY g.gate, g.stage"}) {
    GF_TRY(run(sql, {day}));
  }
  return run("INSERT OR REPLACE INTO days VALUES", {day, state, flag(missing)});
}

Result<void> Rows::close_month(const std::string& month) {
  Value sum = kMonthMark + month, from = month + "00", to = month + "99";
  for (const char* sql :
       {"DELETE FROM run_sums WHERE day=?1", "DELETE FROM stage_sums WHERE day=?1",
        "DELETE FROM gate_sums WHERE day=?1"}) {
    GF_TRY(run(sql, {sum}));
  }
  for (const char* sql :
       {"INSERT INTO run_sums SELECT ?1, spec_v, status, basis, full_sum(runs), "
        "full_sum(first_try), full_sum(pico), full_sum(unpriced), full_sum(tokens_in), "
        "full_sum(tokens_out), full_sum(wall_ms), full_sum(model_ms), full_sum(gates_ms), "
        "full_sum(attempts), full_sum(exchanges), full_sum(incomplete) FROM run_sums "
        "WHERE day BETWEEN ?2 AND ?3 GROUP BY spec_v, status, basis",
        "INSERT INTO stage_sums SELECT ?1, stage, provider, model, spec_v, delivered, "
        "full_sum(attempts), full_sum(passed), full_sum(again), full_sum(ended), full_sum(pico), "
        "full_sum(unpriced), full_sum(tokens_in), full_sum(tokens_out), full_sum(wall_ms), "
        "full_sum(model_ms), full_sum(gates_ms), full_sum(scripted), full_sum(lost), "
        "full_sum(lost_unpriced) FROM stage_sums WHERE day BETWEEN ?2 AND ?3 "
        "GROUP BY stage, provider, model, spec_v, delivered",
        "INSERT INTO gate_sums SELECT ?1, gate, stage, full_sum(runs), full_sum(passed), "
        "full_sum(failed), full_sum(broken), full_sum(findings), full_sum(wall_ms) FROM gate_sums "
        "WHERE day BETWEEN ?2 AND ?3 GROUP BY gate, stage"}) {
    GF_TRY(run(sql, {sum, from, to}));
  }
  return Done{};
}

}  // namespace gf::analyst

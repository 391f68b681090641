// A run's records into rows. Text is cut: the whole of it is in git.
#include "analyst/rows.h"

#include <fmt/format.h>

#include "base/name_hash.h"
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

/// What a run's record and its ledger commit tell, whichever can be read.
struct Ending {
  record::RunRecord run;
  record::RunMetrics metrics;
};

std::optional<Ending> ending_of(const ReadRun& read) {
  if (!read.summary) {
    if (read.run.run.id.empty()) return std::nullopt;
    return Ending{read.run.run, record::metrics_of(read.run.run, read.run.stages)};
  }
  const store::Summary& summary = *read.summary;
  Ending ending{read.run.run, summary.metrics};
  if (!ending.run.id.empty()) return ending;
  ending.run.id = summary.id;
  ending.run.slug = summary.slug;
  ending.run.title = summary.title;
  ending.run.base_name = summary.base_name;
  ending.run.branch = summary.branch;
  ending.run.patch_id = summary.patch_id;
  ending.run.pull_request = summary.pull_request;
  ending.run.failed_stage = summary.failed_stage;
  ending.run.reason = summary.reason;
  ending.run.status = summary.status;
  ending.run.head = summary.head;
  ending.run.tree = summary.tree;
  ending.run.base = summary.base;
  ending.run.started = summary.started;
  ending.run.ended = summary.ended;
  ending.run.author = summary.author;
  return ending;
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

Result<db::Statement*> Rows::statement(const char* sql, const std::vector<Cell>* cells) {
  auto known = statements_.find(std::string_view(sql));
  if (known == statements_.end()) {
    std::string names, marks;
    for (size_t i = 0; cells != nullptr && i < cells->size(); ++i) {
      names += fmt::format("{}{}", i == 0 ? "(" : ", ", (*cells)[i].column);
      marks += fmt::format("{}?{}", i == 0 ? "(" : ", ", i + 1);
    }
    std::string whole_sql = sql;
    if (cells != nullptr) whole_sql += names + ") VALUES " + marks + ")";
    GF_ASSIGN(auto statement, database_->prepare(whole_sql));
    known = statements_.emplace(sql, std::move(statement)).first;
  }
  return &known->second;
}

Result<void> Rows::insert(const char* into, const std::vector<Cell>& cells) {
  GF_ASSIGN(auto* statement, this->statement(into, &cells));
  std::vector<Value> values;
  values.reserve(cells.size());
  for (const Cell& cell : cells) values.push_back(cell.value);
  return statement->run(values);
}

Result<void> Rows::run(const char* sql, const std::vector<Value>& values) {
  GF_ASSIGN(auto* statement, this->statement(sql));
  return statement->run(values);
}

Result<int64_t> Rows::number(const char* sql, const std::vector<Value>& values) {
  GF_ASSIGN(auto* statement, this->statement(sql));
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
    GF_TRY(insert(
        "INSERT INTO troubles",
        {{"day", read.id.str().substr(0, 8)}, {"run", read.id.str()}, {"what", text(line)}}));
  }
  GF_ASSIGN(int64_t n, put_run(read));
  if (n == 0) return Done{};
  GF_TRY(put_stages(n, read.run));
  GF_TRY(put_exchanges(n, read.run));
  GF_TRY(put_gates(n, read.run));
  return put_criteria(n, read.run);
}

Result<int64_t> Rows::put_run(const ReadRun& read) {
  std::optional<Ending> ending = ending_of(read);
  if (!ending) return 0;
  const record::RunRecord& run = ending->run;
  const record::RunMetrics& metrics = ending->metrics;
  const auto& verdict = read.run.verdict;
  const auto& spec = read.run.spec;
  // An incomplete run is read again when its objects may have come.
  std::string ledger = read.trouble.missing ? "" : read.folders.ledger.hex();
  std::vector<Cell> cells = {
      {"id", read.id.str()},
      {"day", read.id.str().substr(0, 8)},
      {"ledger", ledger},
      {"replay", hex(read.folders.replay)},
      {"id8", read.id.id8()},
      {"slug", text(run.slug)},
      {"title", text(run.title)},
      {"request", text(run.request, 64000)},
      {"status", std::string(record::name_of(run.status))},
      {"failure", std::string(record::name_of(run.failure))},
      {"failed_stage", text(run.failed_stage)},
      {"reason", text(run.reason)},
      {"base_name", text(run.base_name)},
      {"base", hex(run.base)},
      {"branch", text(run.branch)},
      {"head", hex(run.head)},
      {"tree", hex(run.tree)},
      {"patch_id", text(run.patch_id)},
      {"pull_request", text(run.pull_request)},
      {"author", text(run.author)},
      {"started", time(run.started)},
      {"ended", time(run.ended)},
      {"wall_ms", ms(metrics.wall)},
      {"model_ms", ms(metrics.model)},
      {"gates_ms", ms(metrics.gates)},
      {"tokens_in", whole(metrics.usage.input_total.value_or(0))},
      {"tokens_out", whole(metrics.usage.output_total.value_or(0))},
      {"pico", whole(metrics.cost.pico_usd)},
      {"basis", text(metrics.cost.basis)},
      {"attempts", int64_t{metrics.attempts}},
      {"exchanges", int64_t{metrics.exchanges}},
      {"first_try", flag(metrics.first_try)},
      {"spec_v", spec ? Value(int64_t{spec->v}) : Value()},
      {"criteria", spec ? Value(static_cast<int64_t>(spec->acceptance_criteria.size())) : Value()},
      {"verdict",
       verdict ? Value(std::string(verdict->approved ? "approved" : "rejected")) : Value()},
      {"reviewer", verdict ? text(verdict->reviewer) : Value()},
      {"prompt", verdict ? hex(verdict->prompt) : Value()},
      {"tool", text(run.tool_version)},
      {"policy", text(policy_of(run))},
      {"complete", flag(!read.summary)},
      // The same for every run of one request; a run whose request is not known here is its own.
      {"asked", run.request.empty() ? read.id.str() : name_hash(run.request)}};
  GF_TRY(insert("INSERT INTO run_rows", cells));
  return number("SELECT last_insert_rowid()", {});
}

Result<void> Rows::put_stages(int64_t run_number, const store::Run& read) {
  for (const record::StageRecord& stage : read.stages) {
    // Two files of one number: hand-made. The last one counts.
    GF_TRY(insert("INSERT OR REPLACE INTO stage_rows",
                  {{"run", run_number},
                   {"seq", int64_t{stage.seq}},
                   {"stage", text(stage.stage)},
                   {"attempt", int64_t{stage.attempt}},
                   {"status", std::string(record::name_of(stage.status))},
                   {"failure", std::string(record::name_of(stage.failure))},
                   {"reason", text(stage.reason)},
                   {"goes_back_to", text(stage.goes_back_to)},
                   {"provider", text(stage.provider)},
                   {"model", text(stage.model_answered)},
                   {"started", time(stage.started)},
                   {"wall_ms", ms(stage.wall)},
                   {"model_ms", ms(stage.model)},
                   {"gates_ms", ms(stage.gates)},
                   {"tokens_in", whole(stage.usage.input_total)},
                   {"tokens_out", whole(stage.usage.output_total)},
                   {"pico", whole(stage.cost.pico_usd)},
                   {"basis", text(stage.cost.basis)},
                   {"exchanges", static_cast<int64_t>(stage.exchanges.size())},
                   {"tree_in", hex(stage.tree_in)},
                   {"tree_out", hex(stage.tree_out)}}));
  }
  return Done{};
}

Result<void> Rows::put_exchanges(int64_t run_number, const store::Run& read) {
  for (const record::Exchange& exchange : read.exchanges) {
    record::ModelAnswer none;
    if (exchange.paid) {
      none.usage = exchange.paid->usage;
      none.cost = exchange.paid->cost;
    }
    const record::ModelAnswer& answer = exchange.answer ? *exchange.answer : none;
    Value model = exchange.answer ? text(answer.model) : Value();
    GF_TRY(insert("INSERT OR REPLACE INTO exchange_rows",
                  {{"run", run_number},
                   {"seq", int64_t{exchange.seq}},
                   {"stage", text(exchange.request.stage)},
                   {"attempt", int64_t{exchange.request.attempt}},
                   {"turn", int64_t{exchange.request.turn}},
                   {"provider", text(exchange.provider)},
                   {"model_asked", text(exchange.model_asked)},
                   {"model", model},
                   {"failure", std::string(record::name_of(exchange.failure))},
                   {"failure_text", text(exchange.failure_text)},
                   {"finish", text(answer.finish)},
                   {"tokens_in", whole(answer.usage.input_total)},
                   {"cache_read", whole(answer.usage.cache_read)},
                   {"cache_write", whole(answer.usage.cache_write)},
                   {"tokens_out", whole(answer.usage.output_total)},
                   {"reasoning", whole(answer.usage.reasoning)},
                   {"pico", whole(answer.cost.pico_usd)},
                   {"basis", text(answer.cost.basis)},
                   {"started", time(exchange.started)},
                   {"wall_ms", ms(exchange.duration)},
                   {"messages", static_cast<int64_t>(exchange.request.messages.size())},
                   {"tool_calls", static_cast<int64_t>(answer.message.tool_calls.size())},
                   {"prompt", text(prompt_of(exchange))}}));
  }
  return Done{};
}

Result<int64_t> Rows::word(const std::string& said) {
  Value value = text(said);
  GF_TRY(run("INSERT OR IGNORE INTO words(text) VALUES(?1)", {value}));
  return number("SELECT n FROM words WHERE text=?1", {value});
}

Result<void> Rows::put_gates(int64_t run_number, const store::Run& read) {
  for (const record::GateOutcome& gate : read.gates) {
    bool base = !gate.tree.is_zero() && gate.tree == read.run.base_tree;
    GF_TRY(insert("INSERT INTO gate_rows", {{"run", run_number},
                                            {"gate", text(gate.gate)},
                                            {"stage", text(gate.stage)},
                                            {"tree", hex(gate.tree)},
                                            {"base", flag(base)},
                                            {"status", std::string(record::name_of(gate.status))},
                                            {"exit_code", int64_t{gate.exit_code}},
                                            {"passed", int64_t{gate.counts.passed}},
                                            {"failed", int64_t{gate.counts.failed}},
                                            {"errors", int64_t{gate.counts.errors}},
                                            {"skipped", int64_t{gate.counts.skipped}},
                                            {"findings", int64_t{gate.findings_total}},
                                            {"wall_ms", ms(gate.duration)},
                                            {"tool", text(gate.tool_version)},
                                            {"sandbox", text(gate.sandbox)},
                                            {"reason", text(gate.reason)}}));
    GF_ASSIGN(int64_t n, number("SELECT last_insert_rowid()", {}));
    int64_t seq = 0;
    for (const record::TestResult& test : gate.tests) {
      GF_ASSIGN(int64_t name, word(test.id));
      GF_TRY(insert("INSERT INTO test_rows", {{"gate", n},
                                              {"seq", ++seq},
                                              {"test", name},
                                              {"status", std::string(record::name_of(test.status))},
                                              {"cause", word_or_null(test.cause)},
                                              {"message", text(test.message, 2000)}}));
    }
    seq = 0;
    for (const record::Finding& finding : gate.findings) {
      GF_TRY(insert("INSERT INTO finding_rows", {{"gate", n},
                                                 {"seq", ++seq},
                                                 {"path", text(finding.path)},
                                                 {"line", int64_t{finding.line}},
                                                 {"rule", text(finding.rule)},
                                                 {"severity", text(finding.severity)},
                                                 {"message", text(finding.message, 2000)}}));
    }
  }
  return Done{};
}

Result<void> Rows::put_criteria(int64_t run_number, const store::Run& read) {
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
    GF_TRY(insert("INSERT INTO criterion_rows",
                  {{"run", run_number},
                   {"seq", ++seq},
                   {"id", text(criterion.id)},
                   {"kind", text(criterion.kind)},
                   {"condition", text(criterion.given)},
                   {"action", text(criterion.when)},
                   {"observations", static_cast<int64_t>(criterion.then.size())},
                   {"source", text(criterion.source)},
                   {"verdict", verdict},
                   {"pointer", pointer}}));
  }
  return Done{};
}

}  // namespace gf::analyst

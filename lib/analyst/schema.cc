// The index's tables, and the views over them that people ask.
#include "analyst/schema.h"

#include <fmt/format.h>

#include "analyst/index.h"

namespace gf::analyst {
namespace {

// Rows of a run carry its number. `*_sums` are per day and again per month ('M202611'), so that
// sums over a long history read a few rows a month, and a new run costs the sums of one of each.
constexpr const char* kTables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE months(month TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE days(day TEXT PRIMARY KEY, state TEXT NOT NULL, missing INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE troubles(day TEXT NOT NULL, run TEXT NOT NULL, what TEXT NOT NULL);
CREATE INDEX troubles_by_day ON troubles(day, run);
CREATE TABLE words(n INTEGER PRIMARY KEY, text TEXT UNIQUE NOT NULL);
CREATE TABLE run_rows(n INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, day TEXT NOT NULL,
  ledger TEXT NOT NULL, replay TEXT NOT NULL, id8 TEXT, slug TEXT, title TEXT, request TEXT,
  status TEXT, failure TEXT, failed_stage TEXT, reason TEXT, base_name TEXT, base TEXT,
  branch TEXT, head TEXT, tree TEXT, patch_id TEXT, pull_request TEXT, author TEXT, started TEXT,
  ended TEXT, wall_ms INTEGER, model_ms INTEGER, gates_ms INTEGER, tokens_in INTEGER,
  tokens_out INTEGER, pico INTEGER, basis TEXT, attempts INTEGER, exchanges INTEGER,
  first_try INTEGER, spec_v INTEGER, criteria INTEGER, verdict TEXT, reviewer TEXT, prompt TEXT,
  tool TEXT, policy TEXT, complete INTEGER, asked TEXT NOT NULL);
CREATE INDEX runs_by_day ON run_rows(day, id);
CREATE INDEX runs_by_id8 ON run_rows(id8);
CREATE INDEX runs_by_slug ON run_rows(slug);
CREATE INDEX runs_by_pull ON run_rows(pull_request);
CREATE INDEX runs_by_head ON run_rows(head);
CREATE INDEX runs_by_tree ON run_rows(tree);
CREATE INDEX runs_by_patch ON run_rows(patch_id);
CREATE INDEX runs_by_cost ON run_rows(pico DESC, wall_ms DESC);
CREATE INDEX runs_by_asked ON run_rows(asked, id, status);
CREATE INDEX runs_by_time ON run_rows(status, wall_ms);
CREATE TABLE stage_rows(run INTEGER NOT NULL, seq INTEGER NOT NULL, stage TEXT, attempt INTEGER,
  status TEXT, failure TEXT, reason TEXT, goes_back_to TEXT, provider TEXT, model TEXT,
  started TEXT, wall_ms INTEGER, model_ms INTEGER, gates_ms INTEGER, tokens_in INTEGER,
  tokens_out INTEGER, pico INTEGER, basis TEXT, exchanges INTEGER, tree_in TEXT, tree_out TEXT,
  PRIMARY KEY(run, seq)) WITHOUT ROWID;
CREATE INDEX stages_by_status ON stage_rows(status, stage);
CREATE TABLE exchange_rows(run INTEGER NOT NULL, seq INTEGER NOT NULL, stage TEXT, attempt INTEGER,
  turn INTEGER, provider TEXT, model_asked TEXT, model TEXT, failure TEXT, failure_text TEXT,
  finish TEXT, tokens_in INTEGER, cache_read INTEGER, cache_write INTEGER, tokens_out INTEGER,
  reasoning INTEGER, pico INTEGER, basis TEXT, started TEXT, wall_ms INTEGER, messages INTEGER,
  tool_calls INTEGER, prompt TEXT, PRIMARY KEY(run, seq)) WITHOUT ROWID;
CREATE TABLE gate_rows(n INTEGER PRIMARY KEY, run INTEGER NOT NULL, gate TEXT, stage TEXT,
  tree TEXT, base INTEGER, status TEXT, exit_code INTEGER, passed INTEGER, failed INTEGER,
  errors INTEGER, skipped INTEGER, findings INTEGER, wall_ms INTEGER, tool TEXT, sandbox TEXT,
  reason TEXT);
CREATE INDEX gates_by_run ON gate_rows(run);
CREATE TABLE test_rows(gate INTEGER NOT NULL, seq INTEGER NOT NULL, test INTEGER, status TEXT,
  cause TEXT, message TEXT, PRIMARY KEY(gate, seq)) WITHOUT ROWID;
CREATE TABLE finding_rows(gate INTEGER NOT NULL, seq INTEGER NOT NULL, path TEXT, line INTEGER,
  rule TEXT, severity TEXT, message TEXT, PRIMARY KEY(gate, seq)) WITHOUT ROWID;
CREATE TABLE criterion_rows(run INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT, kind TEXT,
  condition TEXT, action TEXT, observations INTEGER, source TEXT, verdict TEXT, pointer TEXT,
  PRIMARY KEY(run, seq)) WITHOUT ROWID;
CREATE TABLE run_sums(day TEXT NOT NULL, spec_v INTEGER, status TEXT, basis TEXT, runs INTEGER,
  first_try INTEGER, pico INTEGER, unpriced INTEGER, tokens_in INTEGER, tokens_out INTEGER,
  wall_ms INTEGER, model_ms INTEGER, gates_ms INTEGER, attempts INTEGER, exchanges INTEGER,
  incomplete INTEGER);
CREATE INDEX run_sums_by_day ON run_sums(day);
CREATE TABLE stage_sums(day TEXT NOT NULL, stage TEXT, provider TEXT, model TEXT, spec_v INTEGER,
  delivered INTEGER, attempts INTEGER, passed INTEGER, again INTEGER, ended INTEGER, pico INTEGER,
  unpriced INTEGER, tokens_in INTEGER, tokens_out INTEGER, wall_ms INTEGER, model_ms INTEGER,
  gates_ms INTEGER, scripted INTEGER, lost INTEGER, lost_unpriced INTEGER);
CREATE INDEX stage_sums_by_day ON stage_sums(day);
CREATE TABLE gate_sums(day TEXT NOT NULL, gate TEXT, stage TEXT, runs INTEGER, passed INTEGER,
  failed INTEGER, broken INTEGER, findings INTEGER, wall_ms INTEGER);
CREATE INDEX gate_sums_by_day ON gate_sums(day);
)sql";

struct Column {
  const char *name, *from, *about;
};

constexpr Column kRuns[] = {
    {"run", "id", "id of the run"},
    {"slug", "slug", "short name of the feature"},
    {"title", "title", "the spec's title; empty when PLAN did not pass"},
    {"request", "request", "what was asked, verbatim"},
    {"status", "status", "delivered, rejected, failed, needs-answers, cancelled, planned, reviewed"},
    {"delivered", "status='delivered'", "1 when a pull request was made"},
    {"clean_run", "first_try", "1 when delivered and no stage needed a second attempt"},
    {"first_try", "first_try", "clean_run by its older name"},
    {"failed_stage", "failed_stage", "the stage that ended it; empty when delivered"},
    {"failure", "failure",
     "none, transient, deterministic, overflow, budget, refused, configuration, cancelled, "
     "internal"},
    {"reason", "reason", "why it ended, one line"},
    {"month", "substr(day,1,4)||'-'||substr(day,5,2)", "2026-11"},
    {"started", "started", "UTC, ISO 8601"},
    {"ended", "ended", "UTC, ISO 8601"},
    {"wall_ms", "wall_ms", "from request to end: time to pull request when delivered"},
    {"model_ms", "model_ms", "of it waiting for models"},
    {"gates_ms", "gates_ms", "of it in gates"},
    {"tokens_in", "tokens_in", "tokens sent, cached ones included"},
    {"tokens_out", "tokens_out", "tokens received"},
    {"cost_usd", "pico/1e12", "dollars; NULL when a price is unknown"},
    {"cost_basis", "basis",
     "provider, user-file, table:<date>, local, scripted, none, mixed, unpriced"},
    {"attempts", "attempts", "stage attempts"},
    {"exchanges", "exchanges", "requests to models"},
    {"spec_version", "spec_v", "version of the spec format; NULL without a spec"},
    {"criteria", "criteria", "acceptance criteria in the spec"},
    {"verdict", "verdict", "REVIEW's last word: approved, rejected; NULL when not reached"},
    {"reviewer", "reviewer", "provider/model that gave it"},
    {"base_name", "base_name", "branch it started from"},
    {"base", "base", "commit it started from"},
    {"branch", "branch", "delivered branch"},
    {"head", "head", "delivered commit"},
    {"tree", "tree", "its tree"},
    {"patch_id", "patch_id", "git patch-id --stable of the change"},
    {"pull_request", "pull_request", "address, or #<n> of the local forge"},
    {"author", "author", "who asked"},
    {"tool_version", "tool", "git-factory's"},
    {"policy", "policy", "settings that decide, as JSON"},
    {"has_exchanges", "replay<>''", "1 when this clone holds its exchanges"},
};
constexpr Column kStages[] = {
    {"run", "r.id", "id of the run"},
    {"slug", "r.slug", "short name of the feature"},
    {"seq", "s.seq", "place in the run, from 1"},
    {"stage", "s.stage", "plan, scout, build, validate, test, validate-tests, review, pr"},
    {"attempt", "s.attempt", "of this stage, from 1"},
    {"status", "s.status", "pass, fail, error"},
    {"failure", "s.failure", "as in runs"},
    {"reason", "s.reason", "one line"},
    {"goes_back_to", "s.goes_back_to", "where a failure sent the run; empty: same stage, or end"},
    {"provider", "s.provider", "who answered last"},
    {"model", "s.model", "which model answered last"},
    {"started", "s.started", "UTC, ISO 8601"},
    {"wall_ms", "s.wall_ms", "duration"},
    {"model_ms", "s.model_ms", "of it waiting for models"},
    {"gates_ms", "s.gates_ms", "of it in gates"},
    {"tokens_in", "s.tokens_in", "tokens sent; NULL when not told"},
    {"tokens_out", "s.tokens_out", "tokens received; NULL when not told"},
    {"cost_usd", "s.pico/1e12", "dollars; NULL when unpriced"},
    {"cost_basis", "s.basis", "as in runs"},
    {"exchanges", "s.exchanges", "requests to models"},
    {"tree_in", "s.tree_in", "tree it began with"},
    {"tree_out", "s.tree_out", "tree it left"},
};
constexpr Column kExchanges[] = {
    {"run", "r.id", "id of the run"},
    {"slug", "r.slug", "short name of the feature"},
    {"seq", "s.seq", "place in the run, from 1"},
    {"stage", "s.stage", "stage that asked"},
    {"attempt", "s.attempt", "its attempt"},
    {"turn", "s.turn", "turn of the conversation, from 1"},
    {"provider", "s.provider", "as configured"},
    {"model_asked", "s.model_asked", "as configured"},
    {"model", "s.model", "who says it answered; NULL when nobody did"},
    {"failure", "s.failure",
     "none, auth, quota, rate_limited, overflow, truncated, refused, bad_output, transport, "
     "config, cancelled"},
    {"failure_text", "s.failure_text", "what the service said"},
    {"finish", "s.finish", "stop, tool_calls, length, ..."},
    {"tokens_in", "s.tokens_in", "tokens sent; NULL when not told"},
    {"cache_read", "s.cache_read", "of them read from a cache"},
    {"cache_write", "s.cache_write", "of them written to a cache"},
    {"tokens_out", "s.tokens_out", "tokens received"},
    {"reasoning", "s.reasoning", "of them for reasoning"},
    {"cost_usd", "s.pico/1e12", "dollars; NULL when unpriced"},
    {"cost_basis", "s.basis", "as in runs"},
    {"started", "s.started", "UTC, ISO 8601"},
    {"wall_ms", "s.wall_ms", "duration"},
    {"messages", "s.messages", "messages sent"},
    {"prompt", "s.prompt", "blob id of the system message: changes when the prompt does"},
};
constexpr Column kGates[] = {
    {"run", "r.id", "id of the run"},
    {"slug", "r.slug", "short name of the feature"},
    {"gate", "g.gate", "ruff, mypy, pytest, ..."},
    {"stage", "g.stage", "validate or test"},
    {"tree", "g.tree", "what was judged"},
    {"on_base", "g.base", "1 when that is the tree the run started from"},
    {"status", "g.status", "pass, fail, broken, timeout, cancelled"},
    {"exit_code", "g.exit_code", "-1: ended by a signal, or never started"},
    {"passed", "g.passed", "tests"},
    {"failed", "g.failed", "tests"},
    {"errors", "g.errors", "tests"},
    {"skipped", "g.skipped", "tests"},
    {"findings", "g.findings", "findings in all"},
    {"wall_ms", "g.wall_ms", "duration"},
    {"tool_version", "g.tool", "the tool's"},
    {"sandbox", "g.sandbox", "which one was used"},
    {"reason", "g.reason", "one line when not pass"},
};
constexpr Column kTests[] = {
    {"run", "r.id", "id of the run"},
    {"slug", "r.slug", "short name of the feature"},
    {"gate", "g.gate", "the gate that ran it"},
    {"tree", "g.tree", "what was judged"},
    {"on_base", "g.base", "1 when that is the tree the run started from"},
    {"test", "w.text", "its id"},
    {"status", "t.status", "passed, failed, error, skipped"},
    {"cause", "t.cause", "assertion, missing-symbol, collection, setup, teardown, other"},
    {"message", "t.message", "what it said"},
};
constexpr Column kFindings[] = {
    {"run", "r.id", "id of the run"},
    {"slug", "r.slug", "short name of the feature"},
    {"gate", "g.gate", "the gate that found it"},
    {"tree", "g.tree", "what was judged"},
    {"on_base", "g.base", "1 when that is the tree the run started from"},
    {"path", "f.path", "empty when it is about no file"},
    {"line", "f.line", "0: no line"},
    {"rule", "f.rule", "F401, arg-type, ..."},
    {"severity", "f.severity", "error, warning, note"},
    {"message", "f.message", "what it said"},
};
constexpr Column kCriteria[] = {
    {"run", "r.id", "id of the run"},
    {"slug", "r.slug", "short name of the feature"},
    {"criterion", "c.id", "AC1, ..."},
    {"kind", "c.kind", "http, cli, call, raise, state, log, doc, keep"},
    {"condition", "c.condition", "given"},
    {"action", "c.action", "when"},
    {"observations", "c.observations", "how many things are to be seen"},
    {"source", "c.source", "words of the request, or an assumption"},
    {"verdict", "c.verdict", "satisfied, violated, not_shown; NULL before REVIEW"},
    {"pointer", "c.pointer", "the reviewer's: a test, or path:line"},
};
constexpr Column kUnreadable[] = {
    {"run", "run", "id of the run; empty when it is about none"},
    {"what", "what", "the file and what is wrong with it"},
};

struct TableWords {
  const char *name, *about, *from;
  const Column* columns;
  size_t count;
};

template <size_t N>
constexpr TableWords table(const char* name, const char* about, const char* from,
                           const Column (&columns)[N]) {
  return {name, about, from, columns, N};
}

std::vector<TableWords> tables() {
  return {
      table("runs", "ended runs", "run_rows", kRuns),
      table("stages", "attempts of stages", "stage_rows s JOIN run_rows r ON r.n=s.run", kStages),
      table("exchanges", "requests to models; only of runs whose exchanges this clone holds",
            "exchange_rows s JOIN run_rows r ON r.n=s.run", kExchanges),
      table("gates", "gates run on trees", "gate_rows g JOIN run_rows r ON r.n=g.run", kGates),
      table("tests", "tests that gates ran",
            "test_rows t JOIN gate_rows g ON g.n=t.gate JOIN run_rows r ON r.n=g.run "
            "JOIN words w ON w.n=t.test",
            kTests),
      table("findings", "what gates found",
            "finding_rows f JOIN gate_rows g ON g.n=f.gate JOIN run_rows r ON r.n=g.run",
            kFindings),
      table("criteria", "acceptance criteria and what REVIEW said of them",
            "criterion_rows c JOIN run_rows r ON r.n=c.run", kCriteria),
      table("unreadable", "records that could not be read", "troubles", kUnreadable),
  };
}

}  // namespace

std::string schema() {
  std::string sql = kTables;
  for (const TableWords& view : tables()) {
    std::string columns;
    for (size_t i = 0; i < view.count; ++i)
      columns +=
          fmt::format("{}{} AS {}", i == 0 ? "" : ", ", view.columns[i].from, view.columns[i].name);
    sql += fmt::format("CREATE VIEW {} AS SELECT {} FROM {};\n", view.name, columns, view.from);
  }
  return sql + fmt::format("INSERT INTO meta VALUES('format', {});\n", kIndexFormat);
}

const std::vector<View>& views() {
  static const std::vector<View> all = [] {
    std::vector<View> made;
    for (const TableWords& table : tables()) {
      View view{table.name, table.about, {}};
      for (size_t i = 0; i < table.count; ++i)
        view.columns.emplace_back(table.columns[i].name, table.columns[i].about);
      made.push_back(std::move(view));
    }
    return made;
  }();
  return all;
}

}  // namespace gf::analyst

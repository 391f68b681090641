// One record of each kind with every member set to something of its own.
#pragma once

#include "record/exchange.h"
#include "record/gate.h"
#include "record/run.h"
#include "record/spec.h"

namespace gf::record::test {

inline Oid oid(char digit) { return Oid::parse(std::string(40, digit)).value(); }
inline RunId run_id() { return RunId::parse("20261121T083059Z-6bbc40a7").value(); }
inline Timestamp at(int second) {
  return parse_iso8601("2026-11-21T08:30:00.250Z").value() + std::chrono::seconds(second);
}

inline Usage usage() { return {100, 20, 3, 40, 5, "reported"}; }
inline Cost cost() { return {12'000, "table:2026-11-01"}; }

inline RunRecord run() {
  RunRecord run;
  run.id = run_id();
  run.slug = "health";
  run.request = "add a health endpoint";
  run.title = "Health endpoint";
  run.base_name = "main";
  run.base = oid('1');
  run.base_tree = oid('2');
  run.branch = "refs/heads/factory/health";
  run.head = oid('3');
  run.tree = oid('4');
  run.patch_id = oid('5').hex();
  run.pull_request = "#3";
  run.status = RunStatus::kDelivered;
  run.failure = FailureClass::kBudget;
  run.failed_stage = "review";
  run.reason = "enough";
  run.questions = {"which port?", "which path?"};
  run.likeliest = {"8080", ""};
  run.answers = {{1, 1, "which name?", "health", "Ada", true, at(30)}};
  run.started = at(0);
  run.ended = at(60);
  run.author = "Ada <ada@example.com>";
  run.models = {{"build", "a/b, c/d"}, {"review", "e/f"}};
  run.tool_version = "0.1.0";
  run.policy = {{"batch", "friday"}, {"retries", "3"}};
  run.unknown = Json::object({{"later", Json::object({{"x", 1}})}});
  return run;
}

inline StageRecord stage() {
  StageRecord stage;
  stage.seq = 4;
  stage.stage = "review";
  stage.attempt = 2;
  stage.tree_in = oid('1');
  stage.tree_out = oid('2');
  stage.commit = oid('3');
  stage.status = StageStatus::kFail;
  stage.failure = FailureClass::kDeterministic;
  stage.reason = "a hunk nobody asked for";
  stage.goes_back_to = "build";
  stage.feedback = {"remove it", "add a test"};
  stage.started = at(1);
  stage.wall = Milliseconds(900);
  stage.model = Milliseconds(500);
  stage.gates = Milliseconds(300);
  stage.exchanges = {5, 6};
  stage.gate_runs = {"gate-a.json"};
  stage.prompt = oid('4');
  stage.provider = "a";
  stage.model_answered = "b";
  stage.usage = usage();
  stage.cost = cost();
  stage.telemetry = {{"files_count", 2.5}};
  stage.output = Json::object({{"table", Json::array({1, "two"})}});
  return stage;
}

inline RunMetrics metrics() {
  RunMetrics metrics;
  metrics.usage = usage();
  metrics.cost = cost();
  metrics.exchanges = 7;
  metrics.attempts = 8;
  metrics.first_try = true;
  metrics.wall = Milliseconds(9);
  metrics.model = Milliseconds(10);
  metrics.gates = Milliseconds(11);
  return metrics;
}

inline Verdict verdict() {
  Verdict verdict;
  verdict.approved = true;
  verdict.spec = oid('1');
  verdict.base = oid('2');
  verdict.tree = oid('3');
  verdict.commit = oid('4');
  verdict.patch_id = oid('5').hex();
  verdict.reviewer = "a/b";
  verdict.prompt = oid('6');
  verdict.same_model_as_builder = true;
  verdict.reasons = {"as the spec says"};
  verdict.table = Json::object({{"criteria", Json::array()}});
  verdict.time = at(2);
  verdict.run = run_id();
  return verdict;
}

inline GateOutcome gate() {
  GateOutcome gate;
  gate.gate = "pytest";
  gate.stage = "test";
  gate.tree = oid('1');
  gate.status = GateOutcome::Status::kFail;
  gate.argv = {"python", "-m", "pytest"};
  gate.exit_code = 1;
  gate.counts = {1, 2, 3, 4};
  gate.findings = {{"a.py", 3, "F401", "unused", "warning"}, {"b.py", 0, "E1", "bad", "error"}};
  gate.findings_total = 20;
  gate.tests = {{"t::x", TestStatus::kFailed, "assertion", "no"},
                {"t::y", TestStatus::kPassed, "", ""}};
  gate.coverage = {{"a.py", {{1, 2, 3, 5}, {9}}}, {"b.py", {{}, {}}}};
  gate.duration = Milliseconds(1200);
  gate.tool_version = "7.2";
  gate.environment = "venv .venv, Python 3.11.7, 3f9a0c12";
  gate.output_tail = "1 failed";
  gate.sandbox = "bwrap";
  gate.reason = "exit 1";
  gate.fixed = oid('2');
  return gate;
}

inline Spec spec() {
  Spec spec;
  spec.title = "Health";
  spec.intent = "know that it lives";
  spec.request = "add a health endpoint";
  spec.touchpoints = {"app/main.py"};
  spec.introduces = {"app/health.py"};
  Criterion criterion;
  criterion.id = "AC1";
  criterion.kind = "http";
  criterion.given = "it runs";
  criterion.when = "GET /health";
  criterion.then = {{"status", "equals", 200}, {"body", "contains", "ok"}};
  criterion.source = "'health'";
  criterion.authorises = {"tests/test_a.py::test_b"};
  criterion.unchanged = true;
  criterion.cases = {Json::object({{"n", 1}})};
  spec.acceptance_criteria = {criterion};
  spec.constraints = {"no new dependency"};
  spec.out_of_scope = {"metrics"};
  spec.assumptions = {{"A1", "no login"}};
  spec.changelog.section = "Added";
  spec.changelog.entry = "A health endpoint.";
  spec.unknown = Json::object({{"later", 1}});
  return spec;
}

inline ModelRequest request() {
  ModelRequest request;
  request.stage = "build";
  request.attempt = 2;
  request.turn = 3;
  request.messages = {
      {Message::Role::kSystem, "you build", {}, "", ""},
      {Message::Role::kAssistant,
       "reading",
       {{"c1", "read", Json::object({{"path", "a"}}), ""}, {"c2", "read", Json(), "{path"}},
       "",
       ""},
      {Message::Role::kTool, "text of a", {}, "c1", "read"}};
  request.tools = {{"read", "reads a file", Json::object({{"type", "object"}})}};
  request.schema = Json::object({{"type", "string"}});
  request.temperature = 0.5;
  request.max_output_tokens = 4096;
  return request;
}

inline Paid paid() { return {"b", "req-1", usage(), cost()}; }

inline ModelAnswer answer() {
  ModelAnswer answer;
  answer.message = {Message::Role::kAssistant, "done", {}, "", ""};
  answer.model = "b-2026";
  answer.provider = "a";
  answer.finish = "stop";
  answer.request_id = "req-2";
  answer.usage = usage();
  answer.cost = cost();
  answer.duration = Milliseconds(700);
  return answer;
}

inline Exchange exchange() {
  Exchange exchange;
  exchange.seq = 5;
  exchange.provider = "a";
  exchange.model_asked = "b";
  exchange.request = request();
  exchange.answer = answer();
  exchange.failure = ModelFailure::kTruncated;
  exchange.failure_text = "cut off";
  exchange.paid = paid();
  exchange.attempt = 2;
  exchange.started = at(3);
  exchange.duration = Milliseconds(800);
  return exchange;
}

}  // namespace gf::record::test

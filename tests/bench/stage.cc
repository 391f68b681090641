// What TEST's judgement and REVIEW's prompt cost beside models and gates, by the number of tests
// that a repository has; ten of them are new. Built by `ninja stage_bench`. Prints a row a size.
#include "stage/stage.h"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <string>

namespace gf::stage {
namespace {

record::GateOutcome outcome_of(int from, int to, record::TestStatus status) {
  record::GateOutcome outcome;
  outcome.gate = "pytest";
  outcome.stage = "test";
  outcome.status = record::GateOutcome::Status::kPass;
  for (int i = from; i < to; ++i) {
    outcome.tests.push_back(
        {fmt::format("tests/part_{}/test_module_{}.py::test_{}does_what_it_says_{}", i / 500,
                     i / 20, i < 10 ? "ac1_" : "", i),
         status, status == record::TestStatus::kFailed ? "assertion" : "", ""});
  }
  return outcome;
}

Input world(int tests) {
  Input in;
  record::Spec spec;
  spec.title = "Bench";
  spec.acceptance_criteria = {{"AC1", "http", "", "GET /x", {}, "", {}}};
  in.spec = spec;
  in.prompt_template = "{{spec}}{{hunks}}{{gates}}{{feedback}}";
  in.outcomes = {outcome_of(0, tests, record::TestStatus::kPassed)};
  in.base_outcomes = {outcome_of(10, tests, record::TestStatus::kPassed)};
  in.new_tests_on_base = {outcome_of(0, 10, record::TestStatus::kFailed)};
  return in;
}

int bench() {
  fmt::print("{:>8} {:>14} {:>14} {:>14}\n", "tests", "judgement ms", "prompt ms", "prompt bytes");
  for (int tests : {1000, 5000, 20000, 50000}) {
    Input in = world(tests);
    auto ms = [](std::clock_t since) {
      return 1000.0 * static_cast<double>(std::clock() - since) / CLOCKS_PER_SEC;
    };
    std::clock_t start = std::clock();
    auto judged = find_stage("test")->eval(in, {});
    double judgement = ms(start);
    start = std::clock();
    auto prompt = find_stage("review")->prompt(in);
    double asked = ms(start);
    if (!judged.ok() || judged->kind != Judgement::Kind::kPass || !prompt.ok()) {
      std::fprintf(stderr, "fatal: the made-up change was not accepted\n");
      return 1;
    }
    size_t bytes = 0;
    for (const record::Message& message : *prompt) bytes += message.content.size();
    fmt::print("{:>8} {:>14.1f} {:>14.1f} {:>14}\n", tests, judgement, asked, bytes);
  }
  return 0;
}

}  // namespace
}  // namespace gf::stage

int main() { return gf::stage::bench(); }

// What the line itself costs in a run, in processor time of this process: a long conversation, the
// list of runs that go on, and the look at a batch before a call. Built by `ninja own_bench`.
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <numeric>
#include <string>
#include <vector>

#include "line/asker.h"
#include "model/provider.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::line {
namespace {

double ms_since(std::clock_t start) {
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

std::string prose(size_t size) {
  std::string text;
  while (text.size() < size) text += "The gate reads the tree, \"quotes\" it and answers.\n";
  text.resize(size);
  return text;
}

/// A repository, and answers of `bytes` for `turns` turns of BUILD.
struct World {
  World(int turns, size_t bytes) {
    for (int turn = 1; turn <= turns; ++turn) {
      record::Json answer =
          record::Json::object({{"content", fmt::format("{} {}", turn, prose(bytes))},
                                {"usage", record::Json::object({{"input_total", 1}})}});
      scripts.write(fmt::format("talk/build.1.{}.json", turn), answer.dump());
    }
    base = place.commit("first");
    session::Setup setup;
    setup.directory = place.path();
    setup.environment = place.environment();
    setup.clock = &clock;
    setup.cancel = &cancel;
    auto opened = session::Context::open(setup, false);
    if (opened.ok()) context = std::move(opened).value();
  }
  Result<store::ActiveRun> begin(uint32_t number, const std::string& batch) {
    record::RunRecord run;
    run.id = RunId::make(clock.now(), number);
    run.base = base;
    GF_ASSIGN(auto info, context->repo.commit(base));
    run.base_tree = info.tree;
    if (!batch.empty()) run.policy["batch"] = batch;
    return context->store->begin(run);
  }
  /// Everything of a turn but the model, which a scripted answer stands for. What each turn took.
  Result<std::vector<double>> converse(store::ActiveRun& active, int turns, size_t bytes,
                                       session::Config::Settings settings) {
    settings.add("factory.model", "scripted/talk");
    settings.add("factory.provider.scripted.path", scripts.path());
    GF_ASSIGN(auto config, session::Config::load(context->repo, context->git, Oid(), settings));
    Asker asker(*context, active, config, {},
                [](const std::string&, const std::string&, const record::Json&) {});
    record::ModelRequest request;
    request.stage = "build";
    std::vector<double> each;
    for (request.turn = 1; request.turn <= turns; ++request.turn) {
      std::clock_t start = std::clock();
      request.messages.push_back({record::Message::Role::kUser,
                                  fmt::format("{}", request.turn) + prose(bytes),
                                  {},
                                  "",
                                  ""});
      GF_ASSIGN(auto answer, asker.ask(request));
      request.messages.push_back(answer.message);
      each.push_back(ms_since(start));
    }
    return each;
  }

  test::TempRepo place;
  test::TempFolder scripts;
  test::StandingClock clock;
  Cancel cancel;
  Oid base;
  std::unique_ptr<session::Context> context;
};

double sum(const std::vector<double>& all, size_t from, size_t to) {
  return std::accumulate(all.begin() + static_cast<std::ptrdiff_t>(from),
                         all.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
}

/// In proportion to what is new: a turn late in a conversation costs what an early one does, but
/// for the bytes that are compared and hashed again.
Result<void> conversations() {
  fmt::print("{:>24} {:>10} {:>10} {:>22} {:>22}\n", "conversation", "ms", "a turn",
             "in the first quarter", "in the last");
  for (auto [turns, bytes] : {std::pair(20, 4096), std::pair(15, 16384), std::pair(30, 16384),
                              std::pair(60, 16384), std::pair(120, 16384)}) {
    World world(turns, static_cast<size_t>(bytes));
    GF_ASSIGN(auto active, world.begin(1, ""));
    GF_ASSIGN(auto each, world.converse(active, turns, static_cast<size_t>(bytes), {}));
    size_t all = each.size(), quarter = all / 4;
    double whole = sum(each, 0, all), few = static_cast<double>(quarter);
    fmt::print("{:>24} {:>10.0f} {:>10.1f} {:>22.1f} {:>22.1f}\n",
               fmt::format("{} turns of {} KB", turns, bytes / 1024), whole,
               whole / static_cast<double>(all), sum(each, 0, quarter) / few,
               sum(each, all - quarter, all) / few);
  }
  return Done{};
}

record::GateOutcome whole_suite(const Oid& tree, int tests) {
  record::GateOutcome outcome;
  outcome.gate = "pytest";
  outcome.stage = "test";
  outcome.tree = tree;
  outcome.status = record::GateOutcome::Status::kPass;
  for (int i = 0; i < tests; ++i) {
    outcome.tests.push_back(
        {fmt::format("tests/test_module_{}.py::test_does_what_it_says_{}", i / 20, i),
         record::TestStatus::kPassed, "", ""});
  }
  return outcome;
}

/// Eight runs that go on, of one batch, each with ten exchanges and an outcome of 5,000 tests.
Result<void> neighbours() {
  World world(10, 4096);
  for (uint32_t number = 1; number <= 8; ++number) {
    GF_ASSIGN(auto active, world.begin(number, "spring"));
    GF_TRY(world.converse(active, 10, 4096, {}));
    GF_TRY(active.put_gate(whole_suite(active.run().base_tree, 5000), ""));
    GF_TRY(active.save());
  }
  std::clock_t start = std::clock();
  GF_ASSIGN(auto listed, world.context->store->active_runs());
  fmt::print("{:>24} {:>10.0f}\n", fmt::format("listing {} active runs", listed.size()),
             ms_since(start));
  for (const char* cap : {"", "1000000"}) {
    GF_ASSIGN(auto active, world.begin(*cap == '\0' ? 20 : 21, "spring"));
    session::Config::Settings settings;
    if (*cap != '\0') settings.add("factory.batch.budgetCalls", cap);
    GF_ASSIGN(auto each, world.converse(active, 10, 4096, settings));
    fmt::print("{:>24} {:>10.0f}\n",
               *cap == '\0' ? "10 calls without a cap" : "10 calls of a batch",
               sum(each, 0, each.size()));
  }
  return Done{};
}

int bench() {
  for (auto* part : {&conversations, &neighbours}) {
    if (auto done = part(); !done.ok()) {
      std::fprintf(stderr, "fatal: %s\n", done.error().message.c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace gf::line

int main() { return gf::line::bench(); }

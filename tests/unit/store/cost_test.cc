// What the record of one run costs. Disabled: run it by hand with
// --gtest_also_run_disabled_tests --gtest_filter='*Cost*' (figures go into commit messages).
#include <chrono>

#include "unit/store/record.h"

namespace gf::store::test {
namespace {

void one_run(Store& store, record::RunRecord run, const std::function<Oid(int)>& tree_of) {
  ActiveRun active = store.begin(run).value();
  std::vector<record::Message> talk = {
      {record::Message::Role::kSystem, std::string(4000, 's'), {}, "", ""}};
  for (int i = 1; i <= 10; ++i) {
    record::Exchange exchange;
    exchange.seq = i;
    talk.push_back({record::Message::Role::kUser,
                    fmt::format("{} of {} {}", i, run.id.str(), std::string(4000, 'u')),
                    {},
                    "",
                    ""});
    exchange.request.messages = talk;
    exchange.answer.emplace();
    exchange.answer->message.role = record::Message::Role::kAssistant;
    exchange.answer->message.content = fmt::format("{} {}", i, std::string(2000, 'a'));
    ASSERT_DONE(active.put_exchange(exchange));
  }
  for (int i = 1; i <= 8; ++i) {
    ASSERT_GIVES(auto commit, active.keep_tree(tree_of(i), "step"));
    record::StageRecord stage;
    stage.seq = i;
    stage.stage = "build";
    stage.commit = commit;
    ASSERT_DONE(active.put_stage(stage));
  }
  for (int i = 1; i <= 12; ++i) {
    record::GateOutcome outcome;
    outcome.gate = fmt::format("gate{}", i);
    outcome.tree = run.base_tree;
    ASSERT_DONE(active.put_gate(outcome, "all"));
  }
  run.head = run.base;
  run.tree = run.base_tree;
  run.status = record::RunStatus::kDelivered;
  ASSERT_DONE(store.seal(active, run));
}

TEST_F(StoreTest, DISABLED_CostOfOneRun) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  uint32_t number = 0;
  for (bool durable : {true, false}) {
    git::Repo::set_durable(durable);
    for (int round = 0; round < 5; ++round) {
      record::RunRecord run = new_run(repo, ++number);
      auto start = std::chrono::steady_clock::now();
      one_run(store, run, [&](int i) {
        return tree_with(repo, run.base_tree, fmt::format("{} {}", number, i));
      });
      auto took = std::chrono::steady_clock::now() - start;
      fmt::print("durable {}: {} ms\n", durable,
                 std::chrono::duration_cast<Milliseconds>(took).count());
    }
  }
  git::Repo::set_durable(true);
  fmt::print("{}", git("count-objects"));
}

}  // namespace
}  // namespace gf::store::test

// The life of a run in the record: begun, written, sealed, read with stock git, lost by nothing.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "unit/store/record.h"

namespace gf::store::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(StoreTest, ASealedRunIsReadWithStockGit) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 7);

  std::string path =
      fmt::format("refs/factory/ledger/{}:{}/{}", run.id.month(), run.id.day(), run.id.str());
  EXPECT_THAT(git("show " + path), HasSubstr("metrics.json"));
  EXPECT_THAT(git("show " + path + "/spec.md"), HasSubstr("Add health"));
  EXPECT_THAT(git("show " + path + "/run.json"), HasSubstr("\"status\":\"delivered\""));
  EXPECT_THAT(git("log -1 --notes=factory/trace " + run.head.hex()),
              HasSubstr("\"stage\":\"build\""));
  EXPECT_THAT(git("notes --ref=factory/spec show " + run.head.hex()), HasSubstr("Add health"));
  EXPECT_THAT(git("notes --ref=factory/metrics show " + run.head.hex()), HasSubstr("{\"at\":"));
  EXPECT_THAT(git("notes --ref=factory/review show " + run.head.hex()),
              HasSubstr("\"verdict\":\"approved\""));
  EXPECT_THAT(git("notes --ref=factory/review show " + run.tree.hex()), HasSubstr(run.tree.hex()));
  EXPECT_EQ(git("log -1 --format='%(trailers:key=Factory-Run,valueonly)' refs/factory/ledger/" +
                run.id.month()),
            run.id.str() + "\n\n");
  EXPECT_EQ(git("for-each-ref refs/factory/active"), "");
  EXPECT_THAT(git("fsck --strict --no-dangling"), Not(HasSubstr("error")));
}

TEST_F(StoreTest, NotesOfARunSortByTime) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 7);
  std::string note = git("notes --ref=factory/trace show " + run.head.hex());
  EXPECT_TRUE(note.starts_with("{\"at\":\"2026-01-02T"));
  EXPECT_LT(note.find("\"build\""), note.find("\"validate\""));
  EXPECT_DONE(record::Json::parse(note.substr(0, note.find('\n'))));
}

TEST_F(StoreTest, GarbageCollectionBetweenStepsLosesNothing) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  git("gc -q --prune=now");
  ASSERT_DONE(active.put_exchange(exchange(1, "first")));
  git("gc -q --prune=now");
  Oid tree = tree_with(repo, active.run().base_tree, "built");
  ASSERT_GIVES(auto commit, active.keep_tree(tree, "build 1"));
  ASSERT_DONE(active.put_stage(stage(1, "build", tree, commit)));
  git("gc -q --prune=now");
  ASSERT_DONE(active.put_gate(gate(tree, "ruff"), "all"));
  git("gc -q --prune=now");
  record::RunRecord run = active.run();
  run.status = record::RunStatus::kFailed;
  ASSERT_DONE(store.seal(active, run));
  git("gc -q --prune=now");

  git::Repo again = open_repo();
  ASSERT_GIVES(auto whole, open_store(again).load(run.id));
  EXPECT_EQ(whole.exchanges.at(0).answer->message.content, "answer to first");
  EXPECT_TRUE(again.exists(tree));
  EXPECT_TRUE(again.exists(commit));
}

TEST_F(StoreTest, TheBaseOutlivesItsBranch) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  git("checkout -q --orphan other");
  git("branch -q -D main");
  git("reflog expire --expire=now --all");
  git("gc -q --prune=now");
  EXPECT_TRUE(open_repo().exists(active.run().base));
}

TEST_F(StoreTest, ReopeningGivesEverythingBack) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  RunId id;
  Oid tree;
  {
    ActiveRun active = store.begin(new_run(repo, 1)).value();
    id = active.run().id;
    fill(repo, active);
    tree = active.stages().at(0).tree_out;
    record::Exchange failed = exchange(2, "second");
    failed.answer.reset();
    failed.failure = record::ModelFailure::kQuota;
    ASSERT_DONE(active.put_exchange(failed));
  }
  ASSERT_GIVES(ActiveRun active, store.reopen(id));
  EXPECT_EQ(active.run().slug, "health");
  EXPECT_EQ(active.spec()->intent, "be seen");
  ASSERT_EQ(active.stages().size(), 2u);
  EXPECT_EQ(active.stages()[1].stage, "validate");
  ASSERT_EQ(active.exchanges().size(), 2u);
  EXPECT_EQ(active.exchanges()[0].request.messages[1].content, "the first question");
  EXPECT_EQ(record::request_key(active.exchanges()[0].request),
            record::request_key(exchange(1, "the first question").request));
  EXPECT_EQ(active.exchanges()[1].failure, record::ModelFailure::kQuota);
  EXPECT_FALSE(active.exchanges()[1].answer);
  EXPECT_TRUE(active.gate(tree, "ruff", "all"));
  EXPECT_FALSE(active.gate(tree, "ruff", "some"));
  ASSERT_DONE(active.put_exchange(exchange(3, "third")));
}

TEST_F(StoreTest, ASecondWriterIsTurnedAway) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun first = store.begin(new_run(repo, 1)).value();
  EXPECT_FALSE(store.begin(new_run(repo, 1)).ok());
  ActiveRun second = store.reopen(first.run().id).value();
  ASSERT_DONE(second.put_exchange(exchange(1, "mine")));
  auto late = first.put_exchange(exchange(1, "also mine"));
  ASSERT_FALSE(late.ok());
  EXPECT_THAT(late.error().message, HasSubstr("is being written by another process"));
}

TEST_F(StoreTest, ALockThatAKilledProcessLeftIsTakenAway) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  std::string lock = repo.common_dir() + "/refs/factory/active/" + active.run().id.str() + ".lock";
  std::ofstream(lock) << "";
  ASSERT_TRUE(std::filesystem::exists(lock));

  ASSERT_DONE(active.put_exchange(exchange(1, "mine")));

  EXPECT_FALSE(std::filesystem::exists(lock));
}

TEST_F(StoreTest, SharedMessagesAreStoredOnce) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  for (int seq = 1; seq <= 3; ++seq) ASSERT_DONE(active.put_exchange(exchange(seq, "the same")));
  std::string files = git("ls-tree --name-only refs/factory/active/" + active.run().id.str());
  EXPECT_EQ(std::count(files.begin(), files.end(), '\n'), 1 + 3 + 4) << files;
}

TEST_F(StoreTest, TheLedgerReachesNoExchangeAndNoCode) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = deliver(repo, store, 1);
  deliver(repo, store, 2);
  for (const std::string& ref :
       {"refs/factory/ledger/" + run.id.month(), std::string("refs/notes/factory/trace")}) {
    std::string objects = git("rev-list --objects " + ref);
    EXPECT_THAT(objects, Not(HasSubstr("exchange-")));
    EXPECT_THAT(objects, Not(HasSubstr("msg-")));
    EXPECT_THAT(objects, Not(HasSubstr(run.head.hex())));
    EXPECT_THAT(objects, Not(HasSubstr(run.base.hex())));
    EXPECT_THAT(objects, Not(HasSubstr("b.txt")));
  }
  EXPECT_THAT(git("rev-list --objects refs/factory/replay/" + run.id.month()),
              HasSubstr("exchange-0001.json"));
}

TEST_F(StoreTest, SecretsNeverBecomeObjects) {
  git::Repo repo = open_repo();
  std::string secret = std::string("hunter") + "-blue-Zeppelin-9931";
  std::string random = std::string("q7Zk") + "P0xW3mR8" + "vLt5";
  Store store = Store::open(repo, clock_, record::Redactor({"MY_TOKEN=" + secret})).value();
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  record::RunRecord run = active.run();
  record::Exchange asked = exchange(1, "the word is \"" + secret + "\"");
  record::ToolCall call;
  call.name = "write_file";
  call.arguments = record::Json::object({{"password", random}, {"path", "a"}});
  asked.answer->message.tool_calls.push_back(call);
  Oid key = record::request_key(asked.request);
  ASSERT_DONE(active.put_exchange(asked));
  record::GateOutcome outcome = gate(run.base_tree, "ruff");
  outcome.output_tail = "leak " + secret;
  ASSERT_DONE(active.put_gate(outcome, "all"));
  active.put_trace("{\"event\":\"" + secret + "\"}\nnot json " + secret + "\n");
  run.status = record::RunStatus::kFailed;
  run.title = "title " + secret;
  run.reason = "reason " + secret;
  ASSERT_DONE(store.seal(active, run));

  std::string all = git("cat-file --batch-all-objects --batch");
  EXPECT_THAT(all, Not(HasSubstr(secret)));
  EXPECT_THAT(all, Not(HasSubstr(random)));
  EXPECT_THAT(all, HasSubstr("[redacted"));
  EXPECT_THAT(all, HasSubstr(key.hex()));
  EXPECT_DONE(store.load(run.id));
}

/// A step that ended is taken again by what it was judged by; any other asks anew.
TEST_F(StoreTest, WhatSaysNothingOfTheTreeIsGivenToItsOwnStepAlone) {
  using Status = record::GateOutcome::Status;
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  Oid tree = tree_with(repo, active.run().base_tree, "built");
  for (Status status : {Status::kBroken, Status::kTimeout}) {
    record::GateOutcome crashed = gate(tree, status == Status::kBroken ? "parse" : "pytest");
    crashed.status = status;
    ASSERT_GIVES(auto name, active.put_gate(crashed, "all"));
    record::StageRecord ended =
        stage(static_cast<int>(active.stages().size()) + 1, "build", tree, active.run().base);
    ended.gate_runs = {name};
    ASSERT_DONE(active.put_stage(ended));
  }
  struct Row {
    size_t step;
    bool parse, pytest;
  };
  for (const Row& row :
       {Row{0, false, false}, Row{1, true, false}, Row{2, false, true}, Row{3, false, false}}) {
    active.begin_step(row.step);
    EXPECT_EQ(active.gate(tree, "parse", "all").has_value(), row.parse) << row.step;
    EXPECT_EQ(active.gate(tree, "pytest", "all").has_value(), row.pytest) << row.step;
  }
}

/// P10 for the short way: what clean() gave is written as it is, so nothing else may take that way.
TEST_F(StoreTest, OnlyWhatWasCleanedIsWrittenWithoutBeingCleaned) {
  git::Repo repo = open_repo();
  std::string secret = std::string("hunter") + "-blue-Zeppelin-9931";
  Store store = Store::open(repo, clock_, record::Redactor({"MY_TOKEN=" + secret})).value();
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  record::Message clean{record::Message::Role::kUser, "the word is " + secret, {}, "", ""};
  EXPECT_TRUE(active.clean(clean));
  EXPECT_FALSE(active.clean(clean)) << "once is enough";
  record::Message changed = clean;
  changed.content += " or " + secret;
  record::Message sealed{record::Message::Role::kUser, "it was " + secret, {}, "", ""};
  record::seal(sealed);
  record::Exchange asked = exchange(1, "raw " + secret);
  asked.request.messages.insert(asked.request.messages.end(), {clean, changed, sealed});

  ASSERT_DONE(active.put_exchange(asked));

  EXPECT_THAT(git("cat-file --batch-all-objects --batch"), Not(HasSubstr(secret)));
  // Another process has cleaned nothing, and writes the same bytes.
  Store other = Store::open(repo, clock_, record::Redactor({"MY_TOKEN=" + secret})).value();
  ActiveRun again = other.begin(new_run(repo, 2)).value();
  ASSERT_DONE(again.put_exchange(exchange(1, clean.content)));
  Oid blob = record::content_id(record::canonical(clean)->text + "\n");
  for (const ActiveRun* run : {&active, &again}) {
    EXPECT_THAT(git("ls-tree refs/factory/active/" + run->run().id.str()), HasSubstr(blob.hex()));
  }
}

TEST_F(StoreTest, RunsThatGoOnAreListedWithoutTheirGates) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  ActiveRun active = store.begin(new_run(repo, 1)).value();
  fill(repo, active);
  std::string ref = "refs/factory/active/" + active.run().id.str();
  ASSERT_GIVES(auto before, store.active_runs());
  git("update-ref " + ref + " $(git commit-tree -m x $( (git ls-tree " + ref +
      " | sed 's/gate-/gate-x/'; printf '100644 blob %s\tgate-y.json\n' "
      "$(echo '{\"v\":99}' | git hash-object -w --stdin) ) | git mktree))");

  ASSERT_GIVES(auto runs, store.active_runs());

  EXPECT_FALSE(store.load(active.run().id).ok()) << "the gate's record is a newer version's";
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].slug, "health");
  EXPECT_EQ(runs[0].metrics.attempts, 2);
  EXPECT_EQ(runs[0].metrics.cost.pico_usd, before[0].metrics.cost.pico_usd);
}

TEST_F(StoreTest, WhatARunHasSpentStandsInTheTipOfItsRef) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = new_run(repo, 1);
  run.policy["batch"] = "spring";
  ActiveRun active = store.begin(run).value();
  auto now = [&] { return store.spent_at(store.active_tips().value().at(0).second); };
  ASSERT_TRUE(now().has_value());
  EXPECT_EQ(now()->exchanges, 0);
  EXPECT_EQ(now()->cost.pico_usd, 0);
  record::Exchange failed = exchange(1, "first");
  failed.answer.reset();
  failed.paid = record::Paid{"m", "", {}, {700, "provider"}};
  failed.paid->usage.input_total = 40;
  record::Exchange answered = exchange(2, "second");
  answered.answer->cost = {1000, "provider"};
  ASSERT_DONE(active.put_exchange(failed));
  ASSERT_DONE(active.put_exchange(answered));
  record::StageRecord done = stage(1, "build", run.base_tree, run.base);
  done.wall = Milliseconds(5000);
  ASSERT_DONE(active.put_stage(done));

  std::optional<Spending> spent = now();

  ASSERT_TRUE(spent.has_value());
  EXPECT_EQ(spent->batch, "spring");
  EXPECT_EQ(spent->exchanges, 2);
  EXPECT_EQ(spent->usage.input_total, 140);
  EXPECT_EQ(spent->usage.output_total, 10);
  EXPECT_EQ(spent->cost.pico_usd, 1700);
  EXPECT_EQ(spent->wall.count(), 5000);
  // A run that goes on, and one that an older version wrote without sums, tell the same.
  ActiveRun again = store.reopen(run.id).value();
  std::string ref = "refs/factory/active/" + run.id.str();
  git("update-ref " + ref + " $(git commit-tree -m 'factory: save' " + ref + "^{tree})");
  std::optional<Spending> read = now();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->batch, "spring");
  EXPECT_EQ(read->exchanges, 2);
  EXPECT_EQ(read->usage.input_total, 140);
  EXPECT_EQ(read->cost.pico_usd, 1700);
  EXPECT_EQ(read->wall.count(), 5000);
  ASSERT_GIVES(auto older, store.reopen(run.id));
  record::Exchange unpriced = exchange(3, "third");
  ASSERT_DONE(older.put_exchange(unpriced));
  EXPECT_EQ(now()->exchanges, 3);
  EXPECT_FALSE(now()->cost.pico_usd.has_value()) << "no price is not 0";
}

TEST_F(StoreTest, ARunReadOnIsTheRunReadWhole) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = new_run(repo, 1);
  ActiveRun active = store.begin(run).value();
  Watched watched;
  auto expect_whole = [&](const char* when) {
    ASSERT_DONE(store.reload(run.id, watched));
    ASSERT_GIVES(auto whole, store.load(run.id));
    EXPECT_EQ(record::to_json(watched.run.run), record::to_json(whole.run)) << when;
    EXPECT_EQ(watched.run.gate_files, whole.gate_files) << when;
    ASSERT_EQ(watched.run.gates.size(), whole.gates.size()) << when;
    for (size_t i = 0; i < whole.gates.size(); ++i)
      EXPECT_EQ(watched.run.gates[i].gate, whole.gates[i].gate) << when;
    ASSERT_EQ(watched.run.stages.size(), whole.stages.size()) << when;
    for (size_t i = 0; i < whole.stages.size(); ++i)
      EXPECT_EQ(record::to_json(watched.run.stages[i]), record::to_json(whole.stages[i])) << when;
    ASSERT_EQ(watched.run.exchanges.size(), whole.exchanges.size()) << when;
    for (size_t i = 0; i < whole.exchanges.size(); ++i) {
      EXPECT_EQ(record::request_key(watched.run.exchanges[i].request),
                record::request_key(whole.exchanges[i].request))
          << when;
    }
    EXPECT_EQ(watched.run.spec.has_value(), whole.spec.has_value()) << when;
    EXPECT_EQ(watched.run.trace, whole.trace) << when;
  };
  expect_whole("begun");
  for (int seq : {1, 2, 3}) {
    ASSERT_DONE(active.put_exchange(exchange(seq, "question " + std::to_string(seq))));
    ASSERT_DONE(active.put_gate(gate(tree_with(repo, run.base_tree, std::to_string(seq)), "ruff"),
                                std::to_string(seq)));
    ASSERT_DONE(active.put_stage(stage(seq, "build", run.base_tree, run.base)));
    expect_whole("a step more");
  }
  ASSERT_DONE(active.put_stage(stage(2, "build", run.base_tree, run.base)));
  expect_whole("a stage replaced by itself");
  record::StageRecord other = stage(2, "build", run.base_tree, run.base);
  other.reason = "another";
  ASSERT_DONE(active.put_stage(other));
  expect_whole("a stage replaced by another");
  record::RunRecord last = fill(repo, active);
  expect_whole("filled");
  ASSERT_DONE(store.seal(active, last));
  expect_whole("sealed");
}

}  // namespace
}  // namespace gf::store::test

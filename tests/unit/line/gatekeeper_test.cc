// Gates once a tree: from the run's record, else from this clone's cache, else by the tool.
#include "line/gatekeeper.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "unit/line/kept.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Status = record::GateOutcome::Status;

class GatekeeperTest : public KeptTest {
 protected:
  /// "good" in a.txt passes; each run of the tool leaves a line outside the worktree.
  gate::Gate gate(const std::string& name = "check", const std::string& more = "") const {
    gate::Gate made;
    made.name = name;
    made.argv = {
        "sh", "-c",
        "echo " + name + " \"$@\" >> " + folder_ / "runs" + "; " + more + "grep -q good a.txt",
        "sh"};
    made.report = "exit";
    return made;
  }
  Gatekeeper keeper(std::vector<gate::Gate> gates) {
    return Gatekeeper(*context_, *active_, *workspace_, std::move(gates), Room{}, folder_ / "cache",
                      [this](const std::string& kind, const std::string& text,
                             const record::Json&) { announced_.push_back(kind + " " + text); });
  }
  void write(const std::string& text) {
    std::ofstream(workspace_->path() + "/a.txt") << text;
    workspace_->touched("a.txt");
    ASSERT_DONE(workspace_->snapshot());
  }
  std::vector<std::string> runs() const { return lines(folder_.read("runs")); }

  std::vector<std::string> announced_;
};

TEST_F(GatekeeperTest, TheSameTreeIsAskedOnceInARunAndTheOutcomeIsOnRecord) {
  Gatekeeper keeper = this->keeper({gate()});
  ASSERT_GIVES(auto first, keeper.run("validate", {}, {}));
  ASSERT_GIVES(auto second, keeper.run("validate", {}, {}));
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].status, Status::kPass);
  EXPECT_EQ(first[0].tree, workspace_->tree());
  EXPECT_THAT(runs(), SizeIs(1));
  EXPECT_EQ(record::to_json(first[0]).dump(), record::to_json(second[0]).dump());
  ASSERT_DONE(active_->save());
  ASSERT_GIVES(auto kept, context_->store->load(active_->run().id));
  EXPECT_THAT(kept.gates, SizeIs(1));
  std::vector<std::string> names = keeper.take_names();
  EXPECT_THAT(names, SizeIs(2));
  EXPECT_TRUE(keeper.take_names().empty()) << "taken once";
}

TEST_F(GatekeeperTest, WhatIsAskedOnceMoreIsRunOnceMoreAndIsOnRecordByItself) {
  ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
  Gatekeeper keeper = this->keeper({gate()});
  for (int time : {2, 3, 3}) {
    ASSERT_GIVES(auto again, keeper.run("validate", {}, {}, Gatekeeper::OnCrash::kForget, time));
    EXPECT_EQ(again.at(0).status, Status::kPass);
  }
  EXPECT_THAT(runs(), SizeIs(3)) << "a third time is asked once";
  ASSERT_DONE(active_->save());
  ASSERT_GIVES(auto kept, context_->store->load(active_->run().id));
  EXPECT_THAT(kept.gates, SizeIs(3));
}

TEST_F(GatekeeperTest, AnotherRunOfThisCloneUsesTheOutcomeAndHasItOnItsOwnRecord) {
  ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
  begin(2);
  ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
  EXPECT_THAT(runs(), SizeIs(1));
  EXPECT_THAT(announced_.back(), HasSubstr("known for this tree"));
  ASSERT_DONE(active_->save());
  ASSERT_GIVES(auto kept, context_->store->load(active_->run().id));
  EXPECT_THAT(kept.gates, SizeIs(1));
}

TEST_F(GatekeeperTest, AnotherTreeCommandOrSelectionIsAskedAnew) {
  ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
  write("good too\n");
  ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
  EXPECT_THAT(runs(), SizeIs(2));
  begin(2);
  ASSERT_DONE(keeper({gate("check", "true; ")}).run("validate", {}, {}));
  EXPECT_THAT(runs(), SizeIs(3));
  ASSERT_DONE(keeper({gate("check", "true; ")}).run("validate", {"one"}, {}));
  EXPECT_THAT(runs(), SizeIs(4));
  // What changed matters only to a gate that gets the changed files.
  ASSERT_DONE(keeper({gate("check", "true; ")}).run("validate", {"one"}, {"a.txt"}));
  EXPECT_THAT(runs(), SizeIs(4));
}

TEST_F(GatekeeperTest, NoIsAnAnswerAndIsKeptAsOne) {
  write("bad\n");
  for (int i = 1; i <= 2; ++i) {
    begin(static_cast<uint32_t>(10 + i));
    ASSERT_GIVES(auto outcomes, keeper({gate()}).run("validate", {}, {}));
    EXPECT_EQ(outcomes[0].status, Status::kFail);
    EXPECT_EQ(outcomes[0].exit_code, 1);
  }
  EXPECT_THAT(runs(), SizeIs(1));
}

TEST_F(GatekeeperTest, WhatBrokeIsTriedAgainByTheNextRun) {
  gate::Gate missing = gate();
  missing.argv = {"no-such-tool-anywhere"};
  ASSERT_GIVES(auto outcomes,
               keeper({missing}).run("validate", {}, {}, Gatekeeper::OnCrash::kTell));
  EXPECT_EQ(outcomes[0].status, Status::kBroken);
  EXPECT_THAT(outcomes[0].reason, HasSubstr("no-such-tool-anywhere"));
  std::error_code failed;
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "cache/outcomes", failed) || failed);
}

TEST_F(GatekeeperTest, WhatAGateMakesOfTheFilesThatItIsGivenIsTakenBack) {
  gate::Gate rewrites = gate();
  rewrites.argv = {"sh", "-c", "echo rewritten >> \"$1\"; false", "sh", "{files}"};
  Oid before = workspace_->tree();

  ASSERT_GIVES(auto outcomes, keeper({rewrites}).run("validate", {}, {"a.txt"}));

  EXPECT_EQ(outcomes[0].status, Status::kFail);
  EXPECT_EQ(workspace_->tree(), before);
  std::ifstream file(workspace_->path() + "/a.txt");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "good\n");
}

TEST_F(GatekeeperTest, OnlyGatesOfTheStageRunInTheOrderGiven) {
  gate::Gate test = gate("suite");
  test.stage = "test";
  Gatekeeper keeper = this->keeper({gate("second"), test, gate("first")});
  ASSERT_GIVES(auto outcomes, keeper.run("validate", {}, {}));
  EXPECT_THAT(outcomes, SizeIs(2));
  EXPECT_THAT(runs(), ElementsAre("second", "first"));
}

TEST_F(GatekeeperTest, ACacheThatWasTamperedWithOrCutOffIsNotBelieved) {
  ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
  for (const std::string& content : {std::string("{"), std::string(), std::string("{\"v\":1}"),
                                     std::string("[]"), std::string(1000, '\0')}) {
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "cache/outcomes")) {
      std::ofstream(file.path(), std::ios::binary) << content;
    }
    size_t before = runs().size();
    begin(static_cast<uint32_t>(100 + before));
    ASSERT_DONE(keeper({gate()}).run("validate", {}, {}));
    EXPECT_EQ(runs().size(), before + 1) << "'" << content.substr(0, 10) << "'";
  }
}

TEST_F(GatekeeperTest, FilesThatDoNotParseAreFound) {
  std::ofstream(workspace_->path() + "/x.json") << "{";
  workspace_->touched("x.json");
  ASSERT_DONE(workspace_->snapshot());
  ASSERT_GIVES(auto outcome, keeper({}).parse({"x.json", "a.txt"}));
  EXPECT_EQ(outcome.status, Status::kFail);
  ASSERT_THAT(outcome.findings, SizeIs(1));
  EXPECT_EQ(outcome.findings[0].path, "x.json");
}

TEST_F(GatekeeperTest, AWishToStopIsNoOutcomeToKeep) {
  cancel_.request();
  auto outcomes = keeper({gate()}).run("validate", {}, {});
  EXPECT_TRUE(!outcomes.ok() || outcomes->at(0).status == Status::kCancelled);
  std::error_code failed;
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "cache/outcomes", failed) || failed);
}

TEST_F(GatekeeperTest, AParserThatWasStoppedSaysNothingOfTheFiles) {
  // The interpreter itself wishes for the end, so that it comes while it is at work.
  static Cancel* stopped = &cancel_;
  auto before = std::signal(SIGUSR1, [](int) { stopped->request(); });
  std::string python = folder_.write("python", "#!/bin/sh\nkill -USR1 $PPID\nexec sleep 60\n");
  std::filesystem::permissions(python, std::filesystem::perms::owner_all);
  std::ofstream(workspace_->path() + "/x.json") << "{}";
  workspace_->touched("x.json");
  ASSERT_DONE(workspace_->snapshot());
  auto silent = [](const std::string&, const std::string&, const record::Json&) {};
  env::Ready ready;
  ready.python = python;
  Gatekeeper keeper(*context_, *active_, *workspace_, {}, Room{ready}, folder_ / "cache", silent);
  auto outcome = keeper.parse({"x.json"});
  std::signal(SIGUSR1, before);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().fault, Fault::kCancelled);
  EXPECT_TRUE(keeper.take_names().empty());
  EXPECT_EQ(active_->gate(workspace_->tree(), "parse", "x.json"), std::nullopt);
}

TEST_F(GatekeeperTest, AToolThatWasMissingIsTriedAgainWhenItIsThere) {
  gate::Gate gate;
  gate.name = "check";
  gate.argv = {folder_ / "tool"};
  gate.report = "exit";
  auto missing = keeper({gate}).run("validate", {}, {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().fault, Fault::kEnvironment);
  EXPECT_THAT(missing.error().message, HasSubstr("check could not do its work, twice: "));
  ASSERT_GIVES(auto outcomes, keeper({gate}).run("validate", {}, {}, Gatekeeper::OnCrash::kTell));
  EXPECT_EQ(outcomes[0].status, Status::kBroken);
  std::filesystem::permissions(folder_.write("tool", "#!/bin/sh\n"),
                               std::filesystem::perms::owner_all);
  ASSERT_GIVES(auto there, keeper({gate}).run("validate", {}, {}));
  EXPECT_EQ(there[0].status, Status::kPass);
  ASSERT_DONE(active_->save());
  ASSERT_GIVES(auto kept, context_->store->load(active_->run().id));
  ASSERT_THAT(kept.gates, SizeIs(1));
  EXPECT_EQ(kept.gates[0].status, Status::kPass);
}

TEST_F(GatekeeperTest, AToolThatCrashesOverItsCacheIsRunAgainWithoutIt) {
  gate::Gate crashing = gate("types",
                             "mkdir -p {cache}; test -e {cache}/x && exit 130; "
                             "touch {cache}/x; ");
  Gatekeeper keeper = this->keeper({crashing});
  ASSERT_GIVES(auto first, keeper.run("validate", {}, {}));
  write("good too\n");

  ASSERT_GIVES(auto second, keeper.run("validate", {}, {}));

  EXPECT_EQ(first[0].status, Status::kPass);
  EXPECT_EQ(second[0].status, Status::kPass);
  EXPECT_THAT(runs(), SizeIs(3)) << "once, then in vain over what that left, then from nothing";
  EXPECT_THAT(announced_, Contains("note types is run again with a fresh cache"));
}

TEST_F(GatekeeperTest, ACrashIsNotAboutTheTreeAndNeverKnownAgain) {
  gate::Gate crashing = gate("types", "echo 'error: out of luck' >&2; exit 139; ");
  auto crashed = keeper({crashing}).run("validate", {}, {});
  ASSERT_FALSE(crashed.ok());
  EXPECT_EQ(crashed.error().message,
            "types could not do its work, twice: exit 139: error: out of luck");
  EXPECT_THAT(crashed.error().hint, HasSubstr("git factory resume"));
  EXPECT_EQ(active_->gate(workspace_->tree(), "types", ""), std::nullopt);

  ASSERT_FALSE(keeper({crashing}).run("validate", {}, {}).ok());
  EXPECT_THAT(runs(), SizeIs(4)) << "asked anew, and again twice";
}

TEST_F(GatekeeperTest, AServiceThatIsNotReadyIsLaidToTheChangeWhereItWasReadyBefore) {
  gate::Gate gate = this->gate();
  gate.stage = "test";
  gate::Service server;
  server.name = "db";
  server.command = {"sleep", "60"};
  server.ready = {"sh", "-c", "grep -q good a.txt || { echo refused; exit 1; }"};
  server.timeout = Milliseconds(1000);
  gate.services = {server};
  write("bad\n");
  ASSERT_GIVES(auto never, keeper({gate}).run("test", {}, {}, Gatekeeper::OnCrash::kTell));
  EXPECT_EQ(never.at(0).status, Status::kBroken) << "nobody knows whose fault it is";

  write("good\n");
  begin(2);
  Gatekeeper keeper = this->keeper({gate});
  ASSERT_GIVES(auto ready, keeper.run("test", {}, {}));
  EXPECT_EQ(ready.at(0).status, Status::kPass) << ready.at(0).reason;
  write("bad again\n");
  ASSERT_GIVES(auto hindered, keeper.run("test", {}, {}));

  EXPECT_EQ(hindered.at(0).status, Status::kFail);
  EXPECT_EQ(hindered.at(0).reason, "service 'db' was not ready within 1 s: refused");
  ASSERT_THAT(hindered.at(0).findings, SizeIs(1)) << "whoever mends it hears why";
  EXPECT_EQ(hindered.at(0).findings[0].rule, record::kNotBuilt);
  EXPECT_THAT(runs(), SizeIs(1)) << "the gate itself was begun once";
  begin(3);
  ASSERT_GIVES(auto anew, this->keeper({gate}).run("test", {}, {}, Gatekeeper::OnCrash::kTell));
  EXPECT_EQ(anew.at(0).status, Status::kBroken) << "another run has not seen it work";
}

TEST(TimeLimitTest, AHangIsKnownByWhatItTookBefore) {
  using std::chrono::seconds;
  struct Case {
    seconds configured, before, limit;
  };
  for (const Case& one : {Case{seconds(1800), seconds(0), seconds(1800)},
                          Case{seconds(1800), seconds(1), seconds(120)},
                          Case{seconds(1800), seconds(60), seconds(600)},
                          Case{seconds(1800), seconds(900), seconds(1800)},
                          Case{seconds(30), seconds(1), seconds(30)}}) {
    EXPECT_EQ(time_limit(one.configured, one.before), one.limit) << one.before.count();
  }
}

/// A gate with a fixer: a line "bad" is rewritten to "good".
class FixTest : public GatekeeperTest {
 protected:
  static gate::Gate fixed_gate() {
    gate::Gate made;
    made.name = "format";
    made.argv = {"sh", "-c", "! grep -q bad a.txt"};
    made.report = "exit";
    made.fix = {"sh", "-c", "sed -i s/bad/good/ \"$@\"", "sh", "{files}"};
    return made;
  }
};

TEST_F(FixTest, WhatAFixerMadeIsTheTreeAndIsOnRecord) {
  write("bad\n");
  Oid before = workspace_->tree();

  ASSERT_GIVES(auto fixed, keeper({fixed_gate()}).fix({"a.txt"}, {}));

  ASSERT_TRUE(fixed);
  EXPECT_EQ(fixed->tree, before);
  EXPECT_EQ(fixed->fixed, workspace_->tree());
  EXPECT_NE(fixed->fixed, before);
  ASSERT_THAT(fixed->findings, SizeIs(1));
  EXPECT_EQ(fixed->findings[0].path, "a.txt");
  EXPECT_EQ(fixed->findings[0].rule, "format");
  ASSERT_TRUE(active_->gate(before, "fix", "a.txt"));
}

TEST_F(FixTest, OfAFileThatWasRedBeforeOnlyTheChangesOwnLinesAreTidied) {
  write("bad\none\n");
  record::GateOutcome red;
  red.gate = "format";
  red.status = record::GateOutcome::Status::kFail;
  red.tree = workspace_->tree();
  red.findings = {{"a.txt", 1, "format", "is bad", "error"}};
  write("bad\none\nbad\n");

  ASSERT_GIVES(auto fixed, keeper({fixed_gate()}).fix({"a.txt"}, {red}));

  std::ifstream file(workspace_->path() + "/a.txt");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text, "bad\none\ngood\n");
  ASSERT_TRUE(fixed);
  EXPECT_EQ(fixed->fixed, workspace_->tree());
}

TEST_F(FixTest, WhatIsOnRecordIsNotDoneAgain) {
  write("bad\n");
  Oid before = workspace_->tree();
  ASSERT_DONE(keeper({fixed_gate()}).fix({"a.txt"}, {}));
  Oid after = workspace_->tree();
  ASSERT_DONE(workspace_->materialise(before));
  gate::Gate other = fixed_gate();
  other.fix = {"sh", "-c", "exit 9", "{files}"};

  ASSERT_DONE(keeper({other}).fix({"a.txt"}, {}));

  EXPECT_EQ(workspace_->tree(), after);
}

TEST_F(FixTest, AFixerThatDoesNotWorkChangesNothingAndIsTold) {
  write("bad\n");
  Oid before = workspace_->tree();
  gate::Gate other = fixed_gate();
  other.fix = {"sh", "-c", "echo half > a.txt; echo 'error: no style' >&2; exit 3", "{files}"};

  ASSERT_GIVES(auto fixed, keeper({other}).fix({"a.txt"}, {}));

  EXPECT_FALSE(fixed);
  EXPECT_EQ(workspace_->tree(), before);
  std::ifstream file(workspace_->path() + "/a.txt");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "bad");
  EXPECT_THAT(announced_,
              Contains(HasSubstr("the fixer of format does not work: exit 3: error: no")));
}

}  // namespace
}  // namespace gf::line

// A gate in a sandbox: what it is held by, what it may reach, what it leaves behind.
#include <gmock/gmock.h>

#include <filesystem>

#include "gate/fetched.h"
#include "gate/gate.h"
#include "proc/sandbox.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

using ::testing::HasSubstr;
using Status = record::GateOutcome::Status;

class HeldTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto chosen = proc::Sandbox::choose(
        "auto", proc::clean_environment(proc::current_environment()), cancel_);
    if (!chosen.ok()) GTEST_SKIP() << "NOT TESTED: " << chosen.error().message;
    sandbox_ = *chosen;
    folder_.write("work/.git", "gitdir: /somewhere\n");
    folder_.write("secret", "not for it\n");
    std::filesystem::create_directories(folder_ / "scratch");
    std::filesystem::create_directories(folder_ / "cache");
  }

  Result<record::GateOutcome> run(const std::string& script, const std::string& report = "exit") {
    Gate gate;
    gate.name = "unit";
    gate.report = report;
    gate.argv = {"sh", "-c", script, "sh", "{report}"};
    Place place;
    place.worktree = folder_ / "work";
    place.scratch = folder_ / "scratch";
    place.cache = folder_ / "cache";
    place.environment = proc::current_environment();
    place.sandbox = &sandbox_;
    return run_gate(gate, place, {}, {}, cancel_);
  }

  /// Has a tool of pyright's form fetch itself; `path`: what stands before the machine's PATH.
  Result<std::optional<std::string>> fetch(const std::string& path) {
    Gate gate;
    gate.name = "pyright";
    gate.report = "pyright";
    gate.argv = {"pyright", "--outputjson"};
    Place place;
    place.worktree = folder_ / "work";
    place.scratch = folder_ / "scratch";
    place.cache = folder_ / "cache";
    place.environment = proc::current_environment();
    place.environment["PATH"] = path + ":" + place.environment["PATH"];
    place.environment["NPM_TOKEN"] = "a-key";
    place.environment["HTTPS_PROXY"] = "http://ada:secret@proxy.example";
    place.environment["NO_PROXY"] = "localhost";
    place.environment["NODE_OPTIONS"] = "--require ./evil.js";
    place.sandbox = &sandbox_;
    return fetch_itself(gate, place, cancel_);
  }
  void make_tool(const std::string& path) {
    folder_.write(path,
                  "#!/bin/sh\nenv >\"$XDG_CACHE_HOME/seen\"; ls -A >>\"$XDG_CACHE_HOME/seen\"\n");
    std::filesystem::permissions(folder_ / path, std::filesystem::perms::owner_all);
  }

  Cancel cancel_;
  test::TempFolder folder_;
  proc::Sandbox sandbox_ = proc::Sandbox::none();
};

/// ruff 0.17 ends with 2 where it cannot write its cache; those before it went without one.
TEST_F(HeldTest, TheFolderOfCachesIsThereBeforeTheFirstGate) {
  std::filesystem::remove_all(folder_ / "cache");
  auto outcome = run("mkdir -p \"$CARGO_TARGET_DIR\" && echo kept >\"$CARGO_TARGET_DIR/one\"");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_EQ(outcome->status, Status::kPass) << outcome->reason << outcome->output_tail;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "cache/cargo/one"));
}

TEST_F(HeldTest, TheOutcomeNamesWhatHeldIt) {
  ASSERT_GIVES(auto outcome, run("echo x >made && test ! -e '" + (folder_ / "secret") + "'"));
  EXPECT_EQ(outcome.status, Status::kPass) << outcome.output_tail;
  EXPECT_EQ(outcome.sandbox, sandbox_.name());
  EXPECT_EQ(folder_.read("work/made"), "x\n");
}

TEST_F(HeldTest, ANoThatTheSandboxExplainsSaysWhichSettingHelps) {
  ASSERT_GIVES(auto outcome, run("echo 'connect: Network is unreachable' >&2; exit 1"));
  EXPECT_EQ(outcome.status, Status::kFail);
  EXPECT_THAT(outcome.reason, HasSubstr("factory-gate.unit.network = full"));
}

TEST_F(HeldTest, TheWorktreesLinkToItsRepositoryStays) {
  ASSERT_GIVES(auto outcome, run("echo 'gitdir: evil' >.git; rm -f .git; mkdir .git; true"));
  EXPECT_EQ(folder_.read("work/.git"), "gitdir: /somewhere\n") << outcome.output_tail;
}

TEST_F(HeldTest, WhatFetchesItselfIsNoFileOfTheTreeAndHasNobodysKeys) {
  make_tool("work/node_modules/.bin/pyright");
  ASSERT_GIVES(auto refused, fetch(folder_ / "work/bin"));
  ASSERT_TRUE(refused) << "a tool that only the tree has";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cache/home/seen"));

  make_tool("tools/pyright");
  ASSERT_GIVES(auto fetched, fetch(folder_ / "tools"));
  EXPECT_EQ(fetched, std::nullopt);
  std::string seen = folder_.read("cache/home/seen");
  EXPECT_THAT(seen, HasSubstr("NO_PROXY=localhost"));
  for (const char* kept : {"a-key", "ada:secret", "evil.js", "node_modules", "gitdir"})
    EXPECT_EQ(seen.find(kept), std::string::npos) << kept << "\n" << seen;
}

TEST_F(HeldTest, AReportThatIsALinkOrAPipeIsNone) {
  for (const char* way : {"ln -s '", "mkfifo '"}) {
    bool link = way[0] == 'l';
    std::string script = link ? "ln -s '" + (folder_ / "secret") + "' \"$1\"" : "mkfifo \"$1\"";
    ASSERT_GIVES(auto outcome, run(script, "junit"));
    EXPECT_EQ(outcome.status, Status::kBroken) << script;
    EXPECT_EQ(outcome.output_tail.find("not for it"), std::string::npos);
  }
}

}  // namespace
}  // namespace gf::gate

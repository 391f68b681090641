// The verdict at the door, from the command line.
#include <filesystem>
#include <fstream>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using VerifyTest = FactoryTest;

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

TEST_F(VerifyTest, WhatWasDeliveredPassesAndWhatWasEditedDoesNot) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string approved = repo_.git({"rev-parse", "factory/health"}).substr(0, 40);
  Ran ran = factory({"verify", "factory/health"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_TRUE(has(ran.out, "ok ") && has(ran.out, " exact: approved by scripted/")) << ran.out;
  EXPECT_TRUE(has(ran.out, "warning: ")) << "the same model built and reviewed: " << ran.out;
  EXPECT_EQ(factory({"verify", "main..factory/health"}).exit_code, 0);
  EXPECT_TRUE(has(factory({"verify", "main"}).out, "skipped"));
  EXPECT_EQ(factory({"verify", "--all", "main"}).exit_code, 1);

  repo_.git({"checkout", "--quiet", "factory/health"});
  EXPECT_EQ(factory({"verify"}).exit_code, 0);
  repo_.write("app/main.py", repo_.read("app/main.py") + "# mine\n");
  repo_.git({"commit", "--quiet", "--all", "--amend", "--no-edit"});
  ran = factory({"verify"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_TRUE(has(ran.out, "different: ") && has(ran.out, "app/main.py differs")) << ran.out;
  EXPECT_TRUE(has(ran.out, "hint: go back to the approved commit")) << ran.out;
  ran = factory({"--json", "verify"});
  auto json = record::Json::parse(ran.out);
  ASSERT_TRUE(json.ok()) << ran.out;
  EXPECT_EQ(json->get_string("state"), "no");
  EXPECT_EQ(json->get_string("reason"), "different");

  Ran attested = factory({"attest", "health"});
  EXPECT_EQ(attested.exit_code, 0) << attested.err;
  EXPECT_TRUE(has(attested.out, "https://slsa.dev/provenance/v1")) << attested.out;

  // The approved change on a main that has moved is gated again when that is wanted.
  repo_.git({"checkout", "--quiet", "--force", "main"});
  repo_.write("NOTES.md", "a person's\n");
  repo_.commit("notes");
  repo_.git({"cherry-pick", approved});
  ran = factory({"verify", "--regate", "HEAD"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_TRUE(has(ran.out, "rebased: ") && has(ran.out, "the gates are green on it")) << ran.out;
  EXPECT_TRUE(has(ran.err, "running the gates")) << ran.err;
  ran = factory({"verify", "--regate", "HEAD"});
  EXPECT_TRUE(has(ran.out, "the gates were green on it")) << ran.out;
  EXPECT_FALSE(has(ran.err, "running the gates")) << "not twice: " << ran.err;
  repo_.git({"reset", "--quiet", "--hard", "HEAD~1"});
  repo_.write("tests/test_red.py", "def test_red():\n    assert False\n");
  repo_.commit("red");
  repo_.git({"cherry-pick", approved});
  ran = factory({"verify", "--regate", "HEAD"});
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_TRUE(has(ran.out, "gates-failed: ")) << ran.out;
  EXPECT_EQ(factory({"verify", "no-such-thing"}).exit_code, 128);
  EXPECT_EQ(factory({"verify", "main...HEAD"}).exit_code, 129);
  EXPECT_EQ(factory({"verify", "--push"}, {}, "gibberish\n").exit_code, 129);
  EXPECT_EQ(factory({"verify", "--push"}, {}, "").exit_code, 0);
}

/// A bare remote and a clone with nothing but one-line hooks in them.
class DoorTest : public FactoryTest {
 protected:
  void close_the_doors() {
    make_shop();
    hook(repo_.folder() / "origin.git/hooks/pre-receive", "exec git factory verify --push");
    hook(repo_.path() + "/.git/hooks/pre-push", "exec git factory verify --push --remote=\"$1\"");
  }
  static void hook(const std::string& path, const std::string& line) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << "#!/bin/sh\n" << line << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  Ran push(std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "push"});
    return run(words, repo_.path(), environment());
  }
  std::string there(const std::string& ref) { return repo_.git({"ls-remote", "origin", ref}); }
};

TEST_F(DoorTest, ApprovedPushesPassAndEditedOnesPassNoDoor) {
  close_the_doors();
  // The server asks for the record before the run has ended, and gets it.
  Ran made = feature("health", kHealth);
  ASSERT_EQ(made.exit_code, 0) << made.err << made.out;
  EXPECT_NE(there("refs/heads/factory/health"), "");
  EXPECT_NE(there("refs/factory/ledger/*"), "");
  EXPECT_EQ(there("refs/factory/evidence/*"), "") << "the ledger says the same";

  repo_.git({"checkout", "--quiet", "factory/health"});
  std::string approved = repo_.git({"rev-parse", "HEAD"});
  repo_.write("app/main.py", repo_.read("app/main.py") + "# mine\n");
  repo_.git({"commit", "--quiet", "--all", "--amend", "--no-edit"});
  Ran client = push({"--force", "origin", "HEAD:factory/health"});
  EXPECT_EQ(client.exit_code, 1);
  EXPECT_TRUE(has(client.err + client.out, "different: ")) << client.err << client.out;
  EXPECT_FALSE(has(client.err, "remote:")) << "it did not get that far: " << client.err;
  Ran server = push({"--no-verify", "--force", "origin", "HEAD:factory/health"});
  EXPECT_EQ(server.exit_code, 1);
  EXPECT_TRUE(has(server.err, "remote: no ") && has(server.err, "app/main.py differs"))
      << server.err;
  EXPECT_TRUE(has(server.err, "pre-receive hook declined")) << server.err;
  // Nor under another name, nor as a tag, nor on the main branch.
  for (const char* ref : {"HEAD:refs/heads/mine", "HEAD:refs/tags/v1", "HEAD:main"})
    EXPECT_EQ(push({"--no-verify", "--force", "origin", ref}).exit_code, 1) << ref;
  EXPECT_EQ(there("refs/heads/factory/health").substr(0, 40), approved.substr(0, 40));

  // A squash merge of the approved branch, on a main that has moved.
  repo_.git({"checkout", "--quiet", "--force", "main"});
  repo_.write("NOTES.md", "a person's\n");
  repo_.commit("notes");
  repo_.git({"merge", "--quiet", "--squash", approved.substr(0, 40)});
  repo_.git({"commit", "--quiet", "--no-edit"});
  Ran squash = push({"origin", "main"});
  EXPECT_EQ(squash.exit_code, 0) << squash.err << squash.out;
  EXPECT_TRUE(has(factory({"verify", "main"}).out, " rebased: ")) << factory({"verify"}).out;
  EXPECT_EQ(push({"origin", ":factory/health"}).exit_code, 0) << "a branch may go";
}

TEST_F(DoorTest, ABaseThatTheServerHasNotYetIsNotHeldAgainstARun) {
  close_the_doors();
  repo_.write("NOTES.md", "a person's, and not pushed\n");
  repo_.commit("notes");
  Ran made = feature("health", kHealth);
  EXPECT_EQ(made.exit_code, 0) << made.err << made.out;
  EXPECT_NE(there("refs/heads/factory/health"), "");
}

TEST_F(DoorTest, WhereGatesAreAskedForAgainAPushRunsNoneAndAClonesResultCounts) {
  close_the_doors();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string approved = repo_.git({"rev-parse", "factory/health"}).substr(0, 40);
  repo_.write("NOTES.md", "a person's\n");
  repo_.commit("notes");
  ASSERT_EQ(push({"origin", "main"}).exit_code, 0);
  std::string origin = repo_.folder() / "origin.git";
  repo_.git({"-C", origin, "config", "factory.verify.regate", "true"});
  repo_.git({"cherry-pick", approved});
  Ran refused = push({"origin", "main"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(has(refused.err, "needs-gates: ")) << refused.err;
  EXPECT_TRUE(has(refused.err, "hint: run 'git factory verify --regate ")) << refused.err;
  // A server that has a work tree could run them, and is even told to: it does not.
  std::string server = repo_.folder() / "server";
  repo_.git({"clone", "-q", origin, server});
  repo_.git({"-C", server, "config", "factory.verify.regate", "true"});
  repo_.git({"-C", server, "config", "receive.denyCurrentBranch", "updateInstead"});
  repo_.git({"-C", server, "fetch", "-q", "origin", "refs/factory/ledger/*:refs/factory/ledger/*"});
  hook(server + "/.git/hooks/pre-receive", "exec git factory verify --push --regate");
  refused = push({server, "main"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(has(refused.err, "needs-gates: ")) << refused.err;
  EXPECT_FALSE(has(refused.err, "running the gates")) << refused.err;
  // Nor does a clone, unless it is asked to.
  repo_.git({"config", "factory.verify.regate", "true"});
  EXPECT_EQ(factory({"verify"}).exit_code, 1);
  Ran gated = factory({"verify", "--regate"});
  EXPECT_EQ(gated.exit_code, 0) << gated.out << gated.err;
  EXPECT_TRUE(has(gated.err, "kept in refs/notes/factory/gates")) << gated.err;
  EXPECT_EQ(factory({"verify"}).exit_code, 0) << "remembered";
  EXPECT_TRUE(has(gated.err + repo_.git({"notes", "--ref=factory/gates", "show", "HEAD^{tree}"}),
                  "\"tool_version\":\"ruff "));
  Ran synced = factory({"sync"});
  ASSERT_EQ(synced.exit_code, 0);
  EXPECT_TRUE(has(synced.out, "1 ref sent")) << synced.out;
  Ran passed = push({"origin", "main"});
  EXPECT_EQ(passed.exit_code, 0) << passed.err;
  EXPECT_EQ(push({server, "main", "refs/notes/factory/gates"}).exit_code, 0)
      << "or in the same push";
}

TEST_F(DoorTest, ThePolicyOfTheTargetBranchCounts) {
  close_the_doors();
  repo_.write(".gitfactory", repo_.read(".gitfactory") + "[factory]\n\tverify = all\n");
  repo_.commit("every commit");
  EXPECT_EQ(push({"origin", "main"}).exit_code, 0) << "the policy before was another";
  repo_.write(".gitfactory", "[factory]\n\tverify = off\n");
  repo_.commit("no commit");
  EXPECT_EQ(push({"origin", "main"}).exit_code, 1);
  Ran server = push({"--no-verify", "origin", "main"});
  EXPECT_EQ(server.exit_code, 1);
  EXPECT_TRUE(has(server.err, "no-run: ") && has(server.err, ".gitfactory of ")) << server.err;
  EXPECT_EQ(push({"--no-verify", "origin", "HEAD:refs/heads/elsewhere"}).exit_code, 1);
}

}  // namespace
}  // namespace gf::test

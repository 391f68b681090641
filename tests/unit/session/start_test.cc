// Which base a run starts from, what is said of it, and that asking the remote leaves the user's
// place as it was.
#include "session/start.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::session {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Oid oid(char digit) { return Oid::parse(std::string(40, digit)).value(); }

TEST(Choose, AncestryDecidesAndTheUserWhereItDoesNot) {
  struct Case {
    std::string remote;
    char here, there;  // ' ': not there
    Apart apart;
    Diverged wish;
    char taken;  // ' ': an error
    std::string expected;
  };
  const Case kCases[] = {
      {"", 'a', ' ', {}, Diverged::kRemote, 'a', "main at aaaaaaaaaa"},
      {"origin", 'a', ' ', {}, Diverged::kRemote, 'a', "main at aaaaaaaaaa, which origin lacks"},
      {"origin", ' ', 'b', {}, Diverged::kRemote, 'b', "origin/main at bbbbbbbbbb"},
      {"origin", 'a', 'a', {}, Diverged::kStop, 'a', "main at aaaaaaaaaa, as origin has it"},
      {"origin",
       'a',
       'b',
       {0, 1},
       Diverged::kLocal,
       'b',
       "origin/main at bbbbbbbbbb, 1 commit ahead of main here"},
      {"origin",
       'a',
       'b',
       {2, 0},
       Diverged::kRemote,
       'a',
       "main at aaaaaaaaaa, 2 commits ahead of origin/main: they will be in the pull request"},
      {"origin",
       'a',
       'b',
       {2, 3},
       Diverged::kRemote,
       'b',
       "origin/main at bbbbbbbbbb, which lacks 2 commits of main here"},
      {"origin",
       'a',
       'b',
       {2, 3},
       Diverged::kLocal,
       'a',
       "main at aaaaaaaaaa, which lacks 3 commits of origin/main"},
      {"origin",
       'a',
       'b',
       {2, 3},
       Diverged::kStop,
       ' ',
       "'main' here has 2 commits that 'origin/main' lacks, and lacks 3 of its"},
  };
  for (const Case& one : kCases) {
    Tips tips{"main", one.remote, std::nullopt, std::nullopt, one.apart};
    if (one.here != ' ') tips.here = oid(one.here);
    if (one.there != ' ') tips.there = oid(one.there);

    auto chosen = choose(tips, one.wish);

    EXPECT_EQ(chosen.ok(), one.taken != ' ') << one.expected;
    EXPECT_EQ(chosen.ok() ? chosen->description : chosen.error().message, one.expected);
    if (chosen.ok()) {
      EXPECT_EQ(chosen->commit, oid(one.taken)) << one.expected;
    }
  }
}

TEST(TrackingRef, IsTheConfiguredOneAndNeverABranchOfTheUsers) {
  struct Case {
    std::vector<std::string> refspecs;
    std::string branch, ref;  // empty: none
  };
  const Case kCases[] = {
      {{"+refs/heads/*:refs/remotes/origin/*"}, "refs/heads/main", "refs/remotes/origin/main"},
      {{"+refs/heads/*:refs/remotes/origin/*"}, "refs/heads/a/b", "refs/remotes/origin/a/b"},
      {{"refs/heads/main:refs/remotes/o/main"}, "refs/heads/main", "refs/remotes/o/main"},
      {{"refs/heads/main:refs/remotes/o/main"}, "refs/heads/other", ""},
      {{"+refs/heads/rel-*:refs/remotes/o/r/*"}, "refs/heads/rel-1", "refs/remotes/o/r/1"},
      {{"+refs/heads/rel-*:refs/remotes/o/r/*"}, "refs/heads/main", ""},
      {{"+refs/heads/*:refs/heads/*"}, "refs/heads/main", ""},  // a mirror
      {{"+refs/*:refs/*"}, "refs/heads/main", ""},
      {{"refs/heads/main"}, "refs/heads/main", ""},
      {{"^refs/heads/wip", "+refs/heads/*:refs/remotes/o/*"}, "refs/heads/x", "refs/remotes/o/x"},
      {{"+refs/heads/*:refs/remotes/o"}, "refs/heads/main", ""},
      {{"+refs/heads/*:refs/remotes/*/.."}, "refs/heads/main", ""},
      {{}, "refs/heads/main", ""},
  };
  for (const Case& one : kCases) {
    auto ref = tracking_ref(one.refspecs, one.branch);
    EXPECT_EQ(ref ? ref->str() : "", one.ref) << join(one.refspecs, " ");
  }
}

TEST(LeftOutText, SaysWhatIsThereAndNothingElse) {
  EXPECT_EQ(to_text(LeftOut{}), "");
  EXPECT_EQ(to_text(LeftOut{1, 0, "", 0}), "left out: 1 file with uncommitted changes");
  EXPECT_EQ(to_text(LeftOut{0, 2, "wip", 1}), "left out: 2 untracked paths, 1 commit of 'wip'");
}

/// A clone "repo" of the bare repository "remote.git", and another one that pushes to it.
class StartTest : public ::testing::Test {
 protected:
  StartTest() {
    place_.write("a.txt", "one\n");
    first_ = place_.commit("first");
    place_.git({"init", "-q", "--bare", "-b", "main", "../remote.git"});
    place_.git({"remote", "add", "origin", "../remote.git"});
    place_.git({"push", "-q", "origin", "main"});
  }
  /// Somebody else's commit on the remote's `branch`.
  Oid pushed_by_another(const std::string& branch = "main") {
    std::string tree = std::string(trim(place_.git({"rev-parse", "main^{tree}"})));
    std::string id = std::string(trim(place_.git(
        {"commit-tree", tree, "-p", first_.hex(), "-m", fmt::format("theirs on {}", branch)})));
    place_.git({"push", "-q", "--no-follow-tags", "../remote.git", id + ":refs/heads/" + branch});
    return Oid::parse(id).value();
  }
  Result<Start> start(const Config::Settings& settings = {},
                      const std::optional<std::string>& wanted = std::nullopt) {
    GF_ASSIGN(auto context, open());
    GF_ASSIGN(auto config, Config::load(context->repo, context->git, Oid(), settings));
    return find_start(*context, config, wanted, Ask::kRemote);
  }
  std::string newer(const Base& base) {
    auto found = [&]() -> Result<std::optional<Base>> {
      GF_ASSIGN(auto context, open());
      GF_ASSIGN(auto config, Config::load(context->repo, context->git, Oid(), {}));
      return find_newer(*context, config, base, Ask::kRemote);
    }();
    if (!found.ok()) return "error: " + found.error().message;
    return *found ? (*found)->commit.hex() : "none";
  }
  Result<std::unique_ptr<Context>> open() {
    session::Setup setup;
    setup.directory = place_.path();
    setup.environment = place_.environment();
    for (const auto& [name, value] : more_) setup.environment[name] = value;
    setup.clock = &clock_;
    setup.cancel = &cancel_;
    return Context::open(std::move(setup), true);
  }
  [[nodiscard]] std::string bytes_of(const std::string& name) const {
    std::ifstream file(place_.path() + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  test::TempRepo place_;
  test::StandingClock clock_;
  Cancel cancel_;
  std::map<std::string, std::string> more_;  ///< of the environment
  Oid first_;
};

TEST_F(StartTest, TheRemotesNewerBaseIsFetchedAndTaken) {
  Oid theirs = pushed_by_another();

  ASSERT_GIVES(auto found, start());

  EXPECT_EQ(found.base.commit, theirs);
  EXPECT_EQ(found.base.name, "main");
  EXPECT_THAT(found.description, HasSubstr("1 commit ahead of main here"));
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST_F(StartTest, AskingTheRemoteLeavesTheUsersPlaceByteForByte) {
  pushed_by_another();
  place_.git("branch wip");
  place_.git("tag mine");
  place_.git("config fetch.prune true");
  place_.git("config remote.origin.fetch +refs/heads/*:refs/remotes/origin/*");
  place_.write("a.txt", "changed\n");
  place_.write("new.txt", "new\n");
  // A file whose times differ from the index's would have it refreshed by a careless status.
  std::filesystem::last_write_time(
      place_.path() + "/a.txt",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  auto refs = [&] { return place_.git({"for-each-ref", "refs/heads", "refs/tags", "refs/stash"}); };
  std::string index = bytes_of(".git/index"), config = bytes_of(".git/config"),
              head = bytes_of(".git/HEAD"), before = refs();

  ASSERT_GIVES(auto found, start());

  EXPECT_EQ(bytes_of(".git/index"), index);
  EXPECT_EQ(bytes_of(".git/config"), config);
  EXPECT_EQ(bytes_of(".git/HEAD"), head);
  EXPECT_EQ(refs(), before);
  EXPECT_EQ(bytes_of("a.txt"), "changed\n");
  EXPECT_FALSE(std::filesystem::exists(place_.path() + "/.git/FETCH_HEAD"));
  EXPECT_EQ(found.left_out, "left out: 1 file with uncommitted changes, 1 untracked path");
}

TEST_F(StartTest, AMirrorsBranchesAreNotWritten) {
  Oid theirs = pushed_by_another();
  place_.git("config remote.origin.fetch +refs/*:refs/*");
  place_.git("checkout -q -b wip");

  ASSERT_GIVES(auto found, start());

  EXPECT_EQ(found.base.commit, theirs);
  EXPECT_EQ(trim(place_.git("rev-parse main")), first_.hex());
}

TEST_F(StartTest, ARemoteThatCannotBeReachedIsANote) {
  std::filesystem::remove_all(place_.path() + "/../remote.git");

  ASSERT_GIVES(auto found, start());

  EXPECT_EQ(found.base.commit, first_);
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("'main' was not fetched from 'origin'")));
}

TEST_F(StartTest, NobodyIsAskedWhereTheUserSaysSo) {
  pushed_by_another();

  ASSERT_GIVES(auto found, start({{"factory.fetch", "false"}}));

  EXPECT_EQ(found.base.commit, first_);
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST_F(StartTest, WhereBothWentOnTheSettingOrTheNameDecides) {
  Oid theirs = pushed_by_another();
  Oid ours = place_.commit("ours");
  struct Case {
    std::string setting;
    std::optional<std::string> wanted;
    Oid taken;
  };
  const Case kCases[] = {{"remote", {}, theirs},
                         {"local", {}, ours},
                         {"local", "origin/main", theirs},
                         {"remote", "refs/heads/main", ours},
                         {"remote", "main", theirs}};
  for (const Case& one : kCases) {
    ASSERT_GIVES(auto found, start({{"factory.diverged", one.setting}}, one.wanted));
    EXPECT_EQ(found.base.commit, one.taken) << one.setting << ' ' << one.wanted.value_or("");
    EXPECT_EQ(found.base.name, "main");
  }
  EXPECT_FALSE(start({{"factory.diverged", "stop"}}).ok());
  EXPECT_THAT(start({{"factory.diverged", "maybe"}}).error().hint, HasSubstr("remote, local"));
}

TEST_F(StartTest, ABranchThatOnlyTheRemoteHasIsFoundByItsName) {
  Oid theirs = pushed_by_another("next");

  ASSERT_GIVES(auto found, start({}, "next"));

  EXPECT_EQ(found.base.commit, theirs);
  EXPECT_EQ(found.base.name, "next");
  EXPECT_THAT(start({}, "nowhere").error().message, HasSubstr("no commit named 'nowhere'"));
}

TEST_F(StartTest, CommitsOfTheBranchThatIsCheckedOutStayOut) {
  place_.git("checkout -q -b wip");
  place_.commit("unfinished");

  ASSERT_GIVES(auto found, start());

  EXPECT_EQ(found.base.commit, first_);
  EXPECT_EQ(found.left_out, "left out: 1 commit of 'wip'");
}

TEST_F(StartTest, ABaseHasMovedOnlyWhereItsTipWentOnFromIt) {
  ASSERT_GIVES(auto found, start());
  EXPECT_EQ(newer(found.base), "none");
  Oid theirs = pushed_by_another();
  EXPECT_EQ(newer(found.base), theirs.hex());
  // What is unpushed here is no part of what the pull request will meet.
  Oid ours = place_.commit("ours");
  EXPECT_EQ(newer(found.base), theirs.hex());
  EXPECT_EQ(newer({"main", ours, {}}), "none") << "they have gone apart";
  EXPECT_EQ(newer({first_.hex(), first_, {}}), "none") << "a commit does not move";
}

TEST_F(StartTest, WhatStandsWhereItStoodIsNotFetchedAgain) {
  ASSERT_GIVES(auto found, start());
  const std::string trace = place_.path() + "/../trace";
  more_["GIT_TRACE"] = trace;
  EXPECT_EQ(newer(found.base), "none");
  EXPECT_THAT(bytes_of("../trace"), AllOf(HasSubstr("git ls-remote"), Not(HasSubstr("git fetch"))));

  Oid theirs = pushed_by_another();
  EXPECT_EQ(newer(found.base), theirs.hex());
  EXPECT_THAT(bytes_of("../trace"), HasSubstr("git fetch"));
}

TEST_F(StartTest, ABranchOfWhichTheNameIsTheEndOfAnothersIsNoNews) {
  place_.git("push -q ../remote.git main:refs/heads/x/refs/heads/main");
  ASSERT_GIVES(auto found, start());
  EXPECT_EQ(newer(found.base), "none");
  Oid theirs = pushed_by_another();
  EXPECT_EQ(newer(found.base), theirs.hex());
}

TEST_F(StartTest, ARemoteThatIsGoneHasMovedNothing) {
  ASSERT_GIVES(auto found, start());
  std::filesystem::remove_all(place_.path() + "/../remote.git");
  EXPECT_EQ(newer(found.base), "none");
}

}  // namespace
}  // namespace gf::session

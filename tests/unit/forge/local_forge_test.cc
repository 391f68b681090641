// The local forge against real repositories, a bare remote and clones that race.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "forge/forge.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::forge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// One person's repository, the git program in it and their forge.
class Person {
 public:
  explicit Person(const std::string& remote_path = {}) {
    repo_.write("a.txt", "one\n");
    base_ = repo_.commit("first");
    if (!remote_path.empty()) repo_.git({"remote", "add", "origin", remote_path});
    program_ =
        std::make_unique<git::Program>(test::plain_runner(repo_.environment()), repo_.path());
    handle_ = std::make_unique<git::Repo>(git::Repo::open(repo_.path()).value());
    if (!remote_path.empty()) remote_ = "origin";
  }

  std::unique_ptr<Forge> forge() { return local_forge(*handle_, *program_, remote_, clock_); }
  PullRequest wanted(uint32_t random, const std::string& title = "feat: a thing") const {
    PullRequest pull;
    pull.title = title;
    pull.body = "why\n";
    pull.head_branch = "factory/thing";
    pull.base_branch = "main";
    pull.head = pull.base = base_;
    pull.author = "A <a@example.org>";
    pull.opened = clock_.now();
    pull.run = RunId::make(clock_.now(), random);
    return pull;
  }
  test::TempRepo& repo() { return repo_; }
  void use_remote(const std::string& name) { remote_ = name; }

 private:
  test::TempRepo repo_;
  test::StandingClock clock_;
  std::unique_ptr<git::Program> program_;
  std::unique_ptr<git::Repo> handle_;
  std::optional<std::string> remote_;
  Oid base_;
};

struct Remote {
  Remote() { maker.git({"init", "--quiet", "--bare", path()}); }
  std::string path() const { return folder / "remote.git"; }
  std::string git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--git-dir", path()});
    return maker.git(words);
  }
  void hook(const std::string& name, const std::string& script) const {
    std::string file = folder.write("remote.git/hooks/" + name, script);
    std::filesystem::permissions(file, std::filesystem::perms::all);
  }
  test::TempRepo maker;
  test::TempFolder folder;
};

TEST(LocalForge, WithoutARemoteRequestsCountFromOneAndStayHere) {
  Person person;
  auto forge = person.forge();

  ASSERT_GIVES(auto first, forge->open(person.wanted(1)));
  ASSERT_GIVES(auto second, forge->open(person.wanted(2)));

  EXPECT_EQ(first.url, "#1");
  EXPECT_EQ(second.number, 2);
  EXPECT_DONE(forge->ready());
  EXPECT_THAT(person.repo().git("show refs/factory/pulls:1/pull.json"), HasSubstr("feat: a thing"));
  EXPECT_EQ(person.repo().git("show refs/factory/pulls:1/body.md"), "why\n");
}

TEST(LocalForge, TheSameRunOpensOneRequest) {
  Person person;
  auto forge = person.forge();
  ASSERT_GIVES(auto first, forge->open(person.wanted(1)));

  ASSERT_GIVES(auto again, forge->open(person.wanted(1, "another title")));

  EXPECT_EQ(again.number, first.number);
  EXPECT_EQ(again.title, "feat: a thing");
  ASSERT_GIVES(auto all, forge->list());
  EXPECT_EQ(all.size(), 1u);
}

TEST(LocalForge, ARunWithoutARequestCannotBeCommentedOn) {
  Person person;
  EXPECT_FALSE(person.forge()->comment(person.wanted(7), "hello").ok());
}

TEST(LocalForge, ACommentIsAFileAndTheSameWordsCountOnce) {
  Person person;
  auto forge = person.forge();
  ASSERT_GIVES(auto pull, forge->open(person.wanted(1)));

  ASSERT_DONE(forge->comment(pull, "one"));
  ASSERT_DONE(forge->comment(pull, "one"));
  ASSERT_DONE(forge->comment(pull, "two"));

  EXPECT_EQ(person.repo().git("show refs/factory/pulls:1/comments/2.md"), "two");
  ASSERT_GIVES(auto all, forge->list());
  EXPECT_EQ(all.at(0).comments, (std::vector<std::string>{"one", "two"}));
}

TEST(LocalForge, WhatIsClosedStaysClosedForEverybody) {
  test::TempRepo remote;
  remote.git({"config", "receive.denyCurrentBranch", "ignore"});
  Person one(remote.path()), two(remote.path());
  PullRequest wanted = one.wanted(1);
  ASSERT_DONE(one.forge()->open(wanted));
  two.repo().git(
      {"fetch", "-q", "origin", "+refs/factory/pulls:refs/factory/remotes/origin/pulls"});
  ASSERT_DONE(two.forge()->comment(wanted, "not yet heard of the end"));

  ASSERT_GIVES(auto closed, one.forge()->close(wanted));
  ASSERT_DONE(two.forge()->comment(wanted, "still not"));
  ASSERT_DONE(one.forge()->close(wanted)) << "a second time";

  EXPECT_EQ(closed.state, "closed");
  EXPECT_EQ(closed.comments.size(), 1u);
  ASSERT_GIVES(auto seen, two.forge()->list());
  EXPECT_EQ(seen.at(0).state, "closed");
  EXPECT_EQ(seen.at(0).comments.size(), 2u);
}

TEST(LocalForge, TitlesThatLookLikeOptionsPathsOrControlsAreOnlyText) {
  Person person;
  auto forge = person.forge();
  std::vector<std::string> titles = {"--upload-pack=x",        "../../etc/passwd",
                                     "a\nb\x1b[31m",           "",
                                     std::string(100000, 'x'), "$(touch pwned)`x`"};
  for (size_t i = 0; i < titles.size(); ++i) {
    ASSERT_DONE(forge->open(person.wanted(static_cast<uint32_t>(i) + 1, titles[i])));
  }
  ASSERT_GIVES(auto all, forge->list());
  ASSERT_EQ(all.size(), titles.size());
  for (size_t i = 0; i < titles.size(); ++i) EXPECT_EQ(all[i].title, titles[i]);
}

TEST(LocalForge, ATitleThatIsNotUtf8IsRepaired) {
  Person person;
  auto forge = person.forge();
  ASSERT_DONE(forge->open(person.wanted(1, "bad \xff byte")));
  ASSERT_GIVES(auto all, forge->list());
  EXPECT_EQ(all.at(0).title, "bad \xef\xbf\xbd byte");
}

TEST(LocalForge, TwoClonesGetDifferentNumbersAndLoseNothing) {
  Remote remote;
  Person ann(remote.path()), bob(remote.path());

  ASSERT_GIVES(auto first, ann.forge()->open(ann.wanted(1)));
  ASSERT_GIVES(auto second, bob.forge()->open(bob.wanted(2)));
  ASSERT_GIVES(auto third, ann.forge()->open(ann.wanted(3)));

  EXPECT_EQ(first.number, 1);
  EXPECT_EQ(second.number, 2);
  EXPECT_EQ(third.number, 3);
  ASSERT_GIVES(auto all, ann.forge()->list());
  EXPECT_EQ(all.size(), 3u);
}

TEST(LocalForge, WhatWasOpenedOfflineIsSentLaterUnderAFreeNumber) {
  Remote remote;
  Person ann(remote.path()), bob(remote.path());
  ann.use_remote("origin");
  auto offline = ann.wanted(1, "made offline");
  {
    Person& alone = ann;
    alone.repo().git({"remote", "set-url", "origin", "/nowhere/at/all"});
    EXPECT_FALSE(ann.forge()->open(offline).ok());
  }
  remote.hook("pre-receive", "#!/bin/sh\necho 'no factory here' >&2\nexit 1\n");
  ann.repo().git({"remote", "set-url", "origin", remote.path()});
  ASSERT_GIVES(auto refused, ann.forge()->open(offline));
  EXPECT_THAT(refused.unsent, HasSubstr("no factory here"));
  std::filesystem::remove(remote.path() + "/hooks/pre-receive");
  ASSERT_GIVES(auto bobs, bob.forge()->open(bob.wanted(2, "made by bob")));

  ASSERT_GIVES(auto sent, ann.forge()->open(offline));

  EXPECT_EQ(bobs.number, 1);
  EXPECT_EQ(sent.number, 2);
  EXPECT_THAT(remote.git({"show", "refs/factory/pulls:1/pull.json"}), HasSubstr("made by bob"));
  EXPECT_THAT(remote.git({"show", "refs/factory/pulls:2/pull.json"}), HasSubstr("made offline"));
}

TEST(LocalForge, ARaceLostInTheMiddleOfAPushIsJoined) {
  Remote remote;
  Person ann(remote.path()), bob(remote.path());
  // Bob's request lands while Ann's push is being received: the first push of hers is too late.
  ASSERT_DONE(bob.forge()->open(bob.wanted(2)));
  std::string tip = remote.git({"rev-parse", "refs/factory/pulls"});
  remote.git({"update-ref", "-d", "refs/factory/pulls"});
  remote.hook("pre-receive",
              "#!/bin/sh\nunset GIT_QUARANTINE_PATH\n[ -e raced ] && exit 0\n: > raced\n"
              "git update-ref refs/factory/pulls " +
                  tip);

  ASSERT_GIVES(auto pull, ann.forge()->open(ann.wanted(1)));

  EXPECT_TRUE(std::filesystem::exists(remote.path() + "/raced"));
  EXPECT_EQ(pull.number, 2);
  EXPECT_EQ(remote.git({"ls-tree", "--name-only", "refs/factory/pulls"}), "1\n2\n");
}

TEST(LocalForge, ARefusalNamesTheServersWordsAndKeepsTheRequest) {
  Remote remote;
  Person ann(remote.path());
  remote.hook("pre-receive", "#!/bin/sh\necho 'no factory here' >&2\nexit 1\n");

  ASSERT_GIVES(auto opened, ann.forge()->open(ann.wanted(1)));

  EXPECT_THAT(opened.unsent, HasSubstr("no factory here"));
  EXPECT_EQ(opened.number, 1);
  ASSERT_GIVES(auto all, ann.forge()->list());
  EXPECT_EQ(all.size(), 1u);
}

TEST(LocalForge, AHiddenRefIsARefusalToo) {
  Remote remote;
  Person ann(remote.path());
  remote.git({"config", "receive.hideRefs", "refs/factory"});
  ASSERT_GIVES(auto opened, ann.forge()->open(ann.wanted(1)));
  EXPECT_THAT(opened.unsent, HasSubstr("hidden ref"));
}

TEST(LocalForge, BranchAndRequestGoInOneTripWhereTheRemoteLetsThem) {
  Remote remote;
  Person person(remote.path());
  person.repo().git({"branch", "factory/thing"});
  auto forge = person.forge();
  PullRequest wanted = person.wanted(1);
  ASSERT_GIVES(auto sent, forge->open_with_branch(wanted, "refs/heads/factory/thing"));
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->url, "#1");
  EXPECT_THAT(remote.git({"for-each-ref", "--format=%(refname)"}),
              "refs/factory/pulls\nrefs/heads/factory/thing\n");
  std::string tip = remote.git({"rev-parse", "refs/factory/pulls"});
  ASSERT_GIVES(PullRequest opened, forge->open(wanted));
  EXPECT_EQ(opened.number, 1);
  EXPECT_EQ(remote.git({"rev-parse", "refs/factory/pulls"}), tip);
  EXPECT_EQ(person.repo().git({"rev-parse", "refs/factory/pulls"}), tip);
}

TEST(LocalForge, ARefusedBranchLeavesNoRequestAnywhere) {
  Remote remote;
  remote.hook("update", "#!/bin/sh\ncase $1 in refs/heads/*) exit 1;; esac\n");
  Person person(remote.path());
  person.repo().git({"branch", "factory/thing"});
  ASSERT_GIVES(auto sent,
               person.forge()->open_with_branch(person.wanted(1), "refs/heads/factory/thing"));
  EXPECT_FALSE(sent.has_value());
  EXPECT_EQ(remote.git({"for-each-ref"}), "");
  EXPECT_EQ(person.repo().git({"for-each-ref", "refs/factory"}), "");
}

TEST(LocalForge, ARequestThatLostTheRaceDoesNotTakeTheBranchWithIt) {
  Remote remote;
  Person fast(remote.path()), slow(remote.path());
  ASSERT_DONE(fast.forge()->open(fast.wanted(1)));
  slow.repo().git({"branch", "factory/thing"});
  auto forge = slow.forge();
  PullRequest wanted = slow.wanted(2);
  ASSERT_GIVES(auto sent, forge->open_with_branch(wanted, "refs/heads/factory/thing"));
  EXPECT_FALSE(sent.has_value());
  EXPECT_EQ(remote.git({"for-each-ref", "refs/heads"}), "");
  ASSERT_GIVES(PullRequest opened, forge->open(wanted));
  EXPECT_EQ(opened.number, 2);
}

TEST(LocalForge, AMissingRemoteIsToldBeforeAnythingIsOpened) {
  Person person;
  person.use_remote("upstream");
  EXPECT_EQ(person.forge()->ready().error().message, "there is no remote 'upstream'");
  person.use_remote("--exec=x");
  EXPECT_EQ(person.forge()->ready().error().message, "'--exec=x' is no remote");
}

TEST(LocalForge, AFolderThatCannotBeReadHidesNoOtherAndKeepsItsNumber) {
  Person person;
  ASSERT_DONE(person.forge()->open(person.wanted(1)));
  std::string blob = person.repo().git({"hash-object", "-w", "--stdin"}, "{not json");
  blob.resize(40);
  person.repo().git({"read-tree", "refs/factory/pulls"});
  person.repo().git({"update-index", "--add", "--cacheinfo", "100644," + blob + ",9/pull.json"});
  std::string tree = person.repo().git("write-tree").substr(0, 40);
  std::string commit = person.repo().git({"commit-tree", tree, "-m", "x"}).substr(0, 40);
  person.repo().git({"update-ref", "refs/factory/pulls", commit});

  ASSERT_GIVES(auto next, person.forge()->open(person.wanted(2)));

  EXPECT_EQ(next.number, 10);
}

TEST(LocalForge, TheMailTextIsWhatGitRequestPullWrites) {
  Remote remote;
  Person ann(remote.path());
  ann.repo().write("b.txt", "two\nthree\n");
  ann.repo().write("sub/c.sh", std::string(400, '\n'));
  Oid head = ann.repo().commit("second: a \"thing\"\n\nWith a body.\n");
  ann.repo().git({"branch", "factory/thing"});
  ann.repo().git({"push", "--quiet", "origin", "factory/thing"});
  auto wanted = ann.wanted(1);
  wanted.head = head;
  wanted.head_branch = "factory/thing";

  ASSERT_GIVES(auto opened, ann.forge()->open(wanted));

  EXPECT_EQ(opened.request_pull,
            ann.repo().git({"request-pull", wanted.base.hex(), "origin",
                            "refs/heads/factory/thing:refs/heads/factory/thing"}));
}

TEST(LocalForge, TheMailTextShowsNoPasswordOfTheRemote) {
  Remote remote;
  Person ann(remote.path());
  ann.repo().write("b.txt", "two\n");
  Oid head = ann.repo().commit("second");
  ann.repo().git({"branch", "factory/thing"});
  ann.repo().git({"push", "--quiet", "origin", "factory/thing"});
  std::string secret = std::string("hunter") + "2";
  ann.repo().git({"remote", "set-url", "origin", "file://u:" + secret + "@" + remote.path()});
  auto wanted = ann.wanted(1);
  wanted.head = head;

  auto opened = ann.forge()->open(wanted);
  if (!opened.ok()) GTEST_SKIP() << "this git takes no user in file:// addresses";

  EXPECT_THAT(opened->request_pull, HasSubstr("second"));
  EXPECT_THAT(opened->request_pull, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace gf::forge

// A clone that left objects with its remote, and what is fetched of them.
#include "git/promised.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

using ::testing::HasSubstr;

class PromisedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    place_.write("deep/er/and/deeper/b.txt", "two\n");
    place_.write("deep/c.txt", "three\n");
    first_ = place_.commit("first");
    place_.write("a.txt", "later\n");
    last_ = place_.commit("second");
    place_.git("config uploadpack.allowFilter true");
    place_.git("config uploadpack.allowAnySHA1InWant true");
    // As a server's git gc leaves it: what hangs on commits is looked up, not walked to.
    place_.git("config repack.writeBitmaps true");
    place_.git("repack -adqb");
  }
  void clone(const std::vector<std::string>& options) {
    clone_ = beside_ / ("clone" + std::to_string(++clones_));
    std::vector<std::string> words = {"clone", "-q", "--no-checkout"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"file://" + place_.path(), clone_});
    place_.git(words);
  }
  Result<size_t> fetch(const Oid& commit) {
    return fetch_promised(Program(test::plain_runner(place_.environment()), clone_), commit);
  }
  /// Asked of no remote.
  std::string read(const Oid& commit, const std::string& path) {
    auto repo = Repo::open(clone_);
    if (!repo.ok()) return repo.error().message;
    auto info = repo->commit(commit);
    auto entry = info.ok() ? repo->entry_at(info->tree, path) : info.error();
    if (!entry.ok() || !*entry) return "not there";
    return repo->read_blob((*entry)->id).value_or("not here");
  }

  test::TempRepo place_;
  test::TempFolder beside_;
  std::string clone_;
  int clones_ = 0;
  Oid first_, last_;
};

TEST_F(PromisedTest, WhatATreeLacksIsFetchedOnceWhateverTheFilterLeftAway) {
  struct Case {
    std::vector<std::string> options;
    size_t least;  ///< objects of the first commit's tree that are missing
  };
  for (const Case& one : {Case{{"--filter=blob:none"}, 3}, Case{{"--filter=blob:limit=1"}, 3},
                          Case{{"--filter=tree:0"}, 4},
                          Case{{"--filter=blob:none", "--origin=up.stream"}, 3}, Case{{}, 0}}) {
    clone(one.options);
    ASSERT_GIVES(size_t fetched, fetch(first_));
    EXPECT_GE(fetched, one.least) << clone_;
    EXPECT_EQ(read(first_, "a.txt"), "one\n") << clone_;
    EXPECT_EQ(read(first_, "deep/er/and/deeper/b.txt"), "two\n") << clone_;
    ASSERT_GIVES(size_t again, fetch(first_));
    EXPECT_EQ(again, 0U) << clone_;
  }
}

/// The ways in which a configuration names who has what is not here, as git itself takes them.
TEST_F(PromisedTest, WhoeverTheConfigurationNamesIsAsked) {
  struct Case {
    const char* what;
    std::vector<std::pair<std::string, std::string>> settings;
  };
  const std::vector<Case> cases = {
      {"by the remote", {{"remote.origin.promisor", "true"}}},
      {"by the extension", {{"extensions.partialClone", "origin"}}},
      {"by its filter", {{"remote.origin.partialCloneFilter", "blob:none"}}},
      {"first by another, which is gone",
       {{"remote.gone.url", beside_ / "nowhere"},
        {"remote.gone.promisor", "true"},
        {"extensions.partialClone", "origin"}}},
      {"by both", {{"remote.origin.promisor", "true"}, {"extensions.partialClone", "origin"}}},
  };
  for (const Case& one : cases) {
    clone({"--filter=blob:none"});
    for (const char* name : {"remote.origin.promisor", "remote.origin.partialCloneFilter"})
      place_.git({"-C", clone_, "config", "--unset-all", name});
    for (const auto& [name, value] : one.settings)
      place_.git({"-C", clone_, "config", name, value});
    ASSERT_GIVES(Repo repo, Repo::open(clone_));
    ASSERT_GIVES(auto shape, repo.shape());
    EXPECT_TRUE(shape.partial) << one.what;
    ASSERT_GIVES(size_t fetched, fetch(first_));
    EXPECT_EQ(fetched, 3U) << one.what;
    EXPECT_EQ(read(first_, "a.txt"), "one\n") << one.what;
  }
}

TEST_F(PromisedTest, MoreThanOneCommandLineOfIdsComes) {
  constexpr size_t kMany = 5001;
  for (size_t i = 0; i < kMany; ++i)
    place_.write("many/" + std::to_string(i), std::to_string(i) + "\n");
  Oid many = place_.commit("many");
  clone({"--filter=blob:none"});
  ASSERT_GIVES(size_t fetched, fetch(many));
  EXPECT_EQ(fetched, kMany + 3);
  EXPECT_EQ(read(many, "many/5000"), "5000\n");
  ASSERT_GIVES(size_t again, fetch(many));
  EXPECT_EQ(again, 0U);
}

TEST_F(PromisedTest, WhatOtherCommitsHaveIsLeftWithTheRemote) {
  clone({"--filter=blob:none"});
  ASSERT_DONE(fetch(first_));
  EXPECT_EQ(read(last_, "a.txt"), "not here");
  EXPECT_EQ(read(last_, "deep/c.txt"), "three\n") << "the first one has it, too";
}

TEST_F(PromisedTest, ARemoteThatIsGoneIsToldWithTheWayOut) {
  clone({"--filter=blob:none"});
  place_.git({"-C", clone_, "remote", "set-url", "origin", beside_ / "nowhere"});
  auto fetched = fetch(first_);
  ASSERT_FALSE(fetched.ok());
  EXPECT_THAT(fetched.error().message, HasSubstr("cannot fetch 3 objects of "));
  EXPECT_NE(fetched.error().hint, "");
}

}  // namespace
}  // namespace gf::git

// Which change a cell is asked about, on a real repository, and what it was to be.
#include "line/cell_asked.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "support/opened.h"
#include "support/spec.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// main: first, second. topic, off first: one, two. lone: nothing in common with them.
class CellAskedTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    ASSERT_NO_FATAL_FAILURE(open(false));
    place_.git("checkout -q --orphan lone");
    place_.write("a.txt", "lone\n");
    lone_ = place_.commit("lone");
    place_.git("checkout -q -b topic " + base_.hex());
    place_.write("b.txt", "b\n");
    place_.commit("one\n\nwhy one is");
    place_.write("c.txt", "c\n");
    topic_ = place_.commit("two");
    place_.git("checkout -q main");
    place_.write("a.txt", "two\n");
    main_ = place_.commit("second");
    config_.emplace(
        std::move(session::Config::load(context_->repo, context_->git, Oid(), {})).value());
  }
  Result<Revision> find(const CellWish& wish) {
    return find_revision(*context_, *config_, wish, folder_.path());
  }
  Result<Revision> find(const std::string& what, std::optional<std::string> base = {}) {
    CellWish wish;
    wish.what = what;
    wish.base = std::move(base);
    return find(wish);
  }
  Result<Revision> staged() {
    CellWish wish;
    wish.staged = true;
    return find(wish);
  }
  [[nodiscard]] Oid tree_of(const Oid& commit) const {
    return context_->repo.commit(commit).value().tree;
  }
  [[nodiscard]] std::string index() const {
    std::ifstream file(place_.path() + "/.git/index", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Oid lone_, topic_, main_;
  std::optional<session::Config> config_;
};

TEST_F(CellAskedTest, ARevisionIsHeldAgainstWhereItLeftTheBase) {
  ASSERT_GIVES(auto found, find("topic"));

  EXPECT_EQ(found.base.commit, base_);
  EXPECT_EQ(found.base.tree, tree_);
  EXPECT_EQ(found.commit, topic_);
  EXPECT_EQ(found.tree, tree_of(topic_));
  EXPECT_EQ(found.description, base_.short_hex() + ".." + topic_.short_hex());
  EXPECT_THAT(found.messages, ElementsAre("one\n\nwhy one is", "two"));
}

TEST_F(CellAskedTest, WhatTheBaseHasAlreadyIsHeldAgainstItsParent) {
  for (const std::string& what : {std::string(), std::string("HEAD"), std::string("main"),
                                  main_.hex(), main_.hex().substr(0, 12)}) {
    ASSERT_GIVES(auto found, find(what));
    EXPECT_EQ(found.base.commit, base_) << what;
    EXPECT_EQ(found.commit, main_) << what;
    EXPECT_THAT(found.messages, ElementsAre("second")) << what;
  }
}

TEST_F(CellAskedTest, ARangeSaysItself) {
  struct Case {
    std::string what;
    Oid base, tip;
    size_t messages;
  };
  for (const Case& one :
       {Case{"main..topic", main_, topic_, 2}, Case{"main...topic", base_, topic_, 2},
        Case{"topic..main", topic_, main_, 1}, Case{"..topic", main_, topic_, 2},
        Case{"topic..", topic_, main_, 1}, Case{"topic..topic", topic_, topic_, 0},
        Case{"lone..topic", lone_, topic_, 3}}) {
    ASSERT_GIVES(auto found, find(one.what));
    EXPECT_EQ(found.base.commit, one.base) << one.what;
    EXPECT_EQ(found.commit, one.tip) << one.what;
    EXPECT_EQ(found.messages.size(), one.messages) << one.what;
  }
}

TEST_F(CellAskedTest, WhatCannotBeFoundIsSaidInOneLineWithAWayOut) {
  struct Case {
    std::string what, expected, hint;
    Fault fault = Fault::kUser;
    std::optional<std::string> base = {};
  };
  for (const Case& one :
       {Case{"nope", "there is no commit 'nope'", "<from>..<to>"},
        Case{"nope..topic", "there is no commit 'nope'", "<from>..<to>"},
        Case{"topic..nope", "there is no commit 'nope'", "<from>..<to>"},
        Case{"topic...nope", "there is no commit 'nope'", "<from>..<to>"},
        Case{"esc\x1b[0m", "there is no commit 'esc\\x1b[0m'", "<from>..<to>"},
        Case{std::string(4000, 'x'), "there is no commit 'xxxx", "<from>..<to>"},
        Case{"lone", "'lone' has nothing in common with 'main'", "--base"},
        Case{base_.hex(), "has no parent to be held against", "<from>..<to>"},
        Case{"lone...topic", "have nothing in common", "two dots"},
        Case{"main..topic", "a range says itself", "--base", Fault::kUsage, "main"},
        Case{"topic", "nowhere", "", Fault::kUser, "nowhere"},
        Case{"topic", "'xxxx", "", Fault::kUser, std::string(5000, 'x')}}) {
    auto found = find(one.what, one.base);
    ASSERT_FALSE(found.ok()) << one.what.substr(0, 20);
    EXPECT_THAT(found.error().message, HasSubstr(one.expected));
    EXPECT_THAT(found.error().hint, HasSubstr(one.hint));
    EXPECT_EQ(found.error().fault, one.fault) << one.what.substr(0, 20);
    EXPECT_EQ(found.error().message.find('\n'), std::string::npos);
    EXPECT_LT(found.error().message.size(), 300u);
  }
}

TEST_F(CellAskedTest, AMergeHasNoWordsOfItsOwn) {
  place_.git("checkout -q topic");
  place_.git({"merge", "-q", "--no-ff", "-m", "merge main", "main"});

  ASSERT_GIVES(auto found, find(base_.hex() + "..topic"));

  EXPECT_THAT(found.messages,
              ::testing::UnorderedElementsAre("one\n\nwhy one is", "two", "second"));
}

TEST_F(CellAskedTest, WhatIsStagedIsReadAndTheIndexIsLeftAsItIs) {
  place_.write("a.txt", "staged\n");
  place_.git("add a.txt");
  place_.write("a.txt", "not staged\n");
  place_.write("new.txt", "not staged\n");
  std::string before = index();

  ASSERT_GIVES(auto found, staged());

  EXPECT_EQ(found.base.commit, main_);
  EXPECT_TRUE(found.commit.is_zero());
  EXPECT_THAT(found.messages, IsEmpty());
  EXPECT_EQ(found.description, "what is staged");
  ASSERT_GIVES(auto entry, context_->repo.entry_at(found.tree, "a.txt"));
  EXPECT_EQ(context_->repo.read_blob(entry->id).value(), "staged\n");
  EXPECT_EQ(context_->repo.entry_at(found.tree, "new.txt").value(), std::nullopt);
  EXPECT_EQ(index(), before);
}

TEST_F(CellAskedTest, OfAPartialCommitTheIndexIsTheOneThatGitNames) {
  std::string other = folder_ / "other-index";
  std::filesystem::copy_file(place_.path() + "/.git/index", other);
  place_.write("a.txt", "in the other one\n");
  test::run({"git", "add", "a.txt"}, place_.path(), [&] {
    auto environment = place_.environment();
    environment["GIT_INDEX_FILE"] = other;
    return environment;
  }());
  context_->setup.environment["GIT_INDEX_FILE"] = other;

  ASSERT_GIVES(auto found, staged());

  ASSERT_GIVES(auto entry, context_->repo.entry_at(found.tree, "a.txt"));
  EXPECT_EQ(context_->repo.read_blob(entry->id).value(), "in the other one\n");
}

TEST_F(CellAskedTest, WhatCannotBeStagedIsSaid) {
  CellWish wish;
  wish.staged = true;
  wish.what = "topic";
  EXPECT_EQ(find(wish).error().fault, Fault::kUsage);
  wish.what.clear();
  wish.base = "main";
  EXPECT_EQ(find(wish).error().fault, Fault::kUsage);

  place_.git_status({"merge", "-q", "--allow-unrelated-histories", "lone"});
  auto torn = staged();
  ASSERT_FALSE(torn.ok());
  EXPECT_EQ(torn.error().message, "what is staged makes no tree");
  EXPECT_THAT(torn.error().hint, HasSubstr("git add"));

  std::filesystem::remove(place_.path() + "/.git/index");
  auto none = staged();
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("nothing is staged"));
}

TEST_F(CellAskedTest, TheSpecIsTheOneGivenElseTheRunsElseTheCommitsWords) {
  ASSERT_GIVES(auto revision, find("topic"));
  ASSERT_GIVES(auto words, find_spec(*context_, revision, {}));
  EXPECT_EQ(words.from, SpecFrom::kMessages);
  EXPECT_EQ(words.spec.title, "two");

  record::RunRecord run = run_record();
  run.slug = "two";
  run.status = record::RunStatus::kDelivered;
  run.head = topic_;
  run.tree = tree_of(topic_);
  run.branch = "refs/heads/topic";
  ASSERT_GIVES(auto active, context_->store->begin(run));
  active.put_spec(test::good_spec());
  ASSERT_DONE(context_->store->seal(active, run));
  ASSERT_GIVES(auto covered, find_spec(*context_, revision, {}));
  EXPECT_EQ(covered.from, SpecFrom::kRun);
  EXPECT_EQ(covered.run, run.id);
  EXPECT_EQ(covered.spec.title, "Product by id");

  CellWish wish;
  wish.spec = record::Spec();
  wish.spec->title = "mine";
  ASSERT_GIVES(auto given, find_spec(*context_, revision, wish));
  EXPECT_EQ(given.from, SpecFrom::kGiven);
  EXPECT_EQ(given.spec.title, "mine");

  ASSERT_GIVES(auto nobody, find_spec(*context_, Revision(), {}));
  EXPECT_EQ(nobody.from, SpecFrom::kNobody);
  EXPECT_THAT(nobody.spec.acceptance_criteria, IsEmpty());
}

}  // namespace
}  // namespace gf::line

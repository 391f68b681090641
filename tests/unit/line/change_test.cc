// What lies between two trees of a real repository, and where the base's lines are now.
#include "line/change.h"

#include <gmock/gmock.h>

#include <set>

#include "base/text.h"
#include "support/assertions.h"
#include "support/repo.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Files = std::map<std::string, std::string>;

class ChangeBetweenTest : public ::testing::Test {
 protected:
  ChangeBetweenTest() : repo_(std::move(git::Repo::open(place_.path())).value()) {}
  Oid tree(const Files& files) {
    std::vector<git::PathChange> changes;
    for (const auto& [path, text] : files)
      changes.push_back({path, repo_.write_blob(text).value(), git::EntryKind::kBlob});
    return repo_.update_tree(Oid(), changes).value();
  }
  Change between(const Files& before, const Files& now) {
    auto change = Change::between(repo_, tree(before), tree(now));
    EXPECT_DONE(change);
    return change.ok() ? std::move(change).value() : Change{};
  }

  test::TempRepo place_;
  git::Repo repo_;
};

TEST_F(ChangeBetweenTest, OfTheSameTreeThereIsNone) {
  Change change = between({{"a", "1\n"}}, {{"a", "1\n"}});

  EXPECT_EQ(change.base, change.tree);
  EXPECT_THAT(change.deltas, IsEmpty());
  EXPECT_THAT(change.paths(), IsEmpty());
  EXPECT_THAT(change.added_lines(), IsEmpty());
  EXPECT_THAT(change.moves(), IsEmpty());
}

TEST_F(ChangeBetweenTest, PathsAreThoseThatAreThereAndARenameIsTwoChanges) {
  Change change = between({{"gone", "1\n"}, {"old/name", "2\n"}, {"same", "3\n"}, {"wide", "4\n"}},
                          {{"new/name", "2\n"}, {"same", "3\n"}, {"wide", "5\n"}, {"b c", "6\n"}});

  EXPECT_THAT(change.deltas, SizeIs(5));
  EXPECT_THAT(change.paths(), ElementsAre("b c", "new/name", "wide"));
  EXPECT_THAT(change.added_lines(),
              ElementsAre(std::pair("b c", std::vector{1}), std::pair("new/name", std::vector{1}),
                          std::pair("wide", std::vector{1})));
}

TEST_F(ChangeBetweenTest, ABinaryFileAModeAndALinkAreChangesWithoutLines) {
  Oid blob = repo_.write_blob("text\n").value(), link = repo_.write_blob("text").value();
  Oid bytes = repo_.write_blob(std::string("\0\1\2\n\0", 5)).value();
  using Kind = git::EntryKind;
  Oid before = repo_.update_tree(Oid(), {{"run", blob, Kind::kBlob}}).value();
  ASSERT_GIVES(Oid now, repo_.update_tree(before, {{"run", blob, Kind::kExecutable},
                                                   {"picture", bytes, Kind::kBlob}}));
  ASSERT_GIVES(auto change, Change::between(repo_, before, now));
  EXPECT_THAT(change.paths(), ElementsAre("picture", "run"));
  EXPECT_THAT(change.added_lines(), IsEmpty());

  ASSERT_GIVES(Oid linked, repo_.update_tree(before, {{"run", link, Kind::kSymlink}}));
  ASSERT_GIVES(auto turned, Change::between(repo_, before, linked));
  ASSERT_FALSE(turned.deltas.empty());
  EXPECT_EQ(turned.deltas.back().new_kind, Kind::kSymlink);
  EXPECT_THAT(turned.paths(), testing::Contains("run"));
}

TEST_F(ChangeBetweenTest, WhatIsNotHereIsAnError) {
  Oid none = Oid::parse(std::string(40, 'a')).value();
  EXPECT_FALSE(Change::between(repo_, none, tree({{"a", "1\n"}})).ok());
}

/// Two states of one file.
struct Edit {
  const char *what, *before, *now;
};
class LinesOfAnEditTest : public ChangeBetweenTest, public ::testing::WithParamInterface<Edit> {};

// Whatever was done to a file: a line that stayed is found where it is, one that is gone is not,
// and all others are the added ones.
TEST_P(LinesOfAnEditTest, AreFoundWhereTheyAreNow) {
  std::vector<std::string> before = lines(GetParam().before), now = lines(GetParam().now);
  Files old_files = {{"f", GetParam().before}}, new_files = {{"f", GetParam().now}};
  Change change = between(old_files, new_files);
  record::LineMoves moves = change.moves();

  std::set<int> kept;
  for (size_t i = 0; i < before.size(); ++i) {
    std::optional<int> at = record::moved_line(moves["f"], static_cast<int>(i + 1));
    if (!at) continue;
    ASSERT_GE(*at, 1);
    ASSERT_LE(static_cast<size_t>(*at), now.size());
    EXPECT_EQ(now[static_cast<size_t>(*at - 1)], before[i]) << "line " << i + 1;
    EXPECT_TRUE(kept.insert(*at).second) << "line " << *at << " is two old ones";
  }
  std::vector<int> others;
  for (int i = 1; i <= static_cast<int>(now.size()); ++i) {
    if (!kept.contains(i)) others.push_back(i);
  }
  EXPECT_EQ(change.added_lines()["f"], others);
}

INSTANTIATE_TEST_SUITE_P(
    All, LinesOfAnEditTest,
    ::testing::Values(Edit{"nothing before", "", "1\n2\n"}, Edit{"nothing left", "1\n2\n", ""},
                      Edit{"first line", "1\n2\n3\n", "0\n1\n2\n3\n"},
                      Edit{"last line", "1\n2\n3\n", "1\n2\n3\n4\n"},
                      Edit{"exchanged", "1\n2\n3\n", "1\nb\n3\n"},
                      Edit{"one by three", "1\n2\n3\n", "1\na\nb\nc\n3\n"},
                      Edit{"three by one", "1\n2\n3\n4\n5\n", "1\nx\n5\n"},
                      Edit{"two places in one hunk", "1\n2\n3\n4\n5\n6\n", "1\nx\n3\n4\ny\n6\n"},
                      Edit{"added and taken away", "1\n2\n3\n4\n5\n6\n", "1\n1b\n2\n3\n4\n6\n"},
                      Edit{"far apart", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n",
                           "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n16\n"},
                      Edit{"moved", "a\nb\nc\nd\n", "b\nc\nd\na\n"},
                      Edit{"blank lines", "1\n\n\n2\n", "1\n\n\n\n2\n\n"},
                      Edit{"no newline at the end", "1\n2", "1\n2\n3"},
                      Edit{"lines that look like a diff", "1\n-2\n+3\n@@ -1 +1 @@\n",
                           "1\n+3\n--4\n++5\n@@ -1 +1 @@\n"},
                      Edit{"a backslash", "1\n\\ No newline\n2\n", "0\n1\n\\ No newline\n"}),
    [](const auto& edit) { return replace_all(edit.param.what, " ", "_"); });

}  // namespace
}  // namespace gf::line

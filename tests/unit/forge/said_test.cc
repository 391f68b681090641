// What people say of a request: what of it is known, and whose it is.
#include "forge/said.h"

#include <gmock/gmock.h>

namespace gf::forge {
namespace {

using ::testing::SizeIs;

record::Remark remark(std::string text, std::string kind = "comment") {
  record::Remark made;
  made.id = "comment/" + text;
  made.kind = std::move(kind);
  made.by = "ada";
  made.text = std::move(text);
  return made;
}

TEST(SaidTest, APlaceIsToldAsFarAsItIsKnown) {
  struct Case {
    const char* path;
    int line;
    const char* expected;
  };
  for (const Case& one : {Case{"", 0, ""}, Case{"", 3, ""}, Case{"app.py", 0, "app.py"},
                          Case{"app.py", 3, "app.py:3"}}) {
    record::Remark made;
    made.path = one.path;
    made.line = one.line;
    EXPECT_EQ(place_of(made), one.expected);
  }
}

TEST(SaidTest, OurOwnWordsAreKnownAgain) {
  struct Case {
    const char* text;
    bool ours;
  };
  for (const Case& one : {Case{"Say when.", false}, Case{"REVIEW:\n\n- app.py:3: a loop", true},
                          Case{"REVIEW: say when.", false},
                          Case{"Done.\n\n<!-- git-factory run 6bbc40a7 -->", true}}) {
    Said said = said_as(one.text);
    EXPECT_EQ(said.ours, one.ours) << one.text;
    EXPECT_EQ(said.remark.text, one.text);
    EXPECT_EQ(said.remark.id, said_as(one.text).remark.id) << "the same words are the same thing";
    EXPECT_FALSE(said.may_write) << "of the words alone nobody knows";
  }
  EXPECT_NE(said_as("a").remark.id, said_as("b").remark.id);
}

TEST(SaidTest, ACommentOfWhichMoreIsKnownIsThereOnce) {
  PullRequest pull;
  pull.comments = {"REVIEW:\n\n- a loop", "An old one.", "Say when.", "REVIEW:\nmine"};
  pull.remarks = {remark("Say when."), remark("REVIEW:\nmine"), remark("Done.", "answer"),
                  remark("Done. <!-- git-factory run 6bbc40a7 -->")};

  std::vector<Said> all = said_in(pull);

  struct Case {
    std::string text, by;
    bool ours;
  };
  const std::vector<Case> kCases = {{"REVIEW:\n\n- a loop", "", true},
                                    {"An old one.", "", false},
                                    {"Say when.", "ada", false},
                                    {"REVIEW:\nmine", "ada", false},  // a person has said it
                                    {"Done.", "ada", true},
                                    {"Done. <!-- git-factory run 6bbc40a7 -->", "ada", true}};
  ASSERT_THAT(all, SizeIs(kCases.size()));
  for (size_t i = 0; i < kCases.size(); ++i) {
    EXPECT_EQ(all[i].remark.text, kCases[i].text);
    EXPECT_EQ(all[i].remark.by, kCases[i].by);
    EXPECT_EQ(all[i].ours, kCases[i].ours) << kCases[i].text;
    EXPECT_TRUE(all[i].may_write);
  }
}

}  // namespace
}  // namespace gf::forge

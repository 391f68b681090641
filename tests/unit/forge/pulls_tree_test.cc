// Two sides of refs/factory/pulls, put together.
#include "forge/pulls_tree.h"

#include <gmock/gmock.h>

namespace gf::forge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Oid oid(char digit) { return Oid::parse(std::string(40, digit)).value(); }

/// One request whose branch is at a commit of such digits; ' ': there is none.
Pulls at(char head) {
  Pulls pulls;
  if (head == ' ') return pulls;
  PullRequest pull;
  pull.number = pulls.last_number = 1;
  pull.url = "#1";
  pull.state = "open";
  pull.run = RunId::parse("20261121T083059Z-6bbc40a7").value();
  pull.head = oid(head);
  pulls.all.push_back(pull);
  return pulls;
}

TEST(PullsTreeTest, ABranchHasGoneOnWhereItIsNoMoreWhereItWas) {
  struct Case {
    const char* why;
    char before, theirs, ours, joined;  // ' ': nothing of ours is missing there
  };
  for (const Case& one : {
           Case{"nobody moved it", 'a', 'a', 'a', ' '},
           Case{"here", 'a', 'a', 'b', 'b'},
           Case{"there", 'a', 'b', 'a', ' '},
           Case{"both to one", 'a', 'b', 'b', ' '},
           Case{"both, to two: theirs counts", 'a', 'b', 'c', ' '},
           Case{"nobody knows from where", ' ', 'a', 'b', ' '},
           Case{"it is not there", ' ', ' ', 'b', 'b'},
       }) {
    auto missing = missing_from(at(one.theirs), at(one.ours), at(one.before));
    if (one.joined == ' ') {
      EXPECT_THAT(missing, IsEmpty()) << one.why;
    } else {
      ASSERT_THAT(missing, SizeIs(1)) << one.why;
      EXPECT_EQ(missing[0].head, oid(one.joined)) << one.why;
    }
  }
}

TEST(PullsTreeTest, OfTheMailBothSidesKnowWhatOneHasSent) {
  struct Side {
    int sent;
    bool begun;
    std::vector<int> unsure;
  };
  struct Case {
    const char* why;
    Side theirs, ours, joined;
    bool changed;
  };
  auto with = [](const Side& side, const char* text) {
    Pulls pulls = at('a');
    Mailing mailing;
    mailing.head = oid('a');
    mailing.ids = {"<0@x>", "<1@x>", "<2@x>"};
    mailing.sent = side.sent;
    mailing.begun = side.begun;
    mailing.unsure = side.unsure;
    mailing.files = {{"0000-cover-letter.patch", text}};
    pulls.all[0].mailings.push_back(mailing);
    return pulls;
  };
  for (const Case& one : {
           Case{"ours sent more", {0, false, {}}, {2, false, {}}, {2, false, {}}, true},
           Case{"theirs sent more", {2, false, {}}, {0, false, {}}, {}, false},
           Case{"the same", {2, false, {1}}, {2, false, {1}}, {}, false},
           Case{"begun here", {1, false, {}}, {1, true, {}}, {1, true, {}}, true},
           Case{"begun there, sent here", {1, true, {}}, {2, false, {}}, {2, false, {}}, true},
           Case{"begun here, sent there", {2, false, {}}, {1, true, {}}, {}, false},
           Case{"unsure on both", {2, false, {0}}, {2, false, {1}}, {2, false, {0, 1}}, true},
       }) {
    auto missing = missing_from(with(one.theirs, "theirs"), with(one.ours, "ours"), at('a'));
    if (!one.changed) {
      EXPECT_THAT(missing, IsEmpty()) << one.why;
      continue;
    }
    ASSERT_THAT(missing, SizeIs(1)) << one.why;
    const Mailing& joined = missing[0].mailings.at(0);
    EXPECT_EQ(joined.sent, one.joined.sent) << one.why;
    EXPECT_EQ(joined.begun, one.joined.begun) << one.why;
    EXPECT_EQ(joined.unsure, one.joined.unsure) << one.why;
    if (one.ours.sent > one.theirs.sent) {
      EXPECT_EQ(joined.files.at(0).second, "ours") << one.why;
    }
  }
}

TEST(PullsTreeTest, RemarksThatWaitHereTakeNoBranchBack) {
  Pulls before = at('a'), theirs = at('b'), ours = at('a');
  for (const char* id : {"comment/1", "comment/2", "comment/3"}) {
    record::Remark remark;
    remark.id = remark.text = id;
    ours.all[0].remarks.push_back(remark);
    ours.all[0].comments.emplace_back(id);
  }

  auto missing = missing_from(theirs, ours, before);

  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].head, oid('b'));
  EXPECT_THAT(missing[0].comments, ElementsAre("comment/1", "comment/2", "comment/3"));
  EXPECT_THAT(missing[0].remarks, SizeIs(3));
}

}  // namespace
}  // namespace gf::forge

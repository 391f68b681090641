// A change put onto another base: what goes by itself, what does not, and that it is what the
// comparison of merges expects.
#include "git/merge.h"

#include <gmock/gmock.h>

#include "support/assertions.h"
#include "support/repo.h"

namespace gf::git {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PutOntoTest : public ::testing::Test {
 protected:
  PutOntoTest() {
    for (const char* name : {"a.txt", "dir/b.txt", "gone.txt"})
      place_.write(name, "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    place_.commit("base");
    base_ = tree();
  }
  Oid tree() const { return Oid::parse(place_.git("rev-parse HEAD^{tree}").substr(0, 40)).value(); }
  /// What `edit` makes of the base.
  template <typename Edit>
  Oid side(Edit edit) {
    place_.git("checkout -q --detach main");
    edit();
    place_.commit("side");
    return tree();
  }
  Merged put(const Oid& change, const Oid& onto) {
    auto repo = Repo::open(place_.path());
    EXPECT_TRUE(repo.ok());
    auto merged = put_onto(*repo, base_, change, onto);
    EXPECT_DONE(merged);
    if (merged.ok() && merged->conflicts.empty()) {
      auto unlike = repo->unlike_merge(base_, {onto, change}, merged->tree);
      EXPECT_TRUE(unlike.ok() && unlike->empty()) << "a verifier comes to another tree";
    }
    return merged.ok() ? *merged : Merged{};
  }
  std::string shown(const Oid& tree, const std::string& path) {
    return place_.git({"show", tree.hex() + ":" + path});
  }

  test::TempRepo place_;
  Oid base_;
};

TEST_F(PutOntoTest, WhatLiesApartGoesTogether) {
  Oid ours = side([&] {
    place_.write("a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    place_.write("new/c.txt", "c\n");
    place_.git("rm -q gone.txt");
  });
  Oid theirs = side([&] {
    place_.write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n");
    place_.write("dir/b.txt", "b\n");
  });

  Merged merged = put(ours, theirs);

  EXPECT_THAT(merged.conflicts, IsEmpty());
  EXPECT_EQ(shown(merged.tree, "a.txt"), "ONE\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n");
  EXPECT_EQ(shown(merged.tree, "dir/b.txt"), "b\n");
  EXPECT_EQ(shown(merged.tree, "new/c.txt"), "c\n");
  EXPECT_EQ(place_.git({"ls-tree", "-r", "--name-only", merged.tree.hex()}),
            "a.txt\ndir/b.txt\nnew/c.txt\n");
}

TEST_F(PutOntoTest, WhatMeetsIsNamedAndNothingIsMade) {
  Oid ours = side([&] {
    place_.write("a.txt", "ours\n");
    place_.write("dir/b.txt", "ours\n");
    place_.write("both.txt", "ours\n");
  });
  Oid theirs = side([&] {
    place_.write("a.txt", "theirs\n");
    place_.git("rm -q dir/b.txt");
    place_.write("both.txt", "theirs\n");
  });

  Merged merged = put(ours, theirs);

  EXPECT_TRUE(merged.tree.is_zero());
  EXPECT_THAT(merged.conflicts, ElementsAre("a.txt", "both.txt", "dir/b.txt"));
}

TEST_F(PutOntoTest, AFileMayBecomeAFolder) {
  Oid ours = side([&] {
    place_.git("rm -q a.txt");
    place_.write("a.txt/inside", "x\n");
  });
  Oid theirs = side([&] { place_.write("other.txt", "o\n"); });

  Merged merged = put(ours, theirs);

  EXPECT_EQ(place_.git({"ls-tree", "-r", "--name-only", merged.tree.hex()}),
            "a.txt/inside\ndir/b.txt\ngone.txt\nother.txt\n");
}

TEST_F(PutOntoTest, TheSameOnBothSidesIsNoConflict) {
  auto edit = [&] { place_.write("a.txt", "same\n"); };
  Oid ours = side(edit), theirs = side(edit);
  EXPECT_EQ(put(ours, theirs).tree, theirs);
}

}  // namespace
}  // namespace gf::git

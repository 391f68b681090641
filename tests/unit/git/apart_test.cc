// How far commits lie apart, judged by the git program.
#include "git/apart.h"

#include "support/assertions.h"
#include "support/repo.h"

namespace gf::git {
namespace {

using Counts = std::pair<size_t, size_t>;

class ApartTest : public ::testing::Test {
 protected:
  Oid more(const std::string& name) {
    place_.write(name, name + "\n");
    return place_.commit("add " + name);
  }
  test::TempRepo place_;
};

TEST_F(ApartTest, CountsAsGitDoes) {
  Oid first = more("a");
  Oid second = more("b");
  place_.git("checkout -q -b side " + first.hex());
  Oid left = more("c");
  Oid lefter = more("d");
  place_.git("checkout -q main");
  place_.git({"merge", "-q", "-m", "both", "side"});
  Oid both = Oid::parse(place_.git("rev-parse HEAD").substr(0, 40)).value();
  place_.git("checkout -q --orphan alone");
  Oid alone = more("e");
  auto repo = Repo::open(place_.path());
  ASSERT_DONE(repo);
  const Oid all[] = {first, second, left, lefter, both, alone};
  for (const Oid& one : all) {
    for (const Oid& other : all) {
      ASSERT_GIVES(auto counts, apart(*repo, one, other));
      std::string counted =
          place_.git("rev-list --count --left-right " + one.hex() + "..." + other.hex());
      EXPECT_EQ(std::to_string(counts.first) + "\t" + std::to_string(counts.second) + "\n",
                counted);
    }
  }
}

TEST_F(ApartTest, WhatIsCutOffIsNotCounted) {
  more("a");
  Oid second = more("b");
  Oid third = more("c");
  test::TempFolder folder;
  place_.git({"clone", "-q", "--depth=1", "file://" + place_.path(), folder / "shallow"});
  auto repo = Repo::open(folder / "shallow");
  ASSERT_DONE(repo);
  EXPECT_FALSE(apart(*repo, second, third).ok());
}

}  // namespace
}  // namespace gf::git

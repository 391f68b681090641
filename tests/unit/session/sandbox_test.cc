// Who holds the repository's code in a clone, and what of it that code reads.
#include "session/sandbox.h"

#include <gmock/gmock.h>

#include "support/opened.h"

namespace gf::session {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

class HolderTest : public test::OpenedTest {
 protected:
  /// The folders of the repository, as code that is held reads them.
  std::vector<std::string> repository() {
    auto holder = holder_of(*context_, Settings());
    EXPECT_DONE(holder);
    return holder.ok() ? (*holder)->repository : std::vector<std::string>();
  }
};

TEST_F(HolderTest, ABorrowersLenderIsReadAndWhomThatBorrowsFrom) {
  test::TempFolder others;
  others.write("first/info/alternates", "# a word\n\n../second\n");
  others.write("second/info/alternates", (others / "third") + "\n" + (others / "first") + "\n");
  place_.write(".git/objects/info/alternates", (others / "first") + "\n");
  open();
  EXPECT_THAT(repository(), ElementsAre(EndsWith("/.git"), others / "first", others / "second",
                                        others / "third"));
}

TEST_F(HolderTest, WithoutLendersItIsTheRepositoryAlone) {
  open();
  EXPECT_THAT(repository(), ElementsAre(EndsWith("/.git")));
}

}  // namespace
}  // namespace gf::session

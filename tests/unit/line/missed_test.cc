#include <gmock/gmock.h>

#include "line/bench.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MissedTest, DataBesideTheCodeIsMissedAndWhatToolsLeaveIsNot) {
  EXPECT_THAT(missed_of({"src/x/locale/de/x.mo", "src/x/_grammar.py", "src/x/data/a b.bin"}),
              ElementsAre("src/x/_grammar.py", "src/x/data/a b.bin", "src/x/locale/de/x.mo"));
  EXPECT_THAT(
      missed_of({"", "x/__pycache__/a.cpython-311.pyc", "x/fast.cpython-311.so", "x/_version.py",
                 "x/y.egg-info/PKG-INFO", "x/.DS_Store", "x/run.log", "x/.coverage.host.1",
                 "x/.mypy_cache/3.11/a.json", "x/node_modules/a/index.js", "x/empty/"}),
      IsEmpty());
}

}  // namespace
}  // namespace gf::line

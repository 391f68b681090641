// What is read, as the command line names it and as messages call it.
#include "paths.h"

#include <gtest/gtest.h>

namespace gf::cmd {
namespace {

TEST(StreamNameTest, ADashIsStandardInputAndAFileIsItsName) {
  struct Case {
    const char* given;
    const char* called;
  };
  for (const Case& one : {Case{"-", "standard input"}, Case{"a b.txt", "'a b.txt'"},
                          Case{"--", "'--'"}, Case{"\x1b[31m", "'\\x1b[31m'"}}) {
    EXPECT_EQ(stream_name(one.given), one.called);
  }
}

}  // namespace
}  // namespace gf::cmd

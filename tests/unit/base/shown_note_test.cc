#include "base/shown_note.h"

#include <gtest/gtest.h>

namespace gf {
namespace {

TEST(ShownNote, SpeaksOfOthersWhereThereAreSome) {
  struct Case {
    size_t shown, all;
    const char* note;
  };
  for (const Case& one : {
           Case{0, 0, ""},
           {13, 13, ""},
           {1, 1, ""},
           {0, 13, "[no line of 13 is shown; read_file has them]\n"},
           {0, 1, "[no line of 1 is shown; read_file has it]\n"},
           {1, 13, "[1 line of 13 is shown; read_file has the others]\n"},
           {12, 13, "[12 lines of 13 are shown; read_file has the other]\n"},
           {7, 13, "[7 lines of 13 are shown; read_file has the others]\n"},
       })
    EXPECT_EQ(shown_note(one.shown, one.all), one.note) << one.shown << " of " << one.all;
}

TEST(ShownNote, SaysWhatElseIsToSayBehindTheCount) {
  EXPECT_EQ(shown_note(3, 9, ", no room for lines 4-6"),
            "[3 lines of 9 are shown, no room for lines 4-6; read_file has the others]\n");
  EXPECT_EQ(shown_note(9, 9, ", no room for lines 4-6"), "");
}

}  // namespace
}  // namespace gf

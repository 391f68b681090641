#include "base/command_line.h"

#include <gmock/gmock.h>

namespace gf {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(CommandWords, AreCutAsAShellWouldCutThem) {
  EXPECT_THAT(command_words("a  b\tc\n"), Optional(ElementsAre("a", "b", "c")));
  EXPECT_THAT(command_words(R"(tool 'one two' "it's" a\ b '')"),
              Optional(ElementsAre("tool", "one two", "it's", "a b", "")));
  EXPECT_THAT(command_words(R"(t "a\"b\\c" "\n" '\n')"),
              Optional(ElementsAre("t", "a\"b\\c", "\\n", "\\n")));
}

TEST(CommandWords, NothingIsExpanded) {
  EXPECT_THAT(command_words("t $HOME `id` *.py ; rm"),
              Optional(ElementsAre("t", "$HOME", "`id`", "*.py", ";", "rm")));
}

TEST(CommandWords, WhatNamesNoProgramIsNone) {
  using namespace std::string_view_literals;
  for (std::string_view text :
       {""sv, " \t"sv, "t 'open"sv, "t \"open"sv, "t \\"sv, "'' a"sv, "t\0a"sv}) {
    EXPECT_EQ(command_words(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace gf

// What is said of the files of a prompt holds of those that are there.
#include "stage/marks.h"

#include <gtest/gtest.h>

namespace gf::stage {
namespace {

TEST(HeadingOfTest, SpeaksOfMarksWhereSomeAreMarkedAndSomeAreNot) {
  const std::string read = "b" + std::string(kToRead), form = "c" + std::string(kForItsForm),
                    add = "d" + std::string(kToAddTo);
  const std::string marks = "you may change those that are not marked:\n";
  struct Case {
    const char* what;
    std::vector<std::string> names;
    std::string said;
  };
  const Case cases[] = {
      {"none is marked", {"a", "e"}, "Tests, as they are now; you may change all of them:\n"},
      {"one is to read", {"a", read}, "Tests, as they are now; " + marks},
      {"one is for its form", {form, "a"}, "Tests, as they are now; " + marks},
      {"one is to add to", {"a", add}, "Tests, as they are now; " + marks},
      {"one of each", {"a", read, form, add}, "Tests, as they are now; " + marks},
      {"all are to read",
       {read, form},
       "Tests, as they are now. None of these is yours to change. Begin one.\n"},
      {"all are to add to",
       {add},
       "Tests, as they are now. Each is yours to add to, and no more. Begin one.\n"},
      {"to read and to add to",
       {read, add},
       "Tests, as they are now. Those marked 'to add to' are yours to add to, and no more; the "
       "others are not yours to change. Begin one.\n"},
      {"a name that only looks so",
       {"e (to read; not yours to change) b"},
       "Tests, as they are now; you may change all of them:\n"},
  };
  for (const Case& one : cases) {
    Input::Files files;
    for (const std::string& name : one.names) files.emplace_back(name, "text");
    EXPECT_EQ(heading_of("Tests", files, "Begin one."), one.said) << one.what;
  }
}

TEST(HeadingOfTest, WithoutAnythingToDoInsteadEndsBehindWhatHolds) {
  EXPECT_EQ(heading_of("The files", {{"b" + std::string(kToRead), ""}}),
            "The files, as they are now. None of these is yours to change.\n");
}

}  // namespace
}  // namespace gf::stage

// What does not compile in a build of Java's, by what Maven and Gradle print.
#include "gate/java_messages.h"

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "gate/java_reports.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

/// What a build prints, and what is told of it: the file by the compiler, and never by a test that
/// would have been red.
TEST(JavaMessagesTest, WhatDoesNotCompileIsToldAsThatAndNothingElseIs) {
  test::TempFolder folder;
  folder.write("src/test/java/shop/ATest.java",
               "class ATest {\n  int x = Gone.y;\n  @Test\n  void one() {\n    gone();\n  }\n}\n");
  struct Case {
    const char *what, *said, *told;
  };
  const std::string passed =
      "\n<report>\n<module path=\".\"><testsuite><testcase classname=\"shop.ATest\" name=\"one\"/>"
      "</testsuite></module>\n</report>\n";
  const std::string one = "passed src/test/java/shop/ATest.java::one\n";
  const std::string file = "error src/test/java/shop/ATest.java (compile)\n";
  for (const Case& row : {
           Case{"maven", "[ERROR] COMPILATION ERROR : \n[ERROR] {}/ATest.java:[2,9] no Gone\n",
                "file"},
           Case{"maven, in a test",
                "[ERROR] COMPILATION ERROR : \n[ERROR] {}/ATest.java:[5,5] no gone()\n", "both"},
           Case{"gradle, javac",
                "{}/ATest.java:2: error: no Gone\n1 error\n> Compilation failed; see the compiler "
                "error output for details.\n",
                "file"},
           Case{"gradle 8",
                "{}/ATest.java:2: error: no Gone\n> Compilation failed; see the compiler output "
                "below.\n",
                "file"},
           Case{"gradle, kotlin",
                "e: file://{}/ATest.kt:2:9 Unresolved reference 'Gone'.\n> Compilation error. See "
                "log for more details\n",
                "kotlin"},
           Case{"no line of a source",
                "[ERROR] COMPILATION ERROR : \n[ERROR] error: invalid target release: 99\n",
                "somewhere"},
           Case{"a test's own words",
                "Compilation failure, as it should\n{}/ATest.java:2: error: no Gone\n"
                "[INFO] BUILD SUCCESS\n",
                "nothing"},
       }) {
    std::string said = replace_all(row.said, "{}", folder / "src/test/java/shop");
    Scrubber scrub(folder.path(), "/scratch", "/python");
    record::GateOutcome outcome;
    EXPECT_TRUE(read_surefire(said + passed, scrub, outcome)) << row.what;
    std::string told;
    for (const record::TestResult& test : outcome.tests)
      told += std::string(record::name_of(test.status)) + " " + test.id +
              (test.cause.empty() ? "" : " (" + test.cause + ")") + "\n";
    std::map<std::string, std::string> expected = {
        {"file", file + one},
        {"both", "failed src/test/java/shop/ATest.java::one (missing-symbol)\n" + file + one},
        {"kotlin", replace_all(file, ".java (", ".kt (") + one},
        {"somewhere", "error . (compile)\n" + one},
        {"nothing", one}};
    EXPECT_EQ(told, expected[row.told]) << row.what;
  }
}

}  // namespace
}  // namespace gf::gate

// clang-tidy: where it is a gate, what it is asked, and what its words come to.
#include "gate/clang_tidy.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/folder.h"
#include "support/repo.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string argv_text(const Gate& gate) { return join(gate.argv, " "); }

TEST(ClangTidyTest, ItIsAGateWhereTheProjectHasIt) {
  struct Case {
    const char* what;
    std::map<std::string, std::string> files;
    const char* argv;  ///< empty: none
  };
  const std::string cmake = "project(x CXX)\n", meson = "project('x', 'cpp')\n";
  const std::string ci = "jobs:\n  a:\n    steps:\n      - run: ";
  for (const Case& one : std::vector<Case>{
           {"its settings",
            {{"CMakeLists.txt", cmake}, {".clang-tidy", "Checks: '*'\n"}},
            "sh {runner} {cache}/tidy-cmake {report} cmake {files}"},
           {"in a folder",
            {{"CMakeLists.txt", cmake}, {"src/.clang-tidy", "Checks: '*'\n"}},
            "sh {runner} {cache}/tidy-cmake {report} cmake {files}"},
           {"Meson",
            {{"meson.build", meson}, {".clang-tidy", ""}},
            "sh {runner} {cache}/tidy-meson {report} meson {files}"},
           {"a call, as it is configured",
            {{"CMakeLists.txt", cmake},
             {".github/workflows/ci.yml",
              ci + "cmake -B b -DTESTS=ON\n      - run: clang-tidy-15 -p b "
                   "-checks=-*,bugprone-* --header-filter=src src/a.cc\n"}},
            "sh {runner} {cache}/tidy-cmake {report} cmake -DTESTS=ON --checks=-*,bugprone-* "
            "--header-filter=src {files}"},
           {"somebody else's", {{"CMakeLists.txt", cmake}, {"third_party/x/.clang-tidy", ""}}, ""},
           {"none", {{"CMakeLists.txt", cmake}}, ""},
       }) {
    auto gates = gates_of(one.files);
    std::string argv = gates.empty() ? "" : argv_text(gates.front());
    EXPECT_EQ(argv, one.argv) << one.what;
    if (!gates.empty()) {
      EXPECT_EQ(gates.front().stage, "validate");
    }
  }
}

record::GateOutcome read(const std::string& text) {
  record::GateOutcome outcome;
  EXPECT_TRUE(read_clang_tidy(text, Scrubber("/w", "/scratch", ""), outcome));
  return outcome;
}

TEST(ClangTidyTest, AChecksWordIsANoAndACompilersIsTold) {
  record::GateOutcome outcome = read(
      "/w/a.cc:2:19: warning: use nullptr [modernize-use-nullptr]\nint *f() { return 0; }\n"
      "                  ^\n                  nullptr\n"
      "/w/a.h:3:26: error: use nullptr [modernize-use-nullptr,-warnings-as-errors]\n"
      "/w/a.h:3:26: warning: use nullptr [modernize-use-nullptr]\n"
      "/w/a.cc:4:1: note: it is here\n"
      "/w/a.cc:5:1: warning: unused variable 'x' [clang-diagnostic-unused-variable]\n"
      "/w/a.cc:6:10: error: 'made.h' file not found [clang-diagnostic-error]\n");

  std::vector<std::string> lines;
  for (const record::Finding& one : outcome.findings)
    lines.push_back(one.path + ":" + std::to_string(one.line) + " " + one.rule + " " +
                    one.severity);
  EXPECT_THAT(lines,
              ElementsAre("a.cc:2 modernize-use-nullptr error", "a.h:3 modernize-use-nullptr error",
                          "a.cc:5 clang-diagnostic-unused-variable warning"));
  EXPECT_EQ(outcome.counts.failed, 2);
}

class TidyRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test::run({"sh", "-c", "command -v clang-tidy && command -v cmake"}, "/",
                  test::TempRepo().environment())
            .exit_code != 0)
      GTEST_SKIP() << "clang-tidy or cmake is not installed";
    place_.write("CMakeLists.txt",
                 "cmake_minimum_required(VERSION 3.16)\nproject(x CXX)\nadd_library(x a.cc)\n");
    place_.write("a.h", "#pragma once\nint* f();\n");
    place_.write("a.cc", "#include \"a.h\"\nint* f() { return 0; }\n");
    place_.write(".clang-tidy", "Checks: '-*,modernize-use-nullptr'\n");
  }
  test::Ran ask(const std::vector<std::string>& files) {
    std::vector<std::string> argv = {"sh",   "-c", kTidyRunner, "sh", out_ / "b", out_ / "report",
                                     "cmake"};
    argv.insert(argv.end(), files.begin(), files.end());
    return test::run(argv, place_.path(), test::TempRepo().environment());
  }

  test::TempFolder place_, out_;
};

TEST_F(TidyRunTest, TheChangedFilesAreAsked) {
  test::Ran ran = ask({"./a.cc", "./a.h", "./gone.cc"});

  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("a.cc:2:19: warning: use nullptr [modernize-use-nullptr]"));
  EXPECT_THAT(ran.out, Not(HasSubstr("gone.cc")));
}

TEST_F(TidyRunTest, WithoutFilesItShowsThatItCould) {
  test::Ran ran = ask({});

  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
}

TEST_F(TidyRunTest, WhatCannotBeConfiguredIsToldAtItsPlace) {
  place_.write("CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.16)\nproject(x CXX)\nno_such()\n");

  test::Ran ran = ask({"./a.cc"});

  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("CMakeLists.txt:3: error: not configured"));
}

}  // namespace
}  // namespace gf::gate

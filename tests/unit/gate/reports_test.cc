// What tools print, well-formed and not, as findings, tests and coverage.
#include "gate/reports.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/folder.h"

namespace gf::gate {
namespace {

using record::GateOutcome;

const Scrubber& scrub() {
  static const Scrubber kScrub("/place/tree", "/place/scratch", "/usr");
  return kScrub;
}

TEST(ScrubTest, OnlyWhatDiffersBetweenMachinesGoes) {
  EXPECT_EQ(scrub()("/place/tree/a.py and /place/tree and /place/treetop/a.py"),
            "a.py and . and /place/treetop/a.py");
  EXPECT_EQ(scrub()("GET /users/1, /usr/lib/x, /place/scratch/report"),
            "GET /users/1, <python>/lib/x, <scratch>/report");
  EXPECT_EQ(scrub()("<f at 0x7f688a63f420>, 0x1F, 2 passed in 0.12s, in 3 steps, min 3s"),
            "<f at 0x...>, 0x1F, 2 passed in N s, in 3 steps, min 3s");
  EXPECT_EQ(scrub()("'/tmp/pytest-of-me/pytest-7/test_x0/a' '/tmp/tmpab_2cd34/x' '/tmp/tmpfile'"),
            "'<tmp>/test_x0/a' '<tmp>/x' '/tmp/tmpfile'");
  EXPECT_EQ(scrub()("/home/me/.pyenv/versions/3.11.7/lib/python3.11/json/x.py:1"),
            "<python>/json/x.py:1");
  EXPECT_EQ(scrub()("caf\xc3\xa9 \xff"), "caf\xc3\xa9 \xef\xbf\xbd");
  EXPECT_EQ(scrub()(""), "");
}

TEST(ScrubTest, EmptyFoldersReplaceNothing) { EXPECT_EQ(Scrubber("", "", "")("a/b c"), "a/b c"); }

TEST(RuffTest, FindingsHavePathLineRuleAndMessage) {
  GateOutcome outcome;
  ASSERT_TRUE(read_ruff_json(
      R"([{"filename": "/place/tree/app/a.py", "location": {"row": 3, "column": 1}, "code": "F401",)"
      R"( "message": "`os` unused"}, {"filename": "/place/tree/b.py", "code": null,)"
      R"( "location": {"row": 1}, "message": "SyntaxError"}])",
      scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 2u);
  EXPECT_EQ(outcome.findings[0].path, "app/a.py");
  EXPECT_EQ(outcome.findings[0].line, 3);
  EXPECT_EQ(outcome.findings[1].rule, "syntax");
}

TEST(RuffTest, WhatIsNoReportIsRefused) {
  for (const char* text : {"", "{}", "[{\"filename\": ", "error: bad option", "\xff\xfe"}) {
    GateOutcome outcome;
    EXPECT_FALSE(read_ruff_json(text, scrub(), outcome)) << text;
  }
  GateOutcome odd;
  EXPECT_TRUE(read_ruff_json("[1, null, {\"location\": 3}]", scrub(), odd));
}

struct LineCase {
  const char* text;
  int line;
  const char *rule, *message;
};

class TextReportTest : public testing::TestWithParam<LineCase> {};

TEST_P(TextReportTest, IsReadAsTheToolWritesIt) {
  GateOutcome outcome;
  ASSERT_TRUE(read_text(GetParam().text, scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].path, "pkg/mod.py");
  EXPECT_EQ(outcome.findings[0].line, GetParam().line);
  EXPECT_EQ(outcome.findings[0].rule, GetParam().rule);
  EXPECT_EQ(outcome.findings[0].message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Tools, TextReportTest,
    testing::Values(
        LineCase{"./pkg/mod.py:2:1: F401 'asyncio' imported but unused", 2, "",
                 "F401 'asyncio' imported but unused"},
        LineCase{"************* Module pkg.mod\npkg/mod.py:7:13: W0123: Use of eval (eval-used)\n",
                 7, "", "W0123: Use of eval (eval-used)"},
        LineCase{"pkg/mod.py:6:10: error[unresolved-reference] Name `x` used\nFound 1 diagnostic\n",
                 6, "unresolved-reference", "Name `x` used"},
        LineCase{"pkg/mod.py:7: MEDIUM: Use of eval. [B307]", 7, "B307", "MEDIUM: Use of eval."}));

TEST(BlackTest, AnUntidyFileIsAFinding) {
  GateOutcome outcome;
  ASSERT_TRUE(read_ruff_format(
      "would reformat /place/tree/pkg/mod.py\n\nOh no!\n1 file would be reformatted.\n", scrub(),
      outcome));

  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].path, "pkg/mod.py");
}

TEST(MypyTest, NotesAloneAreNoErrors) {
  const std::string note = R"({"file": "a.py", "line": 1, "message": "m", "severity": "note"})";
  const std::string error = R"({"file": "a.py", "line": 2, "message": "m", "severity": "error"})";

  EXPECT_TRUE(has_mypy_notes_alone(note + "\n" + note + "\n"));
  EXPECT_FALSE(has_mypy_notes_alone(note + "\n" + error + "\n"));
  EXPECT_FALSE(has_mypy_notes_alone(note + "\nmypy: can't read file 'x'\n"));
  EXPECT_FALSE(has_mypy_notes_alone(""));
}

// ruff 0.15 and newer print what they would write instead of "Would reformat: <path>".
TEST(RuffFormatTest, AFileWhoseHunksAreShownIsOneFinding) {
  GateOutcome outcome;
  ASSERT_TRUE(read_ruff_format(
      "unformatted: File would be reformatted\n   --> docs/api.md:122:25\n    |\n"
      "121 | >>> import logging\n    - >>> a(b)\n122 + >>> a(\n    |\n\n"
      "unformatted: File would be reformatted\n   --> docs/api.md:140:1\n    |\n\n"
      "unformatted: File would be reformatted\n --> /place/tree/pkg/mod.py:1:1\n  |\n\n"
      "2 files would be reformatted, 62 files already formatted\n",
      scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 2u);
  EXPECT_EQ(outcome.findings[0].path, "docs/api.md");
  EXPECT_EQ(outcome.findings[1].path, "pkg/mod.py");
}

TEST(IsortTest, AnUnsortedFileIsAFinding) {
  GateOutcome outcome;
  ASSERT_TRUE(
      read_isort("ERROR: /place/tree/pkg/mod.py Imports are incorrectly sorted and/or formatted.\n",
                 scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].path, "pkg/mod.py");
}

TEST(PyrightTest, LinesAreCountedFromOne) {
  GateOutcome outcome;
  ASSERT_TRUE(read_pyright(
      R"({"generalDiagnostics": [{"file": "/place/tree/pkg/mod.py", "severity": "error",)"
      R"( "message": "a\n  b", "range": {"start": {"line": 2}}, "rule": "reportX"},)"
      R"( {"file": "/place/tree/a.py", "severity": "information", "message": "c"}]})",
      scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].line, 3);
  EXPECT_EQ(outcome.findings[0].message, "a   b");
  EXPECT_FALSE(read_pyright("0 errors", scrub(), outcome));
}

TEST(PyreflyTest, ErrorsAreFindings) {
  GateOutcome outcome;
  ASSERT_TRUE(
      read_pyrefly(R"({"errors": [{"line": 3, "path": "pkg/mod.py", "name": "bad-assignment",)"
                   R"( "concise_description": "no int", "severity": "error"}]})",
                   scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].rule, "bad-assignment");
  EXPECT_FALSE(read_pyrefly("", scrub(), outcome));
}

TEST(RuffTest, EveryFindingIsKeptForListsAreComparedWhole) {
  std::string text = "[";
  for (int i = 0; i < 1000; ++i) text += R"({"filename": "a.py", "code": "E1", "message": "m"},)";
  text.back() = ']';
  GateOutcome outcome;
  ASSERT_TRUE(read_ruff_json(text, scrub(), outcome));

  EXPECT_EQ(outcome.findings.size(), 1000u);
  EXPECT_EQ(outcome.findings_total, 1000);
}

TEST(MypyTest, JsonLinesAndPlainSyntaxErrorsMix) {
  GateOutcome outcome;
  ASSERT_TRUE(read_mypy(
      "{\"file\": \"a.py\", \"line\": 2, \"column\": 1, \"message\": \"bad\", \"code\": \"misc\","
      " \"severity\": \"error\"}\n"
      "{\"file\": \"a.py\", \"line\": 2, \"message\": \"hint\", \"severity\": \"note\"}\n"
      "b.py:7:4: error: Invalid syntax  [syntax]\r\n"
      "Found 2 errors in 2 files (checked 3 source files)\n",
      scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 2u);
  EXPECT_EQ(outcome.findings[1].path, "b.py");
  EXPECT_EQ(outcome.findings[1].line, 7);
  EXPECT_EQ(outcome.findings[1].rule, "syntax");
  EXPECT_EQ(outcome.findings[1].message, "Invalid syntax");
}

TEST(TextTest, LinesOfEveryShapeAreReadOrPassedOver) {
  GateOutcome outcome;
  ASSERT_TRUE(
      read_text("a.c:3:5: warning: unused variable 'x' [-Wunused]\n"
                "b.c:4: error: no\n"
                ":\n:1:\nx:\nx:9\nx:99999999999999999999: y\n12:30:00 started\n",
                scrub(), outcome));

  ASSERT_GE(outcome.findings.size(), 2u);
  EXPECT_EQ(outcome.findings[0].severity, "warning");
  EXPECT_EQ(outcome.findings[0].rule, "-Wunused");
  EXPECT_EQ(outcome.findings[1].message, "no");
}

TEST(JunitTest, ForeignReportsKeepTheirNames) {
  GateOutcome outcome;
  ASSERT_TRUE(
      read_junit("<testsuite><testcase classname='pkg.Suite' name='works'/>"
                 "<testcase name='alone'><skipped/></testcase></testsuite>",
                 scrub(), outcome));

  ASSERT_EQ(outcome.tests.size(), 2u);
  EXPECT_EQ(outcome.tests[0].id, "pkg.Suite::works");
  EXPECT_EQ(outcome.tests[1].id, "alone");
  EXPECT_EQ(outcome.counts.executed(), 1);
}

TEST(JunitTest, WhatIsCutOffOrNoReportIsRefused) {
  for (const char* text :
       {"", "<", "<html></html>", "<testsuites><testsuite><testcase name='a'>", "{}", "\xff\xff"}) {
    GateOutcome outcome;
    EXPECT_FALSE(read_junit(text, scrub(), outcome)) << text;
  }
}

TEST(JunitTest, EntitiesOfADocumentAreNotExpanded) {
  std::string bomb = "<!DOCTYPE x [<!ENTITY a 'ha'>";
  for (int i = 1; i < 30; ++i) {
    std::string name(static_cast<size_t>(i) + 1, 'a'), inner(static_cast<size_t>(i), 'a');
    bomb += "<!ENTITY " + name + " '&" + inner + ";&" + inner + ";'>";
  }
  bomb +=
      "]><testsuite><testcase name='t'><failure message='&aaaaaaaaaa;'/></testcase>"
      "</testsuite>";
  GateOutcome outcome;
  ASSERT_TRUE(read_junit(bomb, scrub(), outcome));

  ASSERT_EQ(outcome.tests.size(), 1u);
  EXPECT_LT(outcome.tests[0].message.size(), 100u);
}

TEST(JunitTest, DeepAndLongDocumentsAreSurvived) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<testsuite>";
  for (int i = 0; i < 100000; ++i) deep += "</testsuite>";
  GateOutcome outcome;
  EXPECT_TRUE(read_junit(deep, scrub(), outcome));
  EXPECT_EQ(outcome.counts.executed(), 0);

  std::string message(1u << 20, 'x');
  ASSERT_TRUE(read_junit("<testsuite><testcase name='t'><failure message='" + message +
                             "\xff'/></testcase></testsuite>",
                         scrub(), outcome));
  EXPECT_LE(outcome.tests.at(0).message.size(), 2048u);
}

TEST(CoberturaTest, LinesBelongToTheFolderThatHasTheFile) {
  test::TempFolder folder;
  folder.write("one/a.py", "");
  folder.write("two/b.py", "");
  std::string text =
      "<coverage><sources><source>" + (folder / "one") + "</source><source>" + (folder / "two") +
      "</source></sources><packages><package><classes>"
      "<class filename='a.py'><lines><line number='1' hits='2'/><line number='2' hits='0'/>"
      "</lines></class><class filename='b.py'><lines><line number='1' hits='1'/></lines></class>"
      "</classes></package></packages></coverage>";
  GateOutcome outcome;
  ASSERT_TRUE(read_cobertura(text, Scrubber(folder.path(), "", ""), outcome));

  EXPECT_EQ(outcome.coverage.at("one/a.py").executed, std::vector<int>{1});
  EXPECT_EQ(outcome.coverage.at("one/a.py").missing, std::vector<int>{2});
  EXPECT_TRUE(outcome.coverage.contains("two/b.py"));
  EXPECT_FALSE(read_cobertura("<coverage", scrub(), outcome));
  EXPECT_FALSE(read_cobertura("<other/>", scrub(), outcome));
}

TEST(CoberturaTest, OfTwoFilesOfOneNameItIsTheOneThatTheLinesFit) {
  test::TempFolder folder;
  folder.write("new/a.py", "import x\n\n\ndef f():\n    return 1\n");
  folder.write("old/a.py", "from new.a import f\n");
  folder.write("new/same.py", "x = 1\n");
  folder.write("old/same.py", "x = 1\n");
  auto of_class = [](const char* name, const char* rows) {
    return fmt::format("<class filename='{}'><lines>{}</lines></class>", name, rows);
  };
  std::string text =
      "<coverage><sources><source>" + (folder / "old") + "</source><source>" + (folder / "new") +
      "</source></sources><packages><package><classes>" +
      of_class(
          "a.py",
          "<line number='1' hits='1'/><line number='4' hits='1'/><line number='5' hits='0'/>") +
      of_class("same.py", "<line number='1' hits='0'/>") +
      of_class("same.py", "<line number='1' hits='1'/>") +
      "</classes></package></packages></coverage>";
  GateOutcome outcome;
  ASSERT_TRUE(read_cobertura(text, Scrubber(folder.path(), "", ""), outcome));

  EXPECT_EQ(outcome.coverage.at("new/a.py").executed, (std::vector<int>{1, 4}));
  EXPECT_EQ(outcome.coverage.at("new/a.py").missing, std::vector<int>{5});
  EXPECT_FALSE(outcome.coverage.contains("old/a.py"));
  for (const char* path : {"new/same.py", "old/same.py"}) {
    EXPECT_EQ(outcome.coverage.at(path).executed, std::vector<int>{1}) << path;
    EXPECT_TRUE(outcome.coverage.at(path).missing.empty()) << path;
  }
}

TEST(JunitTest, TwentyThousandTestsAreReadWhole) {
  std::string report = "<testsuite>";
  for (int i = 0; i < 20000; ++i)
    report += "<testcase classname='tests.test_many' name='test_" + std::to_string(i) + "'>" +
              (i % 1000 == 7 ? "<failure message='no'/>" : "") + "</testcase>";
  GateOutcome outcome;
  ASSERT_TRUE(read_junit(report + "</testsuite>", scrub(), outcome));
  EXPECT_EQ(outcome.tests.size(), 20000u);
  EXPECT_EQ(outcome.counts.passed, 19980);
  EXPECT_EQ(outcome.counts.failed, 20);
}

TEST(PreCommitTest, EachFailedHookSaysWhatAndWhere) {
  const std::string dots(40, '.');
  GateOutcome outcome;
  ASSERT_TRUE(read_pre_commit_run(
      "[INFO] Initializing environment for local.\n"
      "no function called double" +
          dots +
          "Failed\n- hook id: no-double\n- exit code: 1\n"
          "fix blanks" +
          dots +
          "Failed\n- hook id: blanks\n- files were modified by this hook\n\n"
          "Fixing src/a.py\n\n"
          "yaml" +
          dots + "(no files to check)Skipped\ntypes" + dots +
          "Passed\n"
          "lint" +
          dots +
          "Failed\n- hook id: lint\n- duration: 0.2s\n- exit code: 1\n\n"
          "src/a.py:3:1: F401 'os' imported\n/place/tree/src/b.py:7: bad [E1]\n\n",
      scrub(), outcome));

  ASSERT_EQ(outcome.findings.size(), 4u);
  EXPECT_EQ(outcome.findings[0].rule, "no-double");
  EXPECT_EQ(outcome.findings[0].message, "no function called double says no");
  EXPECT_EQ(outcome.findings[1].message, "fix blanks rewrites files; Fixing src/a.py");
  EXPECT_EQ(outcome.findings[2].path, "src/a.py");
  EXPECT_EQ(outcome.findings[2].line, 3);
  EXPECT_EQ(outcome.findings[2].rule, "lint");
  EXPECT_EQ(outcome.findings[3].path, "src/b.py");
  EXPECT_EQ(outcome.findings[3].rule, "lint/E1");
}

TEST(HookTest, WhatAHookPrintsBecomesFindingsOfTheFilesThatItNames) {
  struct Case {
    const char* what;
    const char* printed;
    std::vector<std::string> findings;  ///< "path:line message"
  };
  const std::vector<Case> kCases = {
      {"a place", "app/a.py:3:1: E501 too long\nFound 1 error.\n", {"app/a.py:3 E501 too long"}},
      {"a place by the worktree's path", "/place/tree/app/a.py:3: no\n", {"app/a.py:3 no"}},
      {"a time is no place, and neither is a file that is not staged",
       "12:30:05: begun\nlib/other.py:1: odd\nno luck\n",
       {":0 12:30:05: begun; lib/other.py:1: odd; no luck"}},
      {"a file by its name",
       "would reformat app/a.py\nwould reformat tests/test_a.py\nOh no!\n",
       {"app/a.py:0 would reformat app/a.py", "tests/test_a.py:0 would reformat tests/test_a.py"}},
      {"another file that ends or begins so",
       "see myapp/app/a.pyi and xapp/a.py.bak\n",
       {":0 see myapp/app/a.pyi and xapp/a.py.bak"}},
      {"a name at the end of a sentence", "Look at app/a.py.\n", {"app/a.py:0 Look at app/a.py."}},
      {"pre-commit's own form",
       "ruff....Failed\n- hook id: ruff\n- exit code: 1\n\napp/a.py:3:1: F401 unused\n",
       {"app/a.py:3 F401 unused"}},
      {"a place seen from a folder that the hook went to",
       "a.py:3: no\n./test_a.py:4: no\n",
       {"app/a.py:3 no", "tests/test_a.py:4 no"}},
      {"a frame, and what comes last",
       "╭────╮\n│ hook v2 │\n╰────╯\n┃ core ❯\nno luck\n",
       {":0 ┃ core ❯; no luck"}},
      {"only a frame", "╭────╮\n│ no luck │\n╰────╯\n", {":0 │ no luck │"}},
      {"words alone", "\n  No ticket in the branch name!\n", {":0 No ticket in the branch name!"}},
      {"nothing", "", {":0 says no, and not why"}},
  };
  for (const Case& one : kCases) {
    GateOutcome outcome;
    read_hook(one.printed, {"app/a.py", "tests/test_a.py"}, scrub(), outcome);
    std::vector<std::string> found;
    for (const record::Finding& finding : outcome.findings)
      found.push_back(finding.path + ":" + std::to_string(finding.line) + " " + finding.message);
    EXPECT_EQ(found, one.findings) << one.what;
  }
}

}  // namespace
}  // namespace gf::gate

// Which program mends what a gate finds, which files it may rewrite, and what a real one does.
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/text.h"
#include "gate/gate.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(const std::string& text) { return split(text, ' '); }

TEST(FixerTest, KnownToolsHaveTheirFixers) {
  struct Case {
    const char *check, *fix;
  };
  for (const Case& one :
       {Case{"python -m ruff format --check --cache-dir c .",
             "python -m ruff format --cache-dir c {files}"},
        Case{"uv run --no-sync ruff check .", "uv run --no-sync ruff check --fix --quiet {files}"},
        Case{"/env/bin/black --check src", "/env/bin/black --quiet {files}"},
        Case{"poetry run isort --check-only .", "poetry run isort --quiet {files}"},
        Case{"npx prettier --check .", "npx prettier --write {files}"},
        Case{"prettier --check .", "prettier --write {files}"},
        Case{"eslint --config e.js .", "eslint --fix --config e.js {files}"},
        Case{"gofmt -l .", "gofmt -w {files}"},
        Case{"clang-format --dry-run -Werror a.c", "clang-format -i {files}"},
        Case{"python -m mypy .", ""}, Case{"make lint", ""}, Case{"sh -c black", ""},
        Case{"pre-commit run black", ""}}) {
    EXPECT_EQ(join(known_fixer(words(one.check)), " "), one.fix) << one.check;
  }
}

TEST(FixerTest, WhatWasUntidyBeforeIsTidiedInPart) {
  Gate gate;
  gate.files = {"*.py"};
  record::GateOutcome base;
  base.status = record::GateOutcome::Status::kFail;
  base.findings = {{"old.py", 0, "format", "is not formatted", "error"}};
  const std::vector<std::string> changed = {"new.py", "old.py", "README.md"};
  auto attributed = [&](const record::GateOutcome* of_base) {
    Fixable files = fixable(gate, changed, of_base);
    return join(files.whole, " ") + " | " + join(files.in_part, " ");
  };

  EXPECT_EQ(attributed(nullptr), "new.py old.py | ");
  EXPECT_EQ(attributed(&base), "new.py | old.py");
  base.findings.clear();
  EXPECT_EQ(attributed(&base), " | new.py old.py") << "red, and nobody knows where";
  base.status = record::GateOutcome::Status::kPass;
  EXPECT_EQ(attributed(&base), "new.py old.py | ");
}

TEST(FixerTest, AFixerRewritesTheFilesItIsGivenAndNoOthers) {
  ASSERT_NE(std::getenv("GF_TEST_PYTHON"), nullptr);
  test::TempFolder folder;
  folder.write("work/a.py", "x = { 'a':1 }\n");
  folder.write("work/b.py", "x = { 'a':1 }\n");
  folder.write("scratch/.keep", "");
  Gate gate;
  gate.name = "ruff-format";
  gate.fix = {std::getenv("GF_TEST_PYTHON"), "-m", "ruff", "format", "{files}"};
  Place place{folder / "work",
              {},
              folder / "scratch",
              folder / "cache",
              proc::current_environment(),
              {},
              {},
              {},
              {},
              nullptr,
              {},
              {},
              {}};
  Cancel cancel;

  ASSERT_GIVES(auto outcome, run_fixer(gate, place, {"a.py"}, cancel));

  EXPECT_EQ(outcome.status, record::GateOutcome::Status::kPass) << outcome.reason;
  EXPECT_EQ(folder.read("work/a.py"), "x = {\"a\": 1}\n");
  EXPECT_EQ(folder.read("work/b.py"), "x = { 'a':1 }\n");
}

TEST(FixerTest, AFixerThatDoesNotWorkIsBroken) {
  test::TempFolder folder;
  folder.write("work/a.py", "");
  folder.write("scratch/.keep", "");
  Place place{folder / "work",
              {},
              folder / "scratch",
              folder / "cache",
              proc::current_environment(),
              {},
              {},
              {},
              {},
              nullptr,
              {},
              {},
              {}};
  Cancel cancel;
  Gate gate;
  gate.name = "x";
  gate.fix = {"sh", "-c", "echo 'error: no such style' >&2; exit 2", "{files}"};
  ASSERT_GIVES(auto outcome, run_fixer(gate, place, {"a.py"}, cancel));
  EXPECT_TRUE(crashed(outcome));
  EXPECT_EQ(outcome.reason, "exit 2: error: no such style");
  gate.fix = {"no-such-fixer", "{files}"};
  ASSERT_GIVES(outcome, run_fixer(gate, place, {"a.py"}, cancel));
  EXPECT_TRUE(crashed(outcome));
}

}  // namespace
}  // namespace gf::gate

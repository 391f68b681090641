// What tools really wrote (tests/corpus), run as gates: the tool is replaced by one that prints the
// recording and ends as it did.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "gate/gate.h"
#include "gate/report_kinds.h"
#include "support/assertions.h"
#include "support/folder.h"
#include "support/golden.h"

namespace gf::gate {
namespace {

using record::GateOutcome;

struct Recording {
  const char* name;    ///< "jest", below the corpus of its language
  const char* report;  ///< how it is read
  int exit;
  const char* corpus = "javascript";
};

std::string outcome_text(const GateOutcome& outcome) {
  std::string text = fmt::format("{}: {}\n", record::name_of(outcome.status), outcome.reason);
  for (const record::TestResult& test : outcome.tests) {
    std::string why = test.cause.empty() ? "" : " (" + test.cause + ")";
    std::string message = replace_all(test.message, "\n", "\n  ");
    text += fmt::format("{} {}{}\n", record::name_of(test.status), test.id, why);
    if (!message.empty()) text += "  " + message + "\n";
  }
  for (const record::Finding& one : outcome.findings)
    text +=
        fmt::format("{} {}:{} {}: {}\n", one.severity, one.path, one.line, one.rule, one.message);
  return text;
}

class RecordedTest : public testing::TestWithParam<Recording> {
 protected:
  /// The recording's part with the folder of today's project; empty: there is none.
  std::string part(const std::string& ending) const {
    std::ifstream file(fmt::format("{}/{}/{}.{}", GF_SOURCE_DIR, corpus(), GetParam().name, ending),
                       std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return replace_all(text.str(), "/w/", (folder_ / "work") + "/");
  }
  /// Files that the reader looks into.
  void lay_work() const {
    std::string work = fmt::format("{}/{}/work", GF_SOURCE_DIR, corpus());
    std::error_code none;
    std::filesystem::copy(work, folder_ / "work", std::filesystem::copy_options::recursive, none);
  }
  static std::string corpus() { return std::string("tests/corpus/") + GetParam().corpus; }
  test::TempFolder folder_;
};

TEST_P(RecordedTest, IsReadAsWhatItIs) {
  std::string report = part("report");
  folder_.write("out", part("out"));
  folder_.write("err", part("err"));
  folder_.write("written", report);
  folder_.write("work/package.json", "{}");
  lay_work();
  folder_.write("scratch/.keep", "");
  Gate gate;
  gate.name = "tool";
  gate.stage = reports_tests(GetParam().report) ? "test" : "validate";
  gate.report = GetParam().report;
  std::string line = fmt::format("cat {}; cat {} >&2; ", folder_ / "out", folder_ / "err");
  if (!report.empty()) line += fmt::format("cp {} {{report}}; ", folder_ / "written");
  gate.argv = {"sh", "-c", line + fmt::format("exit {}", GetParam().exit)};
  Place place;
  place.worktree = folder_ / "work";
  place.scratch = folder_ / "scratch";
  place.cache = folder_ / "cache";
  place.environment = proc::current_environment();
  Cancel cancel;

  ASSERT_GIVES(auto outcome, run_gate(gate, place, {}, {}, cancel));

  test::expect_file(fmt::format("{}/{}.outcome", corpus(), GetParam().name), outcome_text(outcome));
}

std::string name_of_case(const testing::TestParamInfo<Recording>& one) {
  std::string name = one.param.name;
  return replace_all(name, "-", "_");
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RecordedTest,
    testing::Values(Recording{"vitest", "jest-json", 1}, Recording{"vitest-none", "jest-json", 1},
                    Recording{"jest", "jest-json", 1}, Recording{"jest-none", "jest-json", 1},
                    Recording{"mocha", "mocha-json", 8}, Recording{"mocha-none", "mocha-json", 1},
                    Recording{"mocha-require", "mocha-json", 1},
                    Recording{"mocha-import", "mocha-json", 1},
                    Recording{"mocha-named", "mocha-json", 1},
                    Recording{"mocha-syntax", "mocha-json", 1}, Recording{"ava", "tap", 1},
                    Recording{"tape", "tap", 1}, Recording{"eslint", "eslint-json", 1},
                    Recording{"eslint-none", "eslint-json", 2},
                    Recording{"eslint-crash", "eslint-json", 2}, Recording{"biome", "github", 1},
                    Recording{"biome-warn", "github", 0}, Recording{"tsc", "tsc", 2},
                    Recording{"tsc-none", "tsc", 2}, Recording{"tsc-crash", "tsc", 1}),
    name_of_case);

INSTANTIATE_TEST_SUITE_P(Java, RecordedTest,
                         testing::Values(Recording{"modules", "surefire", 1, "java"},
                                         Recording{"unresolved", "surefire", 1, "java"}),
                         name_of_case);

INSTANTIATE_TEST_SUITE_P(Rust, RecordedTest,
                         testing::Values(Recording{"test", "cargo-test", 101, "rust"},
                                         Recording{"threads", "cargo-test", 101, "rust"},
                                         Recording{"uncompiled", "cargo-test", 101, "rust"},
                                         Recording{"none", "cargo-test", 0, "rust"},
                                         Recording{"unresolved", "cargo-test", 101, "rust"},
                                         Recording{"doctest", "cargo-doctest", 101, "rust"},
                                         Recording{"doctest-none", "cargo-doctest", 0, "rust"},
                                         Recording{"doctest-file", "cargo-doctest", 101, "rust"},
                                         Recording{"doctest-refused", "cargo-doctest", 101, "rust"},
                                         Recording{"nextest", "cargo-test", 100, "rust"},
                                         Recording{"nextest-kinds", "cargo-test", 0, "rust"},
                                         Recording{"nextest-none", "cargo-test", 4, "rust"},
                                         Recording{"nextest-uncompiled", "cargo-test", 101, "rust"},
                                         Recording{"clippy", "cargo-json", 101, "rust"},
                                         Recording{"clippy-denied", "cargo-json", 101, "rust"},
                                         Recording{"clippy-warn", "cargo-json", 0, "rust"},
                                         Recording{"clippy-unparsed", "cargo-json", 101, "rust"},
                                         Recording{"fmt", "rustfmt", 1, "rust"},
                                         Recording{"fmt-unparsed", "rustfmt", 1, "rust"}),
                         name_of_case);

INSTANTIATE_TEST_SUITE_P(Cpp, RecordedTest,
                         testing::Values(Recording{"test", "ctest", 8, "cpp"},
                                         Recording{"none", "ctest", 8, "cpp"},
                                         Recording{"meson", "ctest", 1, "cpp"},
                                         Recording{"programs", "ctest", 1, "cpp"},
                                         Recording{"uncompiled", "ctest", 2, "cpp"},
                                         Recording{"unlinked", "ctest", 2, "cpp"},
                                         Recording{"unconfigured", "ctest", 3, "cpp"}),
                         name_of_case);

INSTANTIATE_TEST_SUITE_P(Unknown, RecordedTest,
                         testing::Values(Recording{"perl", "tap", 1, "unknown"},
                                         Recording{"make", "text", 2, "unknown"},
                                         Recording{"sarif", "sarif", 1, "unknown"}),
                         name_of_case);

}  // namespace
}  // namespace gf::gate

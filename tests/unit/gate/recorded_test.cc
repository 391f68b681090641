// What JavaScript's tools really wrote (tests/corpus/javascript), run as gates: the tool is
// replaced by one that prints the recording and ends as it did.
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
  const char* name;
  const char* report;  ///< how it is read
  int exit;
};

std::string told(const GateOutcome& outcome) {
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
    std::string path = fmt::format("{}/{}.{}", kCorpus, GetParam().name, ending);
    std::ifstream file(std::string(GF_SOURCE_DIR) + "/" + path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return replace_all(text.str(), "/w/", (folder_ / "work") + "/");
  }
  static constexpr const char* kCorpus = "tests/corpus/javascript";
  test::TempFolder folder_;
};

TEST_P(RecordedTest, IsReadAsWhatItIs) {
  std::string report = part("report");
  folder_.write("out", part("out"));
  folder_.write("err", part("err"));
  folder_.write("written", report);
  folder_.write("work/package.json", "{}");
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

  test::expect_file(fmt::format("{}/{}.told", kCorpus, GetParam().name), told(outcome));
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
    [](const auto& one) {
      std::string name = one.param.name;
      return replace_all(name, "-", "_");
    });

}  // namespace
}  // namespace gf::gate

// Examples of Rust's documentation as a check of the sources that they stand in: nextest runs none,
// and a crate may have none.
#include <fmt/format.h>

#include "gate/rust_reports.h"

namespace gf::gate {
namespace {

constexpr std::string_view kOfDocumentation = " (doc", kOnlyOne = " (doc)";

/// "src/lib.rs" and "half" of "src/lib.rs::half (doc)"; a further one keeps its number.
record::Finding finding_of_example(const record::TestResult& test) {
  size_t end = test.id.find("::");
  std::string what = end == std::string::npos ? "" : test.id.substr(end + 2);
  if (what.ends_with(kOnlyOne)) what.resize(what.size() - kOnlyOne.size());
  return {test.id.substr(0, end), 0, "doctest",
          fmt::format("the example of {} fails: {}", what,
                      test.message.substr(0, test.message.find('\n'))),
          "error"};
}

}  // namespace

bool read_cargo_doctest(std::string_view text, const Scrubber& scrub,
                        record::GateOutcome& outcome) {
  record::GateOutcome ran;
  bool whole = read_cargo_test(text, scrub, ran);
  bool any = read_cargo_json(text, scrub, outcome);
  for (const record::TestResult& test : ran.tests) {
    bool red =
        test.status == record::TestStatus::kFailed || test.status == record::TestStatus::kError;
    bool example = test.id.find(kOfDocumentation) != std::string::npos;
    if (red && example) add_finding(outcome, finding_of_example(test));
  }
  return whole || any;
}

}  // namespace gf::gate

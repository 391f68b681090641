// Examples of Rust's documentation as a check of the sources that they stand in: nextest runs none,
// and a crate may have none.
#include <fmt/format.h>

#include "base/text.h"
#include "gate/rust_reports.h"

namespace gf::gate {
namespace {

constexpr std::string_view kDoctestFailed = "error: doctest failed";

/// Of "src/lib.rs::half (doc)" what stands behind the file.
std::string_view name_in(std::string_view id) {
  size_t end = id.find("::");
  return end == std::string_view::npos ? std::string_view() : id.substr(end + 2);
}

/// "half (doc)", "half (doc 2)"; "(doc)" is one of the file itself: of a crate, a module, a README.
bool is_example(std::string_view name) {
  return name.starts_with("(doc") || name.find(" (doc") != std::string_view::npos;
}

/// A further example of an item keeps its number.
std::string of_what(std::string_view name) {
  constexpr std::string_view kOnlyOne = "(doc)";
  if (name.starts_with("(doc")) return "this file";
  if (name.ends_with(kOnlyOne)) name.remove_suffix(kOnlyOne.size() + 1);
  return std::string(name);
}

record::Finding finding_of_example(const record::TestResult& test) {
  return {test.id.substr(0, test.id.find("::")), 0, "doctest",
          fmt::format("the example of {} fails: {}", of_what(name_in(test.id)),
                      test.message.substr(0, test.message.find('\n'))),
          "error"};
}

/// What rustdoc said, which stands before cargo's own words.
std::string first_error(std::string_view text) {
  for (const std::string& line : lines(text)) {
    if (line.starts_with("error")) return line;
  }
  return std::string(kDoctestFailed);
}

}  // namespace

bool read_cargo_doctest(std::string_view text, const Scrubber& scrub,
                        record::GateOutcome& outcome) {
  record::GateOutcome ran, compiled;
  bool whole = read_cargo_test(text, scrub, ran);
  bool any = read_cargo_json(text, scrub, compiled);
  // What the compiler only warns of is another gate's.
  for (record::Finding& finding : compiled.findings) {
    if (finding.severity == "error") add_finding(outcome, std::move(finding));
  }
  for (const record::TestResult& test : ran.tests) {
    bool red =
        test.status == record::TestStatus::kFailed || test.status == record::TestStatus::kError;
    if (red && is_example(name_in(test.id))) add_finding(outcome, finding_of_example(test));
  }
  // Examples that could not be run at all: what cargo and rustdoc said of it, unless it was killed.
  if (outcome.findings.empty() && text.find(kDoctestFailed) != std::string_view::npos &&
      text.find("(signal: 9") == std::string_view::npos)
    add_finding(outcome, {"", 0, "doctest", first_error(text), "error"});
  return whole || any;
}

}  // namespace gf::gate

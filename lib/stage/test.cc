// TEST: writes tests from the spec, never from the code, and lets the tools judge (DESIGN 4).
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/text.h"
#include "stage/kinds.h"
#include "stage/marks.h"
#include "stage/test_judge.h"
#include "stage/test_rules.h"

namespace gf::stage {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// In a name of words ("AC2: doubles", "doubles (ac2)") or of humps ("TestAC2Doubles"), its suites
/// included: no letter or digit in front but the word Test, and no digit or small letter behind.
bool names_id(std::string_view name, std::string_view criterion_id) {
  std::string text = lower(name), id = lower(criterion_id);
  for (size_t at = text.find(id); at != std::string::npos; at = text.find(id, at + 1)) {
    std::string_view before = std::string_view(text).substr(0, at);
    bool begins = before.empty() || (!is_letter(before.back()) && !is_digit(before.back())) ||
                  before.ends_with("test");
    char behind = at + id.size() < name.size() ? name[at + id.size()] : ' ';
    if (begins && !is_digit(behind) && !(behind >= 'a' && behind <= 'z')) return true;
  }
  return false;
}

}  // namespace

/// "tests/t.py::test_ac2_missing[9]" carries "AC2": the id is a word between underscores. Where a
/// name is no Python it is any word of it.
bool carries_id(std::string_view test_id, std::string_view criterion_id, Rules rules) {
  std::string_view function = function_of(test_id);  // a parameter may hold anything
  std::string_view file = file_of(function);
  bool no_file = file.size() == function.size();
  bool python = file.ends_with(".py") || (no_file && rules < Rules::kNamedFreely);
  std::string_view own = no_file ? function : function.substr(file.size() + 2);
  if (!python && names_id(own, criterion_id)) return true;
  std::string name =
      "_" +
      lower(function.substr(
          function.rfind(':') == std::string_view::npos ? 0 : function.rfind(':') + 1)) +
      "_";
  return name.find("_" + lower(criterion_id) + "_") != std::string::npos;
}

std::vector<std::string> criteria_without_tests(const record::Spec& spec,
                                                const std::vector<record::TestResult>& tests) {
  std::vector<std::string> without;
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    bool has = criterion.kind == "keep" ||
               std::any_of(tests.begin(), tests.end(), [&](const record::TestResult& test) {
                 return carries_id(test.id, criterion.id);
               });
    if (!has) without.push_back(criterion.id);
  }
  return without;
}

namespace {

// --- Prompt ---
Result<std::vector<record::Message>> test_prompt(const Input& in) {
  std::string tests = files_text(in.tests);
  tests = tests.empty()
              ? "No file of tests is near what changes: begin one, where the memo and the "
                "layout of this repository put them.\n"
              : heading_of("Tests", in.tests, test_rule::kOwnFile) + tests;
  return messages_from(
      in, {{"spec", fenced("", spec_text(*in.spec))},
           {"brief", fenced("", in.brief ? brief_text(*in.brief) : "") + base_failures_section(in)},
           {"rules", test_rule::listed()},
           {"values", values_text()},
           {"signatures", fenced("", in.signatures)},
           {"tests", tests}});
}

// --- Tools ---  which tests it may read and write is the engine's to say; bodies of new code it
// may not read.
constexpr std::array<std::string_view, 6> kTestTools = {"list_dir",   "read_file", "grep",
                                                        "write_file", "edit_file", "delete_file"};

// --- Eval ---
Result<Judgement> test_eval(const Input& in, const Output& out) {
  if (auto objected = objections(in, "test", out)) return *objected;
  return in.rules < Rules::kOwners ? judge_tests_by_older_rules(in) : judge_tests(in);
}

// --- Telemetry ---
void test_telemetry(const Input& in, const Output&, Meter& meter) {
  meter["tests_count"] = static_cast<double>(Tests(in.outcomes).size());
  meter["new_tests_count"] = static_cast<double>(Tests(in.new_tests_on_base).size());
  meter["added_lines_coverage_percent"] = std::round(percent_of(added_lines_of(in)) * 10) / 10;
}

}  // namespace

const Stage kTest = {"test",     Actor::kModel, 0.2,       "test.md",     "test.schema.json",
                     kTestTools, test_prompt,   test_eval, test_telemetry};

}  // namespace gf::stage

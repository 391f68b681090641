// REVIEW: a stranger holds the change against the spec. It finds; it never mends (P7).
#include "stage/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

using record::Json;

// --- Prompt ---  review_prompt.cc

// --- Tools ---
constexpr std::array<std::string_view, 4> kReviewTools = {"list_dir", "read_file", "grep",
                                                          "outline"};

bool is_unasked(const Json& hunk) {
  std::vector<std::string> served = served_by(hunk);
  return std::find(served.begin(), served.end(), "unasked") != served.end();
}

// --- Eval ---  is the table complete, and does every pointer lead somewhere?
/// "test_x", "TestA::test_x" and "t.py::TestA::test_x" all name "t.py::TestA::test_x[1]", and
/// what was generated from a function that the change defines.
bool names_test(const std::string& test, const std::string& id,
                const std::set<std::string>& functions) {
  std::string file = id.substr(0, id.find("::"));
  std::string whole = file + "::" + function_of_id(id, functions).name;
  for (const std::string& known : {id, whole}) {
    if (known == test || known.ends_with("::" + test)) return true;
  }
  return false;
}

bool resolves(const Input& in, const Json& pointer) {
  std::string test = pointer.get_string("test");
  std::set<std::string> functions;
  if (!test.empty() && in.rules >= Rules::kShownWhole) functions = test_functions_in(in.hunks);
  if (!test.empty()) {
    for (const record::GateOutcome& outcome : in.outcomes) {
      for (const record::TestResult& known : outcome.tests) {
        bool of_function = known.id.starts_with(test + "[");  // with whatever parameter
        if (known.id == test || of_function) return true;
        if (in.rules >= Rules::kShownWhole && names_test(test, known.id, functions)) return true;
      }
    }
    return false;
  }
  auto content = in.tree->read(pointer.get_string("path"));
  int64_t line = pointer.get_int("line");
  return content && line >= 1 && line <= static_cast<int64_t>(lines(*content).size());
}

/// A row that weighs nothing, whatever it is about.
bool accuses_nobody(const Json& row) { return row.get_string("verdict") != "broken"; }

void check_numbered(const Input& in, const Json& rows, size_t count, const std::string& what,
                    std::vector<std::string>& wrong) {
  std::set<int64_t> seen;
  for (const Json& row : rows.items()) {
    int64_t index = row.get_int("index");
    bool known = index >= 1 && index <= static_cast<int64_t>(count);
    if (!known && in.rules >= Rules::kAskedOnce && accuses_nobody(row)) continue;
    if (!known) wrong.push_back(fmt::format("there is no {} {}", what, index));
    if (!seen.insert(index).second)
      wrong.push_back(fmt::format("{} {} is judged twice", what, index));
  }
  for (size_t i = 1; i <= count; ++i) {
    if (!seen.contains(static_cast<int64_t>(i)))
      wrong.push_back(fmt::format("{} {} is not judged", what, i));
  }
}

/// A row is of an assumption that there is. One without a row is no fault: nothing of what was
/// built is held up by what a reviewer did not say of it.
void check_assumptions(const Input& in, const Json& table, std::vector<std::string>& wrong) {
  const auto& all = in.spec->assumptions;
  for (const Json& row : table.get("assumptions").items()) {
    std::string id = row.get_string("id");
    bool known = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
    if (!known && in.rules >= Rules::kAskedOnce && accuses_nobody(row)) continue;
    if (!known) wrong.push_back(fmt::format("there is no assumption '{}'", printable(id)));
  }
}

/// What a hunk is said to serve exists, or something of it: only a hunk that serves nothing of the
/// spec is one that nobody asked for, and one that says so is not left to be guessed.
void check_served(const Input& in, const Json& table, std::vector<std::string>& wrong) {
  std::set<std::string> known = {"tests", "changelog", "unasked"};
  for (const record::Criterion& criterion : in.spec->acceptance_criteria)
    known.insert(criterion.id);
  for (size_t i = 1; i <= in.spec->constraints.size(); ++i) {
    known.insert(fmt::format("C{}", i));
    known.insert(fmt::format("constraint {}", i));
  }
  for (size_t i = 1; i <= in.spec->touchpoints.size(); ++i) known.insert(fmt::format("T{}", i));
  for (const record::Assumption& assumption : in.spec->assumptions) known.insert(assumption.id);
  for (const Json& row : table.get("hunks").items()) {
    std::vector<std::string> served = served_by(row);
    bool any = std::any_of(served.begin(), served.end(),
                           [&](const std::string& one) { return known.contains(one); });
    if (any && in.rules >= Rules::kAskedOnce) continue;
    if (served.empty()) wrong.push_back(row.get_string("id") + " serves nothing; say 'unasked'");
    for (const std::string& one : served) {
      if (!known.contains(one))
        wrong.push_back(fmt::format("{} serves '{}', which the spec does not have",
                                    row.get_string("id"), printable(one)));
    }
  }
}

Result<Judgement> review_eval(const Input& in, const Output& out) {
  if (auto bad = malformed(in, "review", out)) return *bad;
  std::vector<std::string> wrong;
  std::set<std::string> seen;
  for (const Json& row : out.json.get("criteria").items()) {
    std::string id = row.get_string("id");
    seen.insert(id);
    if (row.get_string("verdict") == "satisfied" && !resolves(in, row.get("pointer"))) {
      wrong.push_back(id + ": its pointer leads nowhere: " + row.get("pointer").dump());
    }
  }
  for (const record::Criterion& criterion : in.spec->acceptance_criteria) {
    if (!seen.contains(criterion.id)) wrong.push_back(criterion.id + " is not judged");
  }
  std::set<std::string> hunks;
  for (const Json& row : out.json.get("hunks").items()) hunks.insert(row.get_string("id"));
  for (const ReviewHunk& hunk : in.hunks) {
    // Nothing depends on what is said of the entry: a table without it is as complete.
    if (!hunk.changelog && !hunks.contains(hunk.id))
      wrong.push_back("hunk " + hunk.id + " is not accounted for");
  }
  check_numbered(in, out.json.get("constraints"), in.spec->constraints.size(), "constraint", wrong);
  check_numbered(in, out.json.get("out_of_scope"), in.spec->out_of_scope.size(),
                 "out-of-scope item", wrong);
  check_assumptions(in, out.json, wrong);
  if (in.rules >= Rules::kOwners) check_served(in, out.json, wrong);
  if (wrong.empty()) return judged(Judgement::Kind::kPass, "the table is complete");
  std::string reason = wrong.front();
  return sent_to_owners(in, "review", std::move(reason), findings_of(FindingKind::kForm, wrong));
}

// --- Telemetry ---
void review_telemetry(const Input& in, const Output& out, Meter& meter) {
  meter["hunks_count"] = static_cast<double>(in.hunks.size());
  double unasked = 0;
  for (const Json& row : out.json.get("hunks").items()) unasked += is_unasked(row) ? 1 : 0;
  meter["unasked_count"] = unasked;
}

}  // namespace

const Stage kReview = {"review",      Actor::kModel,        0.0,
                       "review.md",   "review.schema.json", kReviewTools,
                       review_prompt, review_eval,          review_telemetry};

}  // namespace gf::stage

// Rules about observables, operators and values. As they were: first_lint.h says why.
#include <algorithm>
#include <array>
#include <map>
#include <regex>

#include "base/text.h"
#include "stage/first_lint/first_lint.h"

namespace gf::stage::first {
namespace {

using record::Json;

const std::map<std::string, std::vector<std::string>>& observables() {
  static const std::map<std::string, std::vector<std::string>> all = {
      {"http", {"status", "header", "body"}},
      {"cli", {"exit", "stdout", "stderr", "file"}},
      {"call", {"value", "identity", "type", "attribute"}},
      {"raise", {"type", "message"}},
      {"state", {"before", "after"}},
      {"log", {"logger", "level", "count", "fragment"}},
      {"doc", {"file", "heading", "symbol"}},
      {"keep",
       {"status", "header", "body", "exit", "stdout", "stderr", "file", "value", "type",
        "attribute", "message", "before", "after", "tests"}},
  };
  return all;
}

constexpr std::array<std::string_view, 14> kOperators = {
    "equals",    "not_equals", "contains", "not_contains", "matches", "starts_with",
    "ends_with", "present",    "absent",   "less_than",    "at_most", "greater_than",
    "at_least",  "is"};

std::string first_word(const std::string& text) {
  size_t end = text.find_first_of(" .[:");
  return lower(text.substr(0, end));
}

bool is_exception_name(const std::string& text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == ':';
         });
}

bool compiles(const std::string& pattern) {
  // Bounded: std::regex is recursive, and a pattern of a spec is short.
  if (pattern.size() > 500) return false;
  try {
    std::regex compiled(pattern, std::regex::ECMAScript);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

/// What is wrong with the value for its operator and observable; empty when nothing is.
std::string bad_value(const record::Criterion& criterion, const record::Observation& seen) {
  std::string what = first_word(seen.observable);
  const Json& value = seen.expected;
  bool numeric = seen.op == "less_than" || seen.op == "at_most" || seen.op == "greater_than" ||
                 seen.op == "at_least";
  bool exists = seen.op == "present" || seen.op == "absent";
  if (seen.op == "matches" && (!value.is_string() || !compiles(value.as_string().value_or("("))))
    return "is no regular expression that compiles";
  if (numeric && !value.as_double() && !value.is_string()) return "is not a number";
  if (what == "status" && (seen.op == "equals" || seen.op == "is")) {
    int64_t code = value.as_int().value_or(0);
    if (code < 100 || code > 599) return "is no HTTP status (100 to 599)";
  }
  if (what == "exit" && seen.op == "equals") {
    int64_t code = value.as_int().value_or(-1);
    if (code < 0 || code > 255) return "is no exit status (0 to 255)";
  }
  if (criterion.kind == "raise" && what == "type" &&
      !is_exception_name(value.as_string().value_or("")))
    return "is no name of an exception";
  if (!exists && !numeric && value.is_null() && what != "body" && what != "value" &&
      what != "after" && what != "before")
    return "is missing";
  return {};
}

}  // namespace

void lint_observations(const record::Spec& spec, const Report& report) {
  std::map<std::string, std::pair<std::string, Json>> conditions;
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    auto legal = observables().find(criterion.kind);
    if (legal == observables().end()) {
      report.add("unknown-kind", criterion.id,
                 "the kind '" + printable(criterion.kind) + "' is unknown",
                 "use http, cli, call, raise, state, log, doc or keep");
      continue;
    }
    for (const record::Observation& seen : criterion.then) {
      std::string what = first_word(seen.observable);
      if (std::find(legal->second.begin(), legal->second.end(), what) == legal->second.end()) {
        report.add("illegal-observable", criterion.id,
                   "'" + printable(seen.observable) +
                       "' cannot be observed of a criterion of kind " + criterion.kind,
                   "observe one of: " + join(legal->second, ", "));
      }
      if (std::find(kOperators.begin(), kOperators.end(), seen.op) == kOperators.end()) {
        report.add("unknown-operator", criterion.id,
                   "'" + printable(seen.op) + "' compares nothing",
                   "use equals, contains, matches, present, absent, at_most, ...");
      } else if (std::string wrong = bad_value(criterion, seen); !wrong.empty()) {
        report.add("bad-expected", criterion.id,
                   "the value " + clipped(seen.expected.dump(), 80) + " of '" +
                       printable(seen.observable) + "' " + wrong,
                   "give a value that can be compared");
      }
      if (seen.op != "equals") continue;
      std::string condition =
          lower(criterion.given + "\x1f" + criterion.when + "\x1f" + seen.observable);
      auto [place, fresh] = conditions.emplace(condition, std::pair(criterion.id, seen.expected));
      if (!fresh && !(place->second.second == seen.expected)) {
        report.add("contradiction", criterion.id,
                   "it expects another '" + printable(seen.observable) + "' than " +
                       place->second.first + " under the same condition",
                   "make the conditions differ, or drop one");
      }
    }
  }
}

}  // namespace gf::stage::first

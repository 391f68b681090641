// Rules about observables, operators and values, by the table of kinds.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/nearest.h"
#include "base/text.h"
#include "record/pattern.h"
#include "stage/kinds.h"
#include "stage/lint_rules.h"
#include "stage/lint_words.h"

namespace gf::stage {
namespace {

using record::Criterion;
using record::Json;
using record::Observation;

/// What people write for our operators.
const std::map<std::string, std::string>& operator_synonyms() {
  static const std::map<std::string, std::string> all = {
      {"==", "equals"},         {"eq", "equals"},
      {"equal", "equals"},      {"!=", "not_equals"},
      {"ne", "not_equals"},     {"includes", "contains"},
      {"in", "contains"},       {"excludes", "not_contains"},
      {"regex", "matches"},     {"match", "matches"},
      {"exists", "present"},    {"missing", "absent"},
      {"not_exists", "absent"}, {"<", "less_than"},
      {"lt", "less_than"},      {"<=", "at_most"},
      {"lte", "at_most"},       {">", "greater_than"},
      {"gt", "greater_than"},   {">=", "at_least"},
      {"gte", "at_least"}};
  return all;
}

std::string operator_hint(const std::string& op) {
  std::vector<std::string> names;
  for (const Operator& one : all_operators()) names.emplace_back(one.name);
  auto synonym = operator_synonyms().find(lower(op));
  std::optional<std::string> meant =
      synonym != operator_synonyms().end() ? synonym->second : nearest(op, names);
  return (meant ? "did you mean '" + *meant + "'? " : "") + "use one of: " + names_of_operators();
}

bool is_small(char c) { return c >= 'a' && c <= 'z'; }

bool is_exception_name(const std::string& text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == ':';
         });
}

/// "200 ms", "2026-01-31" and "twice the value before" can be compared; "soon" cannot.
bool holds_quantity(const std::string& text) {
  bool digit = std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digit || holds_word(lower(text), "before") || !code_names(text).empty();
}

std::string out_of(const Json& value, int64_t least, int64_t most, const char* what) {
  std::optional<int64_t> code = value.as_int();
  if (code && *code >= least && *code <= most) return {};
  return fmt::format("is no {} ({} to {})", what, least, most);
}

/// What is wrong with a value that has to be of the observable's own form; empty when nothing is.
std::string wrong_form(const Observable& what, const Json& value) {
  switch (what.form) {
    case Form::kStatus:
      return out_of(value, 100, 599, "HTTP status");
    case Form::kExit:
      return out_of(value, 0, 255, "exit status");
    case Form::kException:
      return is_exception_name(value.as_string().value_or("")) ? "" : "is no name of an exception";
    case Form::kText:
      return value.is_string() ? "" : "is no string";
    case Form::kCount:
      return value.as_int().value_or(-1) >= 0 ? "" : "is no count";
    case Form::kAny:
      // Of these null is a value like another; of all others it says that none was given.
      bool may_be_null = what.word == "body" || what.word == "value" || what.word == "after" ||
                         what.word == "before" || what.word == "attribute" ||
                         what.word == "identity" || what.word == "stdout";
      return value.is_null() && !may_be_null ? "is missing" : "";
  }
  return {};
}

/// What is wrong with the value for its operator; empty when nothing is.
std::string wrong_value(const Observable& what, const Operator& op, const Json& value) {
  switch (op.operand) {
    case Operand::kNothing:
      return value.is_null() || value.as_bool() ||
                     value.as_string() == std::optional<std::string>("")
                 ? ""
                 : fmt::format("is compared with nothing by '{}'", op.name);
    case Operand::kAny:
      return wrong_form(what, value);
    case Operand::kPart:
      return value.is_null() ? "is missing" : "";
    case Operand::kText:
      return value.is_string() ? "" : "is no string";
    case Operand::kPattern: {
      if (!value.is_string()) return "is no regular expression: it is no string";
      auto wrong = record::pattern_error(value.as_string().value_or(""));
      return wrong ? fmt::format("is no {} regular expression: {}", record::kPatternDialect, *wrong)
                   : "";
    }
    case Operand::kNumber:
      return value.as_double() || holds_quantity(value.as_string().value_or(""))
                 ? ""
                 : "is no number and holds none";
  }
  return {};
}

std::string value_hint(const Observable& what, const Operator& op) {
  if (op.operand == Operand::kNothing)
    return fmt::format("leave 'expected' out, or compare by another operator than '{}'", op.name);
  if (op.operand != Operand::kAny) return fmt::format("give {}", operand_text(op.operand));
  switch (what.form) {
    case Form::kStatus:
    case Form::kExit:
      return "give the number";
    case Form::kException:
      return "give its name, as \"ValueError\" or \"package.Error\"";
    case Form::kCount:
      return "give a whole number from 0";
    default:
      return "give the value that is seen";
  }
}

void judge_value(const Criterion& criterion, const Kind& kind, const Report& report) {
  for (const Observation& seen : criterion.then) {
    const Observable* what = find_observable(kind, seen.observable);
    const Operator* op = find_operator(seen.op);
    if (what == nullptr || op == nullptr) continue;
    std::string wrong = wrong_value(*what, *op, seen.expected);
    if (wrong.empty()) continue;
    report.add("bad-expected", criterion.id,
               fmt::format("the value {} of '{}' {}", printable(clipped(seen.expected.dump(), 80)),
                           printable(seen.observable), wrong),
               value_hint(*what, *op));
    return;  // the cases of a criterion share their fault
  }
}

/// What one observation says of another of the same thing under the same condition.
bool contradicts(const Observation& a, const Observation& b) {
  auto equal = [](const std::string& op) { return op == "equals" || op == "is"; };
  auto text = [](const Observation& seen) { return seen.expected.as_string(); };
  bool same = a.expected == b.expected;
  if (equal(a.op) && equal(b.op)) return !same;
  if (equal(a.op) && b.op == "not_equals") return same;
  if (a.op == "absent") return b.op != "absent" && b.op != "not_contains" && b.op != "not_equals";
  if (a.op == "contains" && b.op == "not_contains") return same;
  if (!equal(a.op) || !text(a) || !text(b)) return false;
  bool holds = text(a)->find(*text(b)) != std::string::npos;
  return (b.op == "contains" && !holds) || (b.op == "not_contains" && holds) ||
         (b.op == "starts_with" && !text(a)->starts_with(*text(b)));
}

/// As written, but for the blanks outside of quotations and the capital that begins a sentence:
/// f("&amp;") and f("&AMP;") are two conditions, and so are GET /a and GET /A.
std::string as_written(const std::string& text) {
  std::string all;
  for (const std::string& word : split(replace_all(without_quotations(text), "\n", " "), ' ')) {
    if (!word.empty()) all += word + " ";
  }
  bool sentence = all.size() > 1 && is_small(all[1]);
  if (sentence) all.replace(0, 1, lower(all.substr(0, 1)));
  for (const std::string& quoted : quotations(text)) all += '\x1e' + quoted;
  return all;
}

/// What the criterion says of when something is observed.
std::string condition_of(const Criterion& criterion, const std::string& observable, Rules rules) {
  std::string all;
  for (const std::string& text : {criterion.given, criterion.when, observable}) {
    if (rules >= Rules::kAsWritten) {
      all += as_written(text);
    } else {
      for (const std::string& word : split(replace_all(lower(text), "\n", " "), ' ')) {
        if (!word.empty()) all += word + " ";
      }
    }
    all += '\x1f';
  }
  return all;
}

/// The action of a criterion, as a finding shows it.
std::string shown_action(const Criterion& criterion) {
  std::string action(trim(criterion.when));
  return action.empty() ? "" : fmt::format(" ({})", printable(clipped(action, 80)));
}

struct Said {
  std::string id;
  Observation seen;
};

void judge_together(const std::vector<Criterion>& all, const Report& report) {
  std::map<std::string, std::vector<Said>> by_condition;
  std::vector<std::string> reported;
  for (const Criterion& criterion : all) {
    for (const Observation& seen : criterion.then) {
      std::vector<Said>& before =
          by_condition[condition_of(criterion, seen.observable, report.rules)];
      for (const Said& other : before) {
        if (!contradicts(seen, other.seen) && !contradicts(other.seen, seen)) continue;
        if (std::find(reported.begin(), reported.end(), criterion.id) != reported.end()) continue;
        reported.push_back(criterion.id);
        report.add("contradiction", criterion.id,
                   "it expects another '" + printable(seen.observable) + "' than " +
                       (other.id == criterion.id ? "it does itself" : other.id) +
                       " under the same condition" + shown_action(criterion),
                   "make 'given' or 'when' differ, or drop one");
      }
      before.push_back({criterion.id, seen});
    }
  }
}

void judge_names(const Criterion& criterion, const Kind& kind, const Report& report) {
  for (const Observation& seen : criterion.then) {
    if (find_observable(kind, seen.observable) == nullptr) {
      report.add("illegal-observable", criterion.id,
                 "'" + printable(seen.observable) + "' cannot be observed of a criterion of kind " +
                     criterion.kind,
                 "observe one of: " + observables_of(kind));
    }
    if (find_operator(seen.op) == nullptr) {
      report.add("unknown-operator", criterion.id, "'" + printable(seen.op) + "' compares nothing",
                 operator_hint(seen.op));
    }
  }
}

}  // namespace

void lint_observations(const record::Spec& spec, const Report& report) {
  std::vector<Criterion> all;
  for (const Criterion& criterion : spec.acceptance_criteria) {
    const Kind* kind = find_kind(criterion.kind);
    if (kind == nullptr) {
      report.add("unknown-kind", criterion.id,
                 "the kind '" + printable(criterion.kind) + "' is unknown",
                 "use one of: " + names_of_kinds());
      continue;
    }
    judge_names(criterion, *kind, report);
    size_t before = report.findings.size();
    for (Criterion& one : record::each_case(criterion)) {
      if (report.findings.size() == before) judge_value(one, *kind, report);
      all.push_back(std::move(one));
    }
  }
  judge_together(all, report);
}

}  // namespace gf::stage

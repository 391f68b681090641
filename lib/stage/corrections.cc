#include "stage/corrections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "base/text.h"
#include "stage/lint.h"

namespace gf::stage {
namespace {

using record::Json;

constexpr size_t kTextShown = 120;  ///< bytes of a value in a message
constexpr int64_t kLinesOff = 2;    ///< a model that counts lines is that far off at most
constexpr std::array<std::string_view, 7> kCorrectable = {
    "touchpoints", "introduces", "acceptance_criteria", "constraints", "out_of_scope",
    "assumptions", "changelog"};
constexpr std::array<std::string_view, 2> kFixed = {"id", "source"};
/// What a criterion or an observation may be without, so that nothing need stand there before.
constexpr std::array<std::string_view, 3> kOptional = {"unchanged", "cases", "expected"};

template <size_t N>
bool is_among(const std::array<std::string_view, N>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::string shown_value(const Json& value) {
  return value.is_null()
             ? "nothing"
             : "'" + clipped(value.as_string().value_or(value.dump()), kTextShown) + "'";
}

/// The place of an item in a list: by its id, else by its number from 1.
std::optional<size_t> place_of(const std::vector<Json>& items, const std::string& name) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].get_string("id") == name && !name.empty()) return i;
  }
  char* end = nullptr;
  unsigned long number = std::strtoul(name.c_str(), &end, 10);
  if (name.empty() || *end != '\0' || number < 1 || number > items.size()) return std::nullopt;
  return number - 1;
}

/// The only item that is `was`: whoever counts from 0, or miscounts, says clearly what is meant.
std::optional<size_t> only_place_of(const std::vector<Json>& items, const Json& was) {
  std::optional<size_t> found;
  for (size_t i = 0; i < items.size() && !was.is_null(); ++i) {
    if (!(items[i] == was)) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

/// Is it what a member says that is not there?
bool stands_for_nothing(const Json& value) {
  return value.is_null() || value == Json(false) || (value.is_array() && value.size() == 0);
}

/// Puts `is` where `was` stands below `value`; why it cannot, or nothing.
std::string replace_in(Json& value, const std::vector<std::string>& parts, size_t at,
                       const Correction& one, Rules rules) {
  if (at == parts.size()) {
    if (value.is_array() && one.was.is_null() && !one.is.is_null()) {
      value.push(one.is);
      return {};
    }
    if (!(value == one.was))
      return fmt::format("'{}' is {} and not {}", one.field, shown_value(value),
                         shown_value(one.was));
    value = one.is;
    return {};
  }
  if (value.is_object()) {
    bool is_member = at + 1 == parts.size() && parts.front() == "acceptance_criteria" &&
                     is_among(kOptional, parts[at]) && rules >= Rules::kMeasured;
    if (is_member && stands_for_nothing(value.get(parts[at])) && stands_for_nothing(one.was)) {
      value.set(parts[at], one.is);
      return {};
    }
    if (is_member && one.is.is_null() && value.get(parts[at]) == one.was) {
      value.erase(parts[at]);
      return {};
    }
    if (!value.has(parts[at])) return fmt::format("the spec has no '{}'", one.field);
    Json member = value.get(parts[at]);
    std::string why = replace_in(member, parts, at + 1, one, rules);
    if (why.empty()) value.set(parts[at], member);
    return why;
  }
  std::vector<Json> items = value.items();
  auto place = place_of(items, parts[at]);
  bool is_item = at + 1 == parts.size() && rules >= Rules::kFoundByValue;
  if (is_item && (!place || !(items[*place] == one.was))) place = only_place_of(items, one.was);
  if (!place) return fmt::format("the spec has no '{}'", one.field);
  std::string why = replace_in(items[*place], parts, at + 1, one, rules);
  if (!why.empty()) return why;
  if (at + 1 == parts.size() && one.is.is_null())
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(*place));
  value = Json::array(std::move(items));
  return {};
}

/// Does the tree show what the correction says it shows?
std::string unshown(const Correction& one, const record::TreeFacts& tree) {
  auto content = tree.read(one.path);
  if (!content) return fmt::format("'{}' is no text file of the repository", one.path);
  std::string wanted(trim(one.text));
  if (wanted.empty())
    return fmt::format("'{}': 'text' does not say what the place shows", one.field);
  std::vector<std::string> all = lines(*content);
  for (int64_t line = one.line - kLinesOff; line <= one.line + kLinesOff; ++line) {
    if (line < 1 || line > static_cast<int64_t>(all.size())) continue;
    if (all[static_cast<size_t>(line - 1)].find(wanted) != std::string::npos) return {};
  }
  return fmt::format("line {} of '{}' does not hold '{}'", one.line, one.path,
                     clipped(wanted, kTextShown));
}

std::string forbidden(const std::vector<std::string>& parts, const std::string& field,
                      Rules rules) {
  if (!is_among(kCorrectable, parts.front()))
    return fmt::format("'{}' is not yours to correct: {} are", field,
                       join({kCorrectable.begin(), kCorrectable.end()}, ", "));
  bool fixed =
      is_among(kFixed, parts.back()) || (parts.back() == "kind" && rules < Rules::kMeasured);
  if (parts.size() > 1 && fixed)
    return fmt::format("'{}' stays as it is: it names what was asked for", field);
  if (parts.size() == 2 && parts.front() == "acceptance_criteria")
    return fmt::format("'{}': correct a member of it; a criterion as a whole stays", field);
  return {};
}

std::set<std::string> errors_of(const record::Spec& spec, const record::TreeFacts& tree) {
  std::set<std::string> errors;
  for (const LintFinding& finding : lint(spec, &tree)) {
    if (finding.severity != LintFinding::Severity::kError) continue;
    errors.insert(fmt::format("{} {}: {}; {}", finding.rule,
                              finding.criterion.empty() ? "spec" : finding.criterion,
                              finding.message, finding.hint));
  }
  return errors;
}

}  // namespace

std::vector<Correction> corrections_from_json(const Json& brief) {
  std::vector<Correction> all;
  for (const Json& item : brief.get("corrections").items()) {
    all.push_back({item.get_string("field"), item.get("was"), item.get("is"),
                   item.get_string("path"), item.get_int("line"), item.get_string("text")});
  }
  return all;
}

Corrected correct(const record::Spec& spec, const std::vector<Correction>& corrections,
                  const record::TreeFacts& tree, Rules rules) {
  Corrected corrected{spec, {}, {}};
  Json json = record::to_json(spec);
  for (const Correction& one : corrections) {
    std::vector<std::string> parts = split(one.field, '.');
    std::string why = forbidden(parts, one.field, rules);
    if (why.empty()) why = unshown(one, tree);
    if (why.empty()) why = replace_in(json, parts, 0, one, rules);
    if (!why.empty()) {
      corrected.wrong.push_back("correction: " + why);
      continue;
    }
    corrected.descriptions.push_back(fmt::format("{}: {} is {} ({}:{})", one.field,
                                                 shown_value(one.was), shown_value(one.is),
                                                 one.path, one.line));
  }
  if (!corrected.wrong.empty()) return corrected;
  auto made = record::spec_from_json(json);
  if (!made.ok()) {
    corrected.wrong.push_back("corrections: " + made.error().message);
    return corrected;
  }
  std::set<std::string> before = errors_of(spec, tree);
  for (const std::string& error : errors_of(*made, tree)) {
    if (!before.contains(error))
      corrected.wrong.push_back("the corrected spec does not compile: " + error);
  }
  if (corrected.wrong.empty()) corrected.spec = std::move(made).value();
  return corrected;
}

}  // namespace gf::stage

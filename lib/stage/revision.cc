#include "stage/revision.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"

namespace gf::stage {
namespace {

using How = SpecChange::How;
using record::Json;

constexpr size_t kShownBytes = 300;

std::string_view word_for(How how) {
  return how == How::kAdded ? "added" : how == How::kRemoved ? "removed" : "changed";
}

void compare(const std::string& what, const Json& before, const Json& after,
             std::vector<SpecChange>& changes) {
  if (before == after) return;
  How how = before.is_null() ? How::kAdded : after.is_null() ? How::kRemoved : How::kChanged;
  changes.push_back({what, how, before, after});
}

/// Items that have an id, by it.
std::map<std::string, Json> by_id(const Json& list) {
  std::map<std::string, Json> items;
  for (const Json& item : list.items()) items.emplace(item.get_string("id"), item);
  return items;
}

/// In the order of the old list; what is new follows in its own.
std::vector<std::string> ids_of(const Json& before, const Json& after) {
  std::vector<std::string> ids;
  for (const Json* list : {&before, &after}) {
    for (const Json& item : list->items()) {
      std::string id = item.get_string("id");
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
    }
  }
  return ids;
}

bool has_ids(const Json& list) {
  std::vector<Json> items = list.items();
  return !items.empty() && items.front().has("id");
}

void compare_by_id(const Json& before, const Json& after, std::vector<SpecChange>& changes) {
  std::map<std::string, Json> old_items = by_id(before), new_items = by_id(after);
  for (const std::string& id : ids_of(before, after)) {
    auto was = old_items.find(id), is = new_items.find(id);
    compare(id, was == old_items.end() ? Json() : was->second,
            is == new_items.end() ? Json() : is->second, changes);
  }
}

/// A list of texts: what it has lost and what it has gained.
void compare_items(const std::string& name, const Json& before, const Json& after,
                   std::vector<SpecChange>& changes) {
  auto gone_from = [](const Json& from, const Json& to) {
    Json gone = Json::array();
    std::vector<Json> there = to.items();
    for (const Json& item : from.items()) {
      if (std::find(there.begin(), there.end(), item) == there.end()) gone.push(item);
    }
    return gone;
  };
  Json lost = gone_from(before, after), gained = gone_from(after, before);
  if (lost.size() > 0) changes.push_back({name, How::kRemoved, lost, Json()});
  if (gained.size() > 0) changes.push_back({name, How::kAdded, Json(), gained});
}

/// The list that "C1", "constraint 1", "O2", "out of scope 2" or "T3" is an item of; else empty.
std::string_view list_of(std::string_view about) {
  bool lettered = about.size() > 1 && std::isdigit(static_cast<unsigned char>(about[1])) != 0;
  char letter = lettered ? about[0] : ' ';
  if (letter == 'C' || about.starts_with("constraint ")) return "constraints";
  if (letter == 'O' || about.starts_with("out of scope ")) return "out_of_scope";
  if (letter == 'T' || about.starts_with("touchpoint ")) return "touchpoints";
  return {};
}

/// "AC2" names AC2, "AC2 (status)" as well, and "AC2" does not name AC21.
bool names(const std::string& about, const std::string& what) {
  size_t at = lower(about).find(lower(what));
  if (at == std::string::npos) return false;
  size_t end = at + what.size();
  return end == about.size() || std::isalnum(static_cast<unsigned char>(about[end])) == 0;
}

}  // namespace

std::vector<SpecChange> spec_changes(const record::Spec& before, const record::Spec& after) {
  constexpr std::array<const char*, 9> kParts = {
      "title",       "intent",       "touchpoints", "introduces", "acceptance_criteria",
      "constraints", "out_of_scope", "assumptions", "changelog"};
  std::vector<SpecChange> changes;
  Json old_spec = record::to_json(before), new_spec = record::to_json(after);
  for (const char* part : kParts) {
    Json was = old_spec.get(part), is = new_spec.get(part);
    if (has_ids(was) || has_ids(is)) {
      compare_by_id(was, is, changes);
    } else if (was.is_array() || is.is_array()) {
      compare_items(part, was, is, changes);
    } else {
      compare(part, was, is, changes);
    }
  }
  return changes;
}

std::vector<std::string> unasked_changes(const std::vector<SpecChange>& changes,
                                         const std::vector<Finding>& reasons) {
  std::vector<std::string> about;
  for (const Finding& reason : reasons) {
    if (reason.about.empty()) return {};
    about.insert(about.end(), reason.about.begin(), reason.about.end());
  }
  std::vector<std::string> lines;
  for (const SpecChange& change : changes) {
    if (change.how == How::kAdded) continue;
    bool asked = std::any_of(about.begin(), about.end(), [&](const std::string& one) {
      return names(one, change.what) || change.what == list_of(one);
    });
    if (!asked)
      lines.push_back(fmt::format("{} was {} though nothing was said of it; give it as it was: {}",
                                  change.what, word_for(change.how), change.before.dump()));
  }
  return lines;
}

std::vector<std::string> lines_of_changes(const std::vector<SpecChange>& changes) {
  std::vector<std::string> lines;
  for (const SpecChange& change : changes) {
    std::string line =
        fmt::format("the spec was revised: {} {}", change.what, word_for(change.how));
    if (!change.before.is_null()) line += ", was " + clipped(change.before.dump(), kShownBytes);
    if (!change.after.is_null()) line += ", is " + clipped(change.after.dump(), kShownBytes);
    lines.push_back(std::move(line));
  }
  return lines;
}

Json to_json(const Revision& revision, const std::vector<SpecChange>& changes) {
  Json reasons = Json::array(), list = Json::array();
  for (const Finding& finding : revision.findings) reasons.push(finding.text);
  for (const SpecChange& change : changes) {
    Json one = Json::object({{"what", change.what}, {"how", word_for(change.how)}});
    if (!change.before.is_null()) one.set("before", change.before);
    if (!change.after.is_null()) one.set("after", change.after);
    list.push(one);
  }
  return Json::object({{"by", revision.by}, {"reasons", reasons}, {"changes", list}});
}

std::vector<std::string> lines_of_revision(const Json& output) {
  std::vector<SpecChange> changes;
  for (const Json& one : output.get("revision").get("changes").items()) {
    std::string how = one.get_string("how");
    changes.push_back({one.get_string("what"),
                       how == "added"     ? How::kAdded
                       : how == "removed" ? How::kRemoved
                                          : How::kChanged,
                       one.get("before"), one.get("after")});
  }
  return lines_of_changes(changes);
}

}  // namespace gf::stage

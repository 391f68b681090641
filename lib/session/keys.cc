// Finding a key among the rows, and the one that a misspelt key was meant to be.
#include "session/keys.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

#include "base/nearest.h"
#include "base/settings.h"
#include "base/text.h"
#include "session/key_table.h"
#include "stage/stage.h"

namespace gf::session {
namespace {

constexpr std::string_view kStage = "<stage>", kName = "<name>";
constexpr size_t kNear = 3;  ///< changed letters that still look like a slip

bool is_stage(std::string_view word) {
  std::span<const stage::Stage> stages = stage::all_stages();
  return std::any_of(stages.begin(), stages.end(),
                     [&](const stage::Stage& stage) { return stage.name == word; });
}

/// Whether a row's subsection, which may hold a placeholder, stands for this one.
bool stands_for(std::string_view row, std::string_view subsection) {
  if (row == kStage) return is_stage(subsection);
  if (!row.ends_with(kName)) return row == subsection;
  std::string_view before = row.substr(0, row.size() - kName.size());
  return subsection.starts_with(before) && subsection.size() > before.size();
}

/// What the row could be in the place of `key`: each stage, or the name that `key` has there.
std::vector<std::string> candidates(const Key& row, std::string_view key) {
  std::string name(row.name);
  if (name.find(kStage) != std::string::npos) {
    std::vector<std::string> all;
    for (const stage::Stage& stage : stage::all_stages())
      all.push_back(replace_all(name, kStage, stage.name));
    return all;
  }
  if (name.find(kName) == std::string::npos) return {name};
  std::string_view subsection = parts_of(key).subsection;
  size_t dot = row.name.starts_with("factory.") ? subsection.find('.') : std::string_view::npos;
  std::string_view own = dot == std::string_view::npos ? subsection : subsection.substr(dot + 1);
  if (own.empty()) return {};
  return {replace_all(name, kName, own)};
}

}  // namespace

std::span<const Key> all_keys() {
  static const std::vector<Key> kAll = [] {
    std::vector<Key> rows;
    for (std::span<const Key> part : {keys_of_runs(), keys_of_the_record()})
      rows.insert(rows.end(), part.begin(), part.end());
    return rows;
  }();
  return kAll;
}

const Key* find_key(std::string_view key) {
  KeyParts parts = parts_of(key);
  std::string section = lower(parts.section), name = lower(parts.name);
  for (const Key& row : all_keys()) {
    KeyParts own = parts_of(row.name);
    if (own.section == section && lower(own.name) == name &&
        stands_for(own.subsection, parts.subsection)) {
      return &row;
    }
  }
  return nullptr;
}

std::optional<std::string> near_key(std::string_view key) {
  std::optional<std::string> best;
  size_t nearest = kNear + 1;
  std::string wanted = lower(key);
  for (const Key& row : all_keys()) {
    for (std::string& candidate : candidates(row, key)) {
      size_t far = edit_distance(wanted, lower(candidate));
      if (far >= nearest) continue;
      nearest = far;
      best = std::move(candidate);
    }
  }
  return best;
}

std::string_view name_of(Key::Claim claim) {
  switch (claim) {
    case Key::Claim::kNone:
      return {};
    case Key::Claim::kRuns:
      return "runs";
    case Key::Claim::kContacts:
      return "contacts";
    case Key::Claim::kSends:
      return "sends";
    case Key::Claim::kAsksWith:
      return "asks with";
    case Key::Claim::kDecides:
      return "decides";
  }
  return {};
}

namespace {

/// "0 to 100", "0 or more"; everything where the row says no range.
std::pair<int64_t, int64_t> range_of(std::string_view allowed) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  char* end = nullptr;
  std::string text(allowed);
  int64_t low = std::strtoll(text.c_str(), &end, 10);
  if (end == text.c_str()) return {std::numeric_limits<int64_t>::min(), kMost};
  size_t to = text.find(" to ");
  if (to == std::string::npos) return {low, kMost};
  return {low, std::strtoll(text.c_str() + to + 4, nullptr, 10)};
}

/// "off, factory or all" as words; none where one of them is described and not named.
std::vector<std::string> words_of(std::string_view allowed) {
  std::vector<std::string> words = split(replace_all(std::string(allowed), " or ", ", "), ',');
  for (std::string& word : words) word = std::string(trim(word));
  bool plain = std::none_of(words.begin(), words.end(), [](const std::string& word) {
    return word.empty() || word.find(' ') != std::string::npos;
  });
  return plain ? words : std::vector<std::string>();
}

}  // namespace

Result<void> check_value(const Settings& settings, const std::string& key, const Key& row) {
  auto [low, high] = range_of(row.allowed);
  switch (row.type) {
    case Key::Type::kFlag:
      GF_TRY(settings.flag(key, false));
      break;
    case Key::Type::kNumber:
    case Key::Type::kSeconds:
      GF_TRY(settings.number(key, low, low, high));
      break;
    case Key::Type::kDecimal:
    case Key::Type::kDollars:
      GF_TRY(settings.decimal(key));
      break;
    case Key::Type::kChoice: {
      std::vector<std::string> words = words_of(row.allowed);
      std::string value = lower(settings.text(key).value_or(""));
      bool known = words.empty() || std::find(words.begin(), words.end(), value) != words.end();
      // factory.forge is told by who makes forges.
      if (!known && row.name != "factory.forge") {
        return Error{Fault::kConfiguration,
                     key + " is '" + printable(value) + "'",
                     {},
                     "set it to " + std::string(row.allowed)};
      }
      break;
    }
    default:
      break;
  }
  return Done{};
}

}  // namespace gf::session

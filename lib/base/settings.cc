#include "base/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "base/text.h"

namespace gf {
namespace {

constexpr int64_t kLongestMs = int64_t{24} * 3600 * 1000;
constexpr size_t kMaxShown = 100;  ///< bytes of a wrong value in a message

/// Everything of `text` as a number, or nothing.
template <typename Number>
std::optional<Number> whole(std::string_view text, int base = 10) {
  Number value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  bool good = code == std::errc() && end == text.data() + text.size();
  return good ? std::optional<Number>(value) : std::nullopt;
}

/// git_parse_int(): signs, 0x and 0 in front as in C, and the units k, m and g.
std::optional<int64_t> git_number(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int64_t unit = 1;
  if (!text.empty()) {
    char last = text.back();
    unit = last == 'k' || last == 'K'   ? 1 << 10
           : last == 'm' || last == 'M' ? 1 << 20
           : last == 'g' || last == 'G' ? 1 << 30
                                        : 1;
    if (unit > 1) text.remove_suffix(1);
  }
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  auto value = whole<uint32_t>(text, base);
  if (!value || int64_t{*value} * unit > std::numeric_limits<int>::max()) return std::nullopt;
  return negative ? -int64_t{*value} * unit : int64_t{*value} * unit;
}

std::string one_of(std::initializer_list<std::string_view> allowed) {
  std::string text;
  size_t left = allowed.size();
  for (std::string_view word : allowed) {
    text += word;
    --left;
    text += left > 1 ? ", " : left == 1 ? " or " : "";
  }
  return text;
}

}  // namespace

KeyParts parts_of(std::string_view key) {
  size_t first = key.find('.'), last = key.rfind('.');
  if (first == std::string_view::npos) return {key, {}, {}};
  std::string_view between =
      first == last ? std::string_view() : key.substr(first + 1, last - first - 1);
  return {key.substr(0, first), between, key.substr(last + 1)};
}

bool same_key(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  KeyParts left = parts_of(a), right = parts_of(b);
  return left.subsection == right.subsection && lower(left.name) == lower(right.name) &&
         lower(left.section) == lower(right.section);
}

std::optional<bool> git_flag(std::string_view value) {
  if (value.empty()) return false;
  std::string word = lower(value);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  std::optional<int64_t> number = git_number(value);
  return number ? std::optional<bool>(*number != 0) : std::nullopt;
}

std::optional<std::chrono::milliseconds> duration_of(std::string_view value) {
  double seconds = 0;
  auto [end, failed] =
      std::from_chars(value.data(), value.data() + value.size(), seconds, std::chars_format::fixed);
  if (failed != std::errc()) return std::nullopt;
  std::string_view unit = value.substr(static_cast<size_t>(end - value.data()));
  if (unit == "m") {
    seconds *= 60;
  } else if (!unit.empty() && unit != "s") {
    return std::nullopt;
  }
  if (!(seconds >= 0.001 && seconds * 1000 <= static_cast<double>(kLongestMs))) return std::nullopt;
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

Error wrong_setting(std::string_view key, std::string_view value, std::string hint) {
  return Error{Fault::kConfiguration,
               fmt::format("{} is '{}'", key, printable(clipped(value, kMaxShown))),
               {},
               std::move(hint)};
}

void Settings::add(std::string key, std::string value) {
  entries_.emplace_back(std::move(key), std::move(value));
}

void Settings::add(const Settings& stronger) {
  std::vector<Entry> more = stronger.entries_;  // `stronger` may be this object
  for (Entry& entry : more) entries_.push_back(std::move(entry));
}

void Settings::drop(const std::function<bool(const std::string& key)>& unwanted) {
  std::erase_if(entries_, [&](const Entry& entry) { return unwanted(entry.first); });
}

std::optional<std::string> Settings::text(std::string_view key) const {
  auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                            [&](const Entry& entry) { return same_key(entry.first, key); });
  return found == entries_.rend() ? std::nullopt : std::optional<std::string>(found->second);
}

std::vector<std::string> Settings::all(std::string_view key) const {
  std::vector<std::string> values;
  for (const auto& [name, value] : entries_) {
    if (same_key(name, key)) values.push_back(value);
  }
  return values;
}

Result<bool> Settings::flag(std::string_view key, bool fallback) const {
  std::optional<std::string> value = text(key);
  if (!value) return fallback;
  if (std::optional<bool> flag = git_flag(*value)) return *flag;
  return wrong_setting(key, *value, "set it to true or false");
}

Result<int64_t> Settings::number(std::string_view key, int64_t fallback, int64_t low,
                                 int64_t high) const {
  std::optional<std::string> value = text(key);
  if (!value) return fallback;
  std::optional<int64_t> number = whole<int64_t>(*value);
  if (number && *number >= low && *number <= high) return *number;
  return wrong_setting(key, *value,
                       fmt::format("set it to a whole number from {} to {}", low, high));
}

Result<std::optional<double>> Settings::decimal(std::string_view key) const {
  std::optional<std::string> value = text(key);
  if (!value) return std::optional<double>();
  char* end = nullptr;
  double number = std::strtod(value->c_str(), &end);
  if (!value->empty() && *end == '\0' && number >= 0 && number < 1e9)
    return std::optional<double>(number);
  return wrong_setting(key, *value, "set it to a number such as 0.2");
}

Result<std::string> Settings::choice(std::string_view key, std::string_view fallback,
                                     std::initializer_list<std::string_view> allowed) const {
  std::optional<std::string> value = text(key);
  if (!value) return std::string(fallback);
  std::string word = lower(*value);
  if (std::find(allowed.begin(), allowed.end(), word) != allowed.end()) return word;
  return wrong_setting(key, *value, fmt::format("set it to {}", one_of(allowed)));
}

Result<std::chrono::milliseconds> Settings::seconds(std::string_view key, int64_t fallback,
                                                    int64_t low, int64_t high) const {
  GF_ASSIGN(auto seconds, number(key, fallback, low, high));
  return std::chrono::milliseconds(seconds * 1000);
}

}  // namespace gf

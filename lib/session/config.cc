#include "session/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/text.h"

namespace gf::session {
namespace {

constexpr const char* kTrackedFile = ".gitfactory";
constexpr const char* kTrustKey = "factory.trusted";

bool trusted_in(const std::vector<git::Setting>& settings, const Oid& blob) {
  for (const git::Setting& setting : settings) {
    // Only the clone's own configuration can vouch for a file: never the file itself.
    if (setting.key == kTrustKey && setting.scope == "local" && setting.value == blob.hex()) {
      return true;
    }
  }
  return false;
}

/// "--model REF" is for every stage: it beats what is set for one.
bool replaces(const std::string& option, const std::string& key) {
  bool any_model = lower(key).starts_with("factory.") && lower(key).ends_with(".model");
  return lower(option) == lower(key) || (option == "factory.model" && any_model);
}

Error untrusted(const Oid& blob) {
  return Error{
      Fault::kConfiguration,
      fmt::format("the tracked file '{}' ({}) names programs to run and is not trusted yet",
                  kTrackedFile, blob.short_hex()),
      {},
      "look at it and answer with 'git factory trust'"};
}

}  // namespace

Result<std::optional<Oid>> tracked_config(const git::Repo& repo, const Oid& tree) {
  if (tree.is_zero()) return std::optional<Oid>();
  GF_ASSIGN(auto entry, repo.entry_at(tree, kTrackedFile));
  if (!entry || entry->kind == git::EntryKind::kTree || entry->kind == git::EntryKind::kSymlink) {
    return std::optional<Oid>();
  }
  return std::optional<Oid>(entry->id);
}

Result<bool> is_trusted(const git::Program& git, const Oid& blob) {
  GF_ASSIGN(auto settings, git.settings());
  return trusted_in(settings, blob);
}

Result<Config> Config::load(const git::Repo& repo, const git::Program& git, const Oid& base_tree,
                            const Settings& overrides, bool without_tracked) {
  GF_ASSIGN(auto settings, git.settings());
  std::vector<git::Setting> tracked;
  GF_ASSIGN(auto blob, tracked_config(repo, base_tree));
  if (blob && !without_tracked) {
    if (!trusted_in(settings, *blob)) return untrusted(*blob);
    GF_ASSIGN(tracked, git.settings_of_blob(*blob));
  }
  Config config;
  auto take = [&config](const std::vector<git::Setting>& from, auto wanted) {
    for (const git::Setting& setting : from) {
      if (setting.key.starts_with("factory") || setting.key.starts_with("remote.") ||
          setting.key.starts_with("branch.") || setting.key.starts_with("http.")) {
        if (wanted(setting)) config.settings_.emplace_back(setting.key, setting.value);
      }
    }
  };
  auto is_global = [](const git::Setting& s) { return s.scope == "system" || s.scope == "global"; };
  take(settings, is_global);
  // A tracked file can never say that it is trusted, hold a key, or change how git reaches others.
  take(tracked, [](const git::Setting& s) {
    return s.key != kTrustKey && !lower(s.key).ends_with("apikey") && s.key.starts_with("factory");
  });
  take(settings, [&](const git::Setting& s) { return !is_global(s); });
  // What the command line says replaces all that was set before, lists of models as well.
  std::erase_if(config.settings_, [&](const auto& entry) {
    return std::any_of(overrides.begin(), overrides.end(),
                       [&](const auto& own) { return replaces(own.first, entry.first); });
  });
  for (const auto& entry : overrides) config.settings_.push_back(entry);
  return config;
}

void Config::drop(const std::function<bool(const std::string& key)>& unwanted) {
  std::erase_if(settings_, [&](const auto& entry) { return unwanted(entry.first); });
}

void Config::add(const std::string& key, const std::string& value) {
  settings_.emplace_back(key, value);
}

std::optional<std::string> Config::find(std::string_view key) const {
  for (auto it = settings_.rbegin(); it != settings_.rend(); ++it) {
    if (lower(it->first) == lower(key)) return it->second;
  }
  return std::nullopt;
}

std::string Config::get(std::string_view key, std::string_view fallback) const {
  return find(key).value_or(std::string(fallback));
}

std::vector<std::string> Config::all(std::string_view key) const {
  std::vector<std::string> values;
  for (const auto& [name, value] : settings_) {
    if (lower(name) == lower(key)) values.push_back(value);
  }
  return values;
}

Result<int64_t> Config::number(std::string_view key, int64_t fallback, int64_t low,
                               int64_t high) const {
  std::optional<std::string> text = find(key);
  if (!text) return fallback;
  int64_t value = 0;
  auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (code != std::errc() || end != text->data() + text->size() || value < low || value > high) {
    return Error{Fault::kConfiguration,
                 fmt::format("{} is '{}'", key, printable(*text)),
                 {},
                 fmt::format("set it to a whole number from {} to {}", low, high)};
  }
  return value;
}

Result<std::optional<double>> Config::decimal(std::string_view key) const {
  std::optional<std::string> text = find(key);
  if (!text) return std::optional<double>();
  char* end = nullptr;
  double value = std::strtod(text->c_str(), &end);
  if (text->empty() || *end != '\0' || !(value >= 0 && value < 1e9)) {
    return Error{Fault::kConfiguration,
                 fmt::format("{} is '{}'", key, printable(*text)),
                 {},
                 "set it to a number such as 0.2"};
  }
  return std::optional<double>(value);
}

Result<bool> Config::flag(std::string_view key, bool fallback) const {
  std::optional<std::string> text = find(key);
  if (!text) return fallback;
  std::string word = lower(*text);
  if (word.empty() || word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return Error{Fault::kConfiguration,
               fmt::format("{} is '{}'", key, printable(*text)),
               {},
               "set it to true or false"};
}

}  // namespace gf::session

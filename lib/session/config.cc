#include "session/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "session/keys.h"
#include "session/trust.h"

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
  return same_key(option, key) || (option == "factory.model" && any_model);
}

/// Who gets mail is a list, and whoever names receivers of his own means these alone.
bool names_receivers_too(const std::vector<git::Setting>& own, const std::string& key) {
  bool receivers = same_key(key, "factory.mail.to") || same_key(key, "factory.mail.cc");
  return receivers && std::any_of(own.begin(), own.end(), [&](const git::Setting& setting) {
           return same_key(setting.key, key);
         });
}

/// What cannot be read names nothing.
bool names_programs(const git::Program& git, const Oid& blob) {
  auto settings = git.settings_of_blob(blob);
  return settings.ok() &&
         std::any_of(settings->begin(), settings->end(), [](const git::Setting& setting) {
           const Key* known = find_key(setting.key);
           return known != nullptr && known->claim == Key::Claim::kRuns;
         });
}

Error untrusted(const git::Program& git, const Oid& blob) {
  return Error{
      Fault::kConfiguration,
      fmt::format("the tracked file '{}' ({}) {}is not trusted yet", kTrackedFile, blob.short_hex(),
                  names_programs(git, blob) ? "names programs to run and " : ""),
      {},
      say_yes(blob)};
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
    if (!trusted_in(settings, *blob)) return untrusted(git, *blob);
    GF_ASSIGN(tracked, git.settings_of_blob(*blob));
  }
  Config config;
  auto take = [&config](const std::vector<git::Setting>& from, auto wanted) {
    for (const git::Setting& setting : from) {
      if (setting.key.starts_with("factory") || setting.key.starts_with("remote.") ||
          setting.key.starts_with("branch.") || setting.key.starts_with("http.")) {
        if (wanted(setting)) config.settings_.add(setting.key, setting.value);
      }
    }
  };
  auto is_global = [](const git::Setting& s) { return s.scope == "system" || s.scope == "global"; };
  take(settings, is_global);
  // A tracked file can never say that it is trusted, hold a key, or change how git reaches others.
  take(tracked, [&](const git::Setting& s) {
    const Key* known = find_key(s.key);
    bool allowed = known == nullptr || known->tracked == Key::Tracked::kYes;
    return allowed && !names_receivers_too(settings, s.key) && !lower(s.key).ends_with("apikey") &&
           s.key.starts_with("factory");
  });
  take(settings, [&](const git::Setting& s) { return !is_global(s); });
  // What the command line says replaces all that was set before, lists of models as well.
  config.settings_.drop([&](const std::string& key) {
    return std::any_of(overrides.begin(), overrides.end(),
                       [&](const auto& own) { return replaces(own.first, key); });
  });
  config.settings_.add(overrides);
  return config;
}

}  // namespace gf::session

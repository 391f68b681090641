// Settings: where they come from, in which order, and whether a tracked file may be believed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/settings.h"

namespace gf::git {
class Program;
}  // namespace gf::git
namespace gf::git {
class Repo;
}  // namespace gf::git

namespace gf::session {

/// Everything configured, weakest first, so that the last value of a key wins: built-in defaults,
/// system and global configuration, the tracked file `.gitfactory` of the base commit, the
/// repository's own configuration, the environment, the command line (DESIGN 6).
class Config {
 public:
  using Settings = gf::Settings;

  /// `overrides`: from options of the command line. An untrusted `.gitfactory` in `base_tree` is an
  /// Error (kConfiguration) unless `without_tracked`.
  static Result<Config> load(const git::Repo& repo, const git::Program& git, const Oid& base_tree,
                             const Settings& overrides, bool without_tracked = false);

  // --- Readers: see base/settings.h ---
  [[nodiscard]] std::optional<std::string> find(std::string_view key) const {
    return settings_.text(key);
  }
  [[nodiscard]] std::string get(std::string_view key, std::string_view fallback) const {
    return find(key).value_or(std::string(fallback));
  }
  [[nodiscard]] std::vector<std::string> all(std::string_view key) const {
    return settings_.all(key);
  }
  Result<int64_t> number(std::string_view key, int64_t fallback, int64_t low, int64_t high) const {
    return settings_.number(key, fallback, low, high);
  }
  Result<std::optional<double>> decimal(std::string_view key) const {
    return settings_.decimal(key);
  }
  Result<bool> flag(std::string_view key, bool fallback) const {
    return settings_.flag(key, fallback);
  }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  /// Forgets the settings whose key `unwanted` names.
  void drop(const std::function<bool(const std::string& key)>& unwanted) {
    settings_.drop(unwanted);
  }
  /// Stronger than all that is there.
  void add(const std::string& key, const std::string& value) { settings_.add(key, value); }

 private:
  Settings settings_;
};

/// The tracked file's blob in `tree`; empty when there is none.
Result<std::optional<Oid>> tracked_config(const git::Repo& repo, const Oid& tree);
/// Has the user said yes to this very content?
Result<bool> is_trusted(const git::Program& git, const Oid& blob);

}  // namespace gf::session

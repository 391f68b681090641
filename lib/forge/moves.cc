#include "forge/moves.h"

#include <optional>

namespace gf::forge {
namespace {

/// What of `url` is behind `home`; nothing where it is not below it.
std::optional<std::string> behind(const std::string& url, const std::string& home) {
  if (!url.starts_with(home)) return std::nullopt;
  std::string rest = url.substr(home.size());
  bool below = rest.empty() || rest.front() == '/' || rest.front() == '?';
  return below ? std::optional<std::string>(std::move(rest)) : std::nullopt;
}

}  // namespace

void Moves::watch(std::string home) { homes_.emplace_back(std::move(home), std::string()); }

std::string Moves::now(const std::string& url) const {
  for (const auto& [home, to] : homes_) {
    auto rest = behind(url, home);
    if (rest && !to.empty()) return to + *rest;
  }
  return url;
}

bool Moves::learn(const std::string& asked, const std::string& answered) {
  if (asked == answered) return false;
  for (auto& [home, to] : homes_) {
    auto rest = behind(asked, home);
    if (!rest || !answered.ends_with(*rest)) continue;
    std::string place = answered.substr(0, answered.size() - rest->size());
    bool news = place != home && place != to;
    if (news) to = place;
    return news;
  }
  return false;
}

}  // namespace gf::forge

// Which variables a child may see.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "proc/process.h"

extern char** environ;

namespace gf::proc {
namespace {

constexpr std::array<std::string_view, 8> kPlain = {"PATH", "HOME", "LANG", "TMPDIR", "TZ", "TERM", "USER", "LOGNAME"};

}  // namespace

Environment current_environment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view text(*entry);
    size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return all;
}

Environment clean_environment(const Environment& from, const std::vector<std::string>& more) {
  Environment kept;
  for (const auto& [name, value] : from) {
    bool plain = std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end() || name.starts_with("LC_");
    bool named = std::find(more.begin(), more.end(), name) != more.end();
    if (plain || named) kept.emplace(name, value);
  }
  return kept;
}

}  // namespace gf::proc

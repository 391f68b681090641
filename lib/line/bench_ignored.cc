// Files beside the code that git ignores: the user's checkout has them, and the run's tree does
// not.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "env/manifest.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/journal.h"
#include "line/past.h"
#include "session/context.h"

namespace gf::line {
namespace {

constexpr size_t kFilesNamed = 3;

/// What tools leave, or a build makes for the run as well (env: `built`), is missed by nobody.
bool is_left_by_tools(std::string_view path) {
  static constexpr std::array<std::string_view, 21> kEnds = {
      ".pyc",   ".pyo", ".so",   ".pyd",      ".o",         ".a",   ".dll",
      ".dylib", ".log", ".swp",  "~",         ".orig",      ".rej", ".bak",
      ".prof",  ".tmp", ".lock", ".egg-link", "/.DS_Store", ".pid", ".cover"};
  static constexpr std::array<std::string_view, 12> kFolders = {
      "/__pycache__/",  "/.mypy_cache/", "/.pytest_cache/", "/.ruff_cache/",
      "/node_modules/", "/.venv/",       "/venv/",          "/.tox/",
      "/.nox/",         "/build/",       "/dist/",          "/.idea/"};
  std::string placed = "/" + std::string(path);
  std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with(".coverage") || name.starts_with("_version") ||
         name.starts_with("version.") || placed.find(".egg-info/") != std::string::npos ||
         placed.find(".dist-info/") != std::string::npos ||
         std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view end) { return placed.ends_with(end); }) ||
         std::any_of(kFolders.begin(), kFolders.end(), [&](std::string_view folder) {
           return placed.find(folder) != std::string::npos;
         });
}

}  // namespace

std::vector<std::string> missed_of(std::vector<std::string> ignored) {
  std::erase_if(ignored, [](const std::string& path) {
    return path.empty() || is_left_by_tools(path) || path.ends_with('/');
  });
  std::sort(ignored.begin(), ignored.end());
  return ignored;
}

void Bench::tell_ignored(const std::string& checkout, const std::string& folder) {
  if (checkout.empty() || past_.replays()) return;
  std::vector<std::string> ask = {"ls-files",           "--others", "--ignored",
                                  "--exclude-standard", "-z",       "--"};
  size_t roots = ask.size();
  for (const env::Project& project :
       env::manifest_of(base_facts_, folder, env::code_along(projects_, folder)).projects) {
    for (const env::Package& package : project.packages) {
      if (!package.path.ends_with(".py")) ask.push_back(":(literal)" + package.path);
    }
  }
  if (ask.size() == roots) return;
  auto listing = context_.git.in(checkout).run(ask);
  if (!listing.ok()) return;  // a note is not worth a run
  std::vector<std::string> missed = missed_of(split(*listing, '\0'));
  if (missed.empty()) return;
  std::vector<std::string> first(
      missed.begin(),
      missed.begin() + static_cast<std::ptrdiff_t>(std::min(missed.size(), kFilesNamed)));
  for (std::string& path : first) path = printable(path);
  journal_.tell("note",
                fmt::format("not in the run's tree, because git ignores what your checkout has "
                            "beside the code: {}{}; a test that needs it can have it made by its "
                            "gate's command (factory-gate.<name>.command)",
                            join(first, ", "),
                            missed.size() > kFilesNamed
                                ? fmt::format(" and {} more", missed.size() - kFilesNamed)
                                : ""));
}

}  // namespace gf::line

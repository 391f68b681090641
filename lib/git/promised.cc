#include "git/promised.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "git/remote_trouble.h"

namespace gf::git {
namespace {

constexpr size_t kAtOnce = 5000;   ///< ids on one command line: 200 KB of the 2 MB that Linux takes
constexpr int kDeepestTree = 200;  ///< folders in folders, of which a treeless clone has one a look

/// The remotes that have what is not here (remote.<name>.promisor); a name may hold dots.
Result<std::vector<std::string>> promisors(const Program& git) {
  GF_ASSIGN(auto settings, git.settings());
  constexpr std::string_view kBefore = "remote.", kAfter = ".promisor";
  std::vector<std::string> names;
  for (const Setting& setting : settings) {
    std::string_view key = setting.key;
    if (!key.starts_with(kBefore) || !key.ends_with(kAfter)) continue;
    if (key.size() <= kBefore.size() + kAfter.size() || !git_flag(setting.value).value_or(false))
      continue;
    std::string name(key.substr(kBefore.size(), key.size() - kBefore.size() - kAfter.size()));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

/// Of the tree alone, not of the history: what is named and is not here.
Result<std::vector<std::string>> missing_in(const Program& git, const Oid& commit) {
  GF_ASSIGN(auto listed, git.run({"rev-list", "--objects", "--no-walk", "--no-object-names",
                                  "--missing=print", commit.hex()}));
  std::vector<std::string> ids;
  size_t from = 0;
  while ((from = listed.find('?', from)) != std::string::npos) {
    size_t end = std::min(listed.find('\n', from), listed.size());
    ids.push_back(listed.substr(from + 1, end - from - 1));
    from = end;
  }
  return ids;
}

/// As git itself fetches what it misses (gitprotocol-v2: any object may be wanted).
Result<void> fetch_all(const Program& git, const std::string& remote,
                       const std::vector<std::string>& ids) {
  for (size_t from = 0; from < ids.size(); from += kAtOnce) {
    size_t end = std::min(from + kAtOnce, ids.size());
    std::vector<std::string> some(ids.begin() + static_cast<std::ptrdiff_t>(from),
                                  ids.begin() + static_cast<std::ptrdiff_t>(end));
    // Whoever says what it has already is not sent what hangs on that, by a server with bitmaps.
    std::vector<std::string> words = {"-c",           "fetch.negotiationAlgorithm=noop",
                                      "fetch",        "--quiet",
                                      "--no-tags",    "--no-write-fetch-head",
                                      "--refmap=",    "--no-recurse-submodules",
                                      "--no-prune",   "--filter=blob:none",
                                      "--no-auto-gc", "--",
                                      remote};
    words.insert(words.end(), some.begin(), some.end());
    GF_ASSIGN(auto answer, git.ask(words));
    if (answer.exit_code != 0) return unreachable(answer.err);
  }
  return Done{};
}

}  // namespace

Result<size_t> fetch_promised(const Program& git, const Oid& commit) {
  GF_ASSIGN(auto remotes, promisors(git));
  size_t fetched = 0;
  for (int look = 0; look < kDeepestTree; ++look) {
    GF_ASSIGN(auto ids, missing_in(git, commit));
    if (ids.empty()) return fetched;
    Error last{Fault::kEnvironment, "no remote of this partial clone has them", {}, {}};
    bool had = false;
    for (size_t i = 0; i < remotes.size() && !had; ++i) {
      auto done = fetch_all(git, remotes[i], ids);
      if (!done.ok() && done.error().fault == Fault::kCancelled) return done.error();
      if (!done.ok()) last = done.error();
      had = done.ok();
    }
    if (!had) {
      if (last.hint.empty()) last.hint = "'git fetch --refetch --no-filter' completes the clone";
      return last.because_of(
          fmt::format("cannot fetch {} of {} that this partial clone left with its remote",
                      counted(ids.size(), "object"), commit.short_hex()));
    }
    fetched += ids.size();
  }
  return Error{Fault::kEnvironment,
               fmt::format("what is missing of {} is still missing after it was fetched",
                           commit.short_hex()),
               {},
               "'git fetch --refetch --no-filter' completes the clone"};
}

}  // namespace gf::git

#include "git/promised.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "git/remote_trouble.h"

namespace gf::git {
namespace {

constexpr size_t kAtOnce = 5000;  ///< ids on one command line: 200 KB of the 2 MB that Linux takes
constexpr std::string_view kPartialClone = "extensions.partialclone";
constexpr int kDeepestTree = 200;  ///< folders in folders, of which a treeless clone has one a look

/// "up.stream" of "remote.up.stream.promisor": a name may hold dots. Empty: it is another key.
std::string remote_in(std::string_view key, std::string_view after) {
  constexpr std::string_view kBefore = "remote.";
  bool fits = key.starts_with(kBefore) && key.ends_with(after);
  if (!fits || key.size() <= kBefore.size() + after.size()) return {};
  return std::string(key.substr(kBefore.size(), key.size() - kBefore.size() - after.size()));
}

/// The remotes that have what is not here, in git's order: by their own keys, and at last the one
/// that the repository's format names.
Result<std::vector<std::string>> promisors(const Program& git) {
  GF_ASSIGN(auto settings, git.settings());
  std::vector<std::string> names;
  std::string last;
  auto add = [&](std::string name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  };
  for (const Setting& setting : settings) {
    if (git_flag(setting.value).value_or(false)) add(remote_in(setting.key, ".promisor"));
    add(remote_in(setting.key, ".partialclonefilter"));
    if (setting.key == kPartialClone) last = setting.value;
  }
  if (!last.empty()) std::erase(names, last);
  add(std::move(last));
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

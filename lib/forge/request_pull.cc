#include "forge/request_pull.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"

namespace gf::forge {
namespace {

/// `url` without the name and password in front of the host.
std::string without_userinfo(const std::string& url) {
  size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  size_t host = scheme + 3;
  size_t at = url.substr(0, url.find_first_of("/?#", host)).rfind('@');
  if (at == std::string::npos || at < host) return url;
  return url.substr(0, host) + url.substr(at + 1);
}

/// A commit's first paragraph in one line, as git's "%s".
std::string subject_of(const git::CommitInfo& commit) {
  std::string_view text = trim(commit.message);
  return replace_all(std::string(text.substr(0, text.find("\n\n"))), "\n", " ");
}

/// As git's "%ci": in the committer's own time zone.
std::string when(const git::Signature& who) {
  std::string utc = iso8601(who.when + std::chrono::minutes(who.offset_minutes));
  int zone = std::abs(who.offset_minutes);
  return fmt::format("{} {} {}{:02}{:02}", utc.substr(0, 10), utc.substr(11, 8),
                     who.offset_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
}

}  // namespace

std::string request_pull_text(const git::Repo& repo, const git::Program& git,
                              const std::string& remote, const PullRequest& pull) {
  auto base = repo.commit(pull.base);
  auto head = repo.commit(pull.head);
  auto stat = git.ask(
      {"diff", "--no-ext-diff", "-M", "--stat", "--summary", pull.base.hex(), pull.head.hex()});
  if (!base.ok() || !head.ok() || !stat.ok() || stat->exit_code != 0) return {};
  std::string place = without_userinfo(repo.remote_url(remote).value_or(remote));
  return to_utf8(
      fmt::format("The following changes since commit {}:\n\n  {} ({})\n\n"
                  "are available in the Git repository at:\n\n  {} {}\n\n"
                  "for you to fetch changes up to {}:\n\n  {} ({})\n\n"
                  "----------------------------------------------------------------\n"
                  "{} (1):\n      {}\n\n{}",
                  pull.base.hex(), subject_of(*base), when(base->committer), place,
                  pull.head_branch, pull.head.hex(), subject_of(*head), when(head->committer),
                  head->author.name, subject_of(*head), stat->out));
}

}  // namespace gf::forge

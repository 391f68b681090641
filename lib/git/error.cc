// libgit2's codes as our errors.
#include <fmt/format.h>

#include "base/text.h"
#include "git/handle.h"

namespace gf::git {
namespace {

/// Repositories that libgit2 refuses (GITMODEL 3.10), and the way out of each.
std::string hint_for(const std::string& message) {
  if (message.find("objectformat") != std::string::npos)
    return "SHA-256 repositories are not supported; use a SHA-1 clone";
  if (message.find("refstorage") != std::string::npos)
    return "convert it with 'git refs migrate --ref-format=files'";
  if (message.find("extensions.") != std::string::npos)
    return "use a plain clone of this repository";
  if (message.find("'sdir'") != std::string::npos)
    return "turn the sparse index off with 'git sparse-checkout reapply --no-sparse-index'";
  if (message.find("'link'") != std::string::npos)
    return "turn the split index off with 'git update-index --no-split-index'";
  if (message.find("not owned by current user") != std::string::npos)
    return "see safe.directory in git-config(1)";
  return {};
}

}  // namespace

Error from_git(int code, const std::string& doing) {
  const git_error* last = git_error_last();
  std::string text =
      last != nullptr && last->message != nullptr ? last->message : fmt::format("code {}", code);
  Fault fault = code == GIT_ENOTFOUND ? Fault::kBadData
                : code == GIT_ELOCKED ? Fault::kTransient
                                      : Fault::kEnvironment;
  if (text.find("No space left") != std::string::npos) {
    return Error{Fault::kEnvironment,
                 doing + ": no space left on the disk",
                 {},
                 "free some space and try again"};
  }
  std::string hint = hint_for(text);
  if (!hint.empty()) fault = Fault::kConfiguration;
  return Error{
      fault,
      doing + ": " + lower(text.substr(0, 1)) + text.substr(std::min<size_t>(1, text.size())),
      {},
      hint};
}

void ensure_libgit2() {
  static const int once = [] {
    git_libgit2_init();
    // Formats that are read correctly although libgit2 does not know their names. Never
    // objectformat.
    const char* known[] = {"worktreeconfig", "preciousobjects", "relativeworktrees"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known, size_t{3});
    // Bytes are verified when they are written; reading again what we wrote costs a hash each.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
    return 0;
  }();
  (void)once;
}

}  // namespace gf::git

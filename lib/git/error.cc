// libgit2's codes as our errors.
#include <fmt/format.h>
#include <sys/statvfs.h>

#include "base/text.h"
#include "git/handle.h"

namespace gf::git {
namespace {

constexpr unsigned long kFullBytes = 64u << 10;

Error full_disk(const std::string& doing) {
  return Error{Fault::kEnvironment,
               doing + ": no space left on the disk",
               {},
               "free some space and try again"};
}

bool is_full(const char* folder) {
  struct statvfs disk {};
  if (folder == nullptr || statvfs(folder, &disk) != 0) return false;
  return disk.f_bavail * disk.f_frsize < kFullBytes || (disk.f_files > 0 && disk.f_favail == 0);
}

/// Repositories that libgit2 refuses (GITMODEL 3.10), and the way out of each.
std::string hint_for(const std::string& message) {
  if (message.find("objectformat") != std::string::npos)
    return "SHA-256 repositories are not supported; use a SHA-1 clone";
  if (message.find("refstorage") != std::string::npos)
    return "convert it with 'git refs migrate --ref-format=files'";
  if (message.find("extensions.") != std::string::npos ||
      message.find("repository version") != std::string::npos)
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
  if (text.find("No space left") != std::string::npos) return full_disk(doing);
  std::string hint = hint_for(text);
  if (!hint.empty()) fault = Fault::kConfiguration;
  return Error{
      fault,
      doing + ": " + lower(text.substr(0, 1)) + text.substr(std::min<size_t>(1, text.size())),
      {},
      hint};
}

Result<Oid> stored(git_repository* repo, const char* folder, int code, const git_oid& id,
                   const std::string& doing) {
  if (code >= 0) {
    OdbHandle odb;
    // Two statements: Out fills its handle when the statement it stands in ends.
    bool opened = git_repository_odb(Out(odb), repo) == 0;
    if (opened && git_odb_exists_ext(odb.get(), &id, GIT_ODB_LOOKUP_NO_REFRESH) == 1) {
      return from_git_oid(&id);
    }
  }
  Error error = code < 0 ? from_git(code, doing)
                         : Error{Fault::kEnvironment, doing + ": it could not be written", {}, {}};
  return is_full(folder) ? full_disk(doing) : error;
}

}  // namespace gf::git

#include "git/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/text.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;

/// The index as it was staged, which the hook does not know of.
constexpr const char* kIndexBefore = "index.before";

/// A value of git's configuration files.
std::string quoted_value(const std::string& text) {
  return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

/// The real one's configuration, and over it what makes this repository one of its own. The format
/// is read from the file itself and not from what it includes.
std::string configuration(const Repo& repo, const Staging::Order& order) {
  return fmt::format(
      "[core]\n\trepositoryFormatVersion = 0\n\tbare = false\n\tworktree = {0}\n"
      "[include]\n\tpath = {1}\n"
      "[core]\n\tbare = false\n\tworktree = {0}\n\thooksPath = {2}\n\tfsmonitor = false\n"
      "\tsplitIndex = false\n\tuntrackedCache = false\n[gc]\n\tauto = 0\n",
      quoted_value(order.worktree), quoted_value(repo.common_dir() + "/config"),
      quoted_value(order.hooks));
}

/// The worktree's own index; what it knows of unchanged files need not be looked at again.
std::string own_index(const std::string& worktree) {
  std::string link = read_file(worktree + "/.git").value_or("");
  constexpr std::string_view kLink = "gitdir: ";
  if (!link.starts_with(kLink)) return {};
  return std::string(trim(std::string_view(link).substr(kLink.size()))) + "/index";
}

std::vector<std::string> by_zero(const std::string& text) {
  std::vector<std::string> all = split(text, '\0');
  std::erase_if(all, [](const std::string& path) { return path.empty(); });
  return all;
}

}  // namespace

Result<std::string> hooks_folder(const Repo& repo, const Program& git) {
  GF_ASSIGN(auto configured, git.setting("core.hooksPath"));
  if (!configured) return repo.common_dir() + "/hooks";
  // git knows '~', what a relative path is relative to, and which setting counts.
  GF_ASSIGN(auto path, git.run({"rev-parse", "--path-format=absolute", "--git-path", "hooks"}));
  std::string folder(trim(path));
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  return folder;
}

Result<std::optional<HookFile>> find_hook(const Repo& repo, const Program& git,
                                          const std::string& name) {
  GF_ASSIGN(auto folder, hooks_folder(repo, git));
  HookFile hook{folder, folder + "/" + name, false};
  std::error_code failed;
  fs::file_status about = fs::status(hook.path, failed);
  if (failed || about.type() != fs::file_type::regular) return std::optional<HookFile>();
  constexpr fs::perms kRuns =
      fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  hook.executable = (about.permissions() & kRuns) != fs::perms::none;
  return std::optional<HookFile>(std::move(hook));
}

Staging::Staging(Program git, std::string folder, std::string worktree)
    : git_(std::move(git)), folder_(std::move(folder)), worktree_(std::move(worktree)) {}

Result<std::string> Staging::here(std::vector<std::string> arguments, const std::string& input,
                                  const char* index) const {
  arguments.insert(arguments.begin(), {"--git-dir=" + folder_, "--work-tree=" + worktree_});
  GF_ASSIGN(auto answer, git_.ask(arguments, input, {{"GIT_INDEX_FILE", folder_ + "/" + index}}));
  if (answer.exit_code == 0) return std::move(answer.out);
  return Error{Fault::kEnvironment,
               fmt::format("cannot stage the change for a hook: {}",
                           printable(clipped(trim(answer.err), 300))),
               {},
               "factory.hooks = ignore goes without the repository's hooks"};
}

Result<void> Staging::lay_repository(const Repo& repo, const Program& git,
                                     const Order& order) const {
  const std::string common = repo.common_dir();
  GF_TRY(write_file(folder_ + "/HEAD", "ref: " + order.branch.str() + "\n"));
  GF_TRY(write_file(folder_ + "/objects/info/alternates", common + "/objects\n"));
  GF_TRY(write_file(folder_ + "/refs/.kept", ""));
  GF_TRY(write_file(folder_ + "/config", configuration(repo, order)));
  GF_ASSIGN(auto refs, git.run({"for-each-ref", "--format=%(objectname) %(refname)", "refs/heads",
                                "refs/remotes", "refs/tags"}));
  std::string packed;
  for (const std::string& line : lines(refs)) {
    if (!line.ends_with(" " + order.branch.str())) packed += line + "\n";
  }
  packed += order.head.hex() + " " + order.branch.str() + "\n";
  GF_TRY(write_file(folder_ + "/packed-refs", packed));
  for (const char* name : {"/shallow", "/info/exclude", "/info/attributes"}) {
    if (auto text = read_file(common + name)) GF_TRY(write_file(folder_ + name, *text));
  }
  return Done{};
}

/// From the worktree's own index where that is at hand: of the files that nobody changed it knows
/// that they are as they were.
Result<void> Staging::stage(const Order& order) {
  std::string own = own_index(worktree_);
  std::error_code failed;
  if (!own.empty()) fs::copy_file(own, folder_ + "/index", failed);
  std::string paths;
  for (const std::string& path : staged_) paths += path + '\0';
  bool good = false;
  if (!own.empty() && !failed) {
    auto updated = here({"update-index", "-q", "--add", "--remove", "-z", "--stdin"}, paths);
    auto written = updated.ok() ? here({"write-tree"}) : updated;
    good = written.ok() && trim(*written) == order.tree.hex();
  }
  if (!good) {
    fs::remove(folder_ + "/index", failed);
    GF_TRY(here({"read-tree", order.tree.hex()}));
  }
  // Says 1 where a file is not as it is staged, which modified() is asked about.
  (void)here({"update-index", "-q", "--refresh"});
  fs::copy_file(folder_ + "/index", folder_ + "/" + kIndexBefore, failed);
  if (failed) {
    return Error{Fault::kEnvironment,
                 fmt::format("cannot write to '{}': {}", folder_, failed.message()),
                 {},
                 {}};
  }
  GF_ASSIGN(unknown_, unknown_files());
  return Done{};
}

Result<std::vector<std::string>> Staging::unknown_files() const {
  GF_ASSIGN(auto listed,
            here({"ls-files", "-z", "--others", "--exclude-standard"}, {}, kIndexBefore));
  return by_zero(listed);
}

Result<std::vector<std::string>> Staging::modified() const {
  (void)here({"update-index", "-q", "--refresh"}, {}, kIndexBefore);
  GF_ASSIGN(auto listed,
            here({"diff-files", "--name-only", "--no-renames", "-z"}, {}, kIndexBefore));
  std::vector<std::string> paths = by_zero(listed);
  std::set<std::string> before(unknown_.begin(), unknown_.end());
  GF_ASSIGN(auto unknown, unknown_files());
  for (std::string& path : unknown) {
    if (!before.contains(path)) paths.push_back(std::move(path));
  }
  return paths;
}

Result<Staging> Staging::make(const Repo& repo, const Program& git, const Order& order) {
  Staging staging(git.in(order.worktree), order.folder, order.worktree);
  GF_ASSIGN(auto head, repo.commit(order.head));
  GF_ASSIGN(auto deltas, repo.diff(head.tree, order.tree));
  for (const Delta& delta : deltas) staging.staged_.push_back(delta.path);
  GF_TRY(staging.lay_repository(repo, git, order));
  GF_TRY(staging.stage(order));
  staging.variables_ = {
      {"GIT_DIR", order.folder}, {"GIT_INDEX_FILE", order.folder + "/index"}, {"GIT_EDITOR", ":"}};
  auto who = repo.identity(head.committer.when);
  if (who.ok()) {
    staging.variables_["GIT_AUTHOR_NAME"] = who->name;
    staging.variables_["GIT_AUTHOR_EMAIL"] = who->email;
  }
  return staging;
}

}  // namespace gf::git

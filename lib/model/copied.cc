#include "model/copied.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/glob.h"
#include "base/text.h"

namespace gf::model {
namespace {

namespace fs = std::filesystem;
using record::Json;

constexpr size_t kMaxFile = 1u << 20;
constexpr size_t kMaxChanges = 500;
constexpr Milliseconds kGitTime{120000};

/// What such programs take for their own configuration, commands to run among it, or keep for
/// themselves, at the root of where they work. A repository's must not reach them, for nobody
/// trusted it, and theirs is none of what was asked for.
constexpr std::string_view kOwnOfPrograms[] = {
    ".aider*", ".codex",      ".env",      ".gemini",   ".geminiignore",
    ".gptme",  "gptme*.toml", ".mcp.json", ".opencode", "opencode.json*"};

bool is_own(std::string_view path) {
  std::string_view first = path.substr(0, path.find('/'));
  return std::any_of(std::begin(kOwnOfPrograms), std::end(kOwnOfPrograms),
                     [&](std::string_view pattern) { return glob_matches(pattern, first); });
}

/// `git <arguments>` in a folder, without the user's settings and hooks.
Result<std::string> git(const std::string& folder, const proc::Environment& environment,
                        std::vector<std::string> arguments, const Cancel& cancel) {
  proc::Options options;
  options.argv = {"git",
                  "-c",
                  "core.hooksPath=/dev/null",
                  "-c",
                  "core.autocrlf=false",
                  "-c",
                  "user.name=git-factory",
                  "-c",
                  "user.email=none",
                  "-c",
                  "commit.gpgSign=false",
                  "-c",
                  "core.fsmonitor=false",
                  "-C",
                  folder};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.directory = folder;
  options.environment = proc::isolated_git_environment(environment);
  options.limits = {kGitTime, 64u << 20};
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  if (!outcome.succeeded() || outcome.out_cut) {
    GF_TRY(cancel.check());
    auto word = std::find_if(arguments.begin(), arguments.end(),
                             [](const std::string& a) { return !a.starts_with("--"); });
    return Error{Fault::kEnvironment,
                 fmt::format("'git {}' failed: {}", word == arguments.end() ? "" : *word,
                             trim(clipped(outcome.err, 200))),
                 {},
                 {}};
  }
  return outcome.out;
}

/// Git with the repository in the copy, which the program sees.
Result<std::string> within(const CopyPlace& place, const proc::Environment& environment,
                           std::vector<std::string> arguments, const Cancel& cancel) {
  return git(place.work(), environment, std::move(arguments), cancel);
}

/// Git with a repository of ours beside the copy: what the program does to the one inside of it,
/// its configuration and hooks above all, changes nothing for us.
Result<std::string> beside(const CopyPlace& place, const proc::Environment& environment,
                           std::vector<std::string> arguments, const Cancel& cancel) {
  std::vector<std::string> all = {"--git-dir=" + (place / "baseline"),
                                  "--work-tree=" + place.work()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return git(place.work(), environment, std::move(all), cancel);
}

}  // namespace

Result<CopyPlace> CopyPlace::make(const proc::Environment& environment) {
  auto folder = TemporaryFolder::make_in(
      environment.contains("TMPDIR") ? environment.get("TMPDIR") : "/tmp", "git-factory-cli-");
  std::error_code failed;
  if (folder.ok()) fs::create_directory(folder->path() + "/work", failed);
  if (folder.ok() && !failed) fs::create_directory(folder->path() + "/home", failed);
  if (!folder.ok() || failed)
    return Error{Fault::kEnvironment, "cannot make a temporary folder", {}, "look at TMPDIR"};
  return CopyPlace(std::move(folder).value());
}

/// Copies what git knows or would know of `from`, and notes its state twice: in a repository
/// inside, which such programs want to see, and in ours beside it.
Result<void> copy_worktree(const std::string& from, const CopyPlace& place,
                           const proc::Environment& environment, const Cancel& cancel) {
  std::string to = place.work();
  GF_ASSIGN(auto listed,
            git(from, environment, {"ls-files", "-z", "-c", "-o", "--exclude-standard"}, cancel));
  std::error_code failed;
  for (const std::string& path : split(listed, '\0')) {
    if (path.empty() || is_own(path)) continue;
    fs::path source = fs::path(from) / path, target = fs::path(to) / path;
    fs::file_status status = fs::symlink_status(source, failed);
    if (failed || !(fs::is_regular_file(status) || fs::is_symlink(status))) continue;
    fs::create_directories(target.parent_path(), failed);
    fs::copy(source, target, fs::copy_options::copy_symlinks, failed);
    if (failed) {
      return Error{Fault::kEnvironment,
                   fmt::format("cannot copy '{}': {}", printable(path), failed.message()),
                   {},
                   "look at the space in TMPDIR"};
    }
  }
  for (auto run : {&within, &beside}) {
    GF_TRY(run(place, environment, {"init", "-q"}, cancel));
    GF_TRY(run(place, environment, {"add", "-A", "-f"}, cancel));
    GF_TRY(run(place, environment, {"commit", "-q", "--allow-empty", "-m", "start"}, cancel));
  }
  return Done{};
}

void copy_home(const CopyPlace& place, const proc::Environment& environment,
               const std::vector<std::string_view>& paths) {
  std::string home = environment.get("HOME");
  if (home.empty()) return;
  for (std::string_view path : paths) {
    // What cannot be copied is missing there, and the program says so in its own words.
    std::error_code ignored;
    fs::path target = fs::path(place.home()) / path;
    fs::create_directories(target.parent_path(), ignored);
    fs::copy(fs::path(home) / path, target, fs::copy_options::recursive, ignored);
  }
}

std::map<std::string, std::string> files_of_home(const CopyPlace& place) {
  std::map<std::string, std::string> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(place.home(), failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code unread;
    if (!at->is_regular_file(unread)) continue;
    auto content = read_file(at->path().string());
    if (content) files[at->path().lexically_relative(place.home()).string()] = *content;
  }
  return files;
}

Result<Changes> changes_in(const CopyPlace& place, const proc::Environment& environment,
                           bool deletes, const Cancel& cancel) {
  std::string work = place.work();
  GF_TRY(beside(place, environment, {"add", "-A"}, cancel));
  GF_ASSIGN(auto listed, beside(place, environment,
                                {"diff", "--cached", "--no-renames", "--name-status", "-z",
                                 "--no-ext-diff", "HEAD"},
                                cancel));
  std::vector<std::string> words = split(listed, '\0');
  Changes changes;
  auto call = [&](const char* tool, Json arguments) {
    changes.calls.push_back(
        {fmt::format("change-{}", changes.calls.size() + 1), tool, std::move(arguments), {}});
  };
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string& path = words[i + 1];
    if (is_own(path)) continue;
    std::error_code failed;
    fs::path file = fs::path(work) / path;
    fs::file_status status = fs::symlink_status(file, failed);
    if (words[i] == "D" || !fs::exists(status)) {
      if (deletes) call("delete_file", Json::object({{"path", path}}));
      continue;
    }
    std::string text = fs::is_regular_file(status) ? beginning_of(file.string(), kMaxFile + 1) : "";
    bool plain = fs::is_regular_file(status) && text.size() <= kMaxFile && is_utf8(text) &&
                 text.find('\0') == std::string::npos && is_utf8(path);
    if (!plain || changes.calls.size() >= kMaxChanges) {
      changes.left_out.push_back(to_utf8(path));
      continue;
    }
    call("write_file", Json::object({{"path", path}, {"content", text}}));
  }
  return changes;
}

}  // namespace gf::model

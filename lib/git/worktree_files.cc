#include "git/worktree_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "base/text.h"
#include "git/patch.h"

namespace gf::git {
namespace {

constexpr size_t kBig = 32u << 20;  ///< more than this is not held in our memory

bool is_attributes(const std::string& path) {
  return path == ".gitattributes" || path.ends_with("/.gitattributes");
}

/// Where gits look for attributes besides the worktree (gitattributes(5)); the machine's place is
/// compiled in and told only by git 2.41 and newer.
std::vector<std::string> attribute_files_of_machine_and_user(const Environment& environment) {
  std::vector<std::string> files = {"/etc/gitattributes", "/usr/local/etc/gitattributes",
                                    "/opt/homebrew/etc/gitattributes"};
  if (std::string config = environment.get("XDG_CONFIG_HOME"); !config.empty()) {
    files.push_back(config + "/git/attributes");
  } else if (environment.contains("HOME")) {
    files.push_back(environment.get("HOME") + "/.config/git/attributes");
  }
  return files;
}

/// Removes our index when the work with it is over.
struct Removed {
  std::string path;
  ~Removed() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::filesystem::remove(path + ".lock", ignored);
  }
};

}  // namespace

std::string WorktreeFiles::index_path() const { return slot_.git_dir() + "/factory-index"; }

Result<void> WorktreeFiles::ask_settings() {
  if (asked_settings_) return Done{};
  GF_ASSIGN(auto crlf, git_.setting("core.autocrlf"));
  setting_converts_ = git_flag(crlf.value_or("false")).value_or(true);  // "input" converts too
  GF_ASSIGN(auto set, git_.setting("core.attributesFile"));
  far_attributes_ = set.has_value();
  for (const std::string& file : attribute_files_of_machine_and_user(repo_.environment())) {
    std::error_code ignored;
    far_attributes_ = far_attributes_ || std::filesystem::exists(file, ignored);
  }
  std::error_code ignored;
  far_attributes_ =
      far_attributes_ || std::filesystem::exists(repo_.common_dir() + "/info/attributes", ignored);
  asked_settings_ = true;
  return Done{};
}

Result<bool> WorktreeFiles::any_attributes(const std::vector<std::string>& paths) const {
  if (far_attributes_) return true;
  std::set<std::string> folders = {""};
  for (const std::string& path : paths) {
    for (size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
      folders.insert(path.substr(0, end + 1));
    }
  }
  for (const std::string& folder : folders) {
    GF_ASSIGN(auto found, disk_.look(folder + ".gitattributes"));
    if (found) return true;
  }
  return false;
}

Result<std::vector<bool>> WorktreeFiles::converted(const std::vector<std::string>& paths) {
  if (paths.empty()) return std::vector<bool>();
  GF_TRY(ask_settings());
  if (setting_converts_) return std::vector<bool>(paths.size(), true);
  GF_ASSIGN(bool any, any_attributes(paths));
  if (!any) return std::vector<bool>(paths.size(), false);
  std::string input;
  for (const std::string& path : paths) input.append(path).push_back('\0');
  GF_ASSIGN(auto out, slot_.run(git_,
                                {"check-attr", "-z", "--stdin", "text", "crlf", "eol", "ident",
                                 "filter", "working-tree-encoding"},
                                input, {{"GIT_INDEX_FILE", index_path()}}));
  std::set<std::string> touched;
  std::vector<std::string> fields = split(out, '\0');
  for (size_t i = 0; i + 2 < fields.size(); i += 3) {
    if (fields[i + 2] != "unspecified" && fields[i + 2] != "unset") touched.insert(fields[i]);
  }
  std::vector<bool> all;
  for (const std::string& path : paths) all.push_back(touched.count(path) > 0);
  return all;
}

Result<std::vector<PathChange>> WorktreeFiles::store(const std::vector<std::string>& paths) {
  std::vector<PathChange> changes;
  std::vector<size_t> files;
  std::vector<size_t> sizes;
  for (const std::string& path : paths) {
    GF_ASSIGN(auto found, disk_.look(path));
    changes.push_back({path, Oid(), found ? found->kind : EntryKind::kBlob});
    PathChange& change = changes.back();
    if (change.kind == EntryKind::kTree) {
      change.kind = EntryKind::kBlob;
    } else if (change.kind == EntryKind::kSymlink) {
      GF_ASSIGN(auto target, disk_.read(path));
      GF_ASSIGN(change.id, repo_.write_blob(target));
    } else if (found) {
      files.push_back(changes.size() - 1);
      sizes.push_back(found->size);
    }
  }
  std::vector<std::string> names;
  for (size_t i : files) names.push_back(changes[i].path);
  GF_ASSIGN(auto converts, converted(names));
  std::vector<PathChange*> for_git;
  for (size_t i = 0; i < files.size(); ++i) {
    PathChange& change = changes[files[i]];
    if (converts[i] || sizes[i] > kBig) {
      for_git.push_back(&change);
      continue;
    }
    GF_ASSIGN(auto content, disk_.read(change.path));
    GF_ASSIGN(change.id, repo_.write_blob(content));
  }
  GF_TRY(store_by_git(for_git));
  return changes;
}

/// By an index that has what the base has there, as `git add` does it: whether line ends of a file
/// are converted hangs on those that it was committed with (gitattributes(5), "text=auto").
Result<void> WorktreeFiles::store_by_git(std::vector<PathChange*> changes) {
  if (changes.empty()) return Done{};
  Removed index{index_path()};
  std::map<std::string, std::string> ours = {{"GIT_INDEX_FILE", index.path}};
  GF_ASSIGN(auto named, slot_.run(git_, {"rev-parse", "--verify", "HEAD^{tree}"}));
  GF_ASSIGN(auto base, Oid::parse(trim(named)));
  std::string before, paths;
  for (const PathChange* change : changes) {
    paths.append(change->path).push_back('\0');
    GF_ASSIGN(auto entry, repo_.entry_at(base, change->path));
    if (!entry || (entry->kind != EntryKind::kBlob && entry->kind != EntryKind::kExecutable))
      continue;
    before += fmt::format("{} {}\t{}", mode_text(entry->kind), entry->id.hex(), change->path);
    before.push_back('\0');
  }
  GF_TRY(slot_.run(git_, {"update-index", "-z", "--index-info"}, before, ours));
  GF_TRY(slot_.run(
      git_, {"-c", "core.safecrlf=false", "update-index", "--add", "--replace", "-z", "--stdin"},
      paths, ours));
  GF_ASSIGN(auto listed, slot_.run(git_, {"ls-files", "--stage", "-z"}, {}, ours));
  std::map<std::string, Oid> ids;
  for (const std::string& line : split(listed, '\0')) {
    size_t blank = line.find(' '), tab = line.find('\t');
    if (blank == std::string::npos || tab == std::string::npos) continue;
    GF_ASSIGN(ids[line.substr(tab + 1)],
              Oid::parse(line.substr(blank + 1, line.find(' ', blank + 1) - blank - 1)));
  }
  for (PathChange* change : changes) {
    auto found = ids.find(change->path);
    if (found == ids.end())
      return Error{Fault::kEnvironment, "git did not store every file", {}, {}};
    change->id = found->second;
  }
  return Done{};
}

Result<void> WorktreeFiles::put_one(const PathChange& change, bool converts,
                                    std::vector<PathChange>& for_git) {
  if (change.kind == EntryKind::kSubmodule) return disk_.make_folder(change.path);
  bool link = change.kind == EntryKind::kSymlink;
  if (!converts || link) {
    auto content = repo_.read_blob(change.id, kBig);
    if (content.ok()) return disk_.write(change.path, change.kind, *content);
  }
  for_git.push_back(change);
  return Done{};
}

Result<void> WorktreeFiles::put(const std::vector<PathChange>& changes) {
  std::vector<PathChange> for_git;
  std::vector<const PathChange*> rest;
  std::vector<std::string> names;
  for (const PathChange& change : changes) {
    if (change.id.is_zero()) GF_TRY(disk_.remove(change.path));
  }
  // Attributes first: they decide over the other files.
  for (const PathChange& change : changes) {
    if (change.id.is_zero()) continue;
    if (is_attributes(change.path)) {
      GF_TRY(put_one(change, false, for_git));
    } else {
      rest.push_back(&change);
      names.push_back(change.path);
    }
  }
  GF_ASSIGN(auto converts, converted(names));
  for (size_t i = 0; i < rest.size(); ++i) GF_TRY(put_one(*rest[i], converts[i], for_git));
  return put_by_git(for_git);
}

/// By an index of these files alone: git then writes them as a checkout would, filters included.
Result<void> WorktreeFiles::put_by_git(const std::vector<PathChange>& changes) {
  if (changes.empty()) return Done{};
  Removed index{index_path()};
  std::string entries;
  for (const PathChange& change : changes) {
    GF_TRY(disk_.make_room(change.path));
    entries += fmt::format("{} {}\t{}", mode_text(change.kind), change.id.hex(), change.path);
    entries.push_back('\0');
  }
  std::map<std::string, std::string> ours = {{"GIT_INDEX_FILE", index.path}};
  GF_TRY(slot_.run(git_, {"update-index", "-z", "--index-info"}, entries, ours));
  GF_TRY(slot_.run(git_, {"checkout-index", "--quiet", "--force", "--all"}, {}, ours));
  return Done{};
}

}  // namespace gf::git

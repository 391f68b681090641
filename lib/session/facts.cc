#include "session/facts.h"

#include <deque>

#include "base/text.h"
#include "git/git_program.h"
#include "git/repo.h"

namespace gf::session {
namespace {

constexpr size_t kMaxFileBytes = 1u << 20;

bool is_file(git::EntryKind kind) {
  return kind == git::EntryKind::kBlob || kind == git::EntryKind::kExecutable;
}

std::string without_slash(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

}  // namespace

GitFacts::GitFacts(const git::Repo& repo, const git::Program& git, Oid tree)
    : repo_(repo), git_(git), tree_(tree) {}

bool GitFacts::has_path(std::string_view path) const {
  auto entry = repo_.entry_at(tree_, without_slash(path));
  return entry.ok() && entry->has_value();
}

std::optional<std::string> GitFacts::read(std::string_view path) const {
  auto entry = repo_.entry_at(tree_, without_slash(path));
  if (!entry.ok() || !entry->has_value() || !is_file((*entry)->kind)) return std::nullopt;
  auto content = repo_.read_blob((*entry)->id, kMaxFileBytes);
  if (!content.ok() || content->find('\0') != std::string::npos) return std::nullopt;
  return std::move(content).value();
}

bool GitFacts::mentions(std::string_view text) const {
  auto known = mentions_.find(text);
  if (known != mentions_.end()) return known->second;
  // git's own search: threaded, and it reads packs without unpacking them into memory first.
  auto answer = git_.ask({"grep", "-q", "-I", "-F", "-e", std::string(text), tree_.hex()});
  bool found = answer.ok() && answer->exit_code == 0;
  mentions_.emplace(std::string(text), found);
  return found;
}

bool GitFacts::has_test(std::string_view id) const {
  size_t at = id.find("::");
  std::optional<std::string> content = read(id.substr(0, at));
  if (!content) return false;
  if (at == std::string_view::npos) return true;
  std::string_view name = id.substr(id.rfind("::") + 2);
  name = name.substr(0, name.find('[', 1));  // "[AC1] doubles" is a name too
  return !name.empty() && content->find(name) != std::string::npos;
}

std::vector<std::string> GitFacts::paths(std::string_view folder, size_t limit) const {
  std::vector<std::string> found;
  std::string prefix = without_slash(folder);
  Oid tree = tree_;
  if (!prefix.empty()) {
    auto entry = repo_.entry_at(tree_, prefix);
    if (!entry.ok() || !entry->has_value() || (*entry)->kind != git::EntryKind::kTree) return found;
    tree = (*entry)->id;
    prefix += '/';
  }
  auto walked = repo_.walk_files(tree, [&](const std::string& path, const git::TreeEntry&) {
    if (found.size() >= limit) return false;
    found.push_back(prefix + path);
    return true;
  });
  if (!walked.ok()) found.clear();
  return found;
}

}  // namespace gf::session

#include "session/facts.h"

#include <algorithm>

#include "base/text.h"
#include "git/git_program.h"
#include "git/repo.h"

namespace gf::session {
namespace {

constexpr size_t kMaxFileBytes = 1u << 20;
// Of a small tree.
constexpr size_t kFewFiles = 300;
constexpr size_t kFewBytes = 256u << 10;
/// Within so many bytes a NUL makes a file binary for git (buffer_is_binary).
constexpr size_t kBinaryBytes = 8000;

bool is_file(git::EntryKind kind) {
  return kind == git::EntryKind::kBlob || kind == git::EntryKind::kExecutable;
}

/// May this .gitattributes make a text of a binary file, or the other way round?
bool decides_texts(std::string_view attributes) {
  return attributes.find("diff") != std::string_view::npos ||
         attributes.find("binary") != std::string_view::npos ||
         attributes.find("[attr]") != std::string_view::npos;
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
  bool plain = !text.empty() && text.find('\n') == std::string_view::npos;
  if (const std::vector<Text>* all = plain ? texts() : nullptr) {
    return std::any_of(all->begin(), all->end(),
                       [&](const Text& one) { return one.text.find(text) != std::string::npos; });
  }
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
  std::string prefix = without_slash(folder);
  auto known = listings_.find(prefix);
  if (known == listings_.end() || (!known->second.whole && known->second.paths.size() < limit)) {
    known = listings_.insert_or_assign(prefix, Listing()).first;
    known->second = listing(prefix, limit);
  }
  const std::vector<std::string>& all = known->second.paths;
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()))};
}

GitFacts::Listing GitFacts::listing(std::string prefix, size_t limit) const {
  Listing found;
  Oid tree = tree_;
  if (!prefix.empty()) {
    auto entry = repo_.entry_at(tree_, prefix);
    if (!entry.ok() || !entry->has_value() || (*entry)->kind != git::EntryKind::kTree) return found;
    tree = (*entry)->id;
    prefix += '/';
  }
  found.whole = true;
  auto walked = repo_.walk_files(tree, [&](const std::string& path, const git::TreeEntry&) {
    if (found.paths.size() >= limit) return found.whole = false;
    found.paths.push_back(prefix + path);
    return true;
  });
  if (!walked.ok()) found = {};
  return found;
}

const std::vector<GitFacts::Text>* GitFacts::texts() const {
  if (!texts_) {
    auto read = read_texts();
    texts_ = read.ok() ? std::move(*read) : std::nullopt;
  }
  return texts_->has_value() ? &**texts_ : nullptr;
}

Result<std::optional<std::vector<GitFacts::Text>>> GitFacts::read_texts() const {
  using Texts = std::optional<std::vector<Text>>;
  std::vector<std::pair<std::string, Oid>> files;
  GF_TRY(repo_.walk_files(tree_, [&](const std::string& path, const git::TreeEntry& entry) {
    if (is_file(entry.kind)) files.emplace_back(path, entry.id);
    return files.size() <= kFewFiles;
  }));
  if (files.size() > kFewFiles) return Texts();
  std::vector<Text> texts;
  size_t bytes = 0;
  for (const auto& [path, id] : files) {
    GF_ASSIGN(size_t size, repo_.blob_size(id));
    bytes += size;
    if (bytes > kFewBytes) return Texts();
    GF_ASSIGN(auto text, repo_.read_blob(id));
    bool attributes = path == ".gitattributes" || path.ends_with("/.gitattributes");
    if (attributes && decides_texts(text)) return Texts();
    size_t nul = text.find('\0');
    if (nul < kBinaryBytes) continue;
    if (nul != std::string::npos) return Texts();  // git's own way with such lines
    texts.push_back({path, std::move(text)});
  }
  return Texts(std::move(texts));
}

}  // namespace gf::session

#include "gate/folder_facts.h"

#include <algorithm>

#include "gate/project.h"

namespace gf::gate {
namespace {

constexpr size_t kMostListed = 50000;
constexpr size_t kMostSearched = 2000;

}  // namespace

FolderFacts::FolderFacts(const record::TreeFacts& tree, std::string folder,
                         std::vector<std::string> hidden)
    : tree_(tree), folder_(std::move(folder)), hidden_(std::move(hidden)) {}

std::string FolderFacts::whole(std::string_view path) const {
  if (folder_.empty()) return std::string(path);
  return path.empty() ? folder_ : folder_ + "/" + std::string(path);
}

bool FolderFacts::has_path(std::string_view path) const { return tree_.has_path(whole(path)); }

std::optional<std::string> FolderFacts::read(std::string_view path) const {
  return tree_.read(whole(path));
}

bool FolderFacts::mentions(std::string_view text) const {
  if (folder_.empty()) return tree_.mentions(text);
  for (const std::string& path : paths("", kMostSearched)) {
    if (read(path).value_or("").find(text) != std::string::npos) return true;
  }
  return false;
}

bool FolderFacts::has_test(std::string_view id) const { return tree_.has_test(whole(id)); }

const std::vector<std::string>& FolderFacts::all() const {
  if (all_) return *all_;
  all_.emplace();
  for (std::string& path : tree_.paths(folder_, kMostListed)) {
    bool is_hidden = std::any_of(hidden_.begin(), hidden_.end(),
                                 [&](const std::string& folder) { return is_below(path, folder); });
    if (is_hidden) continue;
    all_->push_back(folder_.empty() ? std::move(path) : path.substr(folder_.size() + 1));
  }
  return *all_;
}

std::vector<std::string> FolderFacts::paths(std::string_view folder, size_t limit) const {
  std::vector<std::string> found;
  for (const std::string& path : all()) {
    if (found.size() >= limit) break;
    if (is_below(path, folder) && path != folder) found.push_back(path);
  }
  return found;
}

}  // namespace gf::gate

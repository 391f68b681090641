#include "stage/digest_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/glob.h"
#include "base/text.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

constexpr size_t kNamesInFolder = 40;  ///< files that are named of one folder
constexpr size_t kLeastOfGuide = 600;  ///< bytes: less of a guide says nothing

std::string_view word_of(FileKind kind) {
  switch (kind) {
    case FileKind::kTest:
      return "test file";
    case FileKind::kPicture:
      return "binary or picture";
    case FileKind::kVendored:
      return "vendored file";
    case FileKind::kGenerated:
      return "generated file";
    case FileKind::kSource:
      break;
  }
  return "file";
}

/// A folder's own files, and how many there are below it.
struct Folder {
  std::vector<std::string> names;
  std::map<FileKind, size_t> folded;
};

std::string folder_above(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

std::string counts_text(const std::map<FileKind, size_t>& counts) {
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) parts.push_back(counted(count, word_of(kind)));
  return join(parts, ", ");
}

std::string folder_text(const std::string& name, const Folder& folder) {
  std::vector<std::string> names = folder.names;
  size_t more = names.size() > kNamesInFolder ? names.size() - kNamesInFolder : 0;
  names.resize(names.size() - more);
  std::string text = join(names, " ");
  if (more > 0) text += fmt::format(" and {}", counted(more, "other file"));
  if (!folder.folded.empty())
    text += fmt::format("{}[{}]", text.empty() ? "" : " ", counts_text(folder.folded));
  return fmt::format("{}: {}\n", name.empty() ? "./" : name, text);
}

size_t depth_of(const std::string& folder) {
  return static_cast<size_t>(std::count(folder.begin(), folder.end(), '/'));
}

/// Folds the deepest folders into the one above them; false when nothing is left to fold.
bool fold_deepest(std::map<std::string, Folder>& folders) {
  size_t deepest = 0;
  for (const auto& entry : folders) deepest = std::max(deepest, depth_of(entry.first));
  if (deepest == 0) return false;
  for (auto at = folders.begin(); at != folders.end();) {
    if (depth_of(at->first) < deepest) {
      ++at;
      continue;
    }
    Folder folder = at->second;
    std::string above = folder_above(at->first.substr(0, at->first.size() - 1));
    at = folders.erase(at);
    Folder& into = folders[above];
    if (!folder.names.empty()) into.folded[FileKind::kSource] += folder.names.size();
    for (const auto& [kind, count] : folder.folded) into.folded[kind] += count;
  }
  return true;
}

std::string folders_text(const std::map<std::string, Folder>& folders) {
  std::string text;
  for (const auto& [name, folder] : folders) text += folder_text(name, folder);
  return text;
}

/// Where people say how their repository is to be changed, those for machines first.
constexpr std::array<std::string_view, 20> kGuideFiles = {"AGENTS.md",
                                                          "CLAUDE.md",
                                                          "GEMINI.md",
                                                          ".github/copilot-instructions.md",
                                                          ".cursorrules",
                                                          ".windsurfrules",
                                                          "CONTRIBUTING.md",
                                                          "CONTRIBUTING.rst",
                                                          "CONTRIBUTING.txt",
                                                          "CONTRIBUTING",
                                                          ".github/CONTRIBUTING.md",
                                                          ".github/CONTRIBUTING.rst",
                                                          "docs/CONTRIBUTING.md",
                                                          "docs/contributing.md",
                                                          "docs/contributing.rst",
                                                          "doc/contributing.rst",
                                                          "docs/development.md",
                                                          "DEVELOPMENT.md",
                                                          "HACKING.md",
                                                          "HACKING"};

/// The head of a text in whole lines, and how much of it is left out.
std::string head_of(const std::string& text, size_t most) {
  if (text.size() <= most) return text;
  size_t cut = text.rfind('\n', most);
  if (cut == std::string::npos || cut == 0) return clipped(text, most);
  return text.substr(0, cut + 1) + fmt::format("[... {} bytes more]\n", text.size() - cut - 1);
}

/// What an editor notes down of its windows holds any name, and tells of nothing.
bool is_editors(const std::string& path) {
  return glob_matches_any({"**/.idea/**", "**/.vscode/**", "**/.vs/**"}, path);
}

}  // namespace

std::string folded_paths(const std::vector<std::string>& paths,
                         const std::vector<std::string>& test_paths, size_t most) {
  std::map<std::string, Folder> folders;
  for (const std::string& path : paths) {
    FileKind kind = kind_of_file(path, test_paths);
    std::string folder = folder_above(path);
    if (kind == FileKind::kSource) {
      folders[folder].names.push_back(printable(path.substr(folder.size())));
      continue;
    }
    // Of what nobody reads the top folder is enough: the rest of the tree is named the better.
    if (kind != FileKind::kTest) folder = folder.substr(0, folder.find('/') + 1);
    ++folders[folder].folded[kind];
  }
  std::string text = folders_text(folders);
  while (text.size() > most && fold_deepest(folders)) text = folders_text(folders);
  return to_utf8(head_of(text, most));
}

std::string guides_of(const record::TreeFacts& tree, size_t most) {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::string_view name : kGuideFiles) {
    if (auto content = tree.read(name)) found.emplace_back(name, to_utf8(*content));
  }
  std::string text;
  for (size_t i = 0; i < found.size(); ++i) {
    size_t room = most > text.size() ? most - text.size() : 0;
    size_t share = room / (found.size() - i);
    if (room < kLeastOfGuide) {
      text += fmt::format("{}: {} bytes, not shown\n", found[i].first, found[i].second.size());
      continue;
    }
    size_t given = std::max(share, std::min(kLeastOfGuide, room));
    size_t around = 2 * found[i].first.size() + 120;  // the heading, the fence, the mark of a cut
    text += fmt::format("{}\n{}", found[i].first,
                        fenced("", head_of(found[i].second, given - std::min(given, around))));
  }
  return text;
}

bool is_log(const std::string& path) {
  std::string name = lower(path.substr(path.rfind('/') + 1));
  std::string stem = name.substr(0, name.rfind('.'));
  std::string ending = name.substr(stem.size());
  bool text = ending.empty() || ending == ".md" || ending == ".rst" || ending == ".txt";
  bool log = false;
  for (const char* word : {"changelog", "changes", "history", "news", "release_notes"})
    log = log || stem == word;
  return text && log;
}

bool is_searched(const std::string& path) {
  FileKind kind = kind_of_file(path, {});
  bool ours = path == ".gitfactory";  // tells of gates, and nothing of the code
  return !ours && !is_log(path) && !is_editors(path) &&
         (kind == FileKind::kSource || kind == FileKind::kTest);
}

}  // namespace gf::stage

// The changelog's three steps on files of a disk, for tests/field/changelogs.py.
//
//   changelog_bench find FOLDER
//   changelog_bench categories NAME FILE [TAG...]
//   changelog_bench write NAME FILE CATEGORY WORDS [TAG...]
//   changelog_bench check NAME BEFORE AFTER [TAG...]
//
// NAME is the file's name in its repository, FILE where its text is. Exit status 0: done; 1: left
// to BUILD, or findings; 2: wrong usage.
#include "stage/changelog.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using gf::stage::Changelog;

std::optional<std::string> text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class FolderFacts : public gf::record::TreeFacts {
 public:
  explicit FolderFacts(fs::path root) : root_(std::move(root)) {}
  bool has_path(std::string_view path) const override { return fs::exists(root_ / path); }
  std::optional<std::string> read(std::string_view path) const override {
    std::optional<std::string> text = text_of(root_ / path);
    if (text && (text->size() > (1U << 20) || text->find('\0') != std::string::npos)) text.reset();
    return text;
  }
  bool mentions(std::string_view) const override { return false; }
  bool has_test(std::string_view) const override { return false; }
  std::vector<std::string> paths(std::string_view folder, size_t limit) const override {
    std::vector<std::string> all;
    std::error_code failed;
    for (const auto& entry : fs::recursive_directory_iterator(root_ / folder, failed)) {
      if (all.size() >= limit) break;
      if (entry.is_regular_file()) all.push_back(fs::relative(entry.path(), root_).string());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  fs::path root_;
};

/// A tree of one file.
class OneFile : public FolderFacts {
 public:
  OneFile(std::string name, const fs::path& file)
      : FolderFacts("/nowhere"), name_(std::move(name)), text_(text_of(file)) {}
  bool has_path(std::string_view path) const override { return path == name_; }
  std::optional<std::string> read(std::string_view path) const override {
    return path == name_ ? text_ : std::nullopt;
  }

 private:
  std::string name_;
  std::optional<std::string> text_;
};

int find(const std::vector<std::string>& words) {
  Changelog found = gf::stage::detect_changelog(FolderFacts(words[0]));
  fmt::print("{}\t{}\t{}\n", static_cast<int>(found.tool), found.path, found.why);
  for (const auto& one : found.evidence) fmt::print("\t{}:{}: {}\n", one.path, one.line, one.text);
  return 0;
}

Changelog file_named(const std::string& name) {
  Changelog changelog;
  changelog.form = gf::stage::ChangelogForm::kMarkdown;  // the name decides the markup
  changelog.path = name;
  return changelog;
}

std::vector<std::string> from(const std::vector<std::string>& words, size_t at) {
  return {words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())), words.end()};
}

int run(const std::string& verb, const std::vector<std::string>& words) {
  if (verb == "find" && words.size() == 1) return find(words);
  if (verb == "categories" && words.size() >= 2) {
    OneFile tree(words[0], words[1]);
    for (const std::string& name :
         gf::stage::changelog_categories(file_named(words[0]), tree, {from(words, 2)}))
      fmt::print("{}\n", name);
    return 0;
  }
  if (verb == "write" && words.size() >= 4) {
    OneFile tree(words[0], words[1]);
    gf::stage::WrittenEntry written = gf::stage::write_entry(
        file_named(words[0]), tree, {from(words, 4)}, {words[2], words[3], "slug", ""});
    fmt::print("{}", written.file ? written.file->content : written.left);
    return written.file ? 0 : 1;
  }
  if (verb == "check" && words.size() >= 3) {
    auto findings = gf::stage::check_entry(file_named(words[0]), {from(words, 3)},
                                           {{words[0], text_of(words[1]), text_of(words[2])}});
    for (const auto& one : findings)
      fmt::print("{}:{}: {}: {}\n", one.path, one.line, one.rule, one.text);
    return findings.empty() ? 0 : 1;
  }
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.empty()) return 2;
  std::string verb = words[0];
  words.erase(words.begin());
  return run(verb, words);
}

// Names in quotes, with what stands in front of them. No parser: a name that is not one costs a
// test too many.
#include "gate/javascript_imports.h"

#include <algorithm>
#include <optional>

#include "base/source_parts.h"
#include "base/text.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using Names = std::set<std::string>;
using Words = std::vector<std::string>;

constexpr std::string_view kIndex = "index";

/// "a/b" of "a/x/../b" and "a/./b"; nothing where it leads out of the tree.
std::optional<std::string> plain_path(const std::string& path) {
  Words kept;
  for (const std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (kept.empty()) {
      return std::nullopt;
    } else {
      kept.pop_back();
    }
  }
  return join(kept, "/");
}

/// "a/b" of "a/b.ts", "a/b.d.ts" and "a/b.js"; other endings stay.
std::string without_ending(const std::string& path) {
  for (std::string_view end : {".d.ts", ".d.mts", ".d.cts", ".js", ".jsx", ".mjs", ".cjs", ".ts",
                               ".tsx", ".mts", ".cts"}) {
    if (path.ends_with(end)) return path.substr(0, path.size() - end.size());
  }
  return path;
}

/// "a" of "a/b", "@a/b" of "@a/b/c": what a manifest calls a package.
std::string package_in(const std::string& name) {
  size_t slash = name.find('/');
  if (name.starts_with('@') && slash != std::string::npos) slash = name.find('/', slash + 1);
  return name.substr(0, slash);
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

struct Literal {
  std::string text;
  bool whole = true;  ///< false: a part of it is made when it runs
};

/// The text in quotes that begins at `at`; nothing: none begins there, or it is not closed.
std::optional<Literal> quoted_at(const std::string& text, size_t at) {
  constexpr size_t kLongest = 400;
  if (at >= text.size() || std::string_view("'\"`").find(text[at]) == std::string_view::npos)
    return std::nullopt;
  size_t end = text.find(text[at], at + 1);
  if (end == std::string::npos || end - at > kLongest) return std::nullopt;
  std::string said = text.substr(at + 1, end - at - 1);
  if (said.find('\n') != std::string::npos) return std::nullopt;
  return Literal{said, text[at] != '`' || said.find("${") == std::string::npos};
}

/// Behind blanks and comments.
size_t skipped(const std::string& text, size_t at) {
  while (at < text.size()) {
    if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
      ++at;
    } else if (text.compare(at, 2, "/*") == 0) {
      size_t end = text.find("*/", at + 2);
      at = end == std::string::npos ? text.size() : end + 2;
    } else if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else {
      break;
    }
  }
  return at;
}

/// What one file names.
class TextReader {
 public:
  TextReader(const NamedFiles& files, const std::string& path, const std::string& text,
             Names& needs)
      : files_(files), folder_(folder_with_slash(path)), text_(text), needs_(needs) {}

  /// Is all that it loads in its text, and there?
  bool read() {
    for (char quote : {'\'', '"', '`'}) read_paths(quote);
    for (std::string_view word :
         {"from", "import", "require", "resolve", "mock", "doMock", "unmock", "importActual",
          "importMock", "requireActual", "requireMock"}) {
      for (size_t at = find_word(text_, word); at != std::string_view::npos;
           at = find_word(text_, word, at + word.size()))
        read_call(word, at + word.size());
    }
    return all_known_;
  }

 private:
  /// Quoted paths: what is no import may be read, mocked or made a program's.
  void read_paths(char quote) {
    for (std::string_view begin : {"./", "../", ".", "..", "<rootDir>/"}) {
      std::string open = std::string(1, quote) + std::string(begin);
      bool whole = begin == "." || begin == "..";
      if (whole) open += quote;
      for (size_t at = text_.find(open); at != std::string::npos; at = text_.find(open, at + 1)) {
        auto literal = quoted_at(text_, at);
        if (!literal) continue;
        if (!literal->whole) all_known_ = false;
        std::string said = literal->text;
        bool rooted = said.starts_with("<rootDir>/");
        files_.find_at(rooted ? "" : folder_, rooted ? said.substr(10) : said, needs_);
      }
    }
  }
  void read_call(std::string_view word, size_t at) {
    at = skipped(text_, at);
    bool called = at < text_.size() && text_[at] == '(';
    bool loads = word == "import" || word == "require";
    if (called) at = skipped(text_, at + 1);
    auto literal = quoted_at(text_, at);
    if (!literal) {
      // "import(" and "require(" of what is made when it runs.
      if (called && loads) all_known_ = false;
      return;
    }
    const std::string& name = literal->text;
    bool asks = loads || word == "from";
    if (!literal->whole || name.empty()) {
      all_known_ = all_known_ && !(called && loads);
    } else if (name.starts_with("./") || name.starts_with("../") || name == "." || name == "..") {
      // What is not there is made by a build, of files that nobody knows.
      if (asks && !files_.find_at(folder_, name, needs_)) all_known_ = false;
    } else {
      files_.find(folder_, name, needs_);
    }
  }

  const NamedFiles& files_;
  std::string folder_;
  const std::string& text_;
  Names& needs_;
  bool all_known_ = true;
};

}  // namespace

std::string all_below(const std::string& folder) { return folder + "**"; }

NamedFiles::NamedFiles(const Sources& sources) : sources_(sources) {
  for (const auto& [path, text] : sources.texts) {
    add(without_ending(path), path);
    std::string folder = folder_with_slash(path);
    while (folders_.insert(folder).second && !folder.empty()) {
      folder.pop_back();
      folder = folder_with_slash(folder);
    }
  }
  for (const std::string& folder : folders_) read_package(folder);
}

bool NamedFiles::find_at(const std::string& folder, const std::string& said, Names& needs) const {
  auto path = plain_path(folder + said);
  if (!path) return false;
  for (const std::string& stem : {*path, without_ending(*path)}) {
    auto found = by_stem_.find(stem);
    if (found == by_stem_.end()) continue;
    needs.insert(found->second.begin(), found->second.end());
    return true;
  }
  std::string as_folder = path->empty() ? "" : *path + "/";
  bool is_folder = folders_.contains(as_folder);
  if (is_folder) needs.insert(all_below(as_folder));
  return is_folder || sources_.tree.has_path(*path);
}

void NamedFiles::find(const std::string& folder, const std::string& name, Names& needs) const {
  for (const auto& [package, place] : packages_) {
    if (name == package || name.starts_with(package + "/")) needs.insert(all_below(place));
  }
  if (name.find(':') != std::string::npos || is_installed(folder, package_in(name))) return;
  size_t from = std::min(name.find_first_not_of("@~#$/."), name.size());
  Words parts = split(name.substr(from), '/');
  for (auto part = parts.begin(); part != parts.end(); ++part)
    find_ending(join(Words(part, parts.end()), "/"), needs);
}

void NamedFiles::add(const std::string& stem, const std::string& path) {
  by_stem_[stem].push_back(path);
  by_last_[last_part(stem)].insert(stem);
  if (last_part(stem) != kIndex) return;
  std::string folder = folder_with_slash(stem);
  if (!folder.empty()) folder.pop_back();
  by_stem_[folder].push_back(path);
  if (!folder.empty()) by_last_[last_part(folder)].insert(folder);
}

void NamedFiles::find_ending(const std::string& said, Names& needs) const {
  std::string end = without_ending(said);
  auto found = by_last_.find(last_part(end));
  if (end.empty() || found == by_last_.end()) return;
  for (const std::string& stem : found->second) {
    if (stem != end && !stem.ends_with("/" + end)) continue;
    const Words& paths = by_stem_.at(stem);
    needs.insert(paths.begin(), paths.end());
  }
}

void NamedFiles::read_package(const std::string& folder) {
  auto json = record::Json::parse(sources_.tree.read(folder + "package.json").value_or(""));
  if (!json.ok()) return;
  if (std::string name = json->get_string("name"); !name.empty()) packages_[name] = folder;
  for (const char* table :
       {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}) {
    for (const auto& [name, version] : json->get(table).members()) installed_[folder].insert(name);
  }
}

bool NamedFiles::is_installed(const std::string& folder, const std::string& package) const {
  return std::any_of(installed_.begin(), installed_.end(), [&](const auto& one) {
    return folder.starts_with(one.first) && one.second.contains(package);
  });
}

bool add_javascript_needs(const NamedFiles& files, const std::string& path, const std::string& text,
                          std::set<std::string>& needs) {
  return TextReader(files, path, text, needs).read();
}

}  // namespace gf::gate

// What a statement names counts only where the tree has a file for it.
#include "line/imports.h"

#include <algorithm>
#include <optional>

#include "base/source_text.h"
#include "base/text.h"

namespace gf::line {
namespace {

/// "a/b/" without its last part: "a/"; empty at the top.
std::string parent_of(std::string folder) {
  if (!folder.empty()) folder.pop_back();
  return folder_of(folder);
}

std::optional<std::string> first_there(const record::TreeFacts& tree, const std::string& base,
                                       const std::vector<std::string>& endings) {
  for (const std::string& ending : endings) {
    if (tree.has_path(base + ending) && tree.read(base + ending)) return base + ending;
  }
  return std::nullopt;
}

void add(std::vector<Imported>& all, const std::string& path,
         const std::vector<std::string>& names) {
  auto known =
      std::find_if(all.begin(), all.end(), [&](const Imported& one) { return one.path == path; });
  if (known == all.end()) known = all.insert(all.end(), {path, {}});
  known->names.insert(known->names.end(), names.begin(), names.end());
}

/// The words of a text, split at whatever is in no name.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : std::string(text) + " ") {
    bool in_word = c == '_' || c == '$' || is_digit(c) || (c >= 'a' && c <= 'z') ||
                   (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (in_word) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

/// Where a module may stand that is imported from a file in `folder`: beside it and in each folder
/// above (the folder of a conftest is on the path), and below `src/`.
std::vector<std::string> roots_of(const std::string& folder) {
  std::vector<std::string> roots;
  for (std::string at = folder; !at.empty(); at = parent_of(at)) roots.push_back(at);
  roots.insert(roots.end(), {"", "src/"});
  return roots;
}

/// `from .compat import a, b`, `from tests.helpers import c`, `import helpers`.
void add_python(const std::string& folder, const std::string& statement,
                const record::TreeFacts& tree, std::vector<Imported>& all) {
  bool from = statement.starts_with("from ");
  if (!from && !statement.starts_with("import ")) return;
  std::string_view rest = std::string_view(statement).substr(from ? 5 : 7);
  std::string module(trim(rest.substr(0, rest.find(from ? " import" : ","))));
  std::vector<std::string> names;
  if (size_t at = rest.find(" import"); from && at != std::string_view::npos)
    names = words_of(rest.substr(at + 7));
  size_t dots = module.find_first_not_of('.');
  dots = dots == std::string::npos ? module.size() : dots;
  std::string relative = replace_all(module.substr(dots), ".", "/");
  relative = relative.substr(0, relative.find(' '));
  std::vector<std::string> roots = roots_of(folder);
  if (dots > 0) {
    std::string base = folder;
    for (size_t i = 1; i < dots; ++i) base = parent_of(base);
    roots = {base};
  }
  for (const std::string& root : roots) {
    bool any = false;
    if (!relative.empty()) {
      if (auto found = first_there(tree, root + relative, {".py"})) {
        add(all, *found, names);
        return;
      }
    }
    for (const std::string& name : names) {
      std::string base = root + relative + (relative.empty() ? "" : "/") + name;
      if (auto found = first_there(tree, base, {".py"})) {
        add(all, *found, {});
        any = true;
      }
    }
    if (any) return;
  }
}

/// `import {a} from './helpers'`, `const a = require('../test/util')`.
void add_script(const std::string& folder, const std::string& line, const record::TreeFacts& tree,
                std::vector<Imported>& all) {
  size_t at = std::min(line.find("from "), line.find("require("));
  if (at == std::string::npos) return;
  size_t open = line.find_first_of("'\"", at);
  size_t close = open == std::string::npos ? open : line.find(line[open], open + 1);
  if (close == std::string::npos) return;
  std::string module = line.substr(open + 1, close - open - 1), base = folder;
  if (!module.starts_with(".")) return;
  for (;;) {
    if (module.starts_with("./")) {
      module = module.substr(2);
    } else if (module.starts_with("../")) {
      module = module.substr(3);
      base = parent_of(base);
    } else {
      break;
    }
  }
  std::vector<std::string> endings = {"",     ".ts",  ".tsx", ".js",       ".jsx",
                                      ".mjs", ".cjs", ".mts", "/index.ts", "/index.js"};
  if (auto found = first_there(tree, base + module, endings))
    add(all, *found, words_of(line.substr(0, at)));
}

/// Statements that may go on over several lines within brackets, each in one.
std::vector<std::string> statements_of(const std::string& content, char open, char close) {
  std::vector<std::string> all;
  bool inside = false;
  for (const std::string& line : lines(content)) {
    std::string code = line.substr(0, line.find(open == '(' ? " #" : " //"));
    if (inside) {
      all.back() += " " + code;
    } else {
      all.push_back(code);
    }
    bool imports = code.starts_with("from ") || code.starts_with("import ") ||
                   code.find("require(") != std::string::npos;
    if (!inside && imports && code.find(open) != std::string::npos &&
        code.find(close) == std::string::npos)
      inside = true;
    else if (inside && code.find(close) != std::string::npos)
      inside = false;
  }
  return all;
}

}  // namespace

std::string folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

std::vector<Imported> imported_by(std::string_view path, const std::string& content,
                                  const record::TreeFacts& tree) {
  std::vector<Imported> all;
  auto syntax = syntax_of(path);
  if (!syntax) return all;
  std::string folder = folder_of(path);
  for (const std::string& one :
       statements_of(content, syntax->indented ? '(' : '{', syntax->indented ? ')' : '}'))
    syntax->indented ? add_python(folder, one, tree, all) : add_script(folder, one, tree, all);
  std::erase_if(all, [&](const Imported& one) { return one.path == path; });
  return all;
}

}  // namespace gf::line

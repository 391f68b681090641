#include "gate/public_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/source_text.h"
#include "base/text.h"

namespace gf::gate {
namespace {

constexpr size_t kMostBytes = 128u << 10;  ///< of a file that is looked at: more is generated

enum class Custom { kUnderscore, kCapital, kPub, kExport, kPublic, kUnlessPrivate, kAll, kUnknown };

Custom custom_of(std::string_view path) {
  std::string ending = lower(path.substr(std::min(path.size(), path.rfind('.'))));
  struct Row {
    std::string_view ending;
    Custom custom;
  };
  constexpr std::array<Row, 17> kRows = {{{".py", Custom::kUnderscore},
                                          {".pyi", Custom::kUnderscore},
                                          {".go", Custom::kCapital},
                                          {".rs", Custom::kPub},
                                          {".js", Custom::kExport},
                                          {".mjs", Custom::kExport},
                                          {".cjs", Custom::kExport},
                                          {".jsx", Custom::kExport},
                                          {".ts", Custom::kExport},
                                          {".tsx", Custom::kExport},
                                          {".java", Custom::kPublic},
                                          {".kt", Custom::kUnlessPrivate},
                                          {".cs", Custom::kPublic},
                                          {".h", Custom::kAll},
                                          {".hh", Custom::kAll},
                                          {".hpp", Custom::kAll},
                                          {".hxx", Custom::kAll}}};
  for (const Row& row : kRows) {
    if (row.ending == ending) return row.custom;
  }
  return Custom::kUnknown;
}

/// A definition and those that it stands in, outermost first.
struct Scope {
  size_t indent;
  std::string name;
  bool shows_members;  ///< public itself, and what stands in it can be named from outside
};

bool starts_with_word(std::string_view header, std::string_view word) {
  return header.starts_with(word) && header.size() > word.size() && header[word.size()] == ' ';
}

/// In JavaScript: what a class cannot have as a member, but a method as its own.
bool is_statement(std::string_view header) {
  for (std::string_view word : {"const", "let", "var", "function", "async function", "class"}) {
    if (starts_with_word(header, word)) return true;
  }
  return false;
}

bool is_public(Custom custom, std::string_view name, std::string_view header, bool nested) {
  switch (custom) {
    case Custom::kUnderscore:
      return !name.starts_with("_") || (name.starts_with("__") && name.ends_with("__"));
    case Custom::kCapital:
      return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
    case Custom::kPub:
      return starts_with_word(header, "pub");
    case Custom::kExport:
      return starts_with_word(header, "export") ||
             (nested && !name.starts_with("_") && !is_statement(header));
    case Custom::kPublic:
      return starts_with_word(header, "public");
    case Custom::kUnlessPrivate:
      return !starts_with_word(header, "private") && !starts_with_word(header, "internal") &&
             !starts_with_word(header, "protected");
    case Custom::kAll:
      return true;
    case Custom::kUnknown:
      return false;
  }
  return false;
}

/// What only holds others: `impl S`, `namespace N`, `pub mod m`.
bool only_holds(std::string_view header) {
  for (std::string_view word : {"impl", "namespace", "pub mod", "export namespace"}) {
    if (starts_with_word(header, word) || header.starts_with(std::string(word) + "<")) return true;
  }
  return false;
}

/// Can what stands in it be named from outside, as members of a class can? What a
/// function defines for itself cannot.
bool has_members(std::string_view header) {
  constexpr std::array<std::string_view, 13> kHolders = {
      "class",  "struct", "union", "enum",   "interface", "@interface", "trait",
      "object", "record", "mod",   "module", "namespace", "protocol"};
  if (only_holds(header)) return true;
  if (header.starts_with("template")) header.remove_prefix(header.find_last_of('>') + 1);
  for (const std::string& word : split(header.substr(0, header.find_first_of("({=<:")), ' ')) {
    if (std::find(kHolders.begin(), kHolders.end(), word) != kHolders.end()) return true;
  }
  return false;
}

/// "(a *A) Close" of "func (a *A) Close() error": methods of two types are two.
std::string receiver_of(std::string_view header) {
  if (!header.starts_with("func (")) return {};
  size_t end = header.find(')');
  if (end == std::string_view::npos) return {};
  std::string_view type = header.substr(6, end - 6);
  type = type.substr(0, type.find('['));
  return std::string(type.substr(type.find_last_of(" *") + 1)) + ".";
}

/// Decorators left out, blanks made one: what a caller has to do with.
std::string on_one_line(const DefinitionText& text, size_t at) {
  std::string header;
  for (size_t i = 0; i < text.text.size(); ++i) {
    if (text.header.first + i < at) continue;
    for (const std::string& word : split(replace_all(text.text[i], "\t", " "), ' ')) {
      if (!word.empty()) header += (header.empty() ? "" : " ") + word;
    }
  }
  while (!header.empty() && std::string_view(": {").find(header.back()) != std::string_view::npos)
    header.pop_back();
  return header;
}

}  // namespace

std::map<std::string, std::string> public_names(std::string_view path, std::string_view text) {
  std::map<std::string, std::string> names;
  Custom custom = custom_of(path);
  auto syntax = syntax_of(path);
  if (custom == Custom::kUnknown || !syntax || text.size() > kMostBytes) return names;
  std::vector<std::string> source = lines(to_utf8(text));
  std::vector<Scope> open;
  for (size_t at : outlined_lines(source, *syntax)) {
    auto found = definition_at(source, at, *syntax);
    if (!found) continue;
    size_t indent = source[at].find_first_not_of(" \t");
    while (!open.empty() && open.back().indent >= indent) open.pop_back();
    std::string name = defined_name(source[at]);
    std::string header = on_one_line(*found, at);
    bool nested = !open.empty();
    bool within =
        std::all_of(open.begin(), open.end(), [](const Scope& one) { return one.shows_members; });
    bool holds = only_holds(header);
    bool own = holds || (!name.empty() && is_public(custom, name, header, nested));
    if (own && within && !holds) {
      std::string whole = receiver_of(header);
      for (const Scope& one : open) whole += one.name + ".";
      names.emplace(whole + name, header);
    }
    open.push_back({indent, std::move(name), own && has_members(header)});
  }
  return names;
}

}  // namespace gf::gate

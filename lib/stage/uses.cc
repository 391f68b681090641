#include "stage/uses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/glob.h"
#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest_paths.h"

namespace gf::stage {
namespace {

constexpr size_t kMostNames = 16;    ///< that are looked for: more are no one change
constexpr size_t kMostHits = 4000;   ///< of all names
constexpr size_t kEverywhere = 40;   ///< lines: a name on more of them tells no place
constexpr size_t kLinesOfFile = 10;  ///< shown of one file
constexpr size_t kUseBytes = 120;    ///< of one line: it says what is done with the name

bool in_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool stands_in(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    size_t end = at + name.size();
    bool before = at > 0 && in_name(name.front()) && in_name(text[at - 1]);
    bool after = end < text.size() && in_name(name.back()) && in_name(text[end]);
    if (!before && !after) return true;
  }
  return false;
}

/// `__init__` and names of one letter or two are looked for by nobody.
bool tells(const std::string& name) {
  return name.size() > 2 && !(name.starts_with("__") && name.ends_with("__"));
}

void add(std::vector<std::string>& names, const std::string& name) {
  bool known = std::find(names.begin(), names.end(), name) != names.end();
  if (tells(name) && !known && names.size() < kMostNames) names.push_back(name);
}

/// "views", "event": in a text of people it is mostly no name.
bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The line without the mark of a diff.
std::string unmarked(const std::string& line) { return line.empty() ? line : line.substr(1); }

/// The line of the definition that line `at` stands in: the last one above that is less indented.
std::optional<size_t> stands_in_definition(const std::vector<std::string>& body, size_t at,
                                           size_t indent, const Syntax& syntax) {
  for (size_t k = at; k-- > 0 && !body[k].starts_with("@@");) {
    std::string above = unmarked(body[k]);
    if (above.find_first_not_of(" \t") < indent && !definition_lines({above}, syntax).empty())
      return k;
  }
  return std::nullopt;
}

/// Of Rust: its head names a trait and a type that are defined elsewhere.
bool is_implementation(std::string_view line) {
  line = trim(line);
  return line.starts_with("impl ") || line.starts_with("impl<");
}

/// Definitions in changed lines, and those that changed lines stand in. What is new within
/// something new has no place yet where it is used: a function's own variables, the methods of a
/// class, what is written for a trait.
void add_names_of(const ReviewHunk& hunk, const Syntax& syntax, std::vector<std::string>& names) {
  std::vector<std::string> body = lines(hunk.text);
  for (size_t i = 0; i < body.size(); ++i) {
    if (!body[i].starts_with("+") && !body[i].starts_with("-")) continue;
    std::string line = unmarked(body[i]);
    size_t indent = line.find_first_not_of(" \t");
    if (indent == std::string::npos) continue;
    std::optional<size_t> holder = stands_in_definition(body, i, indent, syntax);
    bool in_new = body[i].starts_with("+") && holder && body[*holder].starts_with("+");
    if (definition_lines({line}, syntax).empty()) {
      if (holder && !in_new) add(names, defined_name(unmarked(body[*holder])));
    } else if (!in_new && !is_implementation(line)) {
      add(names, defined_name(line));
    }
  }
}

/// `self.limit = ...`, `LIMIT = ...`, `"LIMIT": ...`, and at the margin any name: what others may
/// go by. Empty where a line gives nothing like that a value.
std::string given_a_value(std::string_view line) {
  bool margin = !line.empty() && in_name(line.front());
  line = trim(line);
  bool member = false;
  for (std::string_view lead : {"self.", "this."}) {
    if (line.starts_with(lead)) {
      member = true;
      line.remove_prefix(lead.size());
    }
  }
  bool quoted = !line.empty() && (line.front() == '"' || line.front() == '\'');
  if (quoted) line.remove_prefix(1);
  size_t end = 0;
  while (end < line.size() && in_name(line[end])) ++end;
  std::string name(line.substr(0, end));
  std::string_view rest = line.substr(end);
  if (quoted && !rest.empty()) rest.remove_prefix(1);
  rest = trim(rest);
  bool value = rest.starts_with(":") || (rest.starts_with("=") && !rest.starts_with("=="));
  bool constant = name.size() > 2 && std::all_of(name.begin(), name.end(), [](char c) {
                    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                  });
  return value && (constant || ((member || margin) && !quoted)) ? name : "";
}

/// What changed lines give a value, and names that stood on lines which are gone and on no new one:
/// parameters, fields, what was called.
void add_values_of(const std::vector<ReviewHunk>& hunks, std::vector<std::string>& names) {
  std::string added;
  std::vector<std::string> gone;
  for (const ReviewHunk& hunk : hunks) {
    for (const std::string& line : lines(hunk.text)) {
      bool plus = line.starts_with("+"), minus = line.starts_with("-");
      if (!plus && !minus) continue;
      if (std::string name = given_a_value(unmarked(line)); !name.empty()) add(names, name);
      if (plus) added += unmarked(line) + "\n";
      if (minus) gone.push_back(unmarked(line));
    }
  }
  for (const std::string& line : gone) {
    for (const std::string& name : names_in(line)) {
      bool word = std::all_of(name.begin(), name.end(), in_name);
      if (word && !stands_in(added, name)) add(names, name);
    }
  }
}

/// One file's lines that are to be shown.
struct File {
  std::string path;
  int rank = 0;  ///< code, other text, tests
  std::vector<const Searched::Hit*> hits;
};

std::string file_text(const File& file) {
  std::string text = file.path + "\n";
  size_t few = std::min(file.hits.size(), kLinesOfFile);
  for (size_t i = 0; i < few; ++i) {
    std::string line(trim(file.hits[i]->text));
    text += fmt::format("  {}: {}\n", file.hits[i]->line, clipped(line, kUseBytes));
  }
  if (file.hits.size() > few)
    text += fmt::format("  and {}\n", counted(file.hits.size() - few, "other line"));
  return text;
}

}  // namespace

ShownLines shown_in(const std::vector<ReviewHunk>& hunks) {
  ShownLines shown;
  for (const ReviewHunk& hunk : hunks) {
    for (int i = 0; i < hunk.new_count; ++i)
      shown[hunk.path].insert(static_cast<size_t>(std::max(hunk.new_start, 1) + i));
  }
  return shown;
}

ShownLines shown_in(const Input::Files& files) {
  ShownLines shown;
  for (const auto& [path, text] : files) {
    for (const std::string& line : lines(text)) {
      size_t tab = line.find('\t');
      bool numbered =
          tab != std::string::npos && tab > 0 && line.find_first_not_of("0123456789") == tab;
      if (numbered) shown[path].insert(std::strtoull(line.c_str(), nullptr, 10));
    }
  }
  return shown;
}

std::vector<std::string> names_changed(const std::vector<ReviewHunk>& hunks,
                                       const record::Spec& spec,
                                       const std::vector<std::string>& test_paths) {
  std::vector<std::string> names;
  std::vector<ReviewHunk> code = hunks;
  std::erase_if(code, [&](const ReviewHunk& hunk) {
    return !syntax_of(hunk.path) || hunk.changelog || glob_matches_any(test_paths, hunk.path);
  });
  for (const ReviewHunk& hunk : code) add_names_of(hunk, *syntax_of(hunk.path), names);
  for (const std::string& name : names_in(join(spec.introduces, "\n")))
    add(names, name.substr(name.rfind('.') + 1));
  add_values_of(code, names);
  return names;
}

std::vector<std::string> names_asked_for(const record::Spec& spec) {
  std::string text = spec.title + "\n" + join(spec.introduces, "\n") + "\n" + spec.request + "\n" +
                     join(spec.constraints, "\n");
  for (const record::Criterion& criterion : spec.acceptance_criteria) text += "\n" + criterion.when;
  std::vector<std::string> names;
  for (const std::string& name : names_in(text)) add(names, name);
  return names;
}

std::string uses_of(const Searched& tree, const std::vector<std::string>& names,
                    const ShownLines& shown, const std::vector<std::string>& test_paths,
                    size_t most) {
  if (names.empty()) return {};
  std::vector<Searched::Hit> hits = tree.lines_with(names, kMostHits);
  // What tests are fed with holds names by chance.
  std::erase_if(hits, [&](const Searched::Hit& hit) {
    return !is_searched(hit.path) ||
           (!syntax_of(hit.path) && glob_matches_any(test_paths, hit.path));
  });
  std::vector<std::string> rare, everywhere;
  for (const std::string& name : names) {
    auto count =
        static_cast<size_t>(std::count_if(hits.begin(), hits.end(), [&](const Searched::Hit& hit) {
          return stands_in(hit.text, name);
        }));
    if (count <= kEverywhere) {
      rare.push_back(name);
    } else {
      everywhere.push_back(fmt::format("{} ({})", name, count));
    }
  }
  std::vector<File> files;
  for (const Searched::Hit& hit : hits) {
    auto known = shown.find(hit.path);
    bool code = syntax_of(hit.path).has_value();
    bool news = (known == shown.end() || !known->second.contains(hit.line)) &&
                std::any_of(rare.begin(), rare.end(), [&](const std::string& name) {
                  return (code || !is_plain(name)) && stands_in(hit.text, name);
                });
    if (!news) continue;
    if (files.empty() || files.back().path != hit.path) {
      bool test = glob_matches_any(test_paths, hit.path);
      files.push_back({hit.path, test ? 2 : (code ? 0 : 1), {}});
    }
    files.back().hits.push_back(&hit);
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const File& a, const File& b) { return a.rank < b.rank; });
  std::string text, left_out;
  for (const File& file : files) {
    std::string part = file_text(file);
    if (left_out.empty() && text.size() + part.size() <= most) {
      text += part;
    } else if (left_out.size() < most / 4) {
      left_out +=
          fmt::format("{}{} ({})", left_out.empty() ? "" : ", ", file.path, file.hits.size());
    }
  }
  if (!left_out.empty()) text += "and lines of " + left_out + "\n";
  if (!everywhere.empty()) text += "on many lines: " + join(everywhere, ", ") + "\n";
  return text;
}

}  // namespace gf::stage

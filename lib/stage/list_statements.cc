#include "stage/list_statements.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace gf::stage {
namespace {

using Tokens = std::vector<std::string>;

bool goes_on_with_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// A whole word of the text, in "$(x)" and "${x}" as well; no part of a path or of its ending.
bool has_name(const std::string& text, const std::string& word) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    size_t end = at + word.size();
    char front = at == 0 ? ' ' : text[at - 1];
    bool begins = !goes_on_with_name(front) && front != '.' && front != '/' && front != '-';
    if (begins && (end == text.size() || !goes_on_with_name(text[end]))) return true;
  }
  return false;
}

bool says_tests(const std::string& name) {
  std::string text = lower(name);
  return text.find("test") != std::string::npos || text.find("spec") != std::string::npos ||
         text.find("check") != std::string::npos;
}

/// Variables that the tool itself reads.
bool is_of_tool(const std::string& variable) {
  constexpr std::array<std::string_view, 5> kFronts = {"CMAKE_", "BUILD_", "CTEST_", "ENV", "MAKE"};
  return std::any_of(kFronts.begin(), kFronts.end(),
                     [&](std::string_view front) { return variable.starts_with(front); });
}

/// A variable set anew, or with more put into it.
bool may_set(const std::string& variable, bool adds, const ListSeen& seen) {
  bool of_tests = says_tests(variable) || seen.is_named(variable);
  return of_tests && !is_of_tool(variable) && (adds || !has_name(seen.before, variable));
}

/// Is it the program of tests that the list has already: add_executable(name ...) with a test among
/// its words?
bool is_program_of_tests(const std::string& name, const std::string& before) {
  if (says_tests(name)) return true;
  const std::string call = "add_executable(";
  for (size_t at = before.find(call); at != std::string::npos; at = before.find(call, at + 1)) {
    std::string inside = before.substr(at + call.size());
    inside = inside.substr(0, inside.find(')'));
    std::string_view text = trim(inside);
    if (text.starts_with(name) &&
        (text.size() == name.size() || !goes_on_with_name(text[name.size()])))
      return says_tests(inside);
  }
  return false;
}

bool is_cmake_for_tests(const Tokens& words, const ListSeen& seen) {
  constexpr std::array<std::string_view, 3> kMakes = {"add_executable", "add_library",
                                                      "add_subdirectory"};
  constexpr std::array<std::string_view, 2> kAbout = {"set_target_properties", "add_dependencies"};
  if (words.size() < 3 || words[1] != "(") return false;
  std::string command = lower(words[0]);
  auto among = [&](const auto& all) {
    return std::find(all.begin(), all.end(), command) != all.end();
  };
  const std::string& first = words[2];
  if (command == "target_sources")
    return seen.is_named(first) || is_program_of_tests(first, seen.before);
  if (command.starts_with("target_") || among(kAbout)) return seen.is_named(first);
  if (command == "set_property") return words.size() > 3 && seen.is_named(words[3]);
  if (command == "set") {
    bool beyond = std::find(words.begin(), words.end(), "CACHE") != words.end() ||
                  std::find(words.begin(), words.end(), "PARENT_SCOPE") != words.end();
    return !beyond && may_set(first, false, seen);
  }
  if (command == "list")
    return first == "APPEND" && words.size() > 3 && may_set(words[3], true, seen);
  // A project's own function says what it is for: package_add_test, catch_discover_tests.
  return among(kMakes) ||
         (command.find("test") != std::string::npos && !command.starts_with("ctest_")) ||
         command.starts_with("catch_");
}

bool is_meson_for_tests(const Tokens& words, const ListSeen& seen) {
  constexpr std::array<std::string_view, 6> kCalls = {"executable", "test", "files",
                                                      "benchmark",  "[",    "'"};
  size_t at = 0;
  if (words.size() > 2 && (words[1] == "=" || words[1] == "+=")) {
    bool adds = words[1] == "+=";
    bool is_new = !has_name(seen.before, words[0]);
    if (adds ? !may_set(words[0], true, seen) : !is_new) return false;
    at = 2;
  }
  return std::find(kCalls.begin(), kCalls.end(), words[at]) != kCalls.end();
}

/// Where a rule's or a variable's name ends; npos: it is neither.
size_t end_of_name(const std::string& line) {
  int depth = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    depth += line[i] == '(' || line[i] == '{' ? 1 : line[i] == ')' || line[i] == '}' ? -1 : 0;
    if (depth == 0 && (line[i] == '=' || line[i] == ':')) return i;
  }
  return std::string::npos;
}

bool is_make_for_tests(const std::string& statement, const ListSeen& seen) {
  constexpr std::array<std::string_view, 2> kOfAll = {".PHONY", "all"};
  if (statement.starts_with('\t')) return true;  // goes on with the recipe above it
  std::string line = statement.substr(0, statement.find('\n'));
  size_t end = end_of_name(line);
  if (end == std::string::npos) return false;
  bool sets =
      line[end] == '=' || line.compare(end, 2, ":=") == 0 || line.compare(end, 3, "::=") == 0;
  bool adds = sets && end > 0 && line[end - 1] == '+';
  if (sets && end > 0 && !goes_on_with_name(line[end - 1])) --end;
  Tokens names;
  for (const std::string& name : split(line.substr(0, end), ' ')) {
    if (!trim(name).empty()) names.emplace_back(trim(name));
  }
  if (names.empty()) return false;
  if (sets) return names.size() == 1 && may_set(names[0], adds, seen);
  bool has_recipe = statement.find("\n\t") != std::string::npos;
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    bool of_all = std::find(kOfAll.begin(), kOfAll.end(), name) != kOfAll.end();
    return seen.is_named(name) || (!has_recipe && (of_all || says_tests(name)));
  });
}

}  // namespace

ListKind list_kind_of(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.find("akefile") != std::string_view::npos || name.ends_with(".mk"))
    return ListKind::kMake;
  return name.starts_with("meson") ? ListKind::kMeson : ListKind::kCMake;
}

bool is_for_tests(const std::string& statement, const std::vector<std::string>& words,
                  const ListSeen& seen) {
  switch (seen.kind) {
    case ListKind::kCMake:
      return is_cmake_for_tests(words, seen);
    case ListKind::kMeson:
      return is_meson_for_tests(words, seen);
    case ListKind::kMake:
      return is_make_for_tests(statement, seen);
  }
  return false;
}

}  // namespace gf::stage

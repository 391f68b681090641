// Commands in files of lines: tox.ini, noxfile.py, recipes, shell scripts.
#include "gate/evidence_files.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"

namespace gf::gate {
namespace {

/// "{posargs:tests}" is "tests", "{env:X:y}" is "y", "{envpython}" python; others are nothing.
std::string filled_by_tox(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    size_t end = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[i];
      continue;
    }
    std::string_view inside = text.substr(i + 1, end - i - 1);
    if (inside.starts_with("posargs:")) {
      out += inside.substr(8);
    } else if (inside.starts_with("env:")) {
      size_t colon = inside.find(':', 4);
      if (colon != std::string_view::npos) out += inside.substr(colon + 1);
    } else if (inside == "envpython") {
      out += "python";
    } else if (inside == "toxinidir" || inside == "tox_root") {
      out += '.';
    }
    i = end;
  }
  return out;
}

/// A factor in front of a command, "py311,lint: mypy": taken off.
std::string_view without_factor(std::string_view line) {
  size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return line;
  std::string_view head = line.substr(0, colon);
  bool factor = !head.empty() && head.find_first_of(" ={\"'/") == std::string_view::npos;
  return factor ? trim(line.substr(colon + 2)) : line;
}

/// A string literal of Python at text[at]: its content, and `at` behind it; nothing for others.
std::optional<std::string> literal_at(std::string_view text, size_t& at) {
  char quote = text[at];
  if (quote != '"' && quote != '\'') return std::nullopt;
  std::string content;
  for (size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      content += text[++i];
    } else if (text[i] == quote) {
      at = i + 1;
      return content;
    } else {
      content += text[i];
    }
  }
  return std::nullopt;
}

/// The plain literals among the arguments of a call whose "(" is at text[at], one command line.
std::string literals_of(std::string_view text, size_t at) {
  std::string command;
  int depth = 0;
  bool fresh = true;  // at the beginning of an argument: a literal there is one of the words
  for (size_t i = at; i < text.size(); ++i) {
    char c = text[i];
    if (c == '(' || c == '[' || c == '{') {
      ++depth;
      fresh = depth == 1;
    } else if (c == ')' || c == ']' || c == '}') {
      if (--depth == 0) break;
      fresh = false;
    } else if (c == ',') {
      fresh = depth == 1;
    } else if (c == '#') {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (c == '"' || c == '\'') {
      size_t end = i;
      auto word = literal_at(text, end);
      if (!word) return command;
      if (fresh && depth == 1 && word->find('\'') == std::string::npos)
        command += " '" + *word + "'";
      i = end - 1;
      fresh = false;
    } else if (c != ' ' && c != '\n' && c != '\t') {
      fresh = false;
    }
  }
  return command;
}

/// `$(NAME)`, `${NAME}` and `{{NAME}}` as the file itself sets them; what it does not set stays.
std::string filled(std::string text, const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) {
    for (const std::string& form :
         {"$(" + name + ")", "${" + name + "}", "{{" + name + "}}", "{{ " + name + " }}"}) {
      text = replace_all(text, form, value);
    }
  }
  return text;
}

/// "NAME = value", "NAME := 'value'", "NAME ?= value".
void take_variable(std::string_view line, std::map<std::string, std::string>& variables) {
  size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) return;
  std::string_view name = line.substr(0, equals), value = trim(line.substr(equals + 1));
  while (name.ends_with(':') || name.ends_with('?')) name.remove_suffix(1);
  name = trim(name);
  if (name.empty() || name.find_first_of(" \t($") != std::string_view::npos) return;
  bool quoted =
      value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0];
  if (quoted) value = value.substr(1, value.size() - 2);
  variables[std::string(name)] = filled(std::string(value), variables);
}

/// Default arguments of a just recipe, `test target="tests": build`.
void take_defaults(std::string_view head, std::map<std::string, std::string>& variables) {
  for (const std::string& word : split(head, ' ')) take_variable(word, variables);
}

}  // namespace

void read_tox_ini(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  std::string section;
  bool in_commands = false;
  size_t number = 0;
  for (const std::string& line : lines(text)) {
    ++number;
    std::string_view words = trim(line);
    if (words.empty() || words.starts_with('#') || words.starts_with(';')) continue;
    bool indented = line[0] == ' ' || line[0] == '\t';
    if (!indented && words.starts_with('[')) {
      section = std::string(words.substr(1, words.find(']') - 1));
      in_commands = false;
      continue;
    }
    if (!indented) {
      size_t equals = words.find('=');
      std::string_view key = trim(words.substr(0, std::min(equals, words.size())));
      in_commands = key == "commands" && section.find("testenv") != std::string::npos;
      if (equals == std::string_view::npos) continue;
      words = trim(words.substr(equals + 1));
    }
    if (!in_commands || words.empty()) continue;
    add_calls(filled_by_tox(without_factor(words)), path, number, "tox " + section, all);
  }
}

void read_noxfile(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  size_t line = 1, counted_to = 0;
  for (size_t at = text.find(".run("); at != std::string::npos; at = text.find(".run(", at + 1)) {
    line += static_cast<size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted_to),
                                           text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted_to = at;
    add_calls(literals_of(text, at + 4), path, line, "nox", all);
  }
}

void read_recipes(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  std::map<std::string, std::string> variables;
  std::string recipe;
  size_t number = 0;
  for (const std::string& line : lines(text)) {
    ++number;
    std::string_view words = trim(line);
    if (words.empty() || words.starts_with('#')) continue;
    bool indented = line[0] == ' ' || line[0] == '\t';
    if (indented && !recipe.empty()) {
      add_calls(filled(std::string(words), variables), path, number, "recipe " + recipe, all);
      continue;
    }
    size_t colon = words.find(':');
    bool assigns =
        words.find(":=") == colon || colon == std::string_view::npos || words.find('=') < colon;
    std::string_view head = words.substr(0, std::min(colon, words.size()));
    // A just recipe may have "=" in front of its ":", for an argument's default.
    if (assigns && colon != std::string_view::npos && words.find(":=") != colon) {
      recipe = std::string(head.substr(0, head.find(' ')));
      take_defaults(head, variables);
    } else if (assigns) {
      take_variable(words, variables);
    } else {
      recipe = std::string(head.substr(0, head.find(' ')));
    }
  }
}

void read_script(const std::string& path, const std::string& text, std::vector<Evidence>& all) {
  add_calls(text, path, 1, "hook " + path.substr(path.rfind('/') + 1), all);
}

}  // namespace gf::gate

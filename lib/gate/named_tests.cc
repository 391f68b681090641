#include "gate/named_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "base/file_kind.h"
#include "base/text.h"
#include "gate/language.h"

namespace gf::gate {
namespace {

std::string_view name_at_end(std::string_view path) {
  return path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
}

/// Words of letters, in lower case.
std::set<std::string> words_in(std::string_view name) {
  std::set<std::string> words;
  std::string word;
  for (char c : lower(name) + ".") {
    if (c >= 'a' && c <= 'z') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  return words;
}

template <size_t kCount>
bool has_one(const std::set<std::string>& words,
             const std::array<std::string_view, kCount>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](std::string_view word) { return words.contains(std::string(word)); });
}

/// What starts tests and holds none: run_tests.py.
bool is_called_runner(std::string_view name) {
  constexpr std::array<std::string_view, 6> kWords = {"run",      "runner",  "runtest",
                                                      "runtests", "testing", "harness"};
  return has_one(words_in(name), kWords);
}

/// Is one of the words of the file's own name test, tests or spec, or one of its folders called so?
bool is_called_test(const std::string& path) {
  constexpr std::array<std::string_view, 6> kWords = {"test",  "tests",    "spec",
                                                      "specs", "unittest", "unittests"};
  std::vector<std::string> parts = split(lower(path), '/');
  std::set<std::string> own = words_in(parts.back());
  parts.pop_back();
  return has_one(own, kWords) || has_one({parts.begin(), parts.end()}, kWords);
}

/// Is there source beside this file that it can be the tests of? What sets a project up is none.
bool has_other_source(const std::string& path, const std::string& folder,
                      const record::TreeFacts& tree) {
  constexpr std::array<std::string_view, 6> kNone = {"setup", "conftest", "noxfile",
                                                     "conf",  "config",   "tasks"};
  std::vector<std::string> all = tree.paths(folder, std::numeric_limits<size_t>::max());
  return std::any_of(all.begin(), all.end(), [&](const std::string& other) {
    return other != path && is_source(other) && !is_called_test(other) &&
           kind_of_file(other, default_test_paths()) == FileKind::kSource &&
           !has_one(words_in(name_at_end(other)), kNone);
  });
}

/// Does its text ask for a library of tests: 'tape', "node:test", import unittest?
bool asks_for_runner(const std::string& text, const std::string& runner) {
  for (const std::string& name : {runner, std::string("node:test")}) {
    for (char quote : {'\'', '"'}) {
      if (text.find(quote + name + quote) != std::string::npos) return true;
    }
  }
  return text.find("import unittest") != std::string::npos ||
         text.find("import pytest") != std::string::npos;
}

/// What a command of the user's own names beside its options: words behind one may be its value.
std::vector<std::string> words_of_command(const Gate& gate) {
  std::vector<std::string> words;
  for (size_t i = 1; i < gate.argv.size(); ++i) {
    const std::string& word = gate.argv[i];
    bool of_option = gate.argv[i - 1].starts_with('-') && !is_source(word);
    if (!word.starts_with('-') && word.find('{') == std::string::npos && !of_option)
      words.push_back(word);
  }
  return words;
}

/// Those of one gate; nothing where it is started with anything else.
std::vector<std::string> named_by(const Gate& gate, const record::TreeFacts& tree) {
  bool own = gate.targets.empty();
  std::string folder = gate.folder.empty() ? "" : gate.folder + "/";
  std::vector<std::string> named;
  for (std::string word : own ? words_of_command(gate) : gate.targets) {
    while (word.starts_with("./")) word.erase(0, 2);
    std::string path = folder + word;
    std::optional<std::string> text = is_source(path) ? tree.read(path) : std::nullopt;
    if (text && is_called_runner(name_at_end(word))) return {};
    bool by_text = text && asks_for_runner(*text, std::string(name_at_end(gate.name))) &&
                   has_other_source(path, folder, tree);
    if (text && (is_called_test(word) || by_text)) {
      named.push_back(path);
    } else if (!own || tree.has_path(path)) {
      return {};
    }
  }
  return named;
}

}  // namespace

std::vector<std::string> tests_named_by(const std::vector<Gate>& gates,
                                        const record::TreeFacts& tree) {
  std::set<std::string> all;
  for (const Gate& gate : gates) {
    if (gate.stage != "test" || gate.selecting == Selecting::kAll) continue;
    for (std::string& path : named_by(gate, tree)) all.insert(std::move(path));
  }
  return {all.begin(), all.end()};
}

}  // namespace gf::gate

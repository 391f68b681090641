#include "gate/named_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "gate/language.h"

namespace gf::gate {
namespace {

/// Is one of the words of a path's names test, tests or spec?
bool is_called_test(const std::string& path) {
  constexpr std::array<std::string_view, 6> kWords = {"test", "tests", "testing",
                                                      "spec", "specs", "unittests"};
  std::string word;
  for (char c : lower(path) + "/") {
    if (c >= 'a' && c <= 'z') {
      word += c;
      continue;
    }
    if (std::find(kWords.begin(), kWords.end(), word) != kWords.end()) return true;
    word.clear();
  }
  return false;
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

std::string plain_name(std::string runner) {
  return runner.substr(runner.rfind('/') == std::string::npos ? 0 : runner.rfind('/') + 1);
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
    if (text && (is_called_test(word) || asks_for_runner(*text, plain_name(gate.name)))) {
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

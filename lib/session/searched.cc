#include "session/searched.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/text.h"

namespace gf::session {
namespace {

constexpr size_t kLongestLine = 2000;  ///< bytes; longer ones are data, and no place to look at

/// "<tree>:path", NUL, the line's number, NUL, the line.
std::optional<stage::Searched::Hit> hit_in(const std::string& record, size_t tree_length) {
  size_t path_end = record.find('\0');
  if (path_end == std::string::npos || path_end <= tree_length) return std::nullopt;
  size_t number_end = record.find('\0', path_end + 1);
  if (number_end == std::string::npos || record.size() - number_end > kLongestLine)
    return std::nullopt;
  stage::Searched::Hit hit;
  hit.path = record.substr(tree_length + 1, path_end - tree_length - 1);
  hit.line = std::strtoull(record.c_str() + path_end + 1, nullptr, 10);
  hit.text = to_utf8(record.substr(number_end + 1));
  return hit.line == 0 ? std::nullopt : std::optional(std::move(hit));
}

/// The lines of `texts` with one of `words`, as git grep tells them.
std::string lines_text(const std::vector<GitFacts::Text>& texts,
                       const std::vector<std::string>& words, const std::string& tree) {
  std::string out;
  for (const GitFacts::Text& file : texts) {
    std::set<size_t> begins;
    for (const std::string& word : words) {
      for (size_t at = file.text.find(word); at != std::string::npos;) {
        size_t begin = at == 0 ? 0 : file.text.rfind('\n', at - 1) + 1;
        begins.insert(begin);
        size_t end = file.text.find('\n', at);
        at = end == std::string::npos ? end : file.text.find(word, end);
      }
    }
    size_t line = 1, counted = 0;
    for (size_t begin : begins) {
      line += static_cast<size_t>(
          std::count(file.text.begin() + static_cast<std::ptrdiff_t>(counted),
                     file.text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
      counted = begin;
      std::string_view text(file.text);
      text = text.substr(begin, text.find('\n', begin) - begin);
      out += fmt::format("{}:{}{}{}{}{}\n", tree, file.path, '\0', line, '\0', text);
    }
  }
  return out;
}

/// Does git take each of them for one text to look for?
bool are_plain(const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(), [](const std::string& word) {
    return !word.empty() && word.find_first_of(std::string_view("\n\0", 2)) == std::string::npos;
  });
}

}  // namespace

std::string GitSearched::by_git(const std::vector<std::string>& words,
                                const std::string& tree) const {
  std::vector<std::string> arguments = {"grep", "-n",         "-z",          "-I",
                                        "-F",   "--no-color", "--no-column", "--full-name"};
  for (const std::string& word : words) arguments.insert(arguments.end(), {"-e", word});
  arguments.insert(arguments.end(), {tree, "--"});
  auto answer = git_.ask(arguments);
  return answer.ok() && answer->exit_code == 0 ? std::move(answer->out) : std::string();
}

std::vector<stage::Searched::Hit> GitSearched::lines_with(const std::vector<std::string>& words,
                                                          size_t limit) const {
  std::string tree = facts_.tree().hex();
  const std::vector<GitFacts::Text>* texts = are_plain(words) ? facts_.texts() : nullptr;
  std::string out = texts != nullptr ? lines_text(*texts, words, tree) : by_git(words, tree);
  std::vector<Hit> hits;
  for (const std::string& record : lines(out)) {
    if (auto hit = hit_in(record, tree.size())) hits.push_back(std::move(*hit));
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return a.path != b.path ? a.path < b.path : a.line < b.line;
  });
  if (hits.size() > limit) hits.resize(limit);
  return hits;
}

}  // namespace gf::session

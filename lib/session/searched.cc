#include "session/searched.h"

#include <algorithm>
#include <cstdlib>

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

}  // namespace

std::vector<stage::Searched::Hit> GitSearched::lines_with(const std::vector<std::string>& words,
                                                          size_t limit) const {
  std::vector<std::string> arguments = {"grep", "-n",         "-z",          "-I",
                                        "-F",   "--no-color", "--no-column", "--full-name"};
  for (const std::string& word : words) arguments.insert(arguments.end(), {"-e", word});
  std::string tree = facts_.tree().hex();
  arguments.insert(arguments.end(), {tree, "--"});
  std::vector<Hit> hits;
  auto answer = git_.ask(arguments);
  if (!answer.ok() || answer->exit_code != 0) return hits;
  for (const std::string& record : lines(answer->out)) {
    if (auto hit = hit_in(record, tree.size())) hits.push_back(std::move(*hit));
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return a.path != b.path ? a.path < b.path : a.line < b.line;
  });
  if (hits.size() > limit) hits.resize(limit);
  return hits;
}

}  // namespace gf::session

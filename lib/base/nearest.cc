#include "base/nearest.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace gf {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t changed = corner + (a[i] == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, corner + 1});
    }
  }
  return row.back();
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr size_t kShortWord = 4, kLongestWord = 200;
  if (word.size() > kLongestWord) return std::nullopt;
  size_t best = word.size() <= kShortWord ? 2 : 3;  // further off than is taken
  std::optional<std::string> found;
  std::string wanted = lower(word);
  for (const std::string& candidate : known) {
    size_t far = edit_distance(wanted, lower(candidate));
    if (far >= best) continue;
    best = far;
    found = candidate;
  }
  return found;
}

}  // namespace gf

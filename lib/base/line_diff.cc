#include "base/line_diff.h"

#include <algorithm>

namespace gf {
namespace {

constexpr size_t kMostCells = 16u << 20;  ///< of the table of common lines: 64 MiB

/// Lengths of what two ranges have in common, from each pair of lines to their ends.
class Common {
 public:
  Common(const std::vector<std::string>& before, const std::vector<std::string>& now,
         const LineHunk& range)
      : width_(range.new_last - range.new_first + 1) {
    size_t height = range.old_last - range.old_first + 1;
    lengths_.assign(height * width_, 0);
    for (size_t i = height - 1; i-- > 0;) {
      for (size_t k = width_ - 1; k-- > 0;) {
        bool same = before[range.old_first + i] == now[range.new_first + k];
        at(i, k) = same ? at(i + 1, k + 1) + 1 : std::max(at(i + 1, k), at(i, k + 1));
      }
    }
  }
  unsigned& at(size_t i, size_t k) { return lengths_[i * width_ + k]; }

 private:
  size_t width_;
  std::vector<unsigned> lengths_;
};

}  // namespace

std::vector<LineHunk> line_hunks(const std::vector<std::string>& before,
                                 const std::vector<std::string>& now) {
  LineHunk rest{0, before.size(), 0, now.size()};
  while (rest.old_first < rest.old_last && rest.new_first < rest.new_last &&
         before[rest.old_first] == now[rest.new_first])
    ++rest.old_first, ++rest.new_first;
  while (rest.old_first < rest.old_last && rest.new_first < rest.new_last &&
         before[rest.old_last - 1] == now[rest.new_last - 1])
    --rest.old_last, --rest.new_last;
  size_t height = rest.old_last - rest.old_first, width = rest.new_last - rest.new_first;
  if (height + width == 0) return {};
  if (height == 0 || width == 0 || height > kMostCells / width) return {rest};
  Common common(before, now, rest);
  std::vector<LineHunk> hunks;
  size_t i = 0, k = 0;
  while (i < height || k < width) {
    size_t from_i = i, from_k = k;
    while (i < height && k < width && before[rest.old_first + i] == now[rest.new_first + k])
      ++i, ++k;
    if (i != from_i) continue;
    while (i < height || k < width) {
      bool both = i < height && k < width;
      if (both && before[rest.old_first + i] == now[rest.new_first + k]) break;
      bool older = k == width || (both && common.at(i + 1, k) >= common.at(i, k + 1));
      older ? ++i : ++k;
    }
    hunks.push_back(
        {rest.old_first + from_i, rest.old_first + i, rest.new_first + from_k, rest.new_first + k});
  }
  return hunks;
}

}  // namespace gf

#include "markdown_lines.h"

#include <algorithm>

#include "markdown.h"

namespace gf::cmd {
namespace {

std::string word_in_colour(const Word& word, bool colour) {
  if (!colour || word.style.empty()) return word.text;
  return "\x1b[" + word.style + "m" + word.text + "\x1b[m";
}

/// The widest columns give way until all fit.
std::vector<size_t> widths_of(const std::vector<Row>& rows, size_t width) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 1);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].words));
  }
  auto total = [&] {
    size_t sum = widths.empty() ? 0 : 2 * (widths.size() - 1);
    for (size_t one : widths) sum += one;
    return sum;
  };
  while (total() > width) {
    auto widest = std::max_element(widths.begin(), widths.end());
    if (widest == widths.end() || *widest <= kLeastCell) break;
    --*widest;
  }
  return widths;
}

}  // namespace

std::vector<std::string> wrapped(const std::vector<Word>& words, size_t width, bool colour) {
  std::vector<std::string> all(1);
  size_t used = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].breaks) {
      all.emplace_back();
      used = 0;
      continue;
    }
    // What is glued together stays together.
    size_t needed = columns_of(words[i].text);
    for (size_t j = i + 1; j < words.size() && words[j].glued; ++j)
      needed += columns_of(words[j].text);
    bool first = used == 0;
    if (!first && !words[i].glued && used + 1 + needed > width) {
      all.emplace_back();
      used = 0;
      first = true;
    }
    if (!first && !words[i].glued) {
      all.back() += " ";
      ++used;
    }
    all.back() += word_in_colour(words[i], colour);
    used += columns_of(words[i].text);
  }
  return all;
}

size_t width_of(const std::vector<Word>& words) {
  size_t sum = 0, longest = 0;
  for (const Word& word : words) {
    if (word.breaks) {
      longest = std::max(longest, sum);
      sum = 0;
      continue;
    }
    sum += columns_of(word.text) + (word.glued || sum == 0 ? 0 : 1);
  }
  return std::max(longest, sum);
}

std::vector<std::string> table_lines(const std::vector<Row>& rows, size_t width, bool colour) {
  std::vector<std::string> all;
  std::vector<size_t> widths = widths_of(rows, width);
  for (const Row& row : rows) {
    std::vector<std::vector<std::string>> plain, shown;
    size_t height = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      plain.push_back(wrapped(row[i].words, widths[i], false));
      shown.push_back(wrapped(row[i].words, widths[i], colour));
      height = std::max(height, shown.back().size());
    }
    for (size_t k = 0; k < height; ++k) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i) {
        bool there = k < shown[i].size();
        size_t used = there ? columns_of(plain[i][k]) : 0;
        line += (i == 0 ? "" : "  ") + (there ? shown[i][k] : "") +
                std::string(widths[i] > used ? widths[i] - used : 0, ' ');
      }
      all.push_back(std::move(line));
    }
    if (row.empty() || !row.front().head) continue;
    std::string rule;
    for (size_t one : widths) rule += (rule.empty() ? "" : "  ") + std::string(one, '-');
    all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace gf::cmd

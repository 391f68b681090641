// Which versions of Python a project allows: PEP 440's comparisons, and Poetry's two own.
#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "env/moves.h"

namespace gf::env {
namespace {

using Numbers = std::vector<int>;

/// "3.11.7" -> {3, 11, 7}; a part that is no number ends it: "3.13.0rc1" -> {3, 13, 0}.
Numbers numbers_of(std::string_view version) {
  Numbers numbers;
  for (const std::string& part : split(version, '.')) {
    int value = 0;
    auto [at, code] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (code != std::errc()) break;
    numbers.push_back(value);
    if (at != part.data() + part.size()) break;
  }
  return numbers;
}

/// As versions compare: what is not written is 0.
int compared(const Numbers& a, const Numbers& b) {
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    int left = i < a.size() ? a[i] : 0, right = i < b.size() ? b[i] : 0;
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

bool begins_like(const Numbers& version, const Numbers& wanted) {
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (i >= version.size() || version[i] != wanted[i]) return false;
  }
  return true;
}

/// "~=3.8": at least this, and the same up to its last part but one.
bool compatible(const Numbers& version, Numbers wanted) {
  if (compared(version, wanted) < 0) return false;
  if (wanted.size() > 1) wanted.pop_back();
  return begins_like(version, wanted);
}

bool allows_one(std::string_view one, const Numbers& version) {
  std::string_view op = one.substr(0, one.find_first_of("0123456789"));
  std::string_view text = trim(one.substr(op.size()));
  op = trim(op);
  bool any_below = text.ends_with(".*");
  Numbers wanted = numbers_of(any_below ? text.substr(0, text.size() - 2) : text);
  if (wanted.empty()) return true;
  if (op.empty()) return begins_like(version, wanted);
  if (op == "==" || op == "===") {
    return any_below ? begins_like(version, wanted) : compared(version, wanted) == 0;
  }
  if (op == "!=") return any_below ? !begins_like(version, wanted) : compared(version, wanted) != 0;
  if (op == ">=") return compared(version, wanted) >= 0;
  if (op == "<=") return compared(version, wanted) <= 0;
  if (op == ">") return compared(version, wanted) > 0;
  if (op == "<") return compared(version, wanted) < 0;
  if (op == "~=") return compatible(version, wanted);
  if (op == "^") return compared(version, wanted) >= 0 && begins_like(version, {wanted[0]});
  if (op == "~") {
    Numbers same = wanted;
    if (same.size() > 2) same.resize(2);
    return compared(version, wanted) >= 0 && begins_like(version, same);
  }
  return true;
}

}  // namespace

bool allows(std::string_view specifiers, std::string_view version) {
  Numbers own = numbers_of(version);
  if (own.empty()) return true;
  std::string text = replace_all(specifiers, "||", "|");
  for (const std::string& way : split(text, '|')) {
    bool all = true;
    for (const std::string& one : split(way, ',')) {
      if (!trim(one).empty()) all = all && allows_one(trim(one), own);
    }
    if (all) return true;
  }
  return false;
}

}  // namespace gf::env

// One diff of the two trees, from which paths, added lines and moves are read off.
#include "line/change.h"

#include <string_view>

namespace gf::line {
namespace {

constexpr int kContext = 3;

/// Appends the numbers of a hunk's added lines: those behind a '+'.
void add_lines(const git::Hunk& hunk, std::vector<int>& numbers) {
  int number = hunk.new_start;
  std::string_view text = hunk.text;
  bool body = false;
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    char mark = at < end ? text[at] : ' ';
    if (body && mark == '+') numbers.push_back(number);
    if (body && (mark == '+' || mark == ' ')) ++number;
    if (!body) body = text.substr(at, 2) == "@@";
    at = end + 1;
  }
}

/// The exchanges in one hunk, whose context lines are skipped.
void add_moves(const git::Hunk& hunk, std::vector<record::LineMove>& moves) {
  int before = hunk.old_start, now = hunk.new_start;
  bool body = false, open = false;
  std::string_view text = hunk.text;
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    char mark = at < end ? text[at] : ' ';
    bool changes = body && (mark == '+' || mark == '-');
    if (changes && !open) moves.push_back({before, 0, now, 0});
    if (changes) ++(mark == '-' ? moves.back().old_count : moves.back().new_count);
    if (body && mark != '\\') open = changes;
    if (body && (mark == ' ' || mark == '-')) ++before;
    if (body && (mark == ' ' || mark == '+')) ++now;
    if (!body) body = text.substr(at, 2) == "@@";
    at = end + 1;
  }
}

}  // namespace

Result<Change> Change::between(const git::Repo& repo, const Oid& base, const Oid& tree) {
  Change change{base, tree, {}, {}};
  GF_ASSIGN(change.deltas, repo.diff(base, tree));
  if (change.deltas.empty()) return change;
  GF_ASSIGN(change.hunks, repo.hunks(base, tree, kContext));
  return change;
}

std::vector<std::string> Change::paths() const {
  std::vector<std::string> all;
  for (const git::Delta& delta : deltas) {
    if (delta.kind != git::DeltaKind::kDeleted) all.push_back(delta.path);
  }
  return all;
}

std::map<std::string, std::vector<int>> Change::added_lines() const {
  std::map<std::string, std::vector<int>> added;
  for (const git::Hunk& hunk : hunks) {
    std::vector<int>& numbers = added[hunk.path];
    add_lines(hunk, numbers);
    if (numbers.empty()) added.erase(hunk.path);
  }
  return added;
}

record::LineMoves Change::moves() const {
  record::LineMoves all;
  for (const git::Hunk& hunk : hunks) add_moves(hunk, all[hunk.path]);
  return all;
}

}  // namespace gf::line

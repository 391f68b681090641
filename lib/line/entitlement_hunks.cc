// The hunks that REVIEW judges, with as much around them as spares it the file.
#include <fmt/format.h>

#include <algorithm>

#include "base/source_text.h"
#include "base/text.h"
#include "line/assignment.h"
#include "line/change.h"
#include "line/entitlement.h"
#include "line/windows.h"

namespace gf::line {
namespace {

constexpr size_t kWidenedBytes = 16u << 10;       ///< that hunks grow by, all together
constexpr size_t kReviewBytes = 44u << 10;        ///< of a prompt, as far as it can be chosen
constexpr size_t kLeastOfDefinitions = 4u << 10;  ///< however large the change is
constexpr size_t kMostOfDefinitions = 18u << 10;  ///< however small: nobody reads on
constexpr size_t kNearText = 8;  ///< lines of text: an entry's neighbours, a paragraph

/// A hunk's own header line and what stands behind it.
struct HunkText {
  std::string section;  ///< behind the second "@@"
  std::vector<std::string> body;
  Span changed;         ///< first and last changed line of the new file, from 0
  bool at_end = false;  ///< the file has no newline at its end
};

HunkText taken_apart(const git::Hunk& hunk) {
  HunkText apart;
  bool begun = false, any = false;
  size_t line = hunk.new_start > 0 ? static_cast<size_t>(hunk.new_start - 1) : 0;
  for (const std::string& one : lines(to_utf8(hunk.text))) {
    if (!begun) {
      begun = one.starts_with("@@");
      size_t end = begun ? one.find("@@", 2) : std::string::npos;
      if (end != std::string::npos) apart.section = one.substr(end + 2);
      continue;
    }
    apart.body.push_back(one);
    apart.at_end = apart.at_end || one.starts_with("\\");
    if (one.starts_with("+") || one.starts_with("-")) {
      if (!any) apart.changed.first = line;
      apart.changed.last = line;
      any = true;
    }
    if (!one.starts_with("-") && !one.starts_with("\\")) ++line;
  }
  return apart;
}

/// The hunk with lines before and after it that it shares with `source`.
git::Hunk widened(const git::Hunk& hunk, const HunkText& apart,
                  const std::vector<std::string>& source, Widening wider) {
  git::Hunk whole = hunk;
  auto before = static_cast<int>(wider.before), after = static_cast<int>(wider.after);
  whole.old_start -= before;
  whole.new_start -= before;
  whole.old_count += before + after;
  whole.new_count += before + after;
  whole.text = fmt::format("@@ -{},{} +{},{} @@{}\n", whole.old_start, whole.old_count,
                           whole.new_start, whole.new_count, apart.section);
  auto first = static_cast<size_t>(whole.new_start - 1);
  auto behind = static_cast<size_t>(hunk.new_start - 1 + hunk.new_count);
  for (size_t i = first; i < first + wider.before; ++i) whole.text += " " + source[i] + "\n";
  for (const std::string& line : apart.body) whole.text += line + "\n";
  for (size_t i = behind; i < behind + wider.after; ++i) whole.text += " " + source[i] + "\n";
  return whole;
}

/// How far a hunk is widened: to all of a short file (of text to what is next to it), to its
/// function, to its class.
enum class Reach { kFile, kFunction, kClass };

Widening widening_of(Reach reach, const std::vector<std::string>& source, const git::Hunk& hunk,
                     Span shown, const HunkText& apart, Span bounds) {
  if (reach == Reach::kFile) {
    size_t last = std::min(bounds.last, source.size() - 1);
    Widening all{shown.first - std::min(bounds.first, shown.first),
                 last - std::min(shown.last, last)};
    if (syntax_of(hunk.path)) return all;
    return {std::min(all.before, kNearText), std::min(all.after, kNearText)};
  }
  Around around = reach == Reach::kFunction ? Around::kFunction : Around::kClass;
  return to_whole(around, source, hunk.path, shown, apart.changed, bounds);
}

/// Each line is shown once, by the first hunk that reaches it. `room`: bytes that are left.
void widen(std::vector<git::Hunk>& hunks, Reach reach, const record::TreeFacts& tree,
           size_t& room) {
  for (size_t i = 0; i < hunks.size(); ++i) {
    git::Hunk& hunk = hunks[i];
    if (hunk.new_count < 1 || hunk.new_start < 1 || hunk.old_count < 1) continue;
    auto content = tree.read(hunk.path);
    if (!content) continue;
    if (reach == Reach::kFile && syntax_of(hunk.path) && !is_short(*content)) continue;
    std::vector<std::string> source = lines(to_utf8(*content));
    Span bounds{0, source.size()};
    if (i > 0 && hunks[i - 1].path == hunk.path)
      bounds.first = static_cast<size_t>(hunks[i - 1].new_start - 1 + hunks[i - 1].new_count);
    if (i + 1 < hunks.size() && hunks[i + 1].path == hunk.path && hunks[i + 1].new_start > 1)
      bounds.last = static_cast<size_t>(hunks[i + 1].new_start - 2);
    auto first = static_cast<size_t>(hunk.new_start - 1);
    Span shown{first, first + static_cast<size_t>(hunk.new_count) - 1};
    HunkText apart = taken_apart(hunk);
    if (shown.last >= source.size()) continue;  // not the tree that it is of
    Widening wider = widening_of(reach, source, hunk, shown, apart, bounds);
    if (apart.at_end) wider.after = 0;
    git::Hunk whole = widened(hunk, apart, source, wider);
    if (wider.before + wider.after == 0 || whole.text.size() > hunk.text.size() + room) continue;
    room -= whole.text.size() - std::min(whole.text.size(), hunk.text.size());
    hunk = std::move(whole);
  }
}

/// Hunks with what is around them that a reader would look up: all of a short file, functions, and
/// then classes, as far as there is room.
std::vector<git::Hunk> with_surroundings(std::vector<git::Hunk> hunks,
                                         const record::TreeFacts& tree) {
  size_t room = kWidenedBytes;
  for (Reach reach : {Reach::kFile, Reach::kFunction, Reach::kClass})
    widen(hunks, reach, tree, room);
  return hunks;
}

}  // namespace

size_t room_for_definitions(const std::vector<record::Message>& without) {
  size_t bytes = kUsesBytes;
  for (const record::Message& message : without) bytes += message.content.size();
  return std::clamp(kReviewBytes - std::min(kReviewBytes, bytes), kLeastOfDefinitions,
                    kMostOfDefinitions);
}

std::vector<stage::ReviewHunk> hunks_to_review(const Assignment& assignment, const Change& change,
                                               const record::TreeFacts* tree) {
  std::vector<stage::ReviewHunk> all;
  bool seen = changelog_is_seen(assignment.wishes.rules);
  std::vector<git::Hunk> hunks =
      tree == nullptr ? change.hunks : with_surroundings(change.hunks, *tree);
  for (bool changelog : {false, true}) {
    for (const git::Hunk& hunk : hunks) {
      if (is_changelog(assignment, hunk.path) != changelog || (changelog && !seen)) continue;
      all.push_back({fmt::format("H{}", all.size() + 1), hunk.path, hunk.new_start, hunk.new_count,
                     to_utf8(hunk.text), changelog});
    }
  }
  return all;
}

}  // namespace gf::line

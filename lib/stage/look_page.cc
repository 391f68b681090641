#include "stage/look_page.h"

#include <fmt/format.h>

#include "base/shown_note.h"
#include "base/text.h"

namespace gf::stage {
namespace {

constexpr size_t kLeastPart = 800;   ///< bytes: less of a unit tells nothing
constexpr size_t kAroundLine = 10;   ///< lines around one that matters in a longer unit
constexpr size_t kAroundText = 6;    ///< of text
constexpr size_t kHeaderLines = 12;  ///< that a longer one begins with
constexpr size_t kRestBytes = 1500;  ///< of names of what is not shown
constexpr size_t kNoHole = 3;        ///< lines: a hole of two costs what the mark of it does

using UnitKind = LookUnit::Kind;

/// Lines that are set, as spans.
std::vector<Span> spans_of(const std::vector<bool>& shown) {
  std::vector<Span> spans;
  for (size_t i = 0; i < shown.size(); ++i) {
    if (!shown[i]) continue;
    if (!spans.empty() && i - spans.back().last <= kNoHole) {
      spans.back().last = i;
    } else {
      spans.push_back({i, i});
    }
  }
  return spans;
}

}  // namespace

bool LookPage::show_span(size_t at, Span span, size_t most) {
  const LookFile& file = state_.files[at];
  std::vector<bool>& shown = shown_[at];
  shown.resize(file.source.size(), false);
  size_t bytes = 0;
  for (size_t i = span.first; i <= span.last && i < shown.size(); ++i) {
    if (!shown[i]) bytes += numbered_lines(file.source, {i, i}).size();
  }
  if (used_ + bytes > most) return false;
  for (size_t i = span.first; i <= span.last && i < shown.size(); ++i) shown[i] = true;
  used_ += bytes;
  return true;
}

bool LookPage::show_all_of(size_t at, size_t most) {
  const LookFile& file = state_.files[at];
  return !file.source.empty() && show_span(at, {0, file.source.size() - 1}, most);
}

void LookPage::show_unit(size_t at, const LookUnit& unit, size_t whole, size_t most) {
  const LookFile& file = state_.files[at];
  Span span = unit.span;
  if (!file.syntax) {
    span.first -= std::min(span.first, kAroundText);
    span.last = std::min(span.last + kAroundText, file.source.size() - 1);
  }
  bool fits = numbered_lines(file.source, span).size() <= whole;
  if (fits ? show_span(at, span, most) : used_ + kLeastPart > most) return;
  if (fits && used_ + kLeastPart > most) return;
  size_t head = std::max(unit.header.last, span.first);
  if (unit.kind == UnitKind::kBetween) {  // a long table: how its rows look, and where it ends
    head = span.first + 2 * kHeaderLines;
    if (file.syntax)
      show_span(at, {span.last - std::min(span.last, kHeaderLines), span.last}, most);
  }
  show_span(at, {span.first, std::min(span.last, head)}, most);
  std::vector<std::pair<double, size_t>> worth;
  for (size_t i = span.first; i <= span.last; ++i) {
    if (file.line_worth[i] > 0) worth.emplace_back(-file.line_worth[i], i);
  }
  std::sort(worth.begin(), worth.end());
  size_t begun = used_;
  for (const auto& one : worth) {
    if (used_ - begun > whole) break;
    size_t line = one.second;
    Span around{std::max(span.first, line - std::min(line, kAroundLine)),
                std::min(span.last, line + kAroundLine)};
    if (!show_span(at, around, most)) break;
  }
}

/// What is not shown: members of classes that are looked into first, of others the class.
std::string LookPage::outline_of_rest(size_t at) const {
  const LookFile& file = state_.files[at];
  auto found = shown_.find(at);
  auto seen = [&](const LookUnit& unit) {
    size_t line = std::max(unit.header.last, unit.span.first);
    return found != shown_.end() && line < found->second.size() && found->second[line];
  };
  std::set<size_t> looked_into;
  for (const LookUnit& unit : file.units) {
    if (unit.of_class > 0 && seen(unit)) looked_into.insert(unit.of_class);
  }
  std::vector<std::pair<size_t, std::string>> kept;
  size_t bytes = 0, left_out = 0;
  for (bool inside : {true, false}) {
    for (size_t k = 0; k < file.units.size(); ++k) {
      const LookUnit& unit = file.units[k];
      bool is_class = unit.kind == UnitKind::kClass;
      if ((!is_class && unit.kind != UnitKind::kFunction) || seen(unit)) continue;
      bool wanted = looked_into.contains(unit.of_class) || looked_into.contains(k + 1);
      if (wanted != inside || (!inside && unit.of_class > 0)) continue;
      std::string line =
          fmt::format("{}\t{}{}{}\n", unit.header.last + 1, unit.of_class > 0 ? "    " : "",
                      is_class ? "class " : "", unit.name);
      if (left_out > 0 || bytes + line.size() > kRestBytes) {
        ++left_out;
        continue;
      }
      bytes += line.size();
      kept.emplace_back(unit.span.first, std::move(line));
    }
  }
  std::sort(kept.begin(), kept.end());
  std::string text;
  for (const auto& one : kept) text += one.second;
  if (left_out > 0) text += fmt::format("[... {} more]\n", left_out);
  return text.empty() ? text : "What else it defines:\n" + text;
}

std::string LookPage::drawn(size_t at) const {
  const LookFile& file = state_.files[at];
  std::string text;
  size_t count = 0;
  for (const Span& span : spans_of(shown_.at(at))) {
    count += span.last - span.first + 1;
    text += (text.empty() ? "" : "...\n") + numbered_lines(file.source, span);
  }
  if (count == file.source.size()) return text;
  text += shown_note(count, file.source.size());
  return file.touched || file.test ? text + outline_of_rest(at) : text;
}

Input::Files LookPage::take() const {
  Input::Files files;
  for (const auto& [at, shown] : shown_) {
    bool any = std::find(shown.begin(), shown.end(), true) != shown.end();
    if (any) files.emplace_back(state_.files[at].path, drawn(at));
  }
  return files;
}

}  // namespace gf::stage

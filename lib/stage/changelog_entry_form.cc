// The form of one entry beside its neighbours': marker, indentation, wrapping, quoting.
#include "stage/changelog_entry_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "stage/changelog_words.h"

namespace gf::stage {
namespace {

/// Marker, indentation and gap: any form that a quarter of the neighbours have.
void check_marker(const Neighbours& around, const LogEntry& entry, const SayOfEntry& say) {
  auto mark = [](const LogEntry& one) { return one.item.indent + one.item.marker + one.item.gap; };
  if (entry.item.numbered || around.near.empty()) return;
  size_t same = 0;
  for (const LogEntry* other : around.near) {
    if (mark(*other) == mark(entry)) ++same;
  }
  const LogEntry& model = *around.near.front();
  if (same * 4 < around.near.size() && mark(model) != mark(entry))
    say("marker", entry.first + 1,
        fmt::format("the entry begins with '{}', its neighbours with '{}', as line {}", mark(entry),
                    mark(model), model.first + 1));
  if (entry.end - entry.first < 2 || !entry.simple) return;
  size_t broken = 0, alike = 0;
  const LogEntry* other_way = nullptr;
  for (const LogEntry* other : around.all) {
    if (other->end - other->first < 2 || !other->simple || mark(*other) != mark(entry)) continue;
    ++broken;
    if (other->continuation == entry.continuation)
      ++alike;
    else if (other_way == nullptr)
      other_way = other;
  }
  if (broken > 0 && alike * 4 < broken && other_way != nullptr)
    say("indent", entry.first + 2,
        fmt::format("its second line is indented by {}, those of its neighbours by {}, as line {}",
                    counted(entry.continuation.size(), "column"), other_way->continuation.size(),
                    other_way->first + 2));
}

void check_wrapping(const LogText& text, const Neighbours& around, const LogEntry& entry,
                    const SayOfEntry& say) {
  WrapVotes votes = wrap_votes(text, around);
  size_t limit = std::max<size_t>(votes.longest, 79);
  size_t whole =
      columns_of(entry.item.indent + entry.item.marker + entry.item.gap) + columns_of(entry.text);
  for (size_t i = entry.first; i < entry.end; ++i) {
    size_t length = columns_of(text.lines[i]);
    bool one_word = trim(text.lines[i]).find(' ') == std::string_view::npos;
    bool unwrapped_file =
        votes.wrapped * 4 < votes.long_ones || (votes.wrapped == 0 && votes.longest > 80);
    if (length > limit && !one_word && !unwrapped_file && !broken_by_sentence(text, around)) {
      say("wrapping", i + 1,
          fmt::format("line {} has {} columns, the longest of its neighbours {}", i + 1, length,
                      limit));
      return;
    }
  }
  if (whole <= 82 || votes.long_ones == 0 || !entry.simple) return;
  bool wrapped = entry.end - entry.first > 1;
  // Where a line is a sentence, a long one is no reason to break it.
  bool width = !broken_by_sentence(text, around);
  if (!wrapped && width && votes.wrapped * 4 >= votes.long_ones * 3)
    say("wrapping", entry.first + 1,
        "the entry is one long line, its neighbours are wrapped: break it as they are");
  if (wrapped && votes.wrapped * 4 < votes.long_ones)
    say("wrapping", entry.first + 1,
        "the entry is wrapped, its neighbours are one line each: join its lines");
}

void check_quoting(const LogText& text, const Neighbours& around, const LogEntry& entry,
                   const SayOfEntry& say) {
  std::vector<CodeSpan> spans;
  size_t line = entry.first + 1;
  Markup markup = text.markup;
  if (!code_spans(entry.text, markup, spans))
    say("quoting", line, "a backtick of the entry stands alone");
  TickVotes votes = tick_votes(around.all, markup);
  size_t total = votes.one + votes.two;
  for (const CodeSpan& span : spans) {
    size_t usual = votes.two > votes.one ? 2 : 1;
    size_t with = usual == 2 ? votes.two : votes.one;
    if (total < 3 || with * 5 < total * 4 || span.ticks == usual || span.ticks > 2) continue;
    std::string code(entry.text.substr(span.begin, span.end - span.begin));
    say("quoting", line,
        fmt::format("'{}' is quoted with {}, code of its neighbours with {}", code,
                    counted(span.ticks, "backtick"), usual));
    break;
  }
  if (markup == Markup::kRst && entry.text.find("](") != std::string::npos)
    say("quoting", line, "a markdown link in an rst file");
}

}  // namespace

void check_entry_form(const LogText& text, const Neighbours& around, const LogEntry& entry,
                      const SayOfEntry& say) {
  check_marker(around, entry, say);
  check_wrapping(text, around, entry, say);
  check_quoting(text, around, entry, say);
}

}  // namespace gf::stage

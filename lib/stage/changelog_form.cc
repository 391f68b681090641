#include "stage/changelog_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"

namespace gf::stage {
namespace {

constexpr size_t kMostEntries = 60;
constexpr size_t kSpansAsked = 20;
constexpr size_t kSectionsOfForm = 9;

/// The commonest key; of two equally common ones the one met first.
template <typename Key>
std::pair<Key, size_t> commonest(const std::vector<Key>& votes) {
  std::map<Key, size_t> count;
  for (const Key& vote : votes) ++count[vote];
  std::pair<Key, size_t> best{};
  for (const Key& vote : votes) {
    if (count[vote] > best.second) best = {vote, count[vote]};
  }
  return best;
}

using Triple = std::tuple<std::string, std::string, std::string>;

Triple triple_of(const LogEntry& entry) {
  return {entry.item.indent, entry.item.numbered ? "1." : entry.item.marker, entry.item.gap};
}

std::vector<Triple> triples(const std::vector<const LogEntry*>& entries) {
  std::vector<Triple> all;
  for (const LogEntry* entry : entries) all.push_back(triple_of(*entry));
  return all;
}

std::string read_marker(const Neighbours& around, EntryForm& form) {
  auto [best, votes] = commonest(triples(around.near));
  size_t count = around.near.size();
  if (count >= 3 && votes * 10 < count * 7) return "the entries beside it have different markers";
  auto [common, common_votes] = commonest(triples(around.all));
  bool settled = common_votes * 10 >= around.all.size() * 7;
  if (count < 3 && settled && best != common)
    return "the one entry beside it has another marker than the rest of the file";
  if (std::get<1>(best) == "1.") return "the entries are numbered";
  std::tie(form.indent, form.marker, form.gap) = best;
  return {};
}

std::string refuse_shape(const Neighbours& around) {
  size_t simple = 0, groups = 0;
  for (const LogEntry* entry : around.all) {
    if (entry->simple) ++simple;
    size_t list = entry->has_list ? entry->text.find(": ") : std::string::npos;
    if (list != std::string::npos) ++groups;
  }
  if (simple * 2 < around.all.size()) return "most entries are more than one paragraph";
  std::string_view only = around.near.size() == 1 ? trim(around.near[0]->text) : "-";
  bool empty = only.find_first_not_of(".- ") == std::string_view::npos || lower(only) == "n/a" ||
               lower(only) == "tbd" || lower(only) == "none";
  if (around.near.size() == 1 && empty) return "the one entry that is there only keeps the place";
  if (groups * 4 >= around.all.size() && groups > 0) return "entries are grouped in lists of lists";
  return {};
}

void read_continuation(const Neighbours& around, EntryForm& form) {
  std::vector<std::string> votes;
  for (const auto* group : {&around.near, &around.all}) {
    for (const LogEntry* entry : *group) {
      bool alike = entry->item.indent == form.indent && entry->item.marker == form.marker &&
                   entry->item.gap == form.gap;
      if (alike && entry->end - entry->first > 1 && entry->simple)
        votes.push_back(entry->continuation);
    }
    if (!votes.empty()) break;
  }
  bool tab = form.gap.find('\t') != std::string::npos;
  form.continuation =
      !votes.empty() ? commonest(votes).first
      : tab          ? form.indent + form.gap
                     : form.indent + std::string(columns_of(form.marker) + form.gap.size(), ' ');
}

void read_gaps(const Neighbours& around, EntryForm& form) {
  std::vector<size_t> votes;
  for (const LogArea* area : around.areas) {
    for (size_t i = 1; i < area->entries.size(); ++i)
      votes.push_back(area->entries[i].first - area->entries[i - 1].end);
    if (!votes.empty() && area->entries.size() >= 2) break;
  }
  form.blank_between = votes.empty() ? 0 : std::min<size_t>(commonest(votes).first, 2);
}

}  // namespace

Neighbours neighbours_of(const LogOutline& outline, size_t section, size_t area) {
  Neighbours around;
  auto add = [&](const LogArea& from) {
    if (from.entries.empty()) return;
    around.areas.push_back(&from);
    for (auto entry = from.entries.rbegin(); entry != from.entries.rend(); ++entry) {
      if (around.all.size() < kMostEntries) around.all.push_back(&*entry);
    }
  };
  size_t last = std::min(outline.sections.size(), section + kSectionsOfForm);
  const std::vector<LogArea>& areas = outline.sections[section].areas;
  if (area < areas.size()) add(areas[area]);
  around.near = around.all;
  for (size_t i = 0; i < areas.size(); ++i) {
    if (i != area) add(areas[i]);
  }
  if (around.near.empty()) around.near = around.all;
  for (size_t s = section + 1; s < last; ++s) {
    for (const LogArea& from : outline.sections[s].areas) add(from);
  }
  if (around.near.empty()) around.near = around.all;
  return around;
}

std::string read_form(const LogText& text, const Neighbours& around, EntryForm& form) {
  if (around.all.empty()) return "there is no entry to be like";
  if (std::string left = read_marker(around, form); !left.empty()) return left;
  if (std::string left = refuse_shape(around); !left.empty()) return left;
  read_continuation(around, form);
  read_gaps(around, form);
  TickVotes ticks = tick_votes(around.all, text.markup);
  bool rst = text.markup == Markup::kRst;
  form.ticks = ticks.one + ticks.two == 0 ? (rst ? 2 : 1) : ticks.two > ticks.one ? 2 : 1;
  return read_wrapping(text, around, form);
}

bool code_spans(std::string_view text, Markup markup, std::vector<CodeSpan>& spans) {
  bool rst = markup == Markup::kRst || markup == Markup::kPlain;
  for (size_t at = text.find('`'); at != std::string_view::npos; at = text.find('`', at)) {
    size_t run = std::min(text.find_first_not_of('`', at), text.size()) - at;
    size_t close = at + run;
    while (close < text.size()) {
      close = text.find('`', close);
      if (close == std::string_view::npos) return false;
      size_t length = std::min(text.find_first_not_of('`', close), text.size()) - close;
      if (length == run) break;
      close += length;
    }
    if (close >= text.size()) return false;
    size_t end = close + run;
    bool role = at > 0 && text[at - 1] == ':';
    bool reference = end < text.size() && (text[end] == '_' || text[end] == ':');
    bool prose_role = role && at > 1 && text[at - 2] != ' ';
    bool code = !(rst && run == 1 && (prose_role || reference));
    if (code) spans.push_back({at + run, close, run});
    at = end;
  }
  return true;
}

TickVotes tick_votes(const std::vector<const LogEntry*>& entries, Markup markup) {
  TickVotes votes;
  for (const LogEntry* entry : entries) {
    std::vector<CodeSpan> spans;
    if (!entry->simple || !code_spans(entry->text, markup, spans)) continue;
    for (const CodeSpan& span : spans) {
      if (votes.one + votes.two >= kSpansAsked) return votes;
      if (span.ticks == 1) ++votes.one;
      if (span.ticks == 2) ++votes.two;
    }
  }
  return votes;
}

}  // namespace gf::stage

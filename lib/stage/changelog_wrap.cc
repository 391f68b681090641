// Where the lines of an entry end: read from its neighbours, and done to a new one.

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "stage/changelog_form.h"

namespace gf::stage {
namespace {

constexpr size_t kWrappedAsked = 4;  // entries that show how lines are broken
constexpr size_t kLong = 82;  // unwrapped, longer than this: it says something about wrapping
constexpr size_t kWidthsAsked = 40;
constexpr size_t kLongAsked = 12;
constexpr size_t kWidest = 160;

std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::string& word : split(text, ' ')) {
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

size_t unwrapped(const LogEntry& entry) {
  return columns_of(entry.item.indent) + columns_of(entry.item.marker) + entry.item.gap.size() +
         columns_of(entry.text);
}

bool is_reference(std::string_view line) {
  line = trim(line);
  bool no_blank = line.find(' ') == std::string_view::npos;
  bool wrapped = line.starts_with('(') || line.starts_with('[') || line.starts_with('#') ||
                 line.starts_with(':');
  return (no_blank && wrapped) || line.starts_with("-- ") || line.starts_with("(#");
}

/// The widths at which this entry would have been broken where it is.
struct Fits {
  size_t from = 0, to = 0;
};

std::optional<Fits> fits_of(const LogText& text, const LogEntry& entry) {
  size_t end = entry.end;
  if (end - entry.first > 2 && is_reference(text.lines[end - 1])) --end;
  if (end - entry.first < 2) return std::nullopt;
  Fits fits{0, kWidest};
  for (size_t i = entry.first; i < end; ++i) {
    std::string_view line = text.lines[i];
    size_t length = columns_of(line.substr(0, line.find_last_not_of(" \t") + 1));
    fits.from = std::max(fits.from, length);
    if (i + 1 == end) break;
    std::string_view next = trim(text.lines[i + 1]);
    size_t word = columns_of(next.substr(0, next.find(' ')));
    fits.to = std::min(fits.to, length + word);  // one less than what did not fit
  }
  return fits;
}

size_t preferred(const std::vector<size_t>& votes, size_t most) {
  for (size_t width : {79, 72, 80, 78, 70, 75, 76, 77, 88, 100, 120}) {
    if (votes[width] == most) return width;
  }
  for (size_t width = kWidest; width > 0; --width) {
    if (votes[width] == most) return width;
  }
  return 79;
}

bool ends_sentence(std::string_view line) {
  line = trim(line);
  return !line.empty() && std::string_view(".!?:").find(line.back()) != std::string_view::npos;
}

/// Do most breaks of wrapped entries stand behind a sentence?
bool by_sentence(const LogText& text, const std::vector<const LogEntry*>& wrapped) {
  size_t breaks = 0, behind = 0;
  for (const LogEntry* entry : wrapped) {
    for (size_t i = entry->first; i + 1 < entry->end; ++i) {
      ++breaks;
      if (ends_sentence(text.lines[i])) ++behind;
    }
  }
  return behind * 10 >= breaks * 7;
}

std::vector<const LogEntry*> wrapped_ones(const Neighbours& around) {
  std::vector<const LogEntry*> wrapped;
  for (const LogEntry* entry : around.all) {
    if (entry->simple && entry->end - entry->first > 1) wrapped.push_back(entry);
  }
  return wrapped;
}

/// The width that most of the neighbours were broken at.
void read_width(const LogText& text, const Neighbours& around, EntryForm& form) {
  std::vector<size_t> widths(kWidest + 1, 0);
  size_t asked = 0, broken = 0;
  for (const LogEntry* entry : around.all) {
    if (!entry->simple || asked >= kWidthsAsked) continue;
    std::optional<Fits> fits = fits_of(text, *entry);
    if (fits) ++broken;
    // A line that was left whole shows that the width is not smaller.
    size_t whole = unwrapped(*entry);
    if (!fits && whole > 60 && whole <= kLong) fits = Fits{whole, kWidest};
    if (!fits) continue;
    ++asked;
    for (size_t width = fits->from; width <= fits->to && width <= kWidest; ++width) ++widths[width];
  }
  if (broken == 0) return;
  size_t most = *std::max_element(widths.begin(), widths.end());
  if (most * 2 >= asked) {
    form.width = preferred(widths, most);
  } else if (wrapped_ones(around).size() >= kWrappedAsked && broken_by_sentence(text, around)) {
    form.wrapping = Wrapping::kSentences;
  } else {
    form.unsure = "the lines of the entries beside it end at no common width";
  }
}

/// A word that would begin a list, a heading or a quotation if it stood first in a line.
bool may_not_begin(std::string_view word) {
  if (word == "-" || word == "*" || word == "+" || word == ">" || word == "|" || word == "..")
    return true;
  if (word.find_first_not_of("#=") == std::string_view::npos) return true;
  size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  return digits > 0 && digits + 1 == word.size() && (word.back() == '.' || word.back() == ')');
}

}  // namespace

bool broken_by_sentence(const LogText& text, const Neighbours& around) {
  std::vector<const LogEntry*> wrapped = wrapped_ones(around);
  return !wrapped.empty() && by_sentence(text, wrapped);
}

WrapVotes wrap_votes(const LogText& text, const Neighbours& around) {
  WrapVotes votes;
  for (const LogEntry* entry : around.all) {
    for (size_t i = entry->first; i < entry->end; ++i)
      if (!text.masked[i]) votes.longest = std::max(votes.longest, columns_of(text.lines[i]));
    if (!entry->simple || votes.long_ones >= kLongAsked || unwrapped(*entry) <= kLong) continue;
    if (votes.long_ones == 0) votes.nearest_wrapped = entry->end - entry->first > 1;
    ++votes.long_ones;
    if (entry->end - entry->first > 1) ++votes.wrapped;
  }
  return votes;
}

std::string read_wrapping(const LogText& text, const Neighbours& around, EntryForm& form) {
  std::vector<const LogEntry*> wrapped = wrapped_ones(around);
  WrapVotes votes = wrap_votes(text, around);
  if (wrapped.empty()) {
    form.wrapping = votes.longest > 80 ? Wrapping::kOneLine : Wrapping::kWidth;
    return {};
  }
  size_t headwords =
      static_cast<size_t>(std::count_if(wrapped.begin(), wrapped.end(), [&](const LogEntry* entry) {
        return trim(text.lines[entry->first]).ends_with(':');
      }));
  if (headwords * 10 >= wrapped.size() * 7) return "entries have a headword on a line of its own";
  if (votes.wrapped * 4 <= votes.long_ones && votes.long_ones > 0) {
    form.wrapping = Wrapping::kOneLine;
    if (votes.wrapped > 0 && votes.nearest_wrapped)
      form.unsure = "the long entry nearest to it is wrapped and most are not";
    form.splits = votes.wrapped > 0;
    return {};
  }
  form.wrapping = Wrapping::kWidth;
  read_width(text, around, form);
  if (votes.wrapped * 4 < votes.long_ones * 3)
    form.unsure = "some of the entries beside it are wrapped and some are not";
  return {};
}

std::vector<std::string> laid_out(const EntryForm& form, Markup markup, std::string_view words) {
  std::vector<CodeSpan> spans;
  std::string quoted;
  if (form.ticks == 2 && code_spans(words, markup, spans)) {
    size_t at = 0;
    for (const CodeSpan& span : spans) {
      if (span.ticks != 1) continue;
      quoted.append(words.substr(at, span.begin - at)).append("`");
      quoted.append(words.substr(span.begin, span.end - span.begin)).append("`");
      at = span.end;
    }
    quoted.append(words.substr(at));
    words = quoted;
  }
  std::vector<std::string> all = {form.indent + form.marker + form.gap};
  bool begun = false;
  std::string last;
  std::vector<std::string> parts = pieces_of(words);
  for (size_t i = 0; i < parts.size(); ++i) {
    size_t length = columns_of(all.back()) + 1 + columns_of(parts[i]);
    // The next word goes along with this one if it may not begin a line.
    bool drags = i + 1 < parts.size() && may_not_begin(parts[i + 1]);
    if (drags) length += 1 + columns_of(parts[i + 1]);
    bool full = form.wrapping == Wrapping::kWidth && length > form.width;
    bool sentence = form.wrapping == Wrapping::kSentences && ends_sentence(last);
    if (begun && (full || sentence) && !may_not_begin(parts[i])) {
      all.push_back(form.continuation);
      begun = false;
    }
    all.back() += (begun ? " " : "") + parts[i];
    begun = true;
    last = parts[i];
  }
  return all;
}

}  // namespace gf::stage

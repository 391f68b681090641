// How the entries of a changelog look: marker, indentation, wrapping, quoting, blank lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/changelog_outline.h"

namespace gf::stage {

enum class Wrapping { kOneLine, kWidth, kSentences };

/// Columns: an entry up to here stands on one line whatever its neighbours do.
inline constexpr size_t kShortEntry = 72;

struct EntryForm {
  std::string indent, marker = "-", gap = " ";
  std::string continuation = "  ";
  size_t blank_between = 0;  ///< blank lines between two entries
  size_t ticks = 1;          ///< backticks on each side of code
  Wrapping wrapping = Wrapping::kOneLine;
  size_t width = 79;    ///< for kWidth
  bool splits = false;  ///< for kOneLine: some neighbours begin a line with a new sentence
  std::string unsure;   ///< why an entry longer than kShortEntry cannot be broken by rule
};

/// The entries that a new one must be like, nearest first.
struct Neighbours {
  std::vector<const LogEntry*> near;  ///< of the list; else of the section; else of older ones
  std::vector<const LogEntry*> all;   ///< at most sixty, those of `near` first
  std::vector<const LogArea*> areas;  ///< that hold them, in the same order
};
/// `outline` must outlive the answer. `area` is an index into the section's areas, or past its end
/// for a category that is still to be made.
Neighbours neighbours_of(const LogOutline& outline, size_t section, size_t area);

/// Why the form is not certain; empty when `form` has been filled.
std::string read_form(const LogText& text, const Neighbours& around, EntryForm& form);

/// A span of code: its content lies in [begin, end), `ticks` marks on each side.
struct CodeSpan {
  size_t begin = 0, end = 0, ticks = 0;
};
/// Roles (:pr:`1`) and references (`text`_) of `markup` are no code. False: a backtick stands
/// alone.
bool code_spans(std::string_view text, Markup markup, std::vector<CodeSpan>& spans);

struct TickVotes {
  size_t one = 0, two = 0;
};
/// How the nearest twenty spans of these entries are quoted.
TickVotes tick_votes(const std::vector<const LogEntry*>& entries, Markup markup);

/// Is a line a sentence there, by the entries of several lines? Then lines have no width.
bool broken_by_sentence(const LogText& text, const Neighbours& around);

struct WrapVotes {
  size_t wrapped = 0, long_ones = 0;  ///< of the nearest twelve that are long enough to matter
  bool nearest_wrapped = false;
  size_t longest = 0;  ///< columns of the longest line among all neighbours
};
WrapVotes wrap_votes(const LogText& text, const Neighbours& around);
/// Fills `form.wrapping` and `form.width`, or says why not.
std::string read_wrapping(const LogText& text, const Neighbours& around, EntryForm& form);

/// The entry as lines. `words` is one line, its code between single backticks.
std::vector<std::string> laid_out(const EntryForm& form, Markup markup, std::string_view words);

}  // namespace gf::stage

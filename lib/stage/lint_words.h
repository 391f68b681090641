// How the linter reads text. A person's quotes are data, code is no prose, and words are compared
// without their endings. For this room's .cc files.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "record/spec.h"

namespace gf::stage {

/// The text with its quoted parts blanked out, each byte by a space. A quotation mark opens where
/// no letter stands before it, and closes where none stands behind: "the user's" holds none.
/// Between backticks stands code: it is blanked out as well, or kept without its marks.
enum class Backticks { kBlank, kKeep };
std::string without_quotations(const std::string& text, Backticks backticks = Backticks::kBlank);
/// What stands in the quotes, in order; a quotation in a quotation is a part of it.
std::vector<std::string> quotations(const std::string& text);

struct ProseWord {
  std::string word;    ///< lower case
  std::string before;  ///< the word before it, lower case; empty at the beginning
  bool last = false;   ///< nothing but punctuation comes behind it in its sentence
};
/// The words of unquoted text. "fast" is one; "--fast", "fast_path", "color=fast", "/fast" and the
/// value of an option ("--color always") are names.
std::vector<ProseWord> prose(const std::string& text);

/// The stems of the words that mean something, names taken apart: "max_len" gives both its parts.
std::set<std::string> significant(const std::string& text);

/// Names that are written as code: `fetch`, --json, max_len, app.store, parse(, /products.
std::set<std::string> code_names(const std::string& text);

/// All that a criterion says but its id, kind and source.
std::string criterion_text(const record::Criterion& criterion);
/// When and observables: what must be measurable.
std::string criterion_outcome(const record::Criterion& criterion);

/// Does `text` hold `word` with no letter, digit or underscore beside it? Case counts.
bool holds_word(std::string_view text, std::string_view word);

}  // namespace gf::stage

// Rules about words: what cannot be measured, decided or bounded.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "stage/lint_rules.h"
#include "stage/lint_words.h"

namespace gf::stage {
namespace {

using record::Criterion;
using FewWords = std::initializer_list<std::string_view>;

/// Vague wherever they stand.
constexpr std::array<std::string_view, 32> kVague = {
    "faster",     "quickly",   "properly",   "correctly",     "appropriate", "appropriately",
    "robust",     "robustly",  "gracefully", "user-friendly", "efficient",   "efficiently",
    "better",     "improved",  "nicely",     "reasonable",    "reasonably",  "sensible",
    "sensibly",   "suitable",  "suitably",   "adequate",      "adequately",  "seamless",
    "seamlessly", "intuitive", "easily",     "optimal",       "performant",  "cleanly",
    "smoothly",   "acceptable"};
/// Vague as what is said of something ("is fast"), and no more than a name before it ("a simple
/// query", "the correct password").
constexpr std::array<std::string_view, 10> kVagueOfThings = {
    "fast", "quick", "slow", "correct", "friendly", "graceful", "nice", "easy", "simple", "good"};
constexpr std::array<std::string_view, 16> kSayOf = {
    "is",   "are",  "be",    "was",   "stays", "stay",  "remains", "remain",
    "very", "more", "looks", "feels", "runs",  "works", "becomes", "as"};

bool one_of(std::string_view word, const auto& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string vague_word(const std::string& text) {
  for (const ProseWord& word : prose(text)) {
    if (one_of(word.word, kVague)) return word.word;
    if (one_of(word.word, kVagueOfThings) && (one_of(word.before, kSayOf) || word.last))
      return word.word;
  }
  return {};
}

std::string unbounded_word(const std::string& text) {
  for (const ProseWord& word : prose(text)) {
    if (one_of(word.word, FewWords{"never", "always", "anywhere", "everywhere", "forever"}))
      return word.word;
  }
  return {};
}

// --- one action ---

constexpr std::array<std::string_view, 7> kMethods = {"GET",    "POST", "PUT",    "PATCH",
                                                      "DELETE", "HEAD", "OPTIONS"};

/// Where a request begins: a method, and then a path or an address.
bool request_at(const std::string& text, size_t at) {
  for (std::string_view method : kMethods) {
    if (text.compare(at, method.size(), method) != 0) continue;
    size_t next = text.find_first_not_of(' ', at + method.size());
    bool path = next != std::string::npos && next > at + method.size() &&
                (text[next] == '/' || text.compare(next, 4, "http") == 0);
    if (path && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(')) return true;
  }
  return false;
}

size_t count_requests(const std::string& text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++at) count += request_at(text, at) ? 1 : 0;
  return count;
}

bool begins_with_call(std::string_view text) {
  size_t end = text.find_first_of(" (,;=");
  return end != std::string_view::npos && end > 0 && text[end] == '(';
}

/// Is what follows a joint an action of its own: a request, "calling f", "run x", or a call after a
/// call? A header, an option or an argument is none.
bool action_follows(const std::string& before, std::string_view after) {
  constexpr std::array<std::string_view, 22> kVerbs = {
      "call ",   "calling ",  "run ",    "running ",   "send ",  "sending ",
      "delete ", "deleting ", "create ", "creating ",  "open ",  "opening ",
      "close ",  "closing ",  "invoke ", "invoking ",  "rerun ", "restart ",
      "fetch ",  "fetching ", "submit ", "submitting "};
  std::string rest(trim(after));
  if (request_at(rest, 0)) return true;
  std::string small = lower(std::string_view(rest).substr(0, 20));
  bool verb = std::any_of(kVerbs.begin(), kVerbs.end(),
                          [&](std::string_view one) { return small.starts_with(one); });
  bool calls = before.find('(') != std::string::npos &&
               lower(before).find(" with ") == std::string::npos && begins_with_call(rest);
  return verb || calls;
}

/// More than one thing is done. ';' and 'and' join headers, options and arguments as well: they
/// join actions only where an action follows.
bool several_actions(const std::string& when) {
  std::string code = without_quotations(when, Backticks::kKeep), small = lower(code);
  for (const char* joint : {" and then ", ", then ", "; then ", " followed by ", " after which ",
                            " and afterwards ", ", afterwards "}) {
    if (small.find(joint) != std::string::npos) return true;
  }
  if (count_requests(code) > 1) return true;
  int depth = 0;
  for (size_t i = 0; i < code.size(); ++i) {
    depth += code[i] == '(' || code[i] == '[' ? 1 : 0;
    depth -= code[i] == ')' || code[i] == ']' ? 1 : 0;
    size_t joint = code[i] == ';' ? 1 : small.compare(i, 5, " and ") == 0 ? 5 : 0;
    if (depth <= 0 && joint > 0 &&
        action_follows(code.substr(0, i), std::string_view(code).substr(i + joint, 80)))
      return true;
  }
  return false;
}

// --- thresholds and placeholders ---

/// "less_than 200" of a time or a size: the unit must be in the observable, the value or the
/// action.
bool lacks_unit(const Criterion& criterion, const record::Observation& seen) {
  bool threshold = one_of(seen.op, FewWords{"less_than", "at_most", "greater_than", "at_least"});
  if (!threshold || seen.expected.is_string()) return false;
  std::string what = lower(seen.observable);
  if (what.starts_with("attribute")) return false;  // the code's own number
  size_t last = what.find_last_of(" .");
  std::string quantity = last == std::string::npos ? what : what.substr(last + 1);
  bool measured = one_of(quantity, FewWords{"time", "latency", "duration", "elapsed", "size",
                                            "memory", "delay", "age", "timeout", "runtime"});
  std::string around = what + " " + lower(criterion.given + " " + criterion.when);
  for (const char* unit : {"ms", "milliseconds", "seconds", "second", "minutes", "bytes", "kb",
                           "kib", "mb", "mib", "percent", "hours", "days", "lines", "items"}) {
    if (holds_word(around, unit)) return false;
  }
  return measured;
}

/// A mark that something is still to be decided; what the request itself speaks of is none.
std::string placeholder_in(const std::string& text, const std::string& request) {
  for (const char* mark : {"TBD", "TODO", "FIXME", "XXX", "TBC"}) {
    if (holds_word(text, mark) && !holds_word(request, mark)) return mark;
  }
  std::string small = lower(text);
  for (const char* mark : {"tbd", "to be decided", "to be determined", "to be defined",
                           "to be confirmed", "lorem ipsum", "<placeholder>", "not yet known"}) {
    if (holds_word(small, mark) && !holds_word(lower(request), mark)) return mark;
  }
  return text.find("???") != std::string::npos && request.find("???") == std::string::npos ? "???"
                                                                                           : "";
}

std::string placeholder_of(const Criterion& criterion, const std::string& request) {
  std::string text = without_quotations(criterion.given) + " " + without_quotations(criterion.when);
  for (const record::Observation& seen : criterion.then) {
    text += " " + without_quotations(seen.observable);
    // In a value a mark is data unless it is all of it.
    std::string value(trim(seen.expected.as_string().value_or("")));
    std::string mark = placeholder_in(value, request);
    if (!mark.empty() &&
        (mark == value || mark.find(' ') != std::string::npos || value.size() <= mark.size() + 4))
      return mark;
    if (value == "..." || value == "<value>") return value;
  }
  return placeholder_in(text, request);
}

constexpr std::array<std::string_view, 8> kImplementation = {
    "redis",      "dictionary",  "for loop",        "regex",
    "sqlalchemy", "class named", "helper function", "global variable"};

// --- the changelog ---

bool is_changelog_path(const std::string& text) {
  std::string small = lower(text);
  for (const char* name : {"changelog", "changelogs", "changes.rst", "changes.md", "changes.txt",
                           "changes", "history.rst", "history.md", "news.rst", "news.md", "news",
                           "newsfragments", "newsfragment", "whatsnew", "release-notes",
                           "release_notes", "releasenotes", "release notes", "changelog.d"}) {
    if (holds_word(small, name)) return true;
  }
  return false;
}

/// Documentation or a file that is to stay: of a program whose business are changelogs the other
/// kinds may speak of them.
bool about_the_changelog(const Criterion& criterion) {
  if (criterion.kind != "doc" && criterion.kind != "keep") return false;
  bool named = std::any_of(criterion.then.begin(), criterion.then.end(), [](const auto& seen) {
    return (seen.observable.starts_with("file ") || seen.observable.starts_with("heading ")) &&
           is_changelog_path(seen.observable);
  });
  return named || (criterion.kind == "doc" && is_changelog_path(criterion.when));
}

/// In the words of an action such a word says how it is done ("never read"), or repeats what the
/// observables say exactly.
Weight weight_of_promise(const Criterion& criterion, Rules rules) {
  Criterion seen = criterion;
  seen.when.clear();
  bool in_action = unbounded_word(criterion_outcome(seen)).empty();
  return in_action && rules >= Rules::kSeenDecides ? Weight::kWarning : Weight::kOfRule;
}

/// "with capture() as got: a(), then b()": what is looked at is the block, and what is done in it
/// cannot be moved out.
bool is_block(const std::string& when) {
  std::string_view text = trim(when);
  size_t colon = text.find(": ");
  return text.starts_with("with ") && colon != std::string_view::npos &&
         text.substr(0, colon).find('(') != std::string_view::npos;
}

/// A guard says that all of it stays: nobody has to tell which of two actions does what.
Weight weight_of_actions(const Criterion& criterion, Rules rules) {
  bool guard = record::keeps(criterion) && rules >= Rules::kSeenDecides;
  bool block = is_block(criterion.when) && rules >= Rules::kNotesApart;
  return guard || block ? Weight::kWarning : Weight::kOfRule;
}

void judge_words(const Criterion& criterion, const std::string& request, const Report& report) {
  if (std::string word = vague_word(criterion.when); !word.empty()) {
    report.add("vague-word", criterion.id, "'" + word + "' can be read in more than one way",
               "say what would be seen instead");
  }
  for (const record::Observation& seen : criterion.then) {
    if (std::string word = vague_word(seen.observable); !word.empty())
      report.add("vague-word", criterion.id, "'" + word + "' can be read in more than one way",
                 "say what would be seen instead");
  }
  if (several_actions(criterion.when))
    report.add("several-actions", criterion.id, "'when' holds more than one action",
               "move what comes before to 'given', or make two criteria",
               weight_of_actions(criterion, report.rules));
  if (std::string word = unbounded_word(criterion_outcome(criterion)); !word.empty())
    report.add("unbounded-negative", criterion.id, "'" + word + "' cannot be shown",
               "name the answer, file or log it is about",
               weight_of_promise(criterion, report.rules));
  if (std::string mark = placeholder_of(criterion, request); !mark.empty())
    report.add("placeholder", criterion.id, "'" + mark + "' is still to be decided",
               "decide it, or ask");
  for (std::string_view word : kImplementation) {
    if (holds_word(lower(without_quotations(criterion.when)), word))
      report.add("implementation-named", criterion.id,
                 "'" + std::string(word) + "' says how, not what", "move it to the constraints");
  }
}

}  // namespace

void lint_wording(const record::Spec& spec, const Report& report) {
  for (const Criterion& criterion : spec.acceptance_criteria) {
    judge_words(criterion, spec.request, report);
    for (const record::Observation& seen : criterion.then) {
      if (lacks_unit(criterion, seen))
        report.add("threshold-without-unit", criterion.id,
                   "'" + printable(seen.observable) + "' has a limit without a unit",
                   "write it with its unit, for example \"time ms\"");
    }
    if (about_the_changelog(criterion))
      report.add("changelog-criterion", criterion.id,
                 "it is about the changelog, which is written from 'changelog' and checked by "
                 "itself",
                 "drop it; say in 'changelog' what the entry says");
  }
}

}  // namespace gf::stage

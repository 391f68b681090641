// Rules about words: what cannot be measured, decided or bounded. As they were: first_lint.h says
// why.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "stage/first_lint/first_lint.h"

namespace gf::stage::first {
namespace {

constexpr std::array<std::string_view, 36> kVague = {
    "fast",          "faster",   "quick",       "quickly",       "slow",      "properly",
    "correctly",     "correct",  "appropriate", "appropriately", "robust",    "robustly",
    "user-friendly", "friendly", "gracefully",  "graceful",      "efficient", "efficiently",
    "better",        "improve",  "improved",    "nice",          "nicely",    "reasonable",
    "reasonably",    "sensible", "suitable",    "adequate",      "seamless",  "seamlessly",
    "intuitive",     "easy",     "easily",      "simple",        "optimal",   "performant"};
constexpr std::array<std::string_view, 6> kPlaceholders = {"tbd",   "todo",        "???",
                                                           "fixme", "lorem ipsum", "xxx"};
constexpr std::array<std::string_view, 8> kImplementation = {
    "redis",      "dictionary",  "for loop",        "regex",
    "sqlalchemy", "class named", "helper function", "global variable"};

/// Text with quoted parts blanked out: what a person wrote inside quotes is data.
std::string unquoted(const std::string& text) {
  std::string clean;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool apostrophe = c == '\'' && i > 0 && i + 1 < text.size() &&
                      std::isalpha(static_cast<unsigned char>(text[i - 1])) &&
                      std::isalpha(static_cast<unsigned char>(text[i + 1]));
    if (quote != 0) {
      if (c == quote) quote = 0;
      clean += ' ';
    } else if ((c == '"' || c == '`' || c == '\'') && !apostrophe) {
      quote = c;
      clean += ' ';
    } else {
      clean += c;
    }
  }
  return clean;
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  std::string word;
  for (char c : lower(text) + " ") {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
      word += c;
    } else if (!word.empty()) {
      all.push_back(std::exchange(word, {}));
    }
  }
  return all;
}

std::string vague_word(const std::string& text) {
  for (const std::string& word : words(unquoted(text))) {
    if (std::find(kVague.begin(), kVague.end(), word) != kVague.end()) return word;
  }
  return {};
}

/// More than one thing is done: two requests, or words that join two actions.
bool several_actions(const std::string& when) {
  std::string text = lower(unquoted(when));
  for (const char* joint : {" and then ", ", then ", "; ", " followed by ", " after which "}) {
    if (text.find(joint) != std::string::npos) return true;
  }
  int requests = 0;
  for (const std::string& word : split(unquoted(when), ' ')) {
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
      requests += word == method ? 1 : 0;
  }
  return requests > 1;
}

std::string whole_text(const record::Criterion& criterion) {
  std::string text = criterion.given + " " + criterion.when;
  for (const record::Observation& seen : criterion.then)
    text += " " + seen.observable + " " + seen.expected.as_string().value_or("");
  return text;
}

bool unbounded_negative(const std::string& text) {
  std::vector<std::string> all = words(unquoted(text));
  return std::find(all.begin(), all.end(), "never") != all.end() ||
         std::find(all.begin(), all.end(), "anywhere") != all.end() ||
         std::find(all.begin(), all.end(), "always") != all.end();
}

/// "less_than 200" of a time or a size: the unit must be in the observable or the value.
bool lacks_unit(const record::Observation& seen) {
  bool threshold = seen.op == "less_than" || seen.op == "at_most" || seen.op == "greater_than" ||
                   seen.op == "at_least";
  if (!threshold) return false;
  std::string what = lower(seen.observable);
  bool measured = false;
  for (const char* word : {"time", "latency", "duration", "size", "memory", "seconds"})
    measured = measured || what.find(word) != std::string::npos;
  std::string all = what + " " + lower(seen.expected.as_string().value_or(""));
  for (const char* unit : {" ms", "_ms", " s", "seconds", "bytes", " kb", " mb", "percent", "%"}) {
    if (all.find(unit) != std::string::npos) return false;
  }
  return measured;
}

}  // namespace

void lint_wording(const record::Spec& spec, const Report& report) {
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    std::string outcome;
    for (const record::Observation& seen : criterion.then) {
      outcome += " " + seen.observable;
      if (lacks_unit(seen))
        report.add("threshold-without-unit", criterion.id,
                   "'" + printable(seen.observable) + "' has a limit without a unit",
                   "write it with its unit, for example \"time ms\"");
    }
    for (const std::string& text : {criterion.when, outcome}) {
      if (std::string word = vague_word(text); !word.empty()) {
        report.add("vague-word", criterion.id, "'" + word + "' can be read in more than one way",
                   "say what would be seen instead");
      }
    }
    if (several_actions(criterion.when))
      report.add("several-actions", criterion.id, "'when' holds more than one action",
                 "move what comes before to 'given', or make two criteria");
    if (unbounded_negative(criterion.when + outcome))
      report.add("unbounded-negative", criterion.id,
                 "'never', 'always' and 'anywhere' cannot be shown",
                 "name the answer, file or log it is about");
    std::string all = lower(whole_text(criterion));
    for (std::string_view mark : kPlaceholders) {
      if (all.find(mark) != std::string::npos)
        report.add("placeholder", criterion.id,
                   "'" + std::string(mark) + "' is still to be decided", "decide it, or ask");
    }
    for (std::string_view word : kImplementation) {
      if (lower(criterion.when).find(word) != std::string::npos)
        report.add("implementation-named", criterion.id,
                   "'" + std::string(word) + "' says how, not what", "move it to the constraints");
    }
  }
}

}  // namespace gf::stage::first

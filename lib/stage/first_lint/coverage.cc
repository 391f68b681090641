// Rules that hold the spec against the request and the tree. As they were: first_lint.h says why.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "stage/first_lint/first_lint.h"

namespace gf::stage::first {
namespace {

constexpr std::array<std::string_view, 40> kSmallWords = {
    "the",   "and",     "that",   "this",      "with",   "for",  "from", "into",
    "add",   "make",    "each",   "every",     "all",    "one",  "its",  "has",
    "have",  "are",     "not",    "new",       "should", "must", "when", "where",
    "which", "returns", "return", "returning", "please", "also", "then", "will",
    "can",   "use",     "using",  "there",     "such",   "any",  "list", "item"};

std::set<std::string> significant_words(const std::string& text) {
  std::set<std::string> all;
  std::string word;
  for (char c : lower(text) + " ") {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
        (static_cast<unsigned char>(c) >= 0x80)) {
      word += c;
      continue;
    }
    bool small = std::find(kSmallWords.begin(), kSmallWords.end(), word) != kSmallWords.end();
    // Plurals and verb endings differ between a request and its criteria: the stem is enough.
    if (word.size() >= 3 && !small) all.insert(word.substr(0, 5));
    word.clear();
  }
  return all;
}

bool shares_a_word(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& word) { return b.contains(word); });
}

/// Sentences and clauses. Lenient on purpose: a part that is missed costs less than a false alarm.
std::vector<std::string> clauses(const std::string& request) {
  std::vector<std::string> parts;
  std::string part;
  for (size_t i = 0; i < request.size(); ++i) {
    char c = request[i];
    bool sentence_end =
        (c == '.' || c == '!' || c == '?') &&
        (i + 1 == request.size() || request[i + 1] == ' ' || request[i + 1] == '\n');
    if (sentence_end || c == ';' ||
        (c == '\n' && i + 1 < request.size() && request[i + 1] == '\n')) {
      parts.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  parts.push_back(part);
  std::erase_if(parts, [](const std::string& text) { return trim(text).empty(); });
  return parts;
}

std::string words_of(const record::Criterion& criterion) {
  std::string text = criterion.source + " " + criterion.given + " " + criterion.when;
  for (const record::Observation& seen : criterion.then)
    text += " " + seen.observable + " " + seen.expected.dump();
  return text;
}

bool has_source(const record::Spec& spec, const record::Criterion& criterion) {
  if (trim(criterion.source).empty()) return false;
  for (const record::Assumption& assumption : spec.assumptions) {
    if (!assumption.id.empty() && criterion.source.find(assumption.id) != std::string::npos)
      return true;
  }
  return shares_a_word(significant_words(criterion.source), significant_words(spec.request));
}

/// The thing that a criterion is about: a route, a command, a symbol, a path.
std::string subject_of(const record::Criterion& criterion) {
  for (std::string word : split(replace_all(criterion.when, "\n", " "), ' ')) {
    while (!word.empty() &&
           std::string_view("'\"`,.()").find(word.back()) != std::string_view::npos)
      word.pop_back();
    while (!word.empty() && std::string_view("'\"`(").find(word.front()) != std::string_view::npos)
      word.erase(0, 1);
    if (criterion.kind == "http" && word.starts_with("/")) return word.substr(0, word.find('?'));
    bool symbol = word.find('.') != std::string::npos || word.find('_') != std::string::npos ||
                  word.find('(') != std::string::npos;
    if ((criterion.kind == "call" || criterion.kind == "raise") && symbol)
      return word.substr(0, word.find('('));
  }
  return {};
}

/// "/products/9" is an instance of "/products/{id}".
bool same_route(const std::string& pattern_text, const std::string& route) {
  std::string pattern =
      pattern_text.substr(pattern_text.find('/') == std::string::npos ? 0 : pattern_text.find('/'));
  std::vector<std::string> a = split(pattern, '/'), b = split(route, '/');
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    bool variable = a[i].starts_with("{") || a[i].starts_with("<") || a[i].starts_with(":") ||
                    b[i].starts_with("{");
    if (a[i] != b[i] && !variable) return false;
  }
  return true;
}

bool is_known(const record::Spec& spec, const record::TreeFacts& tree,
              const record::Criterion& criterion, const std::string& subject) {
  for (const std::string& thing : spec.introduces) {
    if (thing.find(subject) != std::string::npos) return true;
    if (criterion.kind == "http" && same_route(thing, subject)) return true;
  }
  if (criterion.kind != "http") {
    std::string last =
        subject.substr(subject.rfind('.') == std::string::npos ? 0 : subject.rfind('.') + 1);
    return tree.mentions(last);
  }
  // A router's prefix and its route stand in different places: the first part must be there.
  std::vector<std::string> parts = split(subject, '/');
  return parts.size() < 2 || parts[1].empty() || tree.mentions("/" + parts[1]);
}

}  // namespace

void lint_coverage(const record::Spec& spec, const record::TreeFacts* tree, const Report& report) {
  std::set<std::string> covered;
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    for (const std::string& word : significant_words(words_of(criterion))) covered.insert(word);
    if (!has_source(spec, criterion)) {
      report.add("missing-source", criterion.id,
                 "its source is neither in the request nor an assumption",
                 "quote the words that ask for it, or record an assumption and name its id");
    }
    if (tree == nullptr) continue;
    std::string subject = subject_of(criterion);
    if (!subject.empty() && !is_known(spec, *tree, criterion, subject)) {
      report.add("subject-unknown", criterion.id,
                 "'" + printable(subject) + "' is neither in the tree nor in 'introduces'",
                 "list it in 'introduces', or name what exists");
    }
    for (const std::string& test : criterion.authorises) {
      if (!tree->has_test(test))
        report.add("authorises-unknown-test", criterion.id,
                   "there is no test '" + printable(test) + "'",
                   "name an existing one as <file>::<test>");
    }
  }
  for (const record::Assumption& assumption : spec.assumptions) {
    for (const std::string& word : significant_words(assumption.text)) covered.insert(word);
  }
  for (const std::string& text : spec.out_of_scope) {
    for (const std::string& word : significant_words(text)) covered.insert(word);
  }
  for (const std::string& text : spec.constraints) {
    for (const std::string& word : significant_words(text)) covered.insert(word);
  }
  if (spec.acceptance_criteria.empty()) return;
  for (const std::string& clause : clauses(spec.request)) {
    std::set<std::string> wanted = significant_words(clause);
    if (!wanted.empty() && !shares_a_word(wanted, covered)) {
      report.add(
          "uncovered-clause", "",
          "no criterion and no assumption covers: '" + printable(clipped(trim(clause), 100)) + "'",
          "add a criterion, or say in 'out_of_scope' that it is left out");
    }
  }
}

}  // namespace gf::stage::first

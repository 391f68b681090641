// Rules that hold the spec against the request: nothing invented, nothing lost.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "stage/changelog.h"
#include "stage/lint_rules.h"
#include "stage/lint_words.h"
#include "stage/stated.h"

namespace gf::stage {
namespace {

using record::Criterion;
using record::Spec;
using Words = std::set<std::string>;

size_t shared(const Words& a, const Words& b) {
  return static_cast<size_t>(
      std::count_if(a.begin(), a.end(), [&](const std::string& word) { return b.contains(word); }));
}

/// The text as its words, one blank between two: quotations differ from a request in marks only.
std::string flat(const std::string& text) {
  std::string all = " ";
  for (char c : lower(text)) {
    bool part =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (part) all += c;
    if (!part && all.back() != ' ') all += ' ';
  }
  if (all.back() != ' ') all += ' ';
  return all;
}

/// Where in the request the quotation stands: word for word with what "..." leaves out, or nearly.
bool quotes(const std::string& quotation, const std::string& request) {
  std::string whole = flat(request);
  bool exact = true;
  for (const std::string& part : split(replace_all(quotation, "\xe2\x80\xa6", "..."), '\n')) {
    for (const std::string& piece : split(replace_all(part, "...", "\x1f"), '\x1f'))
      exact = exact && whole.find(flat(piece)) != std::string::npos;
  }
  if (exact) return true;
  Words said = significant(quotation);
  return !said.empty() && shared(said, significant(request)) * 10 >= said.size() * 7;
}

/// Ids like "A2" that the source names.
std::vector<std::string> assumption_ids(const std::string& source) {
  std::vector<std::string> ids;
  std::string word;
  for (char c : without_quotations(source) + " ") {
    bool part = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (part) {
      word += c;
      continue;
    }
    bool id =
        word.size() >= 2 && word[0] == 'A' &&
        std::all_of(word.begin() + 1, word.end(), [](char d) { return d >= '0' && d <= '9'; });
    if (id) ids.push_back(word);
    word.clear();
  }
  return ids;
}

/// What is wrong with where a criterion comes from; empty when nothing is.
std::string wrong_source(const Spec& spec, const Criterion& criterion) {
  if (trim(criterion.source).empty()) return "it has no source";
  for (const std::string& id : assumption_ids(criterion.source)) {
    bool known = std::any_of(spec.assumptions.begin(), spec.assumptions.end(),
                             [&](const auto& assumption) { return assumption.id == id; });
    if (!known) return "its source names the assumption " + id + ", which is not there";
    return {};
  }
  for (const record::Assumption& assumption : spec.assumptions) {
    if (!assumption.id.empty() && holds_word(criterion.source, assumption.id)) return {};
  }
  std::vector<std::string> quoted = quotations(criterion.source);
  if (!quoted.empty()) {
    bool found = std::any_of(quoted.begin(), quoted.end(), [&](const std::string& quotation) {
      return quotes(quotation, spec.request);
    });
    std::string all = criterion.source.substr(criterion.source.find_first_of("'\"`"));
    if (found || quotes(all, spec.request)) return {};
    return "its source quotes '" + printable(clipped(quoted.front(), 60)) +
           "', which the request does not say";
  }
  Words said = significant(criterion.source);
  for (const char* word : {"reque", "issue", "says", "asks", "user"}) said.erase(word);
  if (!said.empty() && shared(said, significant(spec.request)) * 2 >= said.size()) return {};
  return "its source is neither in the request nor an assumption";
}

// --- clauses ---

/// Sentences, and the items of lists. Lenient on purpose: a part that is missed costs less than a
/// false alarm.
std::vector<std::string> clauses(const std::string& request) {
  std::vector<std::string> parts;
  std::string part;
  for (size_t i = 0; i < request.size(); ++i) {
    char c = request[i], next = i + 1 < request.size() ? request[i + 1] : '\n';
    bool blank = next == ' ' || next == '\n';
    std::string tail =
        lower(std::string_view(part).substr(part.size() - std::min<size_t>(part.size(), 3)));
    bool short_form = tail == "e.g" || tail == "i.e" || tail == " vs";
    bool ends = ((c == '.' || c == '!' || c == '?') && blank && !short_form) ||
                (c == ';' && blank) ||
                (c == '\n' && std::string_view("\n-*").find(next) != std::string_view::npos);
    if (ends) {
      parts.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  parts.push_back(part);
  std::erase_if(parts, [](const std::string& text) { return trim(text).empty(); });
  return parts;
}

/// Does it say why or what is so today, rather than what is wanted?
bool is_background(const std::string& clause) {
  constexpr std::array<std::string_view, 34> kBegin = {
      "currently",  "today",       "right now",  "at the moment", "this would", "it would",
      "we often",   "we have",     "i have",     "i am",          "i'm",        "because",
      "the reason", "this is",     "this helps", "this makes",    "that would", "that way",
      "thanks",     "for example", "see ",       "related",       "use case",   "motivation",
      "now ",       "users often", "many ",      "people ",       "at present", "so far",
      "e.g.",       "our ",        "we use",     "context:"};
  constexpr std::array<std::string_view, 12> kAsk = {"should", "must",   "please", "add ",
                                                     "need ",  "want",   "let ",   "support ",
                                                     "keep ",  "remove", "make ",  "document"};
  std::string small = lower(trim(clause));
  auto begins = [&](std::string_view with) { return small.starts_with(with); };
  auto holds = [&](std::string_view word) { return small.find(word) != std::string::npos; };
  // What is allowed is not asked for.
  for (const char* permission : {" is enough", " is fine", " is optional", "nice to have"})
    if (small.find(permission) != std::string::npos) return true;
  if (std::any_of(kBegin.begin(), kBegin.end(), begins))
    return std::none_of(kAsk.begin(), kAsk.begin() + 3, holds);
  return false;
}

/// "The issue number for the news fragment is 464": it becomes the fragment's by itself, and a
/// criterion about it is not asked for.
bool only_names_issue(const std::string& clause) {
  if (issue_named(clause).empty()) return false;
  constexpr std::array<std::string_view, 12> kAbout = {"issue", "ticke", "bug",   "numbe",
                                                       "news",  "fragm", "chang", "entry",
                                                       "entri", "refer", "fix",   "clos"};
  Words words = significant(clause);
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    bool digits = word.find_first_not_of("#0123456789") == std::string::npos;
    return digits || std::any_of(kAbout.begin(), kAbout.end(),
                                 [&](std::string_view about) { return word.starts_with(about); });
  });
}

struct Covered {
  Words words, names;
  std::string text;
  void take(const std::string& more) {
    words.merge(significant(more));
    text += "\n" + lower(more);
  }
};

Covered covered_by(const Spec& spec) {
  Covered covered;
  for (const Criterion& criterion : spec.acceptance_criteria) {
    covered.take(criterion_text(criterion));
    covered.take(criterion.source);
  }
  for (const record::Assumption& assumption : spec.assumptions) covered.take(assumption.text);
  for (const std::string& text : spec.out_of_scope) covered.take(text);
  for (const std::string& text : spec.constraints) covered.take(text);
  return covered;
}

/// Nothing in the spec speaks of what this clause, and no other, is about.
bool is_lost(const std::string& clause, const Words& elsewhere, const Covered& covered) {
  Words own = significant(clause);
  if (own.size() < 2) return false;
  size_t known = shared(own, covered.words);
  if (known == 0) return true;
  for (const std::string& word : elsewhere) own.erase(word);
  for (const std::string& name : code_names(clause)) {
    if (covered.text.find(name) != std::string::npos) return false;
  }
  // Of a clause's own words one in four is enough: a spec says things in words of its own.
  return own.size() >= 3 && shared(own, covered.words) * 4 < own.size();
}

/// A criterion that the request states is the source of one of the spec's, or bound some other way
/// that can be seen. A third of its words is enough: a source may quote the part that counts.
bool is_taken_up(const std::string& stated, const Spec& spec) {
  Words own = significant(stated);
  if (own.size() < 2) return true;
  auto speaks_of_it = [&](const std::string& text) {
    return shared(own, significant(text)) * 3 >= own.size();
  };
  return std::any_of(spec.acceptance_criteria.begin(), spec.acceptance_criteria.end(),
                     [&](const Criterion& one) { return speaks_of_it(one.source); }) ||
         std::any_of(spec.constraints.begin(), spec.constraints.end(), speaks_of_it) ||
         std::any_of(spec.out_of_scope.begin(), spec.out_of_scope.end(), speaks_of_it);
}

bool holds_any(const std::string& text, std::initializer_list<const char*> words) {
  std::string small = lower(text);
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return small.find(word) != std::string::npos; });
}

/// Documents that are asked for are easily lost: no test misses them.
bool asks_for_documents(const std::string& clause) {
  return holds_any(clause, {"document it", "document the", "documented in", "describe it in",
                            "docs/", "doc/", "readme"});
}
bool speaks_of_documents(const Spec& spec) {
  auto says = [](const std::string& text) { return holds_any(text, {"doc", "readme"}); };
  auto of = [&](const Criterion& criterion) {
    return criterion.kind == "doc" || says(criterion_text(criterion));
  };
  return std::any_of(spec.acceptance_criteria.begin(), spec.acceptance_criteria.end(), of) ||
         std::any_of(spec.constraints.begin(), spec.constraints.end(), says) ||
         std::any_of(spec.out_of_scope.begin(), spec.out_of_scope.end(), says) ||
         std::any_of(spec.assumptions.begin(), spec.assumptions.end(),
                     [&](const auto& assumption) { return says(assumption.text); });
}

}  // namespace

void lint_sources(const Spec& spec, const Report& report) {
  for (const Criterion& criterion : spec.acceptance_criteria) {
    std::string wrong = wrong_source(spec, criterion);
    if (!wrong.empty())
      report.add("missing-source", criterion.id, wrong,
                 "quote the words that ask for it, or record an assumption and name its id");
  }
}

void lint_coverage(const Spec& spec, Rules rules, const Report& report) {
  if (spec.acceptance_criteria.empty()) return;
  Covered covered = covered_by(spec);
  std::vector<std::string> parts = clauses(spec.request);
  constexpr size_t kMostClauses = 200;
  for (size_t i = 0; i < parts.size() && i < kMostClauses; ++i) {
    if (is_background(parts[i])) continue;
    if (rules >= Rules::kSaidIsDone && only_names_issue(parts[i])) continue;
    if (rules >= Rules::kStated && is_markdown_structure(parts[i])) continue;
    Words elsewhere;
    for (size_t j = 0; j < parts.size() && j < kMostClauses; ++j) {
      if (j != i) elsewhere.merge(significant(parts[j]));
    }
    bool lost = is_lost(parts[i], elsewhere, covered) ||
                (asks_for_documents(parts[i]) && !speaks_of_documents(spec));
    if (!lost) continue;
    report.add("uncovered-clause", "",
               "no criterion, constraint or assumption covers: '" +
                   printable(clipped(trim(parts[i]), 100)) + "'",
               "add a criterion, or say in 'out_of_scope' that it is left out");
  }
  if (rules < Rules::kStated) return;
  for (const std::string& stated : stated_criteria(spec.request)) {
    if (is_taken_up(stated, spec)) continue;
    report.add("uncovered-clause", "",
               "the request states a criterion that is the source of none: '" +
                   printable(clipped(stated, 100)) + "'",
               "quote it in the 'source' of the criterion that it becomes");
  }
}

}  // namespace gf::stage

#include "stage/test_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/line_diff.h"
#include "base/text.h"
#include "stage/list_statements.h"

namespace gf::stage {
namespace {

constexpr char kLineEnd = '\n';
constexpr std::string_view kSigns = "()[]{},;'\"\n";

/// A word, one of kSigns, or the end of a line.
using Tokens = std::vector<std::string>;

/// "$(OBJ)/a.o" and "${a}" are words. `with_ends`: the ends of lines are tokens.
Tokens tokens_of(std::string_view text, bool with_ends) {
  Tokens all;
  std::string word;
  auto end_word = [&] {
    if (!word.empty()) all.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool variable = c == '$' && i + 1 < text.size() && (text[i + 1] == '(' || text[i + 1] == '{');
    size_t end = variable ? text.find(text[i + 1] == '(' ? ')' : '}', i) : std::string_view::npos;
    if (end != std::string_view::npos) {
      word += text.substr(i, end - i + 1);
      i = end;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      end_word();
    } else if (kSigns.find(c) != std::string_view::npos) {
      end_word();
      if (c != '\n' || with_ends) all.emplace_back(1, c);
    } else {
      word += c;
    }
  }
  end_word();
  return all;
}

std::string last_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string without_ending(const std::string& name) { return name.substr(0, name.rfind('.')); }

/// "a" of test_a, a_test and a_tests.
std::string without_test(std::string name) {
  for (std::string_view front : {"test_", "tests_", "test-"}) {
    if (name.starts_with(front)) return name.substr(front.size());
  }
  for (std::string_view back : {"_tests", "_test", "-test", "_unittest", "Tests", "Test"}) {
    if (name.ends_with(back)) return name.substr(0, name.size() - back.size());
  }
  return name;
}

/// By what words a list can mean a new file of tests.
class Names {
 public:
  Names(const std::vector<std::string>& tests, const Tokens& known)
      : known_(known.begin(), known.end()) {
    for (const std::string& path : tests) {
      files_.insert(last_of(path));
      std::string stem = without_ending(last_of(path));
      add(stem, exact_);
      add(without_test(stem), loose_);
    }
  }
  /// In a list that is there.
  [[nodiscard]] bool means(const std::string& word) const {
    return is_named(word) || loose_.contains(bare(word));
  }
  [[nodiscard]] bool is_named(const std::string& word) const {
    std::string name = last_of(word);
    return files_.contains(name) || exact_.contains(bare(word)) || made_.contains(word);
  }
  /// A name that a statement about tests brings; one that was there is something else's.
  void made(const std::string& word) { add(word, made_); }

 private:
  static std::string bare(const std::string& word) {
    std::string name = last_of(word.substr(0, word.find("$(", 1)));
    return without_ending(name);
  }
  void add(const std::string& word, std::set<std::string>& to) {
    if (!word.empty() && !known_.contains(word)) to.insert(word);
  }
  std::set<std::string> known_, files_, exact_, loose_, made_;
};

bool is_comment(std::string_view statement) {
  std::string_view text = trim(statement);
  return text.empty() || (text.starts_with('#') && !text.starts_with("#["));
}

/// One statement of added lines.
struct Statement {
  size_t first = 0, last = 0;  ///< lines, from and to before
  std::string text;
};

/// What brackets of a line, its comment apart, leave open.
int depth_of(const std::string& line) {
  int depth = 0;
  for (char c : line.substr(0, line.find('#')))
    depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
  return depth;
}

/// CMake's and Meson's end with their brackets, make's with what stands behind a tab or a line's
/// last backslash.
std::vector<Statement> statements_in(const std::vector<std::string>& all, size_t first, size_t last,
                                     bool make) {
  std::vector<Statement> found;
  int depth = 0;
  bool goes_on = false;
  for (size_t i = first; i < last; ++i) {
    bool recipe = make && !found.empty() && all[i].starts_with('\t');
    if (depth <= 0 && !goes_on && !recipe) found.push_back({i, i, ""});
    found.back().last = i + 1;
    found.back().text += all[i] + "\n";
    depth += depth_of(all[i]);
    goes_on = trim(all[i]).ends_with('\\');
  }
  return found;
}

/// Would it take what stands below it with it: an open bracket, text or comment, a line that goes
/// on?
bool swallows(const Statement& statement) {
  int depth = 0;
  for (const std::string& line : lines(statement.text)) depth += depth_of(line);
  const std::string& text = statement.text;
  return depth != 0 || trim(text).ends_with('\\') || text.find("#[") != std::string::npos ||
         text.find("'''") != std::string::npos ||
         std::count(text.begin(), text.end(), '"') % 2 != 0;
}

/// -1, 1: it ends, it begins a condition; 0: it does neither, or goes on with one.
std::optional<int> condition_of(const std::string& word) {
  if (word == "if" || word == "ifdef" || word == "ifndef" || word == "ifeq" || word == "ifneq")
    return 1;
  if (word == "endif") return -1;
  if (word == "else" || word == "elseif" || word == "elif") return 0;
  return std::nullopt;
}

/// Makes tests possible, and says nothing of any.
bool is_of_all_tests(const Tokens& words) {
  constexpr std::array<std::string_view, 4> kLibraries = {"GTest", "Catch2", "doctest", "Check"};
  constexpr std::array<std::string_view, 4> kIncluded = {"CTest", "GoogleTest", "Catch", "doctest"};
  std::string command = lower(words.front());
  if (command == "enable_testing") return words.size() <= 3;
  if (words.size() < 3) return false;
  auto among = [&](const auto& all) {
    return std::find(all.begin(), all.end(), words[2]) != all.end();
  };
  return (command == "find_package" && among(kLibraries)) ||
         (command == "include" && words.size() <= 4 && among(kIncluded));
}

/// What a statement about a test makes: the target of CMake, the variable or rule of others.
void take_made(const Tokens& words, Names& names) {
  bool call = words.size() > 2 && words[1] == "(";
  bool makes_one = lower(words.front()).starts_with("add_") || lower(words.front()) == "set";
  if (call && makes_one) names.made(words[2] == "NAME" && words.size() > 3 ? words[3] : words[2]);
  if (words.size() > 1 && (words[1] == "=" || words[1] == ":=" || words[1] == ":"))
    names.made(words.front());
  if (words.front().size() > 1 && words.front().ends_with(':'))
    names.made(words.front().substr(0, words.front().size() - 1));
}

/// Which of these added statements are a test's.
std::vector<bool> of_tests(const std::vector<Statement>& statements, const ListSeen& seen,
                           Names& names) {
  std::vector<bool> is;
  int open = 0;
  bool balanced = true;
  std::vector<size_t> conditions;
  for (const Statement& statement : statements) {
    Tokens words = tokens_of(statement.text, false);
    if (is_comment(statement.text) || words.empty()) {
      is.push_back(true);
      continue;
    }
    if (std::optional<int> condition = condition_of(lower(words.front()))) {
      conditions.push_back(is.size());
      open += *condition;
      balanced = balanced && open >= 0;
      is.push_back(true);
      continue;
    }
    bool named = std::any_of(words.begin(), words.end(),
                             [&](const std::string& word) { return names.is_named(word); });
    bool a_test = !words.front().starts_with('#') && !swallows(statement) &&
                  (is_of_all_tests(words) || (named && is_for_tests(statement.text, words, seen)));
    if (a_test) take_made(words, names);
    is.push_back(a_test);
  }
  for (size_t at : conditions) is[at] = balanced && open == 0;
  return is;
}

/// Is `now` what `before` was, with words put in that mean new tests? A line that is ended where it
/// was not before is another one to make.
bool is_with_names(const std::string& before, const std::string& now, const Names& names,
                   bool make) {
  Tokens old = tokens_of(before, true), all = tokens_of(now, true);
  size_t at = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& one = all[i];
    if (at < old.size() && one == old[at]) {
      ++at;
      continue;
    }
    bool ends = one == "\n" && (!make || at == old.size() || (i > 0 && all[i - 1] == "\\"));
    bool sign = one == "," || one == "'" || one == "\"" || one == "\\";
    if (!ends && !sign && !names.means(one)) return false;
  }
  return at == old.size();
}

std::string range_of(const std::vector<std::string>& all, size_t first, size_t last) {
  std::string text;
  for (size_t i = first; i < last; ++i) text += all[i] + "\n";
  return text;
}

/// A list before and after, told apart place by place.
class Telling {
 public:
  Telling(const std::string& path, const std::string& before, const std::string& now,
          const std::vector<std::string>& tests)
      : seen_{list_kind_of(path), before,
              [this](const std::string& word) { return names_.is_named(word); }},
        make_(seen_.kind == ListKind::kMake),
        before_(lines(before)),
        now_(lines(now)),
        names_(tests, tokens_of(before, false)) {}

  ListChange tell() {
    size_t at = 0;
    for (const LineHunk& hunk : line_hunks(before_, now_)) {
      result_.as_before += range_of(before_, at, hunk.old_first);
      at = hunk.old_last;
      tell_place(hunk);
    }
    result_.as_before += range_of(before_, at, before_.size());
    return std::move(result_);
  }

 private:
  void tell_place(const LineHunk& hunk) {
    std::string old = range_of(before_, hunk.old_first, hunk.old_last);
    std::string added = range_of(now_, hunk.new_first, hunk.new_last);
    if (is_with_names(old, added, names_, make_)) {
      result_.as_before += added;
      return;
    }
    result_.as_before += old;
    for (size_t i = hunk.old_first; i < hunk.old_last; ++i)
      result_.beyond.push_back(fmt::format("'{}' is not there any more", trim(before_[i])));
    std::vector<Statement> all = statements_in(now_, hunk.new_first, hunk.new_last, make_);
    std::vector<bool> tests = of_tests(all, seen_, names_);
    for (size_t i = 0; i < all.size(); ++i) {
      bool kept = tests[i] && old.empty();
      if (kept) result_.as_before += all[i].text;
      if (!tests[i])
        result_.beyond.push_back(fmt::format(
            "'{}' names no new test", trim(all[i].text.substr(0, all[i].text.find(kLineEnd)))));
    }
  }

  ListSeen seen_;
  bool make_;
  std::vector<std::string> before_, now_;
  Names names_;
  ListChange result_;
};

}  // namespace

ListChange change_of_list(const std::string& path, const std::string& before,
                          const std::string& now, const std::vector<std::string>& tests) {
  return Telling(path, before, now, tests).tell();
}

bool lists_tests(const std::string& text, const std::vector<std::string>& tests) {
  if (tests.empty()) {
    return text.find("enable_testing") != std::string::npos ||
           text.find("include(CTest)") != std::string::npos ||
           text.find("test(") != std::string::npos;
  }
  Names names(tests, {});
  Tokens words = tokens_of(text, false);
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return names.means(word); });
}

std::vector<std::string> lines_taken_from(const std::string& before, const std::string& now) {
  std::vector<std::string> old = lines(before), all = lines(now), taken;
  for (const LineHunk& hunk : line_hunks(old, all)) {
    size_t at = hunk.new_first;
    for (size_t i = hunk.old_first; i < hunk.old_last; ++i) {
      size_t same = at;
      while (same < hunk.new_last && all[same] != old[i] + ",") ++same;
      if (same < hunk.new_last) {
        at = same + 1;
      } else {
        taken.emplace_back(trim(old[i]));
      }
    }
  }
  return taken;
}

}  // namespace gf::stage

#include "stage/test_idle.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "base/glob.h"
#include "base/source_parts.h"
#include "base/text.h"
#include "stage/test_judge.h"

namespace gf::stage {
namespace {

using record::TestStatus;

/// Parts of the words by which tests of any language say no. Rather one too many: a test is called
/// idle only where none of them stands in it.
constexpr std::array<std::string_view, 30> kSayNo = {
    "assert", "expect", "rais",   "should", "must",    "fail",   "fatal", "error",
    "verify", "check",  "equal",  "throw",  "panic",   "reject", "match", "snap",
    "requir", "ensure", "compar", "unwrap", "diff",    "valid",  "hold",  "prove",
    "same",   "golden", "approx", "cmp",    "request", "skip"};
/// Words that begin an assertion of which no more is known than that it looks at its arguments.
constexpr std::array<std::string_view, 12> kAssertions = {
    "assert",      "expect",       "assert_eq",   "assert_ne",    "debug_assert", "asserttrue",
    "assertfalse", "assertequals", "assertequal", "assert_equal", "assert_true",  "assert_false"};
/// What may stand behind a dot of such an assertion and looks at nothing else either.
constexpr std::array<std::string_view, 20> kMatchers = {
    "equal",      "equals",    "strictequal", "deepequal",     "notequal", "ok",
    "true",       "false",     "istrue",      "isfalse",       "tobe",     "toequal",
    "tobetruthy", "tobefalsy", "tobedefined", "tostrictequal", "tobenull", "not",
    "to",         "be"};
constexpr std::array<std::string_view, 11> kLiterals = {
    "true", "false", "none", "null", "nil", "undefined", "is", "not", "and", "or", "in"};
/// What stands before a bracket and calls nothing; elsewhere than in Python the latter are names.
constexpr std::array<std::string_view, 15> kNoCalls = {
    "if",    "for",   "while", "switch", "return", "catch",    "in",   "of",
    "async", "await", "yield", "else",   "func",   "function", "print"};
constexpr std::array<std::string_view, 8> kNoCallsOfPython = {"elif", "except", "is", "not",
                                                              "and",  "or",     "as", "lambda"};
/// Calls of every language's own that fail nothing.
constexpr std::array<std::string_view, 14> kInert = {
    "println", "eprintln", "printf", "log", "logf", "range", "len",
    "str",     "int",      "list",   "Ok",  "Log",  "Logf",  "Println"};
/// What may stand in a decorator, an annotation or an attribute of a test that asserts nothing.
constexpr std::array<std::string_view, 8> kDecorators = {
    "pytest", "mark", "parametrize", "param", "asyncio", "test", "tokio", "staticmethod"};

template <size_t N>
bool among_words(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool says_no(std::string_view name) {
  std::string word = lower(name);
  return std::any_of(kSayNo.begin(), kSayNo.end(),
                     [&](std::string_view part) { return word.find(part) != std::string::npos; });
}

/// A name in code, and the code before and behind it without blanks between.
struct NameInCode {
  std::string_view name, before, behind;
};
/// "t.Fatal" are two.
std::vector<NameInCode> names_in_code(std::string_view code) {
  std::vector<NameInCode> names;
  for (size_t at = 0; at < code.size();) {
    if (!in_identifier(code[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < code.size() && in_identifier(code[end])) ++end;
    if (!is_digit(code[at]))
      names.push_back(
          {code.substr(at, end - at), trim(code.substr(0, at)), trim(code.substr(end))});
    at = end;
  }
  return names;
}

bool is_balanced(std::string_view code) {
  int open = 0;
  for (char c : code)
    open += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
  return open == 0;
}

/// Is the line an assertion that nothing could break: its own words, and nothing but literals?
bool asserts_a_constant(std::string_view code) {
  std::vector<NameInCode> names = names_in_code(code);
  size_t first = !names.empty() && (names[0].name == "self" || names[0].name == "this") ? 1 : 0;
  // What goes on in the next line is not seen, and neither is a value inside of a template.
  bool whole = is_balanced(code) && !code.ends_with('\\') && code.find('`') == std::string::npos;
  if (!whole || names.size() <= first || !among_words(kAssertions, lower(names[first].name)))
    return false;
  if (!names[0].before.empty() || (first == 1 && !names[1].before.ends_with('.'))) return false;
  return std::all_of(names.begin() + static_cast<std::ptrdiff_t>(first) + 1, names.end(),
                     [](const NameInCode& one) {
                       std::string word = lower(one.name);
                       bool matcher = one.before.ends_with('.') && among_words(kMatchers, word);
                       return matcher || among_words(kLiterals, word);
                     });
}

/// Without a word for it: `t.is(...)` of ava and tape, `?` of Rust.
bool says_no_by_sign(std::string_view path, std::string_view code) {
  if (path.ends_with(".rs")) return code.find('?') != std::string_view::npos;
  bool script = path.find(".js") != std::string_view::npos ||
                path.find(".ts") != std::string_view::npos || path.ends_with(".mjs");
  return script && find_word(code, "t.") != std::string_view::npos;
}

bool is_called(const NameInCode& one) {
  std::string_view next = one.behind.substr(0, 3);
  bool macro = next.size() > 1 && next[0] == '!' && next[1] != '=';
  return next.starts_with('(') || next.starts_with('`') || next.starts_with('<') ||
         next.starts_with("::<") || next == "?.(" || macro;
}

/// Might this call say no? What the change brings does so by itself at most, and not for the test.
bool call_may_assert(const NameInCode& one, const std::set<std::string>& brought) {
  std::string_view before = one.before;
  bool own = before.ends_with("self.") || before.ends_with("this.") || before.ends_with("cls.");
  if (own) return true;  // the test's own class, or what it comes of
  bool defined = before.ends_with("def") || before.ends_with("fn") || before.ends_with("func") ||
                 before.ends_with("function");
  return !defined && !among_words(kNoCalls, one.name) && !among_words(kInert, one.name) &&
         !brought.contains(std::string(one.name));
}

bool is_import(std::string_view code) {
  bool imports =
      code.starts_with("from ") || code.starts_with("import ") || code.starts_with("use ");
  return imports && code.find(';') >= code.size() - 1;
}

/// Could anything in a line of a test's code fail it, apart from what the change brings?
bool may_assert(std::string_view path, std::string_view line,
                const std::set<std::string>& brought) {
  std::string_view code = trim(line);
  if (code.empty() || is_import(code)) return false;
  // Letters of other scripts and '$' make names that are not followed here.
  bool other = std::any_of(code.begin(), code.end(),
                           [](char c) { return c == '$' || static_cast<unsigned char>(c) > 0x7f; });
  if (other || says_no_by_sign(path, code)) return true;
  if (asserts_a_constant(code)) return false;
  std::vector<NameInCode> names = names_in_code(code);
  if (code.starts_with('@') || code.starts_with("#[")) {
    return !std::all_of(names.begin(), names.end(), [](const NameInCode& one) {
      std::string word = lower(one.name);
      return among_words(kDecorators, word) || among_words(kLiterals, word);
    });
  }
  bool hidden = code.find(")(") != std::string::npos || code.find("](") != std::string::npos ||
                code.starts_with("with ") || code.starts_with("async with ");
  return hidden || std::any_of(names.begin(), names.end(), [&](const NameInCode& one) {
           bool word = path.ends_with(".py") && among_words(kNoCallsOfPython, one.name);
           return says_no(one.name) || (!word && is_called(one) && call_may_assert(one, brought));
         });
}

size_t indent_in(std::string_view line) {
  size_t at = line.find_first_not_of(" \t");
  return at == std::string_view::npos ? line.size() : at;
}

/// Lines of a test that is a call with its name in quotes (JavaScript), from 0, to what closes it.
std::optional<Span> called_test(const std::vector<std::string>& source, std::string_view name) {
  for (size_t i = 0; i < source.size(); ++i) {
    size_t at = source[i].find(name);
    if (at == std::string::npos || at == 0) continue;
    char before = source[i][at - 1];
    if (before != '\'' && before != '"' && before != '`') continue;
    size_t last = i;
    if (is_balanced(source[i])) return Span{i, i};
    while (last + 1 < source.size()) {
      const std::string& line = source[++last];
      if (!trim(line).empty() && indent_in(line) <= indent_in(source[i])) break;
    }
    return Span{i, last};
  }
  return std::nullopt;
}

/// Where a test stands, and the line that names it: a name says what it should do, and does not.
struct TestPlace {
  Span whole;
  size_t named = 0;
};

/// Does something in this line run after each test of the file?
bool runs_after(std::string_view code) {
  std::vector<NameInCode> names = names_in_code(code);
  return std::any_of(names.begin(), names.end(), [](const NameInCode& one) {
    std::string word = lower(one.name);
    return word.starts_with("teardown") || word.starts_with("tear_down") ||
           word.starts_with("aftereach") || word.starts_with("afterall") || word == "after" ||
           word == "autouse";
  });
}

/// A file of tests, taken apart once for all that is asked of it.
class TestFile {
 public:
  /// `brought`: names that the change defines outside of tests.
  TestFile(std::string path, std::string_view text, std::set<std::string> brought)
      : path_(std::move(path)), syntax_(syntax_of(path_)), brought_(std::move(brought)) {
    // There an assertion may be an operator, or a word between two others.
    if (path_.ends_with(".scala") || path_.ends_with(".kt")) syntax_.reset();
    if (!syntax_) return;
    source_ = lines(text);
    parts_ = source_lines(text, *syntax_);
    for (size_t at : definition_lines(source_, *syntax_)) {
      std::string name = defined_name(source_[at]);
      if (brought_.erase(name) > 0) hidden_.insert(name);
      definitions_[name].push_back(at);
    }
    for (const SourceLine& line : parts_) {
      after_ = after_ || runs_after(line.code);
      forget_neighbours(trim(line.code));
    }
  }

  /// `name`: the last of a test's id.
  bool asserts_nothing(const std::string& name) const {
    if (!syntax_ || after_) return false;
    std::optional<TestPlace> place = place_of(name);
    if (!place || place->whole.last >= parts_.size()) return false;
    // A test may have the name of what it calls: `fn tax() { shop::tax(1); }`.
    std::set<std::string> brought = brought_;
    if (hidden_.contains(name)) brought.insert(name);
    for (size_t i = place->whole.first; i <= place->whole.last; ++i) {
      std::string_view code = parts_[i].code;
      if (i == place->named) code = behind_name(code, place->whole.first == place->whole.last);
      if (may_assert(path_, code, brought)) return false;
    }
    return true;
  }

 private:
  /// What tests share may assert, whatever else has that name.
  void forget_neighbours(std::string_view code) {
    if (!code.starts_with("from .") && !code.starts_with("from test") &&
        !code.starts_with("from conftest"))
      return;
    for (const NameInCode& one : names_in_code(code)) brought_.erase(std::string(one.name));
  }

  /// The part of a test's first line that is run with it.
  std::string_view behind_name(std::string_view code, bool one_line) const {
    size_t arrow = code.find("=>"), brace = code.find('{');
    if (arrow != std::string_view::npos) return code.substr(arrow + 2);
    if (!syntax_->indented && brace != std::string_view::npos) return code.substr(brace + 1);
    return one_line ? code : std::string_view();
  }

  std::optional<TestPlace> place_of(const std::string& name) const {
    auto found = definitions_.find(name);
    if (found == definitions_.end()) {
      auto called = called_test(source_, name);
      return called ? std::optional<TestPlace>({*called, called->first}) : std::nullopt;
    }
    if (found->second.size() > 1) return std::nullopt;  // which one it is cannot be seen
    auto whole = definition_at(source_, found->second[0], *syntax_);
    return whole ? std::optional<TestPlace>({whole->whole, found->second[0]}) : std::nullopt;
  }

  std::string path_;
  std::optional<Syntax> syntax_;
  std::set<std::string> brought_, hidden_;  ///< hidden: names that the file itself defines too
  std::vector<std::string> source_;
  std::vector<SourceLine> parts_;
  std::map<std::string, std::vector<size_t>> definitions_;  ///< lines of each name
  bool after_ = false;
};

std::string last_name(std::string_view id) {
  std::string_view function = function_of(id);
  size_t at = function.rfind("::");
  return std::string(at == std::string_view::npos ? function : function.substr(at + 2));
}

/// Names that the change's sources define in lines that it added.
std::set<std::string> brought_names(const Input& in) {
  std::set<std::string> names;
  for (const auto& [path, numbers] : in.added_lines) {
    auto syntax = syntax_of(path);
    if (!syntax || glob_matches_any(in.test_paths, path)) continue;
    std::set<int> added(numbers.begin(), numbers.end());
    std::vector<std::string> source = lines(in.tree->read(path).value_or(""));
    for (size_t at : definition_lines(source, *syntax)) {
      if (added.contains(static_cast<int>(at) + 1)) names.insert(defined_name(source[at]));
    }
  }
  return names;
}

/// Answers for a change's tests: each file is read once, and each function looked at once, however
/// many parameters it is run with.
class IdleSeen {
 public:
  explicit IdleSeen(const Input& in) : in_(in) {}

  bool is_idle(const std::string& id) {
    std::string function(function_of(id));
    auto known = functions_.find(function);
    if (known != functions_.end()) return known->second;
    const std::optional<TestFile>& file = file_at(std::string(file_of(id)));
    return functions_[function] = file && file->asserts_nothing(last_name(id));
  }

 private:
  const std::optional<TestFile>& file_at(const std::string& path) {
    auto [at, is_new] = files_.try_emplace(path);
    if (!is_new) return at->second;
    if (!brought_) brought_ = brought_names(in_);
    if (auto text = in_.tree->read(path)) at->second.emplace(path, *text, *brought_);
    return at->second;
  }

  const Input& in_;
  std::optional<std::set<std::string>> brought_;
  std::map<std::string, std::optional<TestFile>> files_;
  std::map<std::string, bool> functions_;
};

}  // namespace

bool asserts_nothing(std::string_view path, std::string_view text, std::string_view id,
                     const std::set<std::string>& brought) {
  return TestFile(std::string(path), text, brought).asserts_nothing(last_name(id));
}

std::set<std::string> idle_tests(const Input& in) {
  std::set<std::string> idle;
  if (in.rules < Rules::kNotSilenced || in.tree == nullptr) return idle;
  Tests base(in.base_outcomes), now(in.outcomes), base_run(in.new_tests_on_base);
  IdleSeen seen(in);
  for (const record::TestResult* test : now.all()) {
    if (test->status != TestStatus::kPassed || base.find(test->id) != nullptr) continue;
    const record::TestResult* before = base_run.find(test->id);
    bool lacked = before == nullptr || before->cause == "missing-symbol" ||
                  before->status == TestStatus::kError;
    if (lacked && seen.is_idle(test->id)) idle.emplace(function_of(test->id));
  }
  return idle;
}

}  // namespace gf::stage

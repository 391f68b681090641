#include "stage/test_idle.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

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
constexpr std::array<std::string_view, 9> kFails = {"fail", "fatal",  "error",  "panic", "throw",
                                                    "rais", "reject", "unwrap", "skip"};
/// Names in an assertion that are none of anything's.
constexpr std::array<std::string_view, 18> kConstants = {
    "true", "false", "none", "null", "nil",    "undefined", "self", "this", "t",
    "is",   "not",   "and",  "or",   "assert", "expect",    "ok",   "n",    "await"};

bool says_no(const std::string& word) {
  return std::any_of(kSayNo.begin(), kSayNo.end(),
                     [&](std::string_view part) { return word.find(part) != std::string::npos; });
}

/// Names in code, in small letters; "t.Fatal" are two.
std::vector<std::string> names_in_code(std::string_view code) {
  std::vector<std::string> names;
  for (size_t at = 0; at < code.size();) {
    if (!in_identifier(code[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < code.size() && in_identifier(code[end])) ++end;
    if (!is_digit(code[at])) names.push_back(lower(code.substr(at, end - at)));
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

/// Does a line of code say no to anything that could be otherwise?
bool asserts(const std::string& code, bool& constant) {
  std::vector<std::string> names = names_in_code(code);
  if (std::none_of(names.begin(), names.end(), says_no)) return false;
  bool open = !is_balanced(code);
  // What fails by itself stands behind a condition of the test's own.
  bool fails = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return std::any_of(kFails.begin(), kFails.end(),
                       [&](std::string_view part) { return name.find(part) != std::string::npos; });
  });
  constant =
      !open && !fails && std::all_of(names.begin(), names.end(), [](const std::string& name) {
        bool matcher = name.starts_with("tobe") || name.starts_with("toequal") || says_no(name);
        return matcher || std::find(kConstants.begin(), kConstants.end(), name) != kConstants.end();
      });
  // A text that is compared is blanked here, and what is called there stays a name.
  return !constant;
}

/// Without a word for it: `t.is(...)` of ava and tape, `?` of Rust.
bool says_no_by_sign(std::string_view path, std::string_view code) {
  if (path.ends_with(".rs")) return code.find('?') != std::string_view::npos;
  bool script = path.find(".js") != std::string_view::npos ||
                path.find(".ts") != std::string_view::npos || path.ends_with(".mjs");
  return script && find_word(code, "t.") != std::string_view::npos;
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
std::optional<TestPlace> place_of_test(const std::vector<std::string>& source,
                                       std::string_view name, const Syntax& syntax) {
  std::optional<TestPlace> found;
  for (size_t at : definition_lines(source, syntax)) {
    if (defined_name(source[at]) != name) continue;
    if (found) return std::nullopt;  // two of a name: which one it is cannot be seen
    if (auto whole = definition_at(source, at, syntax)) found = TestPlace{whole->whole, at};
  }
  if (found) return found;
  auto called = called_test(source, name);
  return called ? std::optional<TestPlace>({*called, called->first}) : std::nullopt;
}

/// Names that the file defines beside `test`, or has from beside it: what they do is not seen.
std::set<std::string> helpers_in(const std::vector<std::string>& source,
                                 const std::vector<SourceLine>& parts, const Syntax& syntax,
                                 Span test) {
  std::set<std::string> helpers;
  for (size_t at : definition_lines(source, syntax)) {
    if (at < test.first || at > test.last) helpers.insert(lower(defined_name(source[at])));
  }
  for (const SourceLine& line : parts) {
    std::string_view code = trim(line.code);
    if (!code.starts_with("from .") && !code.starts_with("from tests") &&
        !code.starts_with("from test") && !code.starts_with("from conftest"))
      continue;
    for (std::string& name : names_in_code(code)) helpers.insert(std::move(name));
  }
  helpers.erase("");
  return helpers;
}

std::string last_name(std::string_view id) {
  std::string_view function = function_of(id);
  size_t at = function.rfind("::");
  return std::string(at == std::string_view::npos ? function : function.substr(at + 2));
}

}  // namespace

bool asserts_nothing(std::string_view path, std::string_view text, std::string_view id) {
  auto syntax = syntax_of(path);
  if (!syntax) return false;
  std::vector<std::string> source = lines(text);
  std::vector<SourceLine> parts = source_lines(text, *syntax);
  std::optional<TestPlace> place = place_of_test(source, last_name(id), *syntax);
  if (!place || place->whole.last >= parts.size()) return false;
  std::set<std::string> helpers = helpers_in(source, parts, *syntax, place->whole);
  bool one_line = place->whole.first == place->whole.last;
  for (size_t i = place->whole.first; i <= place->whole.last; ++i) {
    std::string code = parts[i].code;
    if (i == place->named && !one_line) continue;
    if (size_t body = code.find("=>"); one_line && body != std::string::npos)
      code = code.substr(body + 2);
    bool constant = false;
    if (asserts(code, constant) || says_no_by_sign(path, code)) return false;
    std::vector<std::string> names = names_in_code(code);
    bool helped = std::any_of(names.begin(), names.end(),
                              [&](const std::string& name) { return helpers.contains(name); });
    if (helped) return false;
  }
  return true;
}

std::set<std::string> idle_tests(const Input& in) {
  std::set<std::string> idle;
  if (in.rules < Rules::kNotSilenced || in.tree == nullptr) return idle;
  Tests base(in.base_outcomes), now(in.outcomes), base_run(in.new_tests_on_base);
  for (const record::TestResult* test : now.all()) {
    if (test->status != TestStatus::kPassed || base.find(test->id) != nullptr) continue;
    const record::TestResult* before = base_run.find(test->id);
    bool lacked = before == nullptr || before->cause == "missing-symbol" ||
                  before->status == TestStatus::kError;
    std::string path(file_of(test->id));
    if (!lacked || idle.contains(std::string(function_of(test->id)))) continue;
    std::optional<std::string> text = in.tree->read(path);
    if (text && asserts_nothing(path, *text, test->id)) idle.emplace(function_of(test->id));
  }
  return idle;
}

}  // namespace gf::stage

#include "line/memo_for_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "gate/language.h"
#include "line/assignment.h"
#include "line/dossier.h"

namespace gf::line {
namespace {

bool is_of_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
         std::string_view("_-./+@~").find(c) != std::string_view::npos;
}

/// The path that a word of prose is or begins with: of "`tests/test_a.py::test_b`," the file.
std::string path_in(std::string_view word) {
  size_t first = 0;
  while (first < word.size() && !is_of_path(word[first])) ++first;
  size_t end = first;
  while (end < word.size() && is_of_path(word[end])) ++end;
  while (end > first && word[end - 1] == '.') --end;
  std::string_view path = word.substr(first, end - first);
  return std::string(path.starts_with("./") ? path.substr(2) : path);
}

const record::TreeFacts& base_of(const Showing& showing) {
  return showing.base == nullptr ? *showing.tree : *showing.base;
}

/// Which files the memo may name and TEST may not change.
class NotTests {
 public:
  NotTests(const Showing& showing, const stage::Brief& brief)
      : showing_(showing), named_(brief.test_files.begin(), brief.test_files.end()) {
    scope_ =
        test_scope(*showing.assignment, *showing.dossier, showing.base_outcomes, base_of(showing));
  }
  [[nodiscard]] bool has(const std::string& path) const {
    bool of_tests = named_.contains(path) || is_test_path(*showing_.assignment, path);
    return of_tests && !tool::refusal(scope_, path).empty();
  }
  /// The text with a word behind the first place at which each of them is named.
  [[nodiscard]] std::string marked(const std::string& text) const {
    std::string with;
    std::set<std::string> done;
    for (size_t at = 0; at < text.size();) {
      size_t end = text.find_first_of(" \t\n", at);
      std::string_view word = std::string_view(text).substr(at, end - at);
      std::string path = path_in(word);
      bool mark = !path.empty() && has(path) && done.insert(path).second;
      size_t kept = mark ? word.find_last_not_of(".,;:)]") + 1 : word.size();
      with += word.substr(0, kept);
      if (mark) with += " (not yours to change)";
      with += word.substr(kept);
      if (end == std::string::npos) break;
      with += text[end];
      at = end + 1;
    }
    return with;
  }

 private:
  const Showing& showing_;
  std::set<std::string> named_;
  tool::Scope scope_;
};

}  // namespace

stage::Brief memo_for_test(const Showing& showing, stage::Brief brief) {
  NotTests not_tests(showing, brief);
  auto code = [&](const auto& hint) { return !is_test_path(*showing.assignment, hint.path); };
  std::erase_if(brief.places, code);
  std::erase_if(brief.reuse, code);
  std::vector<std::string> refused;
  std::erase_if(brief.test_files, [&](const std::string& path) {
    if (not_tests.has(path)) refused.push_back(path);
    return not_tests.has(path);
  });
  // One that may be changed for a criterion's sake, or only added to, is no place for others.
  std::erase_if(brief.test_files,
                [&](const std::string& path) { return base_of(showing).has_path(path); });
  auto beside = std::find_if(refused.begin(), refused.end(), [&](const std::string& path) {
    return is_test_path(*showing.assignment, path) && showing.tree->has_path(path);
  });
  if (brief.test_files.empty() && beside != refused.end())
    brief.test_files.push_back("a new file beside " + *beside);
  for (std::string* text : {&brief.notes, &brief.test_notes}) *text = not_tests.marked(*text);
  for (std::string& text : brief.conventions) text = not_tests.marked(text);
  if (showing.assignment->wishes.rules >= Rules::kNotesApart) brief.notes.clear();
  return brief;
}

}  // namespace gf::line

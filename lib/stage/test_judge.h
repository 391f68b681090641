// How TEST is judged. For test*.cc.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stage/parts.h"

namespace gf::stage {

/// The tests of one run, in order, and each by its id: a suite is gone through and asked about test
/// by test, so a look-up may not go through it again. Points into the outcomes.
class Tests {
 public:
  explicit Tests(const std::vector<record::GateOutcome>& outcomes);
  /// Of an id that comes twice the first; null: there is none.
  [[nodiscard]] const record::TestResult* find(const std::string& id) const;
  [[nodiscard]] const std::vector<const record::TestResult*>& all() const { return all_; }
  /// Those of one function, with whatever parameters; of a plain test the test itself.
  [[nodiscard]] std::vector<const record::TestResult*> of_function(std::string_view id) const;
  [[nodiscard]] size_t size() const { return all_.size(); }

 private:
  std::vector<const record::TestResult*> all_;
  std::unordered_map<std::string_view, const record::TestResult*> by_id_;
  std::unordered_map<std::string_view, std::vector<const record::TestResult*>> by_function_;
};

/// "tests/t.py::test_x[9]" without its parameter.
std::string_view function_of(std::string_view id);
/// The file of a test's id.
std::string_view file_of(std::string_view id);

/// What the criteria of a spec allow to be changed: a test with all its parameters, a class or a
/// file with all its tests. A name in a file that is no test (a constant, a fixture) stands for the
/// tests of its file, since any of them may use it.
class Authorised {
 public:
  Authorised(const record::Spec& spec, const Tests& base);
  [[nodiscard]] bool covers(std::string_view id) const;

 private:
  std::vector<std::string> names_;
};

/// Lines this change added: those that can run, and those that did.
struct AddedLines {
  int covered = 0, executable = 0;
  std::vector<std::pair<std::string, int>> missed;
};
AddedLines added_lines_of(const Input& in);
double percent_of(const AddedLines& lines);
bool has_coverage(const Input& in);

/// "3 tests passed, 2 skipped".
std::string test_count_text(const Tests& now, Rules rules);
Judgement tests_pass(const Tests& now, const AddedLines& lines, Rules rules);

/// Criteria that no test shows, as judge_tests() would find them, before every test was run. Of
/// `in`: spec, base_outcomes, outcomes of those that were run, and new_tests_on_base. Of new tests
/// in files that were not run it is taken that they pass; where it cannot be told whether they
/// carry an id, none is missed.
std::vector<Finding> unshown_by(const Input& in);

/// By Rules::kOwners: everything that is wrong at once, each for whom it concerns.
Judgement judge_tests(const Input& in);
/// As runs of older rules were judged: one kind of fault after the other, and on the base nothing
/// but an assertion and a missing name counted.
Judgement judge_tests_by_older_rules(const Input& in);

}  // namespace gf::stage

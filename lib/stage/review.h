// REVIEW's table and the code that decides from it (DESIGN 5).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "record/json.h"
#include "record/run.h"
#include "stage/stage.h"

namespace gf::stage {

/// The schema of the answer for a spec: the template's, which has to have `assumptions` besides
/// where the spec has some, for the prompt asks for each. An empty or foreign schema stays as it
/// is.
record::Json review_schema(record::Json schema, const record::Spec& spec);
/// The question. What it shows of hunks, of tests and of findings is bounded; what has no room is
/// named or counted.
Result<std::vector<record::Message>> review_prompt(const Input& in);

/// A claim that something is wrong, with a test that is to show it.
struct Reproduction {
  std::string about;  ///< "AC2", "constraint 1", "out of scope 2"
  std::string path;   ///< a test file that does not exist yet
  std::string body;   ///< its whole text
};
/// The reproductions in a reviewer's answer, in order.
std::vector<Reproduction> reproductions_in(const record::Json& table);

enum class Shown { kReproduced, kNotReproduced, kCouldNotRun };

/// What became of a reproduction.
struct Trial {
  Shown built = Shown::kCouldNotRun;
  std::optional<Shown> base;  ///< of the tree before the change; older rules did not ask
};

struct Decision {
  bool approved = false;
  std::vector<std::string> reasons;   ///< of the rejection, or what was weighed
  std::vector<std::string> comments;  ///< what did not reproduce, and what fits no slot: told, not
                                      ///< held against it
  std::vector<Finding> findings;      ///< `reasons`, each with what it speaks of
  record::Json table;                 ///< the reviewer's, with what was checked written in
};
/// Rejects for: a reproduced violation, more unasked hunks than Thresholds allow, a
/// criterion not shown. `tried` is by Reproduction::about. Observations decide nothing.
Decision decide(const Input& in, const record::Json& table,
                const std::map<std::string, Trial>& tried);
/// Those of the reproductions that held.
std::vector<Reproduction> held(const record::Json& table,
                               const std::map<std::string, Trial>& tried);
/// A rejection, given to whom its reasons concern.
Judgement rejected(const Input& in, const Decision& decision);

/// The table with the number of each constraint and out-of-scope item: a row may name it by `id`
/// ("C2") instead. Everything that reads a table reads numbers.
record::Json with_numbers(const record::Json& table);

/// Test functions that hunks of the change define: ids of generated tests begin with their names.
std::set<std::string> test_functions_in(const std::vector<ReviewHunk>& hunks);
/// The test function of `functions` that a test's id belongs to, "TestA::test_x" of
/// "t.py::TestA::test_x[1]" and of "t.py::TestA::test_x__1", without the file; and whether the id
/// is one case of it.
struct TestFunction {
  std::string name;
  bool is_case = false;
};
TestFunction function_of_id(const std::string& id, const std::set<std::string>& functions);

/// What a hunk serves, as older answers (one word) and newer ones (a list) tell it.
std::vector<std::string> served_by(const record::Json& hunk);

}  // namespace gf::stage

// Changes of which it is known what a reviewer should say: made of delivered ones.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "record/spec.h"

namespace gf::git {
class Repo;
}  // namespace gf::git

namespace gf::line {

/// What a run delivered.
struct DeliveredChange {
  RunId run;
  record::Spec spec;
  Oid base, base_tree, tree;
};

/// The kinds, in the order in which they take turns.
enum class CaseKind {
  kGood,     ///< a delivered change as it is: to be approved
  kDropped,  ///< its spec asks for one criterion more, and the change has nothing of it
  kUnasked,  ///< another request's code comes with it
};
/// "good", "dropped", "unasked".
std::string_view name_of(CaseKind kind);

struct CalibrationCase {
  CaseKind kind = CaseKind::kGood;
  RunId of;    ///< the run whose change it is
  RunId with;  ///< the other one, which the planted fault is taken from; empty: none
  record::Spec spec;
  Oid base, base_tree, tree;
  std::string criterion;           ///< dropped: the one of `spec` that the change has nothing of
  std::vector<std::string> paths;  ///< unasked: files of which each line is the other request's
  /// Dropped: the other run's tests, on the tree that is judged. Those that carry its criterion
  /// have to fail there, or nothing is certain of the case.
  struct Shown {
    std::string criterion;  ///< its id in the other run
    Oid tree;
    std::vector<std::string> files;
  };
  Shown shown_by;

  [[nodiscard]] bool is_good() const { return kind == CaseKind::kGood; }
};

/// Whether a path is one of a test.
using IsTest = std::function<bool(const std::string& path)>;

/// All cases that these changes make, the kinds in turn and the first changes first. Trees are
/// written as objects and nothing else. The same changes make the same cases.
///
/// A case is made only where code can tell what is right of it. With `A` a delivered change and `B`
/// one of another request, whose spec asks for something new:
///
/// 1. Good: `A` had gates, tests and a review, and was delivered; its spec is the one it was made
///    by.
/// 2. The rest: `A` and `B` have no criterion and nothing that they introduce in common, and each
///    file of code that `B` changed was in `A`'s base as it was in `B`'s.
/// 3. Dropped: `A`'s spec asks for the first new criterion of `B` as well. `B`'s tests of it are
///    there to be run on `A`'s tree (Shown); before the reviewer is asked they have to fail.
/// 4. Unasked: `B`'s code, no tests, is put onto `A`'s tree, whole, or where they conflict the
/// files
///    that are new with it. `A`'s spec asks for nothing of them.
///
/// Documents, a changelog above all, are left out of what is compared and put in. A mutant that the
/// tests of a run let live is no case: it may do the same as what it was made of.
Result<std::vector<CalibrationCase>> calibration_cases(git::Repo& repo,
                                                       const std::vector<DeliveredChange>& changes,
                                                       const IsTest& is_test);

/// At most `most` of them; the kinds that are there take turns, so that a few cases have all.
std::vector<CalibrationCase> in_turn(std::vector<CalibrationCase> cases, size_t most);

}  // namespace gf::line

// TEST's first look, where a suite is slow: the tests that the change can reach. What is red there
// goes back at once; what is green is green only when the whole suite is.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "line/acts.h"

namespace gf::line {

struct FirstLook {
  std::set<std::string> files;  ///< with the tests that ran; empty: there was no first look
  int ran = 0;                  ///< tests
  bool goes_back = false;       ///< `step` is judged; the rest need not run
};

/// Runs them where Bench::select_tests() names some. A failure of a test that did not fail on the
/// base, nor does there in the same company, judges `step`, with all other tests taken for what
/// they were on the base, and no lines counted: what covers them may be among these. The same test
/// does so once; what a runner could not do is no failure.
Result<FirstLook> look_first(Parts& parts, const stage::Stage& stage, Step& step);

/// After the whole suite: what of it the first look would have had to find makes the run ask no
/// selection any more, and is on record.
Result<void> hold_against(Parts& parts, const FirstLook& look,
                          const std::vector<record::GateOutcome>& whole);

/// What passed on the base and fails now is held against the change only when it fails twice.
Result<void> run_failures_again(Parts& parts, std::vector<record::GateOutcome>& outcomes);

/// `now`, with what `base` knows of tests in files that are not `files`.
std::vector<record::GateOutcome> with_the_rest_of(std::vector<record::GateOutcome> now,
                                                  const std::vector<record::GateOutcome>& base,
                                                  const std::set<std::string>& files);

}  // namespace gf::line

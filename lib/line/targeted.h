// TEST's first look, where a suite is slow: the tests that the change can reach. What is red there
// goes back at once; what is green is green only when the whole suite is.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "line/acts.h"

namespace gf::line {

/// The rule of a selection's findings where any test may reach the change, and these name it: what
/// such a look leaves out was never said to be safe.
inline constexpr const char* kNearest = "nearest";

struct FirstLook {
  std::set<std::string> files;  ///< with the tests that ran; empty: there was no first look
  bool nearest = false;         ///< of kNearest
  int ran = 0;                  ///< tests
  bool goes_back = false;       ///< `step` is judged; the rest need not run
};

/// Tests that say no in a first look and did not on the base.
struct RedTests {
  bool sent_back_before = false;  ///< one of them has sent the change back already
  size_t known = 0;               ///< that the base has
  size_t known_on_base = 0;       ///< of these: that say no there too, in the same company
  size_t fresh = 0;               ///< that the base has not
  size_t fresh_alone = 0;         ///< of these: that say no by themselves too
};

/// Is a red first look what the whole suite would find?
enum class Believed {
  kYes,        ///< it sends the change back
  kNotNow,     ///< all tests are asked
  kNeverAgain  ///< and from here on at once
};

/// Each test sends back by itself once: then all are asked, so that no company it needs is missing
/// for ever. A known one that fails on the base as well needs others before it. Of a new one the
/// base knows nothing: what is red among the chosen alone is nothing against the change, and what
/// is red by itself TEST refuses whatever the whole suite says of it.
Believed believed(const RedTests& red);

/// Runs them where Bench::select_tests() names some. A failure that is believed() judges `step`,
/// with all other tests taken for what they were on the base, and no lines counted: what covers
/// them may be among these. What a runner could not do is no failure.
Result<FirstLook> look_first(Parts& parts, const stage::Stage& stage, Step& step);

/// After the whole suite: what of it the first look would have had to find makes the run ask no
/// selection any more, and is on record. Of the nearest alone nobody said that they are all.
Result<void> hold_against(Parts& parts, const FirstLook& look,
                          const std::vector<record::GateOutcome>& whole);

/// What passed on the base and fails now is held against the change only when it fails twice.
Result<void> run_failures_again(Parts& parts, std::vector<record::GateOutcome>& outcomes);

/// `now`, with what `base` knows of tests in files that are not `files`.
std::vector<record::GateOutcome> with_the_rest_of(std::vector<record::GateOutcome> now,
                                                  const std::vector<record::GateOutcome>& base,
                                                  const std::set<std::string>& files);

}  // namespace gf::line

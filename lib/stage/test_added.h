// What the tests that a change adds show of it, where no spec says what it was to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/stage.h"

namespace gf::stage {

/// Test functions that the change brings and that pass with it, by what they did on the code before
/// it. Ids, in the runner's order; a function with several parameters is told once, by what one of
/// them did that shows most.
struct AddedTests {
  std::vector<std::string> failed;  ///< they show something: they fail without the change
  std::vector<std::string>
      unloaded;  ///< could not be run without it (not loaded, an error, skipped); they are now
  std::vector<std::string> passed;   ///< pass without the change too: guards, or of no use
  std::vector<std::string> skipped;  ///< are not run now
  [[nodiscard]] size_t size() const {
    return failed.size() + unloaded.size() + passed.size() + skipped.size();
  }
};

/// "tests/t.py::test_x[9]" without its parameter.
std::string_view test_function(std::string_view id);

/// Of `in`: base_outcomes, outcomes, new_tests_on_base.
AddedTests added_tests(const Input& in);

/// A finding when a change of sources adds tests of which none fails without it. No tests at all
/// are none: whether its lines are run is asked by themselves (coverage).
std::vector<Finding> unshown_by_added(const Input& in);

}  // namespace gf::stage

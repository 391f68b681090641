// Tests that assert nothing, by their source.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "stage/stage.h"

namespace gf::stage {

/// Does the test of this id (its last name) assert nothing in `text`, the source of its file? Only
/// where that can be seen: it holds nothing but imports, constants (assert True is no assertion)
/// and calls of names in `brought`, those that the change defines outside of tests. A test that is
/// not found, and one that calls anything else, may assert somewhere.
bool asserts_nothing(std::string_view path, std::string_view text, std::string_view id,
                     const std::set<std::string>& brought);

/// Functions of new tests that pass now, failed before for want of what the change brings and for
/// nothing else, and assert nothing: all that they show is that a name is there. A test that ran
/// into an error of the old code shows that it is gone, and needs no assertion.
std::set<std::string> idle_tests(const Input& in);

}  // namespace gf::stage

// What is shown of test files, to those who write tests and to those who judge by them. Pure.
#pragma once

#include <string>

#include "line/entitlement.h"
#include "line/windows.h"

namespace gf::line {

/// "src/pkg/test/" of "src/pkg/test/unit/test_a.py", a pattern: a package's tests, with what they
/// share. By its name alone such a folder may be code: django/test is. Empty: it is none.
std::string folder_of_tests(const std::string& test_file);

/// The places that a brief names in a file; why it does is added to `why`, a line each.
Looked looked_at(const stage::Brief& brief, const std::string& path, std::string& why);
/// Lines that the change added to a file, as places before those that are there already: what is to
/// be mended is there. `change` may be null.
void look_at_change(const Change* change, const std::string& path, Looked& looked);

/// Tests that a criterion lets TEST change, around those it names and where the memo points; and
/// the files that TEST has written so far, which it may change again.
stage::Input::Files tests_to_change(const Showing& showing);
/// Adds the test files that the memo names, for their form, the names of what stands beside the
/// first, and what they import or share and is no code: TEST may read it all, and would ask for it.
void show_form_of_tests(const Showing& showing, stage::Input::Files& shown);
/// Files whose tests carry a criterion's id and that no hunk shows: REVIEW would look for them.
stage::Input::Files tests_of_criteria(const Showing& showing);

}  // namespace gf::line

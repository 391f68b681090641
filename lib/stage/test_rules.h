// The rules that TEST is told and is judged by: one text each, in its prompt and in the finding of
// whoever did not keep it.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace gf::stage::test_rule {

inline constexpr std::string_view kCarriesId =
    "Each criterion has a test whose name carries its id: test_ac2_missing_is_404.";
inline constexpr std::string_view kFailsBefore =
    "A test of something new fails on the code before the change, inside its own body, for a "
    "reason that the change takes away: an assertion, an error of the old code, or a name, "
    "parameter, key, header, option, route or status that is not there yet. Of a criterion's "
    "tests and parameters one at least fails so; others may hold. No line is needed that only "
    "makes "
    "it fail.";
inline constexpr std::string_view kImportsInside =
    "What is new is imported and used inside the test function, not at the top of the file, in the "
    "body of a class, in a list of parameters or in a fixture: the file has to be collected on the "
    "code before the change as well.";
inline constexpr std::string_view kOwnMistake =
    "A mistake of the test's own shows nothing: a name that it does not define, a fixture that "
    "does not exist, a file that cannot be collected.";
inline constexpr std::string_view kGuards =
    "A criterion that keeps something as it is has a guard: a test with its id that passes before "
    "the change and after it. Other guards are welcome.";
inline constexpr std::string_view kExisting =
    "An existing test is changed only where a criterion authorises it. To authorise a test is to "
    "authorise all its parameters and the constants, class attributes and fixtures of its file; to "
    "authorise a class or a file is to authorise all its tests.";
inline constexpr std::string_view kStays =
    "Every other test that passed before passes still: none may vanish or be skipped.";
inline constexpr std::string_view kAgrees =
    "A test says the same each time, alone and whatever ran before it: it leans on no other test, "
    "on no "
    "order, on no clock and on no chance.";
inline constexpr std::string_view kAsserts =
    "A test asserts what the change makes true: one that only imports it, runs its lines or "
    "asserts "
    "a constant shows nothing.";
inline constexpr std::string_view kHolds =
    "Tests of the base hold on the change as the base has them: neither a test that was changed "
    "nor "
    "a new file that tests share (a conftest) may be why they pass.";
inline constexpr std::string_view kNotices =
    "Tests notice small faults in the lines that the change adds, such as < for <= or a number "
    "that "
    "is one more.";
inline constexpr std::string_view kAddsOnly =
    "To a file that is marked 'to add to' tests are added and nothing is taken away: each line "
    "that "
    "stood there stays as it was. In a list of what is built beside the code (a CMakeLists.txt, "
    "meson.build or Makefile) what is added names a new test.";
/// Said where no file that is shown may be changed; no rule of the list, which is told always.
inline constexpr std::string_view kOwnFile = "Put tests into a new file of your own.";
inline constexpr std::string_view kRunsLines = "The lines that the change adds are run by tests.";

inline constexpr std::array<std::string_view, 13> kAll = {
    kCarriesId, kFailsBefore, kImportsInside, kOwnMistake, kGuards,    kExisting, kAddsOnly,
    kHolds,     kStays,       kAgrees,        kAsserts,    kRunsLines, kNotices};

/// As a list for the prompt.
std::string listed();
/// "<what is wrong>. <the rule>": the text of a finding.
std::string broken_by(std::string_view what, std::string_view rule);

}  // namespace gf::stage::test_rule

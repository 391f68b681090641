// What a test file is made of: tests, what they share, and which of it one test needs. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/source_text.h"

namespace gf::line {

/// A definition of a test file, or a value that is set there: at the margin, or in a class that is.
struct TestUnit {
  std::string name;
  Span whole;         ///< with its decorators, and the comment right above it
  bool test = false;  ///< a test, or a class that holds some
  double worth = 0;   ///< of the names that it speaks of, for who chooses
  std::vector<TestUnit> members;
};

/// In the order of the file.
std::vector<TestUnit> test_units(const std::vector<std::string>& source, const Syntax& syntax);
/// The unit around a line (from 0): a member, or one at the margin; null where there is none.
const TestUnit* unit_around(const std::vector<TestUnit>& units, size_t line);

/// What a test cannot be read without, the nearest first: the first lines of `owner` (its class;
/// null: it stands at the margin), what that sets up, and by their names the helpers, fixtures and
/// values of its class and of the file, and what these use in turn. Of a long one its first lines.
std::vector<Span> needed_by(const std::vector<TestUnit>& units, const TestUnit* owner,
                            const TestUnit& test, const std::vector<std::string>& source);

}  // namespace gf::line

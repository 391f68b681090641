// Tests of a Rust file, by how it is laid out. For rust_*.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::gate {

/// The test that line `number` (from 1) of a file stands in, with the modules around it:
/// "inner::ac1_doubles". Nothing: it stands in none. By indentation, as rustfmt lays code out.
std::optional<std::string> rust_test_at(const std::vector<std::string>& lines, int number);

/// Does a file of code hold tests of its own: is a function or a module of it one by its attribute?
bool holds_rust_tests(const std::string& content);

/// "half (doc)" of "half (line 4) - compile", as rustdoc names an example; the second one about the
/// same thing is "half (doc 2)". `nth`: from 1.
std::string example_name(std::string_view said, int nth);
/// "half" of it.
std::string explained_by(std::string_view said);
/// 4 of it; 0: it says none.
int line_of_example(std::string_view said);

}  // namespace gf::gate

// What of a test file shows how tests are written here, to who writes others. Pure.
#pragma once

#include <string>
#include <string_view>

#include "line/windows.h"

namespace gf::line {

/// A short file whole. Of a longer one: its head up to the first test (imports, constants,
/// fixtures, helpers), the definitions that `looked` has places in, and tests that speak of its
/// names, those with rare ones first, each with the class that it stands in and what that class
/// shares; without any, the first test. At most `most` bytes and two lines, which say how much is
/// shown and which other classes there are.
std::string test_form(std::string_view path, const std::string& content, const Looked& looked,
                      size_t most);

}  // namespace gf::line

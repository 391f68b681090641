// What of a test file shows how tests are written here, to who writes others. Pure.
#pragma once

#include <string>
#include <string_view>

#include "line/windows.h"

namespace gf::line {

/// A short file whole. Of a longer one: what `looked` wants whole and the definitions that it has
/// places in, also beyond the bound within one of their own; the head up to the first test
/// (imports, constants, fixtures, helpers), and tests that speak of its names, those with rare ones
/// first, each with what it needs (test_units.h); without any, the first test. At most `most` bytes
/// and two lines, which say how much is shown and which other classes there are.
std::string test_form(std::string_view path, const std::string& content, const Looked& looked,
                      size_t most);

}  // namespace gf::line

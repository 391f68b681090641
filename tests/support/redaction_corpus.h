// Texts with and without secrets, made from templates when a test runs, so that no file holds
// anything that looks like a key. See tests/corpus/redaction/.
#pragma once

#include <string>
#include <vector>

namespace gf::test {

struct Example {
  std::string text;
  std::vector<std::string> hidden;  ///< each must be gone from what the redactor gives
  std::string line;                 ///< the template
};

/// Every line of `file`, made with `seed`; equal seeds make equal examples.
std::vector<Example> examples_from(const std::string& file, unsigned seed);

}  // namespace gf::test

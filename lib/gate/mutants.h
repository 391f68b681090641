// Small faults to put into source lines, to see whether a test notices. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gf::gate {

/// One fault in one line of one file.
struct Mutant {
  int line = 0;      ///< from 1
  std::string what;  ///< "'>=' as '>'"
  std::string text;  ///< the whole file with it
};

/// Faults for these lines (ascending, from 1) of a file, the same each time: first one of each
/// line, then the second of each, so that a few of them are about many lines. Comparisons, and/or,
/// negations, arithmetic, whole numbers, truth values, and a call that is left out. By the tokens
/// of the line: what stands in quotes or comments is left alone, and so is what could be a type, a
/// pointer or an import. A compiler may refuse one: that is for who runs it to see. Empty for a
/// language that is not known here. At most `most`: each holds the whole file.
std::vector<Mutant> mutants_of(std::string_view path, std::string_view text,
                               const std::vector<int>& of_lines, size_t most);
/// How many mutants_of() would be without `most`.
size_t count_mutants(std::string_view path, std::string_view text,
                     const std::vector<int>& of_lines);

}  // namespace gf::gate

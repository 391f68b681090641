// The names that a spec speaks of, by what they are worth to somebody who looks for the place of a
// change. For this room's .cc files.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stage/digest.h"
#include "stage/lint_words.h"
#include "stage/stage.h"

namespace gf::stage {

/// Weights of a name of what is asked for, of what it is asked for with, and of all else.
inline constexpr double kAskedFor = 4, kAskedWith = 2, kBeside = 1;

/// A name, how near it stands to what is asked for, and how much of the code has it.
struct Term {
  std::string name;
  double weight = 0;
  size_t lines = 0;    ///< of code that is no test
  size_t defined = 0;  ///< of them, how many define it
  /// Of a line that has the name; a definition of it is worth as many as three.
  [[nodiscard]] double worth() const;
  [[nodiscard]] double definition_worth() const;
};

/// Names of title, request and what is introduced first, then of constraints and actions, then of
/// all else; and the neighbours, in `touched` (contents of files), of what does not exist yet:
/// `MAX_BODY_SIZE` for a `MAX_FIELDS`. Counted in `tree`.
struct SpecTerms {
  std::vector<Term> terms;
  std::vector<Searched::Hit> hits;  ///< lines that hold one, as far as people read the file
};
SpecTerms terms_of(const Searched& tree, const record::Spec& spec,
                   const std::vector<std::string>& touched,
                   const std::vector<std::string>& test_paths);

}  // namespace gf::stage

// The repository's own form for pull requests (PULL_REQUEST_TEMPLATE), filled in with what is
// known. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::line {

/// The form's path in the tree, where each forge looks for it, in any case of letters; one in a
/// folder of forms only where it is the only one, or called "default". Nothing: there is none.
std::optional<std::string> form_path(const record::TreeFacts& tree);

/// What there is to say. Markdown; what is empty is not said.
struct FormWords {
  std::string what;                                        ///< what the change does
  std::string why;                                         ///< what it is good for
  std::string tested;                                      ///< what shows that it works
  std::string closes;                                      ///< "Closes #7"
  bool tests = false, changelog = false, checked = false;  ///< added; written; gates are green
};

/// The form without its instructions (HTML comments): sections that are known by their headings get
/// their words, boxes that are known to be true are ticked, and no others. What nobody here can say
/// stays as it is, for a person.
std::string filled(const std::string& form, const FormWords& words);

}  // namespace gf::line

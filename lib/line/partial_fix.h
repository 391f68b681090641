// What a fixer rewrote of a file that was untidy before the change: of that, what is the change's.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "git/repo.h"

namespace gf::line {

/// `text` with those of `rewritten` that touch a line of `added`; the other places stay as they
/// are, for what was untidy before is not this change's to tidy. `text` itself when one of those
/// others would add lines that are not blank: what a fixer adds in one place (an import) may be
/// what its other places need.
///
/// `rewritten`: from `text` to what the fixer made of it, without context, in their order.
/// `added`: numbers of `text`'s lines that the base does not have, from 1, ascending.
std::string fixed_in_part(const std::string& text, const std::vector<git::Hunk>& rewritten,
                          const std::vector<int>& added);

}  // namespace gf::line

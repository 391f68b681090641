// Lines that tell a gate to look away.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"
#include "record/gate.h"

namespace gf::gate {

/// The rule of such a finding, and the kind of such a fact.
inline constexpr std::string_view kSilenced = "silenced";

/// What in a line of a file of this name silences a linter, a type checker or the measuring of
/// coverage, as people know it ("# type: ignore", "as any", "#[allow]"), a line each from 0; empty
/// where nothing does. What stands in quotes silences nobody.
std::vector<std::string> silencers_in(std::string_view path, std::string_view text);

/// Lines of `added` that silence, a finding each: none that the base has in one of the changed
/// files already (it was moved), and none of a kind that the base is full of, for there it is the
/// custom. `added`: line numbers in `tree`, by path. `changed`: all paths that differ, those that
/// are gone too; those of `added` need not stand in it.
std::vector<record::Finding> silenced_in(const record::TreeFacts& base,
                                         const record::TreeFacts& tree,
                                         const std::map<std::string, std::vector<int>>& added,
                                         const std::vector<std::string>& changed);

}  // namespace gf::gate

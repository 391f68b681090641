// Which definitions of a file the names of a spec mean, and what hangs on that. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "line/faults.h"
#include "stage/rules.h"
#include "tool/tool.h"

namespace gf::line {

/// Does a line of its header define one of `names`, or of dotted ones the last part?
bool defines_one_of(const tool::Definition& definition, const std::vector<std::string>& names);

/// Does this line stand in what defines one of `names`?
bool is_pointed_at(const std::vector<tool::Definition>& definitions, int line,
                   const std::vector<std::string>& names);

/// What is defined in each file that a survivor stands in.
using DefinedIn = std::map<std::string, std::vector<tool::Definition>>;
/// Of the survivors those that fail TEST where factory.mutation is `how`: of "fail" those in what
/// one of `names` (a criterion's) means, and all where less than four of five faults are noticed.
/// Of a file in which nothing is found to be defined nobody knows what a criterion names.
std::vector<record::Finding> failing_faults(const Faults& faults, std::string_view how,
                                            const DefinedIn& defined,
                                            const std::vector<std::string>& names,
                                            stage::Rules rules);

}  // namespace gf::line

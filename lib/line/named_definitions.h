// Which definitions of a file the names of a spec mean. Pure.
#pragma once

#include <string>
#include <vector>

#include "tool/tool.h"

namespace gf::line {

/// Does a line of its header define one of `names`, or of dotted ones the last part?
bool defines_one_of(const tool::Definition& definition, const std::vector<std::string>& names);

/// Does this line stand in what defines one of `names`?
bool is_pointed_at(const std::vector<tool::Definition>& definitions, int line,
                   const std::vector<std::string>& names);

}  // namespace gf::line

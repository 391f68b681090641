// What code finds in a run's change (gate/change_facts.h), asked of its trees.
#pragma once

#include <vector>

#include "gate/change_facts.h"
#include "line/acts.h"
#include "line/change.h"

namespace gf::line {

/// Of the bench's tree beside the base. The changelog is left out: the line writes it.
std::vector<record::Finding> code_facts(const Parts& parts, const Change& change);
/// Added lines of sources that silence a checker (gate/silenced.h), and that neither the spec asks
/// for nor anybody was told of in this run. Tests are left out: what they silence hides nothing of
/// the product. Nothing where factory.silence is `tell`.
std::vector<record::Finding> silenced_lines(const Parts& parts, const Change& change);

}  // namespace gf::line

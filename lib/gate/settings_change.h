// Did a change touch what decides over its own judgement: the settings of gates?
#pragma once

#include <string>
#include <vector>

#include "record/facts.h"
#include "record/gate.h"

namespace gf::gate {

/// The settings of gates that differ between two trees, of `paths` that do: a file that holds
/// nothing else is one finding; of one that holds other things too (pyproject.toml, setup.cfg,
/// tox.ini, Cargo.toml, package.json) each section of a tool is. Dependencies, metadata and lock
/// files are none. By path; `message` says what, `rule` is "settings".
std::vector<record::Finding> settings_changed(const record::TreeFacts& base,
                                              const record::TreeFacts& tree,
                                              const std::vector<std::string>& paths);

}  // namespace gf::gate

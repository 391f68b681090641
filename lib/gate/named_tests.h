// Files of tests that a runner is started with by their names.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"
#include "record/facts.h"

namespace gf::gate {

/// Files of `tree` that a gate of tests is started with ("tape test.js"), where it is started with
/// files alone: a new file of tests is run by no such gate, and nothing of a project whose tests
/// are one file says that it holds tests but this. Where a folder or a pattern is named as well a
/// new file has a place, and none is told. A file that neither its name nor its text shows to hold
/// tests is source that is tested as it is (doctest), and is never one.
std::vector<std::string> tests_named_by(const std::vector<Gate>& gates,
                                        const record::TreeFacts& tree);

}  // namespace gf::gate

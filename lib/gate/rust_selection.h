// Which of cargo's targets selected tests are in. For arguments.cc.
#pragma once

#include <string>
#include <vector>

namespace gf::gate {

/// Has cargo run the tests of these items alone: files or ids, relative to `folder`, where it is
/// started. In a workspace, of which `argv` names all members, it is asked for the packages of the
/// files instead. Where one file tells no target, or is the root of a library, whose examples no
/// target holds, all tests of the packages run.
void select_cargo(const std::string& folder, const std::vector<std::string>& items,
                  std::vector<std::string>& argv);

}  // namespace gf::gate

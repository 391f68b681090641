// The parts of the digest that are about the tree as a whole. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "base/file_kind.h"
#include "record/facts.h"

namespace gf::stage {

/// Every folder with the files in it that are read by people, the others folded to counts; whole
/// folders are folded, the deepest first, until it is within `most` bytes.
std::string folded_paths(const std::vector<std::string>& paths,
                         const std::vector<std::string>& test_paths, size_t most);

/// AGENTS.md, CONTRIBUTING and their like, each fenced and cut to its share of `most` bytes.
std::string guides_of(const record::TreeFacts& tree, size_t most);

/// A changelog by its name. Its old entries hold the names of a request and tell nothing of it.
bool is_log(const std::string& path);
/// Is there something to be learnt from lines of it that hold a name: is it source, a test or text
/// that people read, and neither a changelog nor what a tool or an editor notes down?
bool is_searched(const std::string& path);

}  // namespace gf::stage

// The changelog, links and submodules are left out; the rest is read by the gates' room.
#include "line/code_facts.h"

#include "line/assignment.h"
#include "line/bench.h"

namespace gf::line {

std::vector<record::Finding> code_facts(const Parts& parts, const Change& change) {
  gate::ChangedTree changed{parts.bench.base_facts(),
                            parts.bench.facts(),
                            {},
                            parts.assignment.test_paths,
                            change.added_lines()};
  for (const git::Delta& delta : change.deltas) {
    // Links and submodules are no text, and no binary file either.
    bool link =
        delta.new_kind == git::EntryKind::kSymlink || delta.new_kind == git::EntryKind::kSubmodule;
    if (!link && !is_changelog(parts.assignment, delta.path)) changed.paths.push_back(delta.path);
  }
  return gate::change_facts(changed);
}

}  // namespace gf::line

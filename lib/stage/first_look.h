// What of a tree the first reader of a spec looks at before he says anything: SCOUT is shown it at
// once, as each call of a tool costs all that was sent before it once more.
#pragma once

#include <string>
#include <vector>

#include "stage/digest.h"
#include "stage/stage.h"

namespace gf::stage {

/// What is looked at, and how much of it.
struct LookBounds {
  size_t all = 30u << 10;   ///< bytes of all files, with the numbers of their lines
  size_t tests = 8u << 10;  ///< of `all`, for tests: what code does not use is theirs too
};

/// What leaves SCOUT's prompt below some 45 KB with the spec in it, and never less than helps.
LookBounds look_bounds(const record::Spec& spec);

/// The files that the spec touches, what code of others they go through, and the tests nearest to
/// it, each with the numbers of its lines: the functions and classes that the spec speaks of, with
/// what they stand in, before anything else; then files whole that are short, what is left of
/// those that are touched where it has room, and last short files that are only gone through. A
/// name is worth the more the nearer it stands to what is asked for (title, request and what is
/// introduced before criteria) and the fewer lines have it. With a definition come its class's
/// head, what it calls and its class's other members. `not_these` are patterns of files that are
/// not shown: the changelog.
///
/// The same tree and spec give the same text. Nothing for a spec that touches no file.
Input::Files first_look(const Searched& tree, const record::Spec& spec,
                        const std::vector<std::string>& test_paths,
                        const std::vector<std::string>& not_these, const LookBounds& bounds = {});

}  // namespace gf::stage

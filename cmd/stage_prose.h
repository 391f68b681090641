// One attempt of a stage as a person reads it: how it ended, what came back to it, what its gates
// said, what it did, what it answered. Not yet safe for a terminal: painted() makes it so.
#pragma once

#include <string>

#include "record/json.h"
#include "store/store.h"

namespace gf::cmd {

/// "<stage>, attempt <n> of <m>: <outcome>" and what belongs to it, each part under a heading. A
/// test gate that failed on the base, where new tests have to fail, is said to be that. Every word
/// of the exchanges is left to `show --exchanges`, which the last line names.
std::string stage_text(const store::Run& run, const record::StageRecord& stage);

/// A model's answer without braces: members as "name: value", what is empty left out, an item of a
/// list by its id or path, its verdict and its reason, what else it holds below. Two blanks a
/// level.
std::string prose_of(const record::Json& answer);

}  // namespace gf::cmd

// Questions that a request left open, and what a person answered: how PLAN is told of them, and how
// they come into the spec. Pure.
#pragma once

#include <string>
#include <vector>

#include "record/json.h"
#include "record/run.h"

namespace gf::stage {

/// The answers as a section of PLAN's prompt, with what was left open; empty when nobody was asked.
std::string answers_section(const std::vector<record::Answer>& answers);

/// PLAN's answer with what a person said in its spec: an assumption for each answer, A1, A2, ... in
/// their order and before all others, whose text is the question with the answer and whose source
/// is "answered by <name>". So the person's words stand there, whatever the model made of them.
/// What PLAN itself assumes has no source, and the next free number where its own is taken. An
/// answer without a spec stays as it is.
record::Json with_answers(record::Json plan, const std::vector<record::Answer>& answers);

}  // namespace gf::stage

// clang-tidy: what asks it, and what it says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/evidence.h"
#include "gate/gate.h"
#include "gate/reports.h"
#include "record/facts.h"

namespace gf::gate {

/// Our script: "<build folder> <report> cmake|meson [-D...] [--...] [./file...]". It configures the
/// project where nothing else is built, and asks about the files that are there. Without files it
/// only shows that it could: so a tool that does not work is known on the base.
extern const char* const kTidyRunner;

/// Is it started by the script above?
bool is_by_tidy_runner(const Gate& gate);

/// Does the project have it look at its code: by a .clang-tidy of its own, or a call?
bool has_clang_tidy(const record::TreeFacts& tree, const std::vector<Evidence>& calls);

/// Of a project that `tool` (cmake, meson) builds, configured with `options`; the files it judges
/// are the changed ones. What a call of the project's says of checks is kept.
Gate clang_tidy_gate(const std::vector<Evidence>& calls, const std::string& tool,
                     const std::vector<std::string>& options);

/// What it prints, each place once however many files include it. A check's word is a no, and a
/// warning of the compiler's is told. What does not compile is for who compiles it: of all errors
/// only those of the configuration are told.
bool read_clang_tidy(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);

}  // namespace gf::gate

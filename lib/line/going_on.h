// A run that was stopped goes on: with the configuration of its base, the options that it was begun
// with, and what is given anew.
#pragma once

#include <string>
#include <vector>

#include "record/run.h"
#include "session/config.h"
#include "store/store.h"

namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::line {

/// `run`, which has ended, without its end: it is running, and whatever it ended as is not its own
/// any more.
void take_back_end(record::RunRecord& run);

/// What a run goes on with: the configuration of its base, which has to be here. An Error where
/// nobody has said yet that it may (session/trust.h); nothing is written.
Result<session::Config> config_to_go_on(const session::Context& context,
                                        const record::RunRecord& run);

/// To its end, or to where it stops again; see Line::run(). `notes` are told at its beginning, as
/// warnings.
Result<record::RunRecord> go_on_with(session::Context& context, store::ActiveRun active,
                                     std::vector<std::string> notes);

}  // namespace gf::line

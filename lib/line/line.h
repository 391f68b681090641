// One run on the line: from a request to a pull request, step by step, everything kept.
#pragma once

#include "line/assignment.h"
#include "line/bench.h"
#include "line/course.h"
#include "line/delivery.h"
#include "line/dialogue.h"
#include "line/dossier.h"
#include "line/journal.h"
#include "line/past.h"
#include "session/context.h"
#include "session/start.h"
#include "store/store.h"

namespace gf::line {

/// Runs the stages in order. Built anew for a run that goes on: the same steps are taken again, but
/// what is in the record is used instead of being done a second time, so the line arrives where it
/// was stopped (P4). Not movable: its parts point at each other.
class Line {
 public:
  /// `context` and `past` must outlive the line.
  Line(session::Context& context, session::Config config, session::Start start, Wishes wishes,
       store::ActiveRun active, Past& past = nothing_before());

  /// To the end: a RunRecord with any final status is an answer, also "no". One that is running
  /// still was left by a past that had seen enough. An Error means that the run could not go on; it
  /// stays active, and resume goes on.
  Result<record::RunRecord> run();

 private:
  void tell_begin();
  Result<void> prepare();
  void tell_terms();
  void warn();
  Result<void> pass_through();
  Result<Next> step(const std::string& name);
  Result<Next> past_rework(Next next);
  void note_way(const std::string& name, const Next& next, Step& step);
  Result<Onward> look_on(int seq);
  Result<void> await_approval();
  Result<void> take_up_projects();
  Result<void> finish(const Next& end);
  Error leave(const Error& error, bool ready);

  session::Context& context_;
  Past& past_;
  const session::Start start_;
  Assignment assignment_;
  Dossier dossier_;
  Course course_;
  Journal journal_;
  Bench bench_;
  Dialogue dialogue_;
  Delivery delivery_;
};

}  // namespace gf::line

// The factory: begins runs, goes on with them, ends them.
#pragma once

#include <optional>
#include <string>

#include "record/run.h"
#include "record/spec.h"
#include "session/context.h"

namespace gf::line {

/// What a person asks for.
struct Feature {
  std::string request;              ///< one paragraph or more, UTF-8
  std::optional<std::string> slug;  ///< else made from the request
  std::optional<std::string> base;
  std::optional<std::string> at;  ///< a commit of the base to start from; else its newest
  bool plan_only = false;
  bool no_pr = false;
  bool draft = false;
  bool again = false;                ///< also when the request was delivered or waits already
  bool approve = false;              ///< nothing is built before a person approved the spec
  std::string issue;                 ///< the address of what asks for it on the forge; may be empty
  std::optional<record::Spec> spec;  ///< an edited spec to start from; PLAN then only checks it
};

/// A request as it may be used: UTF-8, not blank, at most 64 KB; else an Error that says so.
Result<std::string> checked_request(std::string_view text);

/// How a feature's run ended.
struct Ended {
  record::RunRecord run;
  std::optional<record::Spec> spec;  ///< as the record keeps it; only of a run that was to plan
};

/// Runs a feature to its end. See Line::run() for what an Error means.
Result<Ended> run_feature(session::Setup setup, const Feature& feature);

/// Goes on with a run that was stopped: the newest one, or the one `name` names.
Result<record::RunRecord> resume_run(session::Setup setup, const std::optional<std::string>& name);

/// What a run asks that ended with questions.
struct OpenQuestions {
  RunId run;
  std::string slug;
  std::vector<std::string> questions;
  std::vector<std::string> likeliest;  ///< what was proposed, in their order; may be shorter
};
/// The questions of the run that `name` names; without a name of the newest one that has any. An
/// Error (kUser) when there is no such run, or when it asks nothing; and any that would keep it
/// from going on with answers.
Result<OpenQuestions> open_questions(session::Setup setup, const std::optional<std::string>& name);

/// What a person answers.
struct Reply {
  std::optional<std::string> run;  ///< as above
  std::vector<std::string> texts;  ///< "<n>=<text>" each
  bool likeliest = false;          ///< the rest as it was proposed, where it was
  /// The questions that the person saw; when the run asks others by now, nothing is answered.
  std::optional<std::vector<std::string>> seen;
};
/// Goes on with a run that ended with questions, under its id: PLAN is asked again, told what was
/// answered. See answers.h for what is wrong with an answer, and Line::run() for other Errors.
Result<record::RunRecord> answer_run(session::Setup setup, const Reply& reply);

/// What is asked of a delivered run's pull request.
struct ReworkWish {
  std::optional<std::string>
      name;                ///< a run or its request ("#3", "3", an address); else the newest
  bool look_only = false;  ///< nothing is taken in
  Milliseconds watch{0};   ///< how long to wait for something to be said
};
struct Reworked {
  RunId run;
  std::string slug, pull_request;
  std::vector<record::Remark> remarks;     ///< new, of people who may steer; oldest first
  std::vector<std::string> left_out;       ///< what else is new, and why it stays out
  bool access_unknown = false;             ///< some of it only since no right to write is told
  std::optional<record::RunRecord> ended;  ///< how the run went on; nothing: it did not
};
/// Reads what reviewers and checks say of a run's open pull request, and goes on with the run under
/// its id where there is something new. Errors (kUser) when there is no such run or request, when
/// the request is closed or merged, its branch gone, or moved by somebody else; nothing is written
/// then. Else see Line::run().
Result<Reworked> rework_run(session::Setup setup, const ReworkWish& wish);

/// Ends a run that is not going to be continued; what it made stays in the record.
Result<record::RunRecord> abort_run(session::Setup setup, const std::optional<std::string>& name,
                                    const std::string& why = "aborted");

}  // namespace gf::line

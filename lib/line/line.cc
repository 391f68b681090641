// The loop and what stands around it: what a step does is in the acts, and where the line goes from
// there is said by Course.
#include "line/line.h"

#include <fmt/format.h>

#include "base/text.h"
#include "line/acts.h"
#include "line/answers.h"
#include "line/rework.h"
#include "line/terms.h"

namespace gf::line {
namespace {

bool is_for_the_user(Fault fault) {
  return fault == Fault::kUser || fault == Fault::kUsage || fault == Fault::kConfiguration;
}

constexpr size_t kAnswerBytes = 24u << 10;

/// The step is not on record: when what is in the way was mended, it is done again.
Error blocked_by(const Next& next, const RunId& run) {
  return Error{Fault::kConfiguration,
               fmt::format("the run waits at {}: {}", next.failed_stage, next.reason),
               {},
               fmt::format("make it work, then go on with 'git factory resume {}'", run.id8())};
}

}  // namespace

Line::Line(session::Context& context, session::Config config, session::Start start, Wishes wishes,
           store::ActiveRun active, Past& past)
    : context_(context),
      past_(past),
      start_(std::move(start)),
      assignment_{std::move(config), start_.base, std::move(wishes), {}, {}, {}, {}, {}, {}, {}},
      course_(assignment_.wishes.rules, {}, assignment_.wishes.plan_only),
      journal_(context, std::move(active)),
      bench_(context, assignment_, journal_, past),
      dialogue_(context, assignment_, journal_, bench_, past),
      delivery_(context, assignment_, journal_, bench_, dossier_) {}

Result<record::RunRecord> Line::run() {
  tell_begin();
  if (Result<void> ready = prepare(); !ready.ok()) return leave(ready.error(), false);
  if (Result<void> passed = pass_through(); !passed.ok()) return leave(passed.error(), true);
  return journal_.run();
}

/// The first thing that is said: what is built, from which commit, and what stays out of it.
void Line::tell_begin() {
  const record::RunRecord& run = journal_.run();
  record::Json fields = record::Json::object({{"request", run.request},
                                              {"base", assignment_.base.name},
                                              {"commit", assignment_.base.commit.hex()}});
  if (!start_.description.empty()) fields.set("from", start_.description);
  if (!start_.left_out.empty()) fields.set("left_out", start_.left_out);
  journal_.tell("run.begin", run.slug, std::move(fields));
  for (const std::string& note : start_.notes) journal_.tell("warning", note);
}

/// All that can be known to be wrong before anything is spent.
Result<void> Line::prepare() {
  GF_ASSIGN(assignment_, assign(context_, assignment_.config, assignment_.base, assignment_.wishes,
                                bench_.base_facts()));
  course_ = Course(assignment_.wishes.rules, assignment_.retries, assignment_.wishes.plan_only,
                   assignment_.wishes.spec.has_value());
  if (!past_.replays()) GF_TRY(delivery_.check());
  std::vector<std::string> asked = model_stages();
  if (assignment_.wishes.plan_only) asked = {Course::first()};
  if (assignment_.wishes.spec) asked.erase(asked.begin());
  GF_TRY(dialogue_.open(asked));
  record::RunRecord& run = journal_.run();
  run.models = dialogue_.configured();
  for (const auto& [name, value] : assignment_.policy()) run.policy[name] = value;
  tell_terms();
  warn();
  if (!assignment_.wishes.plan_only) {
    GF_TRY(bench_.open());
    dialogue_.work_in(bench_.path());
  }
  journal_.keep_run();
  return Done{};
}

/// The second thing: who answers, what it may spend, where the record goes.
void Line::tell_terms() {
  auto terms = terms_of(assignment_, journal_.run().models);
  if (!terms.ok() || past_.replays()) return;  // a cap that is no number was refused already
  journal_.tell(
      "run.terms", terms->text(),
      record::Json::object(
          {{"models", terms->models}, {"budget", terms->budget}, {"record", terms->record}}));
}

void Line::warn() {
  if (context_.shape.has_submodules)
    journal_.tell("warning", "submodules stay empty folders in the run's work tree");
  auto& models = journal_.run().models;
  if (models["build"] == models["review"] && !assignment_.wishes.plan_only) {
    journal_.tell("warning",
                  "build and review use the same model; set factory.review.model to another one");
  }
}

/// From stage to stage, until one of them is the last.
Result<void> Line::pass_through() {
  if (bench_.is_open()) {
    GF_ASSIGN(auto onward, look_on(0));
    if (onward == Onward::kStop) return bench_.close();
  }
  for (std::string name = Course::first();;) {
    GF_ASSIGN(auto next, step(name));
    GF_ASSIGN(auto onward, look_on(journal_.seq()));
    if (onward == Onward::kStop) return bench_.close();
    if (next.stage.empty()) return finish(next);
    if (name == Course::first() && next.stage != name) {
      GF_TRY(await_approval());
      GF_TRY(take_up_projects());
    }
    name = next.stage;
  }
}

Result<Onward> Line::look_on(int seq) {
  if (past_.replays()) GF_TRY(journal_.active().save());
  return past_.reached(seq);
}

/// One attempt of one stage, on record when this returns; the answer is what follows it.
Result<Next> Line::step(const std::string& name) {
  GF_TRY(context_.cancel().check());
  const stage::Stage* stage = stage::find_stage(name);
  if (stage == nullptr) return Error{Fault::kInternal, fmt::format("no stage '{}'", name), {}, {}};
  journal_.begin_step(name, course_.begin(name));
  Parts parts{context_, past_,  assignment_, dossier_, course_,
              journal_, bench_, dialogue_,   delivery_};
  Entry entry;
  entry.stage = stage;
  GF_ASSIGN(entry.step, perform(parts, *stage));
  Next next = past_questions(course_.after(name, entry.step.judgement), journal_.run().answers,
                             journal_.seq() + 1);
  if (next.blocked) return blocked_by(next, journal_.run().id);
  GF_ASSIGN(next, past_rework(std::move(next)));
  note_way(name, next, entry.step);
  entry.tree_out = bench_.tree();
  entry.asked = dialogue_.take();
  entry.gated = bench_.take();
  GF_TRY(journal_.end_step(entry));
  return next;
}

/// A run that reviewers have sent back goes on behind the step at which they did. What asks for no
/// change at all is answered without one.
Result<Next> Line::past_rework(Next next) {
  const record::RunRecord& run = journal_.run();
  if (const record::Rework* rework = rework_at(run, journal_.seq() + 1)) {
    stage::OwnerFacts facts{assignment_.test_paths, {}, assignment_.wishes.rules};
    if (bench_.is_open()) {
      GF_ASSIGN(const Change* change, bench_.change());
      facts.changed = change->paths();
    }
    return course_.take_up(asked_in(*rework, facts));
  }
  const record::Rework* before = rework_before(run, journal_.seq() + 1);
  bool unchanged = before != nullptr && !course_.contested().empty() && course_.nothing_to_mend() &&
                   bench_.tree() == before->tree && dossier_.approved(before->tree);
  if (unchanged && !next.stage.empty()) next.stage = "pr";
  return next;
}

/// What the record tells of the way, and what the stage is told the next time.
void Line::note_way(const std::string& name, const Next& next, Step& step) {
  if (assignment_.wishes.rules < Rules::kOwners) return;
  bool passed = step.judgement.kind == stage::Judgement::Kind::kPass;
  if (!passed) step.judgement.back_to = next.stage == name ? "" : next.stage;
  if (!step.output.text.empty())
    dossier_.last[name] = {clipped(step.output.text, kAnswerBytes), step.judgement.reason};
}

/// A run that was asked for with an approval waits for it here, before anything is built.
Result<void> Line::await_approval() {
  if (assignment_.wishes.approval != Approval::kWanted || past_.replays()) return Done{};
  GF_TRY(journal_.active().save());
  bool approved = context_.setup.approve && context_.setup.approve(*dossier_.spec);
  GF_TRY(context_.cancel().check());
  if (!approved) {
    return Error{Fault::kUser,
                 "the spec waits for approval; nothing is built before",
                 {},
                 fmt::format("approve it with 'git factory resume --approve {0}', or end it with "
                             "'git factory abort {0}'",
                             journal_.run().id.id8())};
  }
  assignment_.wishes.approval = Approval::kGiven;
  keep(assignment_.wishes, journal_.run());
  journal_.tell("note", "the spec was approved");
  journal_.keep_run();
  return journal_.active().save();
}

/// Which projects the run concerns is known with its spec, before anything is built.
Result<void> Line::take_up_projects() {
  if (!bench_.is_open() || !dossier_.spec) return Done{};
  std::vector<std::string> paths = dossier_.spec->touchpoints;
  for (const std::string& one : dossier_.spec->introduces) {
    bool path = one.find('/') != std::string::npos && one.find(' ') == std::string::npos &&
                !one.starts_with('/');
    if (path) paths.push_back(one);
  }
  return bench_.take_up(paths);
}

Result<void> Line::finish(const Next& end) {
  GF_TRY(journal_.seal(end));
  // The record is complete; a worktree that cannot be cleaned is repaired by who takes it next.
  if (bench_.is_open()) (void)journal_.act("clean", [&] { return bench_.close(); }).ok();
  delivery_.share();
  return Done{};
}

/// The run stays active. One that could not begin is gone instead: no question was put, and what is
/// in the way is mended before the feature is asked for again.
Error Line::leave(const Error& error, bool ready) {
  bool nothing_done =
      !ready && journal_.fresh() && !past_.replays() && is_for_the_user(error.fault);
  journal_.tell("run.end", error.message, record::Json::object({{"status", "stopped"}}));
  // The failure that stopped us is what the caller must hear, whatever becomes of its trace.
  (void)(nothing_done ? context_.store->drop(journal_.active()) : journal_.keep_trace()).ok();
  (void)bench_.close().ok();
  return error;
}

}  // namespace gf::line

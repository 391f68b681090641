#include "line/cell.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/settings_change.h"
#include "line/acts.h"
#include "line/cell_asked.h"
#include "line/code_facts.h"
#include "line/repository_hooks.h"
#include "session/hold.h"
#include "session/scratch.h"
#include "session/trust.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;

constexpr const char* kReview = "review";

/// A run of the line would be begun alike; this one has no branch, no request and no end at PR.
record::RunRecord run_for(const session::Context& context, const CellWish& wish,
                          const Revision& revision, const FoundSpec& found) {
  record::RunRecord run;
  run.started = context.clock().now();
  run.id = RunId::make(run.started, context.clock().random());
  const Oid& what = revision.commit.is_zero() ? revision.tree : revision.commit;
  run.slug = wish.stage + "-" + what.short_hex();
  run.title = context.redactor(found.spec.title);
  run.request = context.redactor(found.spec.request);
  run.base_name = revision.base.name;
  run.base = revision.base.commit;
  run.base_tree = revision.base.tree;
  run.tool_version = context.setup.version;
  auto identity = context.repo.identity(run.started);
  if (identity.ok()) run.author = fmt::format("{} <{}>", identity->name, identity->email);
  run.policy[store::kCellPolicy] = wish.stage;
  run.policy[store::kCellCommit] = revision.commit.hex();
  run.policy[store::kCellTree] = revision.tree.hex();
  if (wish.made) {
    run.slug = wish.made->slug;
    run.policy.insert(wish.made->policy.begin(), wish.made->policy.end());
  }
  return run;
}

/// A review of this very change, by this spec and by these rules, that was cut off: what it has
/// bought is not bought again.
Result<std::optional<RunId>> cut_off(const session::Context& context, const record::RunRecord& run,
                                     const record::Spec& spec) {
  auto kept = [&](const record::Spec& what) {
    return context.redactor(record::to_json(what).dump());
  };
  GF_ASSIGN(auto all, context.store->active_runs());
  for (const store::Summary& one : all) {
    if (one.cell != kReview || one.slug != run.slug || one.base != run.base) continue;
    GF_ASSIGN(auto active, context.store->reopen(one.id));
    auto asked = active.spec();
    bool same = asked && kept(*asked) == kept(spec) &&
                wishes_of(active.run()).rules == wishes_of(run).rules;
    if (same) return std::optional<RunId>(one.id);
  }
  return std::optional<RunId>();
}

/// pre-commit and a run's own hook have this process among what they ask: their hooks are not asked
/// by it once more.
void leave_hooks(const session::Context& context, const CellWish& wish, session::Config& config) {
  const Environment& around = context.setup.environment;
  bool inside = !around.get(kInsideHook).empty() || !around.get("PRE_COMMIT").empty();
  if (!inside && !wish.staged && !wish.made) return;
  config.add("factory.hooks", "ignore");
  config.add("factory-gate.pre-commit.disabled", "true");
}

/// One stage's judgement with what it was made of.
struct Made {
  stage::Judgement judgement;
  stage::AddedTests added;
};

/// The parts of a line around one revision.
class Cell {
 public:
  Cell(session::Context& context, const CellWish& wish, const Revision& revision, FoundSpec found,
       Assignment assignment, store::ActiveRun active)
      : context_(context),
        wish_(wish),
        revision_(revision),
        found_(std::move(found)),
        assignment_(std::move(assignment)),
        course_(assignment_.wishes.rules, assignment_.retries, false, true),
        journal_(context, std::move(active)),
        bench_(context, assignment_, journal_, nothing_before()),
        dialogue_(context, assignment_, journal_, bench_, nothing_before()),
        delivery_(context, assignment_, journal_, bench_, dossier_) {}

  Result<Judged> judge() {
    Result<Judged> judged = judge_here();
    Result<void> closed = bench_.close();
    if (!judged.ok() && is_review()) leave(judged.error());
    if (judged.ok() && !closed.ok()) return closed.error();
    return judged;
  }

 private:
  [[nodiscard]] bool is_review() const { return wish_.stage == kReview; }

  Parts parts() {
    return {context_, nothing_before(), assignment_, dossier_, course_,
            journal_, bench_,           dialogue_,   delivery_};
  }

  Result<Judged> judge_here() {
    journal_.tell("run.begin", journal_.run().slug,
                  record::Json::object({{"request", journal_.run().request},
                                        {"base", assignment_.base.name},
                                        {"commit", assignment_.base.commit.hex()},
                                        {"from", revision_.description}}));
    dossier_.spec = found_.spec;
    dossier_.spec_id = journal_.active().put_spec(found_.spec);
    if (is_review()) {
      GF_TRY(dialogue_.open({kReview}));
      journal_.run().models = dialogue_.configured();
      for (const auto& [name, value] : assignment_.policy()) journal_.run().policy[name] = value;
    }
    GF_TRY(bench_.open());
    if (is_review()) dialogue_.work_in(bench_.path());
    journal_.keep_run();
    GF_TRY(bench_.move_to(assignment_.base, revision_.tree));
    return is_review() ? review() : one(wish_.stage);
  }

  Result<Judged> one(const std::string& name) {
    GF_ASSIGN(auto made, step(name));
    Judged judged = begun();
    bool passed = made.judgement.kind == Kind::kPass;
    judged.answer = passed ? Judged::Answer::kYes : Judged::Answer::kNo;
    judged.reason = made.judgement.reason;
    judged.findings = std::move(made.judgement.findings);
    judged.added = std::move(made.added);
    journal_.tell("run.end", std::string(name_of(judged.answer)));
    return judged;
  }

  /// What the gates say is told to the reviewer and decides nothing here: it is asked for by
  /// itself.
  Result<Judged> review() {
    for (const char* before : {"validate", "test"}) {
      GF_TRY(step(before));
    }
    stage::Judgement judgement;
    Next next;
    for (next.stage = kReview; next.stage == kReview;) {
      GF_ASSIGN(auto made, step(kReview));
      judgement = made.judgement;
      next = course_.after(kReview, judgement);
    }
    Judged judged = begun();
    if (dossier_.verdict) {
      bool approved = dossier_.verdict->approved;
      judged.answer = approved ? Judged::Answer::kYes : Judged::Answer::kNo;
      judged.reviewer = dossier_.verdict->reviewer;
      judged.table = dossier_.verdict->table;
      if (!approved) judged.findings = judgement.findings;
    }
    judged.reason = judgement.reason;
    GF_ASSIGN(const Change* change, bench_.change());
    Parts parts = this->parts();
    judged.facts = code_facts(parts, *change);
    GF_TRY(seal(judged));
    judged.run = journal_.run().id;
    judged.cost = record::metrics_of(journal_.run(), journal_.active().stages()).cost;
    return judged;
  }

  /// One attempt of one stage, on record like a run's.
  Result<Made> step(const std::string& name) {
    GF_TRY(context_.cancel().check());
    const stage::Stage* stage = stage::find_stage(name);
    if (stage == nullptr)
      return Error{Fault::kInternal, fmt::format("no stage '{}'", name), {}, {}};
    journal_.begin_step(name, course_.begin(name));
    Parts parts = this->parts();
    Entry entry;
    entry.stage = stage;
    Made made;
    if (name == "test") {
      GF_ASSIGN(entry.step, test(parts, *stage, made.added));
    } else {
      GF_ASSIGN(entry.step, perform(parts, *stage));
    }
    made.judgement = entry.step.judgement;
    entry.tree_out = bench_.tree();
    if (is_review()) entry.asked = dialogue_.take();
    entry.gated = bench_.take();
    GF_TRY(journal_.end_step(entry));
    return made;
  }

  Result<Step> test(Parts& parts, const stage::Stage& stage, stage::AddedTests& added) {
    Step step;
    step.tree_in = bench_.tree();
    GF_ASSIGN(auto in, tests_to_judge(parts, stage));
    in.unspecified = found_.from != SpecFrom::kGiven && found_.from != SpecFrom::kRun;
    GF_ASSIGN(in.settings, settings_touched());
    GF_ASSIGN(step.judgement, judge_tests(parts, stage, in, step.output));
    stage.telemetry(in, step.output, step.meter);
    added = stage::added_tests(in);
    dossier_.tested = std::move(in.outcomes);
    return step;
  }

  /// But for what the spec names, or the user.
  Result<std::vector<record::Finding>> settings_touched() {
    GF_ASSIGN(const Change* change, bench_.change());
    std::vector<std::string> paths;
    for (const git::Delta& delta : change->deltas) paths.push_back(delta.path);
    std::vector<record::Finding> touched =
        gate::settings_changed(bench_.base_facts(), bench_.facts(), paths);
    std::vector<std::string> allowed = wish_.authorises;
    for (const auto* named : {&found_.spec.touchpoints, &found_.spec.introduces})
      allowed.insert(allowed.end(), named->begin(), named->end());
    std::erase_if(touched, [&](const record::Finding& one) {
      return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& named) {
        return one.path == named || one.path.starts_with(named + "/");
      });
    });
    return touched;
  }

  Judged begun() {
    Judged judged;
    judged.stage = wish_.stage;
    judged.base = assignment_.base.commit;
    judged.commit = revision_.commit;
    judged.tree = revision_.tree;
    judged.outcomes = dossier_.outcomes();
    judged.faults = dossier_.faults;
    judged.spec_from = found_.from;
    judged.covering = found_.run;
    size_t files = 0;
    if (auto change = bench_.change(); change.ok()) files = (*change)->deltas.size();
    judged.description = fmt::format(
        "{} ({}{})", revision_.description,
        revision_.messages.empty() ? "" : counted(revision_.messages.size(), "commit") + ", ",
        counted(files, "file"));
    return judged;
  }

  Result<void> seal(const Judged& judged) {
    if (wish_.made && wish_.made->comes_to)
      journal_.run().policy[store::kCalibrationAnswer] = wish_.made->comes_to(judged);
    Next end;
    end.status = record::RunStatus::kReviewed;
    if (judged.answer != Judged::Answer::kYes) end.failed_stage = kReview;
    end.reason =
        judged.answer == Judged::Answer::kNo ? "rejected: " + judged.reason : judged.reason;
    return journal_.seal(end);
  }

  /// What was asked stays for the next time; where nothing was, nothing does.
  void leave(const Error& error) {
    journal_.tell("run.end", error.message, record::Json::object({{"status", "stopped"}}));
    bool nothing = journal_.active().exchanges().empty() && journal_.active().stages().empty();
    (void)(nothing ? context_.store->drop(journal_.active()) : journal_.keep_trace()).ok();
  }

  session::Context& context_;
  const CellWish& wish_;
  const Revision& revision_;
  FoundSpec found_;
  Assignment assignment_;
  Dossier dossier_;
  Course course_;
  Journal journal_;
  Bench bench_;
  Dialogue dialogue_;
  Delivery delivery_;
};

/// What nobody wrote a criterion for may still be changed by who asks.
void authorise(const CellWish& wish, record::Spec& spec) {
  if (wish.authorises.empty()) return;
  record::Criterion criterion;
  criterion.id = "authorised";
  criterion.kind = "keep";
  criterion.authorises = wish.authorises;
  spec.acceptance_criteria.push_back(std::move(criterion));
}

/// The tests of a review's spec are not asked for by their ids, so that it has none of these.
Result<FoundSpec> spec_for(const session::Context& context, const Revision& revision,
                           const CellWish& wish) {
  GF_ASSIGN(auto found, find_spec(context, revision, wish));
  if (wish.stage != kReview) authorise(wish, found.spec);
  if (wish.stage != kReview || !found.spec.acceptance_criteria.empty()) return found;
  return Error{Fault::kUser,
               "nothing says what the change was to do: its commits have no messages",
               {},
               "give a spec with --spec"};
}

/// A hook that is asked about a commit of words alone has nothing to say.
Result<Judged> nothing_changed(const CellWish& wish, const Revision& revision) {
  if (wish.stage == kReview) {
    return Error{Fault::kUser,
                 fmt::format("{} changes nothing", revision.description),
                 {},
                 "name what it is to be held against: <from>..<to>, or --base"};
  }
  Judged judged;
  judged.stage = wish.stage;
  judged.base = revision.base.commit;
  judged.commit = revision.commit;
  judged.tree = revision.tree;
  judged.description = revision.description;
  judged.answer = Judged::Answer::kYes;
  judged.reason = "nothing has changed";
  return judged;
}

}  // namespace

Result<Judged> judge_revision(session::Setup setup, const CellWish& wish) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), true));
  GF_TRY(session::may_run(context->git));
  GF_ASSIGN(auto scratch, session::Scratch::make(*context));
  GF_ASSIGN(auto early,
            session::Config::load(context->repo, context->git, Oid(), context->setup.overrides));
  GF_ASSIGN(auto revision, find_revision(*context, early, wish, scratch.folder()));
  if (revision.tree == revision.base.tree) return nothing_changed(wish, revision);
  GF_ASSIGN(auto config, session::Config::load(context->repo, context->git, revision.base.tree,
                                               context->setup.overrides));
  leave_hooks(*context, wish, config);
  GF_ASSIGN(auto found, spec_for(*context, revision, wish));
  record::RunRecord run = run_for(*context, wish, revision, found);
  Wishes wishes;
  wishes.no_pr = true;
  wishes.options = context->setup.overrides;
  keep(wishes, run);
  session::GitFacts facts(context->repo, context->git, revision.base.tree);
  GF_ASSIGN(auto assignment,
            assign(*context, std::move(config), revision.base, std::move(wishes), facts));
  assignment.cell = wish.stage;
  if (wish.stage != kReview) {
    GF_ASSIGN(auto active, scratch.context().store->begin(run, found.spec));
    Cell cell(*context, wish, revision, std::move(found), std::move(assignment), std::move(active));
    return cell.judge();
  }
  GF_ASSIGN(auto before, cut_off(*context, run, found.spec));
  GF_ASSIGN(auto hold, session::Hold::take(*context, before.value_or(run.id)));
  Result<store::ActiveRun> active =
      before ? context->store->reopen(*before) : context->store->begin(run, found.spec);
  if (!active.ok()) return active.error();
  Cell cell(*context, wish, revision, std::move(found), std::move(assignment),
            std::move(active).value());
  return cell.judge();
}

}  // namespace gf::line

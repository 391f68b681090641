#include "line/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"
#include "line/assignment.h"
#include "line/budget.h"
#include "line/model_context.h"
#include "model/provider.h"
#include "session/facts.h"
#include "session/hold.h"
#include "session/templates.h"
#include "session/trust.h"
#include "stage/finding.h"
#include "stage/stage.h"

namespace gf::line {
namespace {

constexpr const char* kReviewer = "review";
constexpr size_t kMostDelivered = 60;  ///< changes that cases are made of, the newest
constexpr size_t kCaseDigits = 12;     ///< of a case's id, in the name of its run
constexpr int64_t kPicoDollars = 1000000000000;

bool is_answered_case(const store::Summary& run) {
  return run.status == record::RunStatus::kReviewed &&
         run.slug.starts_with(store::kCalibrationSlug);
}

/// The names of the cases that are answered.
Result<std::set<std::string>> answered_cases(const session::Context& context) {
  std::set<std::string> found;
  GF_TRY(context.store->walk([&](const store::Summary& run) {
    if (is_answered_case(run)) found.insert(run.slug);
    return true;
  }));
  return found;
}

/// What the record has that matters here.
struct OnRecord {
  std::vector<DeliveredChange> delivered;  ///< newest first
  /// Of those of these runs that a model reviewed: all rounds.
  std::vector<std::vector<record::StageRecord>> reviews;
};

Result<OnRecord> look_at_record(const session::Context& context) {
  OnRecord found;
  std::vector<RunId> runs;
  GF_TRY(context.store->walk([&](const store::Summary& run) {
    if (run.status == record::RunStatus::kDelivered && runs.size() < kMostDelivered)
      runs.push_back(run.id);
    return runs.size() < kMostDelivered;
  }));
  for (const RunId& id : runs) {
    GF_TRY(context.cancel().check());
    auto run = context.store->load(id);
    if (!run.ok() || !run->spec || run->run.status != record::RunStatus::kDelivered) continue;
    // A rework's spec is not all that the last change was asked for.
    const record::RunRecord& whole = run->run;
    if (!whole.reworks.empty() || run->spec->acceptance_criteria.empty()) continue;
    if (!context.repo.exists(whole.base) || !context.repo.exists(whole.tree)) continue;
    found.delivered.push_back({id, *run->spec, whole.base, whole.base_tree, whole.tree});
    std::vector<record::StageRecord> rounds;
    for (const record::StageRecord& stage : run->stages) {
      if (stage.stage == kReviewer && !stage.exchanges.empty()) rounds.push_back(stage);
    }
    if (!rounds.empty()) found.reviews.push_back(std::move(rounds));
  }
  return found;
}

/// Who would review on a base, and with what words.
struct Reviewer {
  session::Config config;
  std::vector<std::string> references;
  Oid prompt;
  std::optional<int64_t> cap;  ///< of a run, as configured
};

Result<Reviewer> reviewer_on(const session::Context& context, const Oid& base_tree) {
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, base_tree, context.setup.overrides));
  session::GitFacts facts(context.repo, context.git, base_tree);
  session::Templates templates(context.setup.data_dir, &facts, config.get("factory.templates", ""));
  const stage::Stage* review = stage::find_stage(kReviewer);
  if (review == nullptr) return Error{Fault::kInternal, "no stage 'review'", {}, {}};
  GF_ASSIGN(auto words, templates.text(fmt::format("prompts/{}", review->prompt_file)));
  GF_ASSIGN(auto budget, budget_from(config, "factory."));
  std::vector<std::string> references = model::references_for(config.settings(), kReviewer);
  return Reviewer{std::move(config), std::move(references), record::content_id(words),
                  budget.pico_usd};
}

/// All that decides what is asked, and whom.
Oid id_of(const CalibrationCase& made, const Reviewer& reviewer) {
  std::string all =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", name_of(made.kind), made.base.hex(),
                  made.tree.hex(), join(reviewer.references, ", "), reviewer.prompt.hex(),
                  static_cast<int>(kNewestRules), record::to_json(made.spec).dump());
  return record::content_id(all);
}

PlannedCase planned_case(CalibrationCase made, const Reviewer& reviewer) {
  PlannedCase planned;
  std::string id = id_of(made, reviewer).hex();
  planned.wish.stage = kReviewer;
  planned.wish.spec = made.spec;
  CellWish::Made& change = planned.wish.made.emplace();
  change.base = {made.base.short_hex(), made.base, made.base_tree};
  change.tree = made.tree;
  change.slug = fmt::format("{}{}-{}", store::kCalibrationSlug, name_of(made.kind),
                            id.substr(0, kCaseDigits));
  change.description = fmt::format("calibration: {} of run {}", name_of(made.kind), made.of.id8());
  change.policy = {{store::kCalibrationCase, id},
                   {store::kCalibrationKind, std::string(name_of(made.kind))},
                   {store::kCalibrationExpects, made.is_good() ? "approve" : "reject"},
                   {store::kCalibrationPrompt, reviewer.prompt.hex()},
                   {store::kCalibrationOf, made.of.str()}};
  change.comes_to = [made](const Judged& judged) { return came_to(made, judged); };
  planned.made = std::move(made);
  planned.cap = reviewer.cap;
  return planned;
}

/// The mean of the runs of which all rounds told their tokens.
void measure(const std::vector<std::vector<record::StageRecord>>& reviews, CalibrationPlan& plan) {
  int64_t in = 0, out = 0;
  for (const auto& rounds : reviews) {
    bool measured = std::all_of(rounds.begin(), rounds.end(), [](const record::StageRecord& one) {
      return one.usage.input_total && one.usage.output_total;
    });
    if (!measured) continue;
    for (const record::StageRecord& one : rounds) {
      in += *one.usage.input_total;
      out += *one.usage.output_total;
    }
    ++plan.measured;
  }
  if (plan.measured == 0) return;
  plan.tokens_in = in / static_cast<int64_t>(plan.measured);
  plan.tokens_out = out / static_cast<int64_t>(plan.measured);
}

/// What a run's review cost of this very reviewer, where that is on record: programs tell it
/// afterwards.
std::optional<int64_t> mean_cost(const std::vector<std::vector<record::StageRecord>>& reviews,
                                 const model::Reference& reviewer) {
  record::Cost sum{0, "none"};
  int64_t count = 0;
  for (const auto& rounds : reviews) {
    bool same = std::all_of(rounds.begin(), rounds.end(), [&](const record::StageRecord& one) {
      return one.provider == reviewer.provider && one.model_answered == reviewer.model &&
             one.cost.pico_usd;
    });
    if (!same) continue;
    for (const record::StageRecord& one : rounds) sum = sum + one.cost;
    ++count;
  }
  if (count == 0 || !sum.pico_usd) return std::nullopt;
  return *sum.pico_usd / count;
}

/// What one review comes to: by the price of a token, else as it cost before, else by the ceiling
/// that the user has set.
Result<record::Cost> one_review(const session::Context& context, const Reviewer& reviewer,
                                const std::vector<std::vector<record::StageRecord>>& reviews,
                                const CalibrationPlan& plan) {
  GF_ASSIGN(auto reference, model::Reference::parse(reviewer.references.front()));
  model::Context made = model_context(context, reviewer.config);
  GF_ASSIGN(made.shared, model::make_shared(made.settings, made.data_dir, made.environment));
  GF_ASSIGN(auto provider, model::make_provider(reference, made));
  record::ModelRequest request;
  request.stage = kReviewer;
  if (provider->worst_case(request).pico_usd == 0) return record::Cost{0, "free"};
  auto of_tokens = [&](int64_t in, int64_t out) -> record::Cost {
    int64_t sum = 0, rest = 0;
    if (plan.measured == 0 || __builtin_mul_overflow(in, plan.tokens_in, &sum) ||
        __builtin_mul_overflow(out, plan.tokens_out, &rest) ||
        __builtin_add_overflow(sum, rest, &sum))
      return {};
    return {sum, "estimated"};
  };
  model::Description about = provider->describe();
  if (about.input_pico && about.output_pico)
    return of_tokens(*about.input_pico, *about.output_pico);
  if (auto before = mean_cost(reviews, reference)) return record::Cost{*before, "estimated"};
  GF_ASSIGN(auto ceiling, unpriced_ceiling(reviewer.config));
  return ceiling ? of_tokens(*ceiling, *ceiling) : record::Cost{};
}

Error nothing_delivered() {
  return Error{
      Fault::kUser,
      "there is nothing to calibrate with: no run has delivered a change that is here",
      {},
      "deliver one with 'git factory feature', or fetch the record with 'git factory sync'"};
}

Error uncertain(const CalibrationCase& made, std::string why) {
  return Error{Fault::kUser,
               fmt::format("the {} case of run {} is not certain: {}", name_of(made.kind),
                           made.of.id8(), why),
               {},
               "the other cases are asked all the same"};
}

/// Of a dropped criterion: its tests are run on the tree that is judged, and fail there.
Result<void> be_certain(const session::Setup& setup, const PlannedCase& one) {
  const CalibrationCase& made = one.made;
  if (made.kind != CaseKind::kDropped) return Done{};
  CellWish wish = one.wish;
  wish.stage = "test";
  wish.made->tree = made.shown_by.tree;
  wish.made->comes_to = nullptr;
  GF_ASSIGN(auto judged, judge_revision(setup, wish));
  bool fails = false;
  for (const record::GateOutcome& outcome : judged.outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      bool whole = std::find(made.shown_by.files.begin(), made.shown_by.files.end(), test.id) !=
                   made.shown_by.files.end();
      bool its_own =
          std::any_of(made.shown_by.files.begin(), made.shown_by.files.end(),
                      [&](const std::string& file) { return test.id.starts_with(file + "::"); });
      bool carries = its_own && stage::carries_id(test.id, made.shown_by.criterion);
      if (carries && test.status == record::TestStatus::kPassed)
        return uncertain(made, fmt::format("{} passes without it", test.id));
      // A file that cannot be loaded is told by its own name.
      bool failed = test.status == record::TestStatus::kFailed ||
                    (whole && test.status == record::TestStatus::kError);
      fails = fails || ((carries || whole) && failed);
    }
  }
  if (!fails) return uncertain(made, "no test of the criterion could be seen to fail");
  return Done{};
}

std::string dollars_of(int64_t pico) {
  return fmt::format("{}.{:012}", pico / kPicoDollars, pico % kPicoDollars);
}

}  // namespace

size_t CalibrationPlan::to_ask() const {
  return static_cast<size_t>(std::count_if(cases.begin(), cases.end(),
                                           [](const PlannedCase& one) { return !one.answered; }));
}

Result<CalibrationPlan> plan_calibration(session::Setup setup, size_t most) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), true));
  GF_TRY(session::may_run(context->git));
  GF_ASSIGN(auto found, look_at_record(*context));
  if (found.delivered.empty()) return nothing_delivered();
  CalibrationPlan plan;
  plan.delivered = found.delivered.size();
  std::map<Oid, Reviewer> reviewers;
  for (const DeliveredChange& one : found.delivered) {
    if (reviewers.contains(one.base_tree)) continue;
    GF_ASSIGN(auto reviewer, reviewer_on(*context, one.base_tree));
    reviewers.emplace(one.base_tree, std::move(reviewer));
  }
  const Reviewer& newest = reviewers.at(found.delivered.front().base_tree);
  if (newest.references.empty()) {
    return Error{Fault::kUser,
                 "no model is configured for REVIEW",
                 {},
                 "name one with --model, or set factory.review.model"};
  }
  plan.reviewer = join(newest.references, ", ");
  std::vector<std::string> tests = newest.config.all("factory.testPaths");
  if (tests.empty()) tests = gate::default_test_paths();
  GF_ASSIGN(auto cases,
            calibration_cases(context->repo, found.delivered, [&](const std::string& path) {
              return glob_matches_any(tests, path);
            }));
  plan.possible = cases.size();
  GF_ASSIGN(auto answered, answered_cases(*context));
  for (CalibrationCase& one : in_turn(std::move(cases), most)) {
    const Reviewer& reviewer = reviewers.at(one.base_tree);
    plan.cases.push_back(planned_case(std::move(one), reviewer));
    plan.cases.back().answered = answered.contains(plan.cases.back().wish.made->slug);
  }
  measure(found.reviews, plan);
  GF_ASSIGN(auto one, one_review(*context, newest, found.reviews, plan));
  plan.estimate = one;
  int64_t all = 0;
  if (one.pico_usd) {
    bool fits = !__builtin_mul_overflow(*one.pico_usd, static_cast<int64_t>(plan.to_ask()), &all);
    plan.estimate.pico_usd = fits ? std::optional<int64_t>(all) : std::nullopt;
  }
  return plan;
}

Result<Calibrated> calibrate(const session::Setup& setup, const CalibrationPlan& plan,
                             std::optional<int64_t> cap) {
  GF_ASSIGN(auto context, session::Context::open(setup, true));
  GF_ASSIGN(auto hold, session::Hold::take_calibration(*context));
  // Another process may have asked since the plan was made; nobody can now.
  GF_ASSIGN(auto answered, answered_cases(*context));
  Calibrated done;
  std::optional<int64_t> left = cap;
  bool failed_before = false, spent = false;
  for (const PlannedCase& one : plan.cases) {
    if (answered.contains(one.wish.made->slug)) continue;
    if (spent && left == 0) {
      done.stopped = Error{Fault::kUser, "the budget is spent", {}, "give more with --budget"};
      break;
    }
    session::Setup with = setup;
    if (left) {
      int64_t own = std::min(*left, one.cap.value_or(*left));
      with.overrides.add("factory.budgetUsd", dollars_of(own));
    }
    if (auto certain = be_certain(setup, one); !certain.ok()) {
      if (certain.error().fault == Fault::kCancelled) {
        done.stopped = certain.error();
        break;
      }
      done.left_out.push_back({one.made, certain.error()});
      continue;
    }
    auto judged = judge_revision(std::move(with), one.wish);
    if (!judged.ok()) {
      // One that cannot be judged is left out; two in a row are no matter of the case. What it
      // spent is not known here, so that no budget could be kept behind it.
      if (failed_before || left || judged.error().fault == Fault::kCancelled) {
        done.stopped = judged.error();
        break;
      }
      failed_before = true;
      done.left_out.push_back({one.made, judged.error()});
      continue;
    }
    failed_before = false;
    done.judged.push_back(
        {one.made, judged->run, judged->answer, came_to(one.made, *judged), judged->cost});
    if (!left) continue;
    if (!judged->cost.pico_usd) {
      done.stopped = Error{Fault::kUser,
                           "what the last review cost is not known, so the budget cannot be kept",
                           {},
                           "set factory.prices or factory.unpricedUsd"};
      break;
    }
    spent = spent || *judged->cost.pico_usd > 0;
    left = std::max<int64_t>(0, *left - *judged->cost.pico_usd);
  }
  return done;
}

std::string came_to(const CalibrationCase& made, const Judged& judged) {
  if (judged.answer == Judged::Answer::kUnsure) return "unanswered";
  if (judged.answer == Judged::Answer::kYes) return "approved";
  bool named = std::any_of(
      judged.findings.begin(), judged.findings.end(), [&](const stage::Finding& finding) {
        if (made.kind == CaseKind::kUnasked)
          return finding.kind == stage::FindingKind::kUnasked &&
                 std::find(made.paths.begin(), made.paths.end(), finding.path) != made.paths.end();
        bool of_criterion = finding.kind == stage::FindingKind::kNotShown ||
                            finding.kind == stage::FindingKind::kViolated;
        return made.kind == CaseKind::kDropped && of_criterion &&
               finding.text.starts_with(made.criterion + ":");
      });
  return named ? "named" : "otherwise";
}

}  // namespace gf::line

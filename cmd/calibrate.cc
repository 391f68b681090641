#include "calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "analyst/calibration.h"
#include "base/text.h"
#include "going_on.h"
#include "line/calibration.h"
#include "live_view.h"
#include "model/prices.h"
#include "open_index.h"
#include "record/dollars.h"
#include "store/names.h"

namespace gf::cmd {
namespace {

using record::Json;

constexpr size_t kCasesUnlessSaid = 12;

std::string price_of(const line::CalibrationPlan& plan) {
  if (plan.to_ask() == 0) return "nothing is left to be asked";
  if (plan.is_free()) return "it costs nothing";
  std::string by =
      plan.measured == 0
          ? "the record has no review whose tokens are known"
          : fmt::format("a review took {} tokens in and {} out, the mean of {}", plan.tokens_in,
                        plan.tokens_out, counted(plan.measured, "run"));
  if (!plan.estimate.pico_usd) return fmt::format("what it costs is not known: {}", by);
  return fmt::format("about {}: {}", record::to_text(plan.estimate), by);
}

std::string terms_of(const line::CalibrationPlan& plan) {
  size_t all = plan.cases.size(), left = plan.to_ask();
  std::string text =
      fmt::format("calibrate {}: {} of {} that {} make", plan.reviewer, counted(all, "case"),
                  plan.possible, counted(plan.delivered, "delivered change"));
  if (left < all) text += fmt::format(", {} answered before", all - left);
  return printable(text + "; " + price_of(plan));
}

bool has_planted(const line::CalibrationPlan& plan) {
  for (const line::PlannedCase& one : plan.cases)
    if (!one.made.is_good()) return true;
  return false;
}

/// Whether it is of what this plan asks: by its cases, whose ids name reviewer, prompt and change.
bool is_of(const analyst::Calibration& calibration, const line::CalibrationPlan& plan) {
  return std::any_of(plan.cases.begin(), plan.cases.end(), [&](const line::PlannedCase& one) {
    const std::string& id = one.wish.made->policy.at(store::kCalibrationCase);
    return std::find(calibration.cases.begin(), calibration.cases.end(), id) !=
           calibration.cases.end();
  });
}

/// Whether it may begin: it costs nothing, or its budget was given, or somebody says yes.
Result<bool> may_begin(const CalibrateOptions& options, const line::CalibrationPlan& plan,
                       const Console& console) {
  if (plan.is_free() || options.yes || !options.budget.empty()) return true;
  GF_ASSIGN(auto said, console.ask("Ask the reviewer?", Enter::kNo));
  if (said) return *said;
  return Error{Fault::kUser,
               "this asks a model, and nobody is here to say yes",
               {},
               "give --budget=<usd>, or --yes for what the configured budgets allow"};
}

Json json_of(const line::CalibrationPlan& plan, const line::Calibrated& done,
             const std::vector<analyst::Calibration>& all) {
  Json cases = Json::array();
  for (const line::CaseJudged& one : done.judged)
    cases.push(Json::object({{"kind", line::name_of(one.made.kind)},
                             {"of", one.made.of.str()},
                             {"with", one.made.with.str()},
                             {"expects", one.made.is_good() ? "approve" : "reject"},
                             {"answer", one.came_to},
                             {"run", one.run.str()},
                             {"cost", record::to_json(one.cost)}}));
  Json left_out = Json::array();
  for (const line::LeftOut& one : done.left_out)
    left_out.push(Json::object({{"kind", line::name_of(one.made.kind)},
                                {"of", one.made.of.str()},
                                {"with", one.made.with.str()},
                                {"why", one.why.message}}));
  Json found = Json::array();
  for (const analyst::Calibration& one : all) found.push(analyst::to_json(one));
  return Json::object({{"v", 1},
                       {"reviewer", plan.reviewer},
                       {"delivered", static_cast<int64_t>(plan.delivered)},
                       {"possible", static_cast<int64_t>(plan.possible)},
                       {"chosen", static_cast<int64_t>(plan.cases.size())},
                       {"estimate", record::to_json(plan.estimate)},
                       {"asked", std::move(cases)},
                       {"left_out", std::move(left_out)},
                       {"calibrations", std::move(found)}});
}

}  // namespace

Result<int> calibrate(const CalibrateOptions& options, const Console& console) {
  session::Setup setup = console.setup;
  GF_TRY(add_models(options.models, setup.overrides));
  session::Config::Settings checked;
  GF_TRY(add_budget(options.budget, checked));
  std::optional<int64_t> cap;
  if (!options.budget.empty()) cap = model::pico_dollars(trim(options.budget));
  GF_ASSIGN(auto plan, line::plan_calibration(setup, options.cases.value_or(kCasesUnlessSaid)));
  if (!console.quiet) {
    console.say(terms_of(plan));
    if (!has_planted(plan))
      console.say(
          "warning: no fault can be planted with certainty: that takes two delivered changes of "
          "different requests");
  }
  GF_ASSIGN(bool go_on, may_begin(options, plan, console));
  if (!go_on) return kNo;
  auto done = [&] {
    std::unique_ptr<View> view = make_view(console);
    setup.sink = sink_for(console, *view);
    return line::calibrate(setup, plan, cap);
  }();
  if (!done.ok()) return done.error();
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto index, open_index(*context, console));
  GF_ASSIGN(auto all, analyst::calibrations(index));
  std::erase_if(all, [&](const analyst::Calibration& one) { return !is_of(one, plan); });
  std::string text;
  if (console.json) {
    text = record::in_dollars(json_of(plan, *done, all)).dump() + "\n";
  } else {
    for (const analyst::Calibration& one : all) text += printable(analyst::to_text(one));
  }
  for (const line::LeftOut& one : done->left_out) {
    if (!console.quiet) console.say("left out: " + printable(one.why.message));
  }
  if (!console.print(text)) return kFailed;
  if (done->stopped) {
    if (done->stopped->hint.empty()) done->stopped->hint = "ask for it again: it goes on";
    return *done->stopped;
  }
  return kYes;
}

}  // namespace gf::cmd

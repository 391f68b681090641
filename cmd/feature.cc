// git factory feature, plan, resume, abort: runs on the line.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "going_on.h"
#include "intake/intake.h"
#include "line/features.h"
#include "live_view.h"
#include "paths.h"
#include "record/spec.h"

namespace gf::cmd {
namespace {

struct FeatureOptions {
  std::vector<std::string> words;
  std::string file, slug, base, at, spec, budget, batch, batch_budget, run, issue;
  std::vector<std::string> models;
  bool plan_only = false, no_pr = false, draft = false, approve = false, again = false;
};

Result<std::string> request_of(const FeatureOptions& options) {
  if (!options.file.empty() && !options.words.empty()) {
    return Error{
        Fault::kUsage, "the request is given twice, by -F and as words", {}, "give one of them"};
  }
  if (!options.file.empty()) return read_stream(options.file);
  if (options.words.size() == 1 && options.words.front() == "-") return read_stream("-");
  return join(options.words, " ");
}

/// What is asked for: an issue of the forge, or what was written.
Result<line::Feature> asked_for(const FeatureOptions& options, const Console& console) {
  if (!options.issue.empty()) {
    if (!options.file.empty() || !options.words.empty()) {
      return Error{Fault::kUsage,
                   "the request is given twice, by --issue and as words",
                   {},
                   "give one of them"};
    }
    session::Setup setup = console.setup;
    setup.sink = [&console](const session::Event& event) { console.say(printable(event.text)); };
    return intake::feature_of(setup, options.issue, options.again);
  }
  line::Feature feature;
  GF_ASSIGN(feature.request, request_of(options));
  return feature;
}

Result<int> run_feature(const FeatureOptions& options, Console& console) {
  GF_ASSIGN(auto feature, asked_for(options, console));
  if (!options.slug.empty()) feature.slug = options.slug;
  if (!options.base.empty()) feature.base = options.base;
  if (!options.at.empty()) feature.at = options.at;
  feature.plan_only = options.plan_only;
  feature.no_pr = options.no_pr;
  feature.draft = options.draft;
  feature.approve = options.approve;
  feature.again = options.again;
  if (!options.spec.empty()) {
    GF_ASSIGN(auto text, read_stream(options.spec));
    auto json = record::Json::parse(text);
    if (!json.ok()) return no_spec(json.error()).because_of("read " + stream_name(options.spec));
    GF_ASSIGN(feature.spec, record::spec_from_json(*json));
    if (trim(feature.request).empty()) feature.request = feature.spec->request;
  }
  session::Setup setup = console.setup;
  GF_TRY(add_models(options.models, setup.overrides));
  GF_TRY(add_budget(options.budget, setup.overrides));
  if (!options.batch.empty()) setup.overrides.add("factory.batch", options.batch);
  GF_TRY(add_budget(options.batch_budget, setup.overrides, "factory.batch.budgetUsd"));
  auto ended = [&] {
    std::unique_ptr<View> view = make_view(console);
    setup.sink = sink_for(console, *view);
    setup.approve = ask_person(console, *view);
    return line::run_feature(setup, feature);
  }();
  if (!ended.ok()) return conclude(console, ended.error());
  if (options.plan_only && !console.json && ended->spec)
    console.print(printable(record::to_plain_text(*ended->spec)));
  return conclude(console, ended->run);
}

void add_batch_budget(Arguments& arguments, std::string& dollars) {
  arguments.add("--batch-budget", dollars, "Spend at most this many dollars in the whole batch")
      .type("<usd>");
}

void add_request(Arguments& arguments, FeatureOptions& options) {
  arguments.add("request", options.words, "The request; '-' reads it from standard input")
      .type("<request>");
  arguments.add("-F,--file", options.file, "Read the request from this file ('-': standard input)");
  arguments
      .add("--issue", options.issue,
           "Take this issue of the forge as the request: 7, #7, an address")
      .type("<issue>");
  arguments.add("--slug", options.slug, "Short name of the feature, for the branch");
  arguments.add("--base", options.base, "Start from this branch or commit");
  arguments.add("--at", options.at, "Start from this commit of the base, not from its newest")
      .type("<commit>");
  arguments.add(
      "--again", options.again,
      "Begin it also when the request was delivered or waits already, or its issue is closed");
  add_model(arguments, options.models);
  arguments.add("--budget", options.budget, "Spend at most this many dollars").type("<usd>");
  arguments
      .add("--batch", options.batch,
           "Count what this run spends with all runs of that name (factory.batch.budgetUsd)")
      .type("<name>");
  add_batch_budget(arguments, options.batch_budget);
}

}  // namespace

Run bind_feature(Arguments& arguments) {
  auto options = std::make_shared<FeatureOptions>();
  add_request(arguments, *options);
  arguments.add("--spec", options->spec, "Start from this spec (JSON) instead of planning one");
  arguments.add("--plan-only", options->plan_only, "Stop after PLAN and print the spec");
  arguments.add("--no-pr", options->no_pr, "Make the branch, push and open nothing");
  arguments.add("--draft", options->draft, "Open the pull request as a draft");
  arguments.add("--approve", options->approve,
                "Show the spec and wait for a yes before it is built");
  return [options](Console& console) { return run_feature(*options, console); };
}

Run bind_plan(Arguments& arguments) {
  auto options = std::make_shared<FeatureOptions>();
  add_request(arguments, *options);
  options->plan_only = true;
  return [options](Console& console) { return run_feature(*options, console); };
}

Run bind_resume(Arguments& arguments) {
  auto options = std::make_shared<FeatureOptions>();
  arguments.add("run", options->run, "The run to go on with; default: the newest").type("<run>");
  add_model(arguments, options->models);
  arguments.add("--budget", options->budget, "Spend at most this many dollars in all")
      .type("<usd>");
  add_batch_budget(arguments, options->batch_budget);
  arguments.add("--approve", options->approve, "Approve the spec that the run waits with");
  return [options](Console& console) -> Result<int> {
    session::Setup setup = console.setup;
    GF_TRY(add_models(options->models, setup.overrides));
    GF_TRY(add_budget(options->budget, setup.overrides));
    GF_TRY(add_budget(options->batch_budget, setup.overrides, "factory.batch.budgetUsd"));
    std::optional<std::string> name;
    if (!options->run.empty()) name = options->run;
    Result<record::RunRecord> result = [&] {
      std::unique_ptr<View> view = make_view(console);
      setup.sink = sink_for(console, *view);
      setup.approve = ask_person(console, *view);
      if (options->approve) setup.approve = [](const record::Spec&) { return true; };
      return line::resume_run(setup, name);
    }();
    return conclude(console, result);
  };
}

Run bind_abort(Arguments& arguments) {
  auto options = std::make_shared<FeatureOptions>();
  arguments.add("run", options->run, "The run to end; default: the newest").type("<run>");
  return [options](Console& console) -> Result<int> {
    std::optional<std::string> name;
    if (!options->run.empty()) name = options->run;
    GF_ASSIGN(auto run, line::abort_run(console.setup, name));
    console.say(fmt::format("aborted run {} ({})", run.id.str(), run.slug));
    return kYes;
  };
}

}  // namespace gf::cmd

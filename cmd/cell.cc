// git factory validate, test, review: one stage of the line, asked of any branch.
#include "line/cell.h"

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "calibrate.h"
#include "command.h"
#include "going_on.h"
#include "live_view.h"
#include "paths.h"
#include "record/dollars.h"

namespace gf::cmd {
namespace {

struct CellOptions {
  line::CellWish wish;
  std::string base, spec, budget;
  std::vector<std::string> models;
  bool calibrates = false;
  CalibrateOptions calibration;
};

Result<int> judge(const CellOptions& options, const Console& console) {
  line::CellWish wish = options.wish;
  if (!options.base.empty()) wish.base = options.base;
  if (!options.spec.empty()) {
    GF_ASSIGN(auto text, read_stream(options.spec));
    auto json = record::Json::parse(text);
    if (!json.ok()) return no_spec(json.error()).because_of("read " + stream_name(options.spec));
    GF_ASSIGN(wish.spec, record::spec_from_json(*json));
  }
  session::Setup setup = console.setup;
  GF_TRY(add_models(options.models, setup.overrides));
  GF_TRY(add_budget(options.budget, setup.overrides));
  auto judged = [&] {
    std::unique_ptr<View> view = make_view(console);
    setup.sink = sink_for(console, *view);
    return line::judge_revision(setup, wish);
  }();
  if (!judged.ok()) return judged.error();
  std::string text = console.json ? record::in_dollars(line::to_json(*judged)).dump() + "\n"
                                  : printable(line::to_text(*judged));
  if (!console.print(text)) return kFailed;
  switch (judged->answer) {
    case line::Judged::Answer::kYes:
      return kYes;
    case line::Judged::Answer::kNo:
      return kNo;
    case line::Judged::Answer::kUnsure:
      break;
  }
  return kUnsure;
}

Result<int> review(const CellOptions& options, const Console& console) {
  if (!options.calibrates) {
    const CalibrateOptions& own = options.calibration;
    if (!own.yes && !own.cases) return judge(options, console);
    return Error{Fault::kUsage,
                 fmt::format("{} goes with --calibrate", own.yes ? "--yes" : "--cases"),
                 {},
                 "a review of a revision asks nothing and has no cases"};
  }
  if (!options.wish.what.empty() || !options.base.empty() || !options.spec.empty()) {
    return Error{Fault::kUsage,
                 "--calibrate takes no revision, no base and no spec",
                 {},
                 "it makes its cases of what runs have delivered"};
  }
  CalibrateOptions own = options.calibration;
  own.budget = options.budget;
  own.models = options.models;
  return calibrate(own, console);
}

std::shared_ptr<CellOptions> declare(Arguments& arguments, const char* stage) {
  auto options = std::make_shared<CellOptions>();
  options->wish.stage = stage;
  arguments
      .add("what", options->wish.what, "A branch or commit, or a range <from>..<to>; default: HEAD")
      .type("<rev>|<range>");
  arguments.add("--base", options->base,
                "Hold a single revision against where it left this branch or commit");
  return options;
}

void add_staged(Arguments& arguments, CellOptions& options) {
  arguments.add("--staged", options.wish.staged, "Judge what is staged, held against HEAD");
}

void add_spec(Arguments& arguments, CellOptions& options, const char* help) {
  arguments.add("--spec", options.spec, help).type("<file>");
}

}  // namespace

Run bind_validate(Arguments& arguments) {
  auto options = declare(arguments, "validate");
  add_staged(arguments, *options);
  return [options](Console& console) { return judge(*options, console); };
}

Run bind_test(Arguments& arguments) {
  auto options = declare(arguments, "test");
  add_staged(arguments, *options);
  add_spec(arguments, *options, "Ask for tests of this spec's criteria (JSON)");
  arguments
      .add("--authorise", options->wish.authorises,
           "An existing test, or a file with settings of gates, that the change may change; may be "
           "repeated")
      .type("<test>|<path>")
      .repeated();
  return [options](Console& console) { return judge(*options, console); };
}

Run bind_review(Arguments& arguments) {
  auto options = declare(arguments, "review");
  add_spec(arguments, *options,
           "Review against this spec (JSON), not against what the commits say");
  add_model(arguments, options->models);
  arguments.add("--budget", options->budget, "Spend at most this many dollars").type("<usd>");
  CalibrateOptions& own = options->calibration;
  arguments.add("--calibrate", options->calibrates,
                "Ask the reviewer about changes of which it is known what is right");
  arguments.add("--cases", own.cases, "With --calibrate: at most this many (default 12)")
      .positive();
  arguments.add("--yes", own.yes, "With --calibrate: do not ask whether to spend it");
  return [options](Console& console) { return review(*options, console); };
}

}  // namespace gf::cmd

// git factory rework: goes on with a delivered run, with what reviewers said of its pull request.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "forge/said.h"
#include "going_on.h"
#include "line/features.h"
#include "live_view.h"

namespace gf::cmd {
namespace {

struct ReworkOptions {
  std::string run, budget, watch;
  std::vector<std::string> models;
  bool dry_run = false;
};

/// "90", "90s", "30m", "2h".
Result<Milliseconds> time_of(const std::string& text) {
  auto time = duration_of(text);
  if (time) return *time;
  return Error{Fault::kUsage,
               fmt::format("--watch is '{}'", printable(clipped(text, 60))),
               {},
               "write a time such as 90s, 30m or 2h"};
}

std::string remarks_text(const line::Reworked& reworked) {
  std::string text;
  for (const record::Remark& remark : reworked.remarks) {
    std::string place = forge::place_of(remark);
    text += printable(
                fmt::format("{} {}{}: ", remark.kind, remark.by, place.empty() ? "" : " " + place) +
                replace_all(std::string(trim(remark.text)), "\n", "\n    ")) +
            "\n";
  }
  return text;
}

record::Json remarks_json(const line::Reworked& reworked) {
  record::Json remarks = record::Json::array();
  for (const record::Remark& remark : reworked.remarks) remarks.push(record::to_json(remark));
  return record::Json::object({{"run", reworked.run.str()},
                               {"pull_request", reworked.pull_request},
                               {"remarks", std::move(remarks)},
                               {"left_out", record::Json::strings(reworked.left_out)}});
}

/// Nothing was taken in: what there is, and that there is nothing.
int tell(const line::Reworked& reworked, const Console& console) {
  // What may well be meant for the run and is not known to be: no silence.
  bool unheard = reworked.access_unknown && reworked.remarks.empty();
  if (console.json) {
    console.print(remarks_json(reworked).dump() + "\n");
  } else {
    console.print(remarks_text(reworked));
  }
  if (!console.quiet) {
    for (const std::string& line : reworked.left_out) console.say("note: " + printable(line));
    if (reworked.remarks.empty() && !unheard)
      console.say(fmt::format("nothing new is asked of {} (run {})",
                              printable(reworked.pull_request), reworked.run.id8()));
    if (unheard)
      console.say(
          "hint: name whom you trust with 'git config --add factory.rework.from <login>', "
          "or use a token that may see who has write access");
  }
  return unheard ? kNo : kYes;
}

Result<int> rework(const ReworkOptions& options, Console& console) {
  session::Setup setup = console.setup;
  GF_TRY(add_models(options.models, setup.overrides));
  GF_TRY(add_budget(options.budget, setup.overrides));
  line::ReworkWish wish;
  if (!options.run.empty()) wish.name = options.run;
  wish.look_only = options.dry_run;
  if (!options.watch.empty()) {
    GF_ASSIGN(wish.watch, time_of(options.watch));
  }
  Result<line::Reworked> result = [&] {
    std::unique_ptr<View> view = make_view(console);
    setup.sink = sink_for(console, *view);
    setup.approve = ask_person(console, *view);
    return line::rework_run(setup, wish);
  }();
  if (!result.ok()) return conclude(console, result.error());
  if (!result->ended) return tell(*result, console);
  return conclude(console, *result->ended);
}

}  // namespace

Run bind_rework(Arguments& arguments) {
  auto options = std::make_shared<ReworkOptions>();
  arguments
      .add("run", options->run,
           "The run, or its pull request; default: the newest run that has one")
      .type("<run>");
  arguments.add("-n,--dry-run", options->dry_run, "Show what would be taken in, and do nothing");
  arguments
      .add("--watch", options->watch,
           "Where nothing new is asked wait for it, at most so long (90s, 30m, 2h)")
      .type("<time>");
  add_model(arguments, options->models);
  arguments.add("--budget", options->budget, "Spend at most this many dollars in all")
      .type("<usd>");
  return [options](Console& console) { return rework(*options, console); };
}

}  // namespace gf::cmd

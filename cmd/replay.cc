// git factory replay [<run> | <range>]: run it again from the record, and say what is not the same.
#include "replay/replay.h"

#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"

namespace gf::cmd {
namespace {

struct ReplayOptions {
  std::string what;
  bool all = false;
  std::string gates = "run";
};

using Likeness = replay::Replayed::Likeness;

std::string line_of(const replay::StepComparison& step) {
  std::string name = step.attempt > 0 ? fmt::format("{} {}", step.stage, step.attempt) : step.stage;
  std::string text = fmt::format("  {:<7} {:<11}", step.same() ? "same" : "differs", name);
  if (step.same()) {
    text += fmt::format(" {}", step.tree.is_zero() ? "-------" : step.tree.short_hex());
    if (step.exchanges > 0) text += ", " + counted(static_cast<size_t>(step.exchanges), "exchange");
    if (step.gates > 0) text += ", " + counted(static_cast<size_t>(step.gates), "gate");
  } else {
    const replay::Difference& first = step.differences.front();
    text += fmt::format(" {} {}: {}", first.kind, first.name, first.text);
    size_t more = step.differences.size() - 1;
    if (more > 0) text += fmt::format(" (and {} more)", more);
  }
  text += "\n";
  for (const std::string& drift : step.drift) text += "  drift   " + drift + "\n";
  return text;
}

std::string end_of(const replay::Replayed& replayed) {
  std::string text;
  for (const std::string& drift : replayed.drift) text += "  drift   " + drift + "\n";
  double seconds = static_cast<double>(replayed.took.count()) / 1000;
  switch (replayed.result) {
    case Likeness::kSame:
      return text + fmt::format("  same    everything, in {:.1f} s\n", seconds);
    case Likeness::kDifferent:
      return text + "  differs from the record; what follows was not replayed\n";
    case Likeness::kUnsure:
      break;
  }
  return text + fmt::format("  unsure  {}\n", replayed.reason);
}

::gf::Result<int> replay(const ReplayOptions& options, Console& console) {
  if (options.all && !options.what.empty()) {
    return Error{
        Fault::kUsage, "--all and a run or range exclude each other", {}, "give one of them"};
  }
  auto source = options.gates == "run" ? replay::GateSource::kRun : replay::GateSource::kRecorded;
  GF_ASSIGN(auto replayer, replay::Replayer::open(console.setup, source));
  std::optional<std::string> what = options.what.empty() ? "@" : options.what;
  if (options.all) what.reset();
  GF_ASSIGN(auto runs, replayer->runs_named(what));
  if (runs.empty()) {
    return Error{Fault::kUser,
                 "there is no run to replay",
                 {},
                 "a fresh clone has the record after 'git factory init' and 'git fetch'"};
  }
  size_t same = 0, different = 0, unsure = 0;
  std::string last_hint;  // what all runs lack is said once
  for (const RunId& id : runs) {
    bool text = !console.json;
    if (text) console.print(fmt::format("run {}\n", id.str()));
    GF_ASSIGN(auto replayed, replayer->replay(id, [&](const replay::StepComparison& step) {
      if (text) console.print(printable(line_of(step)));
    }));
    same += replayed.result == Likeness::kSame ? 1 : 0;
    different += replayed.result == Likeness::kDifferent ? 1 : 0;
    unsure += replayed.result == Likeness::kUnsure ? 1 : 0;
    bool there =
        console.print(text ? printable(end_of(replayed)) : to_json(replayed).dump() + "\n");
    if (!replayed.hint.empty() && !console.quiet && replayed.hint != last_hint)
      console.say("hint: " + printable(replayed.hint));
    last_hint = replayed.hint;
    if (!there) break;  // a pager was closed
  }
  if (runs.size() > 1 && !console.json) {
    console.print(fmt::format("{}: {} the same, {} different, {} unsure\n",
                              counted(runs.size(), "run"), same, different, unsure));
  }
  if (different > 0) return kNo;
  return same == runs.size() ? kYes : kUnsure;
}

}  // namespace

Run bind_replay(Arguments& arguments) {
  auto options = std::make_shared<ReplayOptions>();
  arguments
      .add("what", options->what,
           "A run, or a range of them as <after>..<up to>; default: the newest run")
      .type("<run>|<range>");
  arguments.add("--all", options->all, "Every run of the record that has ended");
  arguments
      .add("--gates", options->gates,
           "run: really run them (the default); recorded: take their outcomes as they are")
      .one_of({"run", "recorded"});
  return [options](Console& console) { return replay(*options, console); };
}

}  // namespace gf::cmd

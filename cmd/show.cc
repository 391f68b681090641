// git factory show <run>[:stage[:attempt]] | #<pull request>: what the record holds of it.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>

#include "analyst/calibration.h"
#include "analyst/must_fail.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "open_index.h"
#include "pager.h"
#include "record/dollars.h"
#include "runs_named.h"
#include "show_text.h"
#include "stage_prose.h"

namespace gf::cmd {
namespace {

struct ShowOptions {
  std::string what = "@";
  std::string gate;
  int exchange = 0;
  bool exchanges = false, diff = false;
};

Result<int> number_in(const std::string& text, const std::string& what) {
  int number = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc() && end == text.data() + text.size() && number > 0) return number;
  return Error{Fault::kUsage,
               fmt::format("'{}' names no {}", printable(text), what),
               {},
               "as in 'git factory show health:build:2', 'show \"#1\"', 'show health:build:1..2'"};
}

/// "<run>", "<run>:<stage>", "<run>:<stage>:<attempt>", "<run>:<stage>:<attempt>..<attempt>".
struct Place {
  std::string run, stage;
  int attempt = 0, other = 0;  ///< 0: not said
};

Result<Place> place_of(const std::string& what) {
  std::vector<std::string> parts = split(what, ':');
  Place place{parts[0].empty() ? "@" : parts[0], parts.size() > 1 ? parts[1] : "", 0, 0};
  if (parts.size() < 3) return place;
  size_t dots = parts[2].find("..");
  GF_ASSIGN(place.attempt, number_in(parts[2].substr(0, dots), "attempt"));
  if (dots != std::string::npos) {
    GF_ASSIGN(place.other, number_in(parts[2].substr(dots + 2), "attempt"));
  }
  return place;
}

Error nothing_of(const store::Run& run, const std::string& what) {
  return Error{Fault::kUser,
               fmt::format("run {} has no '{}'", run.run.id.id8(), printable(what)),
               {},
               fmt::format("see 'git factory show {}'", run.run.id.id8())};
}

bool is_meant(const record::StageRecord& stage, const Place& place) {
  return (place.stage.empty() || stage.stage == place.stage) &&
         (place.attempt == 0 || stage.attempt == place.attempt);
}

const record::StageRecord* attempt_of(const store::Run& run, const std::string& stage,
                                      int attempt) {
  for (const record::StageRecord& record : run.stages) {
    if (record.stage == stage && record.attempt == attempt) return &record;
  }
  return nullptr;
}

/// The exchanges of the place, or the one of that number.
Result<Shown> exchanges(const store::Run& run, const Place& place, const ShowOptions& options) {
  if (!run.has_exchanges) {
    return Error{Fault::kUser,
                 "the exchanges of this run are not in this clone",
                 {},
                 "fetch them with 'git factory sync', if the remote has them"};
  }
  Shown shown;
  for (const record::Exchange& exchange : run.exchanges) {
    bool meant = (place.stage.empty() || exchange.request.stage == place.stage) &&
                 (place.attempt == 0 || exchange.request.attempt == place.attempt);
    if (!meant || (options.exchange > 0 && exchange.seq != options.exchange)) continue;
    shown.text += whole_exchange_text(exchange) + "\n";
    shown.json.push(exchange_json(exchange));
  }
  if (shown.text.empty()) return nothing_of(run, fmt::format("exchange {}", options.exchange));
  return shown;
}

Result<Shown> gates(const store::Run& run, const Place& place, const std::string& name) {
  Shown shown;
  for (const record::GateOutcome& gate : run.gates) {
    bool meant = place.stage.empty();
    for (const record::StageRecord& stage : run.stages)
      meant = meant || (is_meant(stage, place) && analyst::ran_gate(stage, gate));
    if (!meant || gate.gate != name) continue;
    shown.text += gate_text(run, gate) + "\n";
    shown.json.push(record::to_json(gate));
  }
  if (shown.text.empty()) return nothing_of(run, "gate " + name);
  return shown;
}

/// What an attempt changed, or what lies between two attempts.
Result<Shown> difference(const session::Context& context, const store::Run& run,
                         const Place& place) {
  Oid from = run.run.base_tree, to = run.run.tree;
  std::string title = "base..delivered";
  if (!place.stage.empty()) {
    int first = place.attempt;
    for (const record::StageRecord& stage : run.stages) {
      if (place.attempt == 0 && stage.stage == place.stage) first = stage.attempt;
    }
    const record::StageRecord* one = attempt_of(run, place.stage, first);
    const record::StageRecord* two = attempt_of(run, place.stage, place.other);
    if (one == nullptr) return nothing_of(run, fmt::format("{}:{}", place.stage, first));
    if (place.other > 0 && two == nullptr)
      return nothing_of(run, fmt::format("{}:{}", place.stage, place.other));
    from = two != nullptr ? one->tree_out : one->tree_in;
    to = two != nullptr ? two->tree_out : one->tree_out;
    title = two != nullptr ? fmt::format("{} attempt {}..{}", place.stage, first, place.other)
                           : fmt::format("{} attempt {}", place.stage, first);
  }
  for (const Oid& tree : {from, to}) {
    if (tree.is_zero()) return nothing_of(run, "tree to compare");
    if (context.repo.exists(tree)) continue;
    return Error{Fault::kUser,
                 fmt::format("the tree {} is not in this clone", tree.short_hex()),
                 {},
                 "fetch the whole record with 'git factory sync'"};
  }
  GF_ASSIGN(auto patch, context.repo.diff_text(from, to));
  Shown shown;
  shown.is_diff = true;
  shown.text = fmt::format("run {} {}\n{}", run.run.id.str(), title,
                           patch.empty() ? "no difference\n" : "\n" + patch);
  shown.json.push(record::Json::object({{"run", run.run.id.str()},
                                        {"what", title},
                                        {"from", from.hex()},
                                        {"to", to.hex()},
                                        {"diff", patch}}));
  return shown;
}

Result<Shown> stages(const store::Run& run, const Place& place, const std::string& what) {
  Shown shown;
  for (const record::StageRecord& stage : run.stages) {
    if (!is_meant(stage, place)) continue;
    shown.json.push(record::to_json(stage));
    shown.text += (shown.text.empty() ? "" : "\n") + stage_text(run, stage);
  }
  if (shown.text.empty()) return nothing_of(run, what);
  return shown;
}

Result<Shown> chosen(const session::Context& context, const store::Run& run, const Place& place,
                     const ShowOptions& options) {
  if (options.exchange > 0 || options.exchanges) return exchanges(run, place, options);
  if (!options.gate.empty()) return gates(run, place, options.gate);
  if (options.diff || place.other > 0) return difference(context, run, place);
  return stages(run, place, options.what.substr(options.what.find(':') + 1));
}

/// What is known of who gave the verdict, by the words that it was asked with. Only where there is
/// an index (a calibration leaves one) that works: no run is shown later, or not at all, for it.
std::string calibration_text(const session::Context& context, const store::Run& run,
                             const Console& console) {
  if (!run.verdict || !std::filesystem::exists(analyst::Index::path(context.repo))) return {};
  auto index = open_index(context, console);
  if (!index.ok()) return {};
  auto all = analyst::calibrations(*index);
  if (!all.ok()) return {};
  const analyst::Calibration* found =
      analyst::calibration_of(*all, run.verdict->reviewer, run.verdict->prompt.hex());
  if (found == nullptr) return {};
  return printable(fmt::format("\nThis reviewer: {} (git factory review --calibrate)\n",
                               analyst::in_short(*found)));
}

Result<int> show(const ShowOptions& options, Console& console) {
  if (options.what.starts_with('#')) {
    GF_TRY(number_in(options.what.substr(1), "pull request"));
    return show_pull(options.what, console);
  }
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto place, place_of(options.what));
  GF_ASSIGN(auto id, run_named(*context->store, place.run));
  GF_ASSIGN(auto run, context->store->load(id));
  bool whole = place.stage.empty() && options.exchange == 0 && !options.exchanges &&
               options.gate.empty() && !options.diff;
  Shown shown;
  if (whole) {
    shown.text = run_text(run);
    shown.text += calibration_text(*context, run, console);
  } else {
    GF_ASSIGN(shown, chosen(*context, run, place, options));
  }
  if (console.json) {
    console.print(printable(record::in_dollars(whole ? run_json(run) : shown.json).dump()) + "\n");
    return kYes;
  }
  GF_ASSIGN(bool colour, wants_colour(*context, ""));
  Pager pager(*context, console);
  console.print(painted(shown, colour));
  return kYes;
}

}  // namespace

Run bind_show(Arguments& arguments) {
  auto options = std::make_shared<ShowOptions>();
  arguments.add("what", options->what,
                "<run>[:<stage>[:<attempt>[..<attempt>]]], or '#<n>' for a pull request; default: "
                "the newest run");
  arguments.add("--exchange", options->exchange, "One exchange in full, by its number").positive();
  arguments.add("--exchanges", options->exchanges, "All exchanges in full");
  arguments.add("--gate", options->gate, "What a gate said, in full");
  arguments.add("--diff", options->diff, "What the run, or the attempt, changed");
  return [options](Console& console) { return show(*options, console); };
}

}  // namespace gf::cmd

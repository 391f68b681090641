// Stage by stage: judgements, exchanges, files, gates, cost. What has changed since and does not
// count is drift, and said apart.
#include "replay/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "line/wishes.h"
#include "stage/stage.h"
#include "store/names.h"

namespace gf::replay {
namespace {

constexpr size_t kMostFiles = 20;

void differ(StepComparison& into, std::string kind, std::string name, std::string text) {
  into.differences.push_back({std::move(kind), std::move(name), std::move(text)});
}

std::string or_none(std::string_view text) { return text.empty() ? "none" : std::string(text); }

const record::GateOutcome* gate_named(const store::Run& run, const std::string& file) {
  for (size_t i = 0; i < run.gate_files.size(); ++i) {
    if (run.gate_files[i] == file) return &run.gates[i];
  }
  return nullptr;
}

void compare_gate_files(const Sides& sides, const std::vector<std::string>& recorded,
                        const std::vector<std::string>& replayed, StepComparison& into) {
  std::set<std::string> done;
  for (const std::string& file : recorded) {
    if (!done.insert(file).second) continue;
    ++into.gates;
    const record::GateOutcome* then = gate_named(sides.recorded, file);
    const record::GateOutcome* now = gate_named(sides.replayed, file);
    if (then == nullptr) {
      differ(into, "record", file, "the outcome that the stage names is not in the record");
    } else if (now == nullptr) {
      differ(into, "gate", then->gate,
             fmt::format("recorded as {} on the tree {}, and not run there by the replay",
                         record::name_of(then->status), then->tree.short_hex()));
    } else {
      compare_gates(*then, *now, into);
    }
  }
  for (const std::string& file : replayed) {
    if (!done.insert(file).second) continue;
    const record::GateOutcome* now = gate_named(sides.replayed, file);
    differ(into, "gate", now == nullptr ? file : now->gate, "run by the replay, and not recorded");
  }
}

/// Usage and cost are sums over the exchanges; nothing can be earned by editing one of the two.
void compare_cost(const store::Run& recorded, const record::StageRecord& stage,
                  StepComparison& into) {
  record::Usage usage;
  record::Cost cost{0, ""};
  bool any = false;
  auto add = [&](const record::Usage& more, const record::Cost& price) {
    usage = usage + more;
    cost = any ? cost + price : price;
    any = true;
  };
  for (int seq : stage.exchanges) {
    auto found = std::find_if(recorded.exchanges.begin(), recorded.exchanges.end(),
                              [&](const auto& exchange) { return exchange.seq == seq; });
    if (found == recorded.exchanges.end()) {
      differ(into, "record", fmt::format("exchange {}", seq),
             "the stage names it, and it is not in the record");
      return;
    }
    if (found->paid) add(found->paid->usage, found->paid->cost);
    if (found->answer) add(found->answer->usage, found->answer->cost);
  }
  if (!any) return;
  bool tokens = usage.input_total == stage.usage.input_total &&
                usage.output_total == stage.usage.output_total;
  if (!tokens || cost.pico_usd != stage.cost.pico_usd) {
    differ(into, "cost", stage.stage,
           fmt::format("recorded as {} for {}/{} tokens; its exchanges come to {} for {}/{}",
                       record::to_text(stage.cost), stage.usage.input_total.value_or(0),
                       stage.usage.output_total.value_or(0), record::to_text(cost),
                       usage.input_total.value_or(0), usage.output_total.value_or(0)));
  }
}

void compare_judgements(const record::StageRecord& then, const record::StageRecord& now,
                        StepComparison& into) {
  auto text_of = [](const record::StageRecord& stage) {
    std::string text(record::name_of(stage.status));
    if (!stage.goes_back_to.empty()) text += " -> " + stage.goes_back_to;
    return text;
  };
  if (then.status != now.status || then.goes_back_to != now.goes_back_to ||
      then.failure != now.failure) {
    differ(into, "stage", then.stage,
           fmt::format("recorded as {}, replayed as {}: {}", text_of(then), text_of(now),
                       clipped(now.reason, 300)));
  } else if (!(then.output == now.output)) {
    differ(into, "stage", then.stage, "its result is not the recorded one");
  }
}

void compare_specs(const store::Run& recorded, const store::Run& replayed, StepComparison& into) {
  if (recorded.spec.has_value() != replayed.spec.has_value()) {
    differ(into, "record", "spec.json",
           recorded.spec ? "recorded, and not made by the replay" : "not in the record");
  } else if (recorded.spec &&
             !(record::to_json(*recorded.spec) == record::to_json(*replayed.spec))) {
    differ(into, "record", "spec.json",
           "is not the spec that PLAN gave, with what SCOUT corrected");
  }
}

/// Was it asked when the run began? What a gate said of files that were changed later is of a step,
/// and no step names it: it is held against, and is not about what was made.
bool is_of_the_base(const store::Run& run, const std::string& file) {
  const record::GateOutcome* outcome = gate_named(run, file);
  if (outcome == nullptr) return false;
  constexpr const char* kNoFiles = "\x1f";  // of a gate that is given the changed files
  return file == store::gate_file(outcome->tree, outcome->gate, "") ||
         file == store::gate_file(outcome->tree, outcome->gate, kNoFiles);
}

Oid base_of(const Sides& sides) {
  return sides.first_tree.is_zero() ? sides.recorded.run.base_tree : sides.first_tree;
}

std::vector<std::string> on_base(const Sides& sides, const store::Run& run) {
  std::vector<std::string> files;
  for (size_t i = 0; i < run.gates.size(); ++i) {
    if (run.gates[i].tree == base_of(sides)) files.push_back(run.gate_files[i]);
  }
  return files;
}

/// Later steps may have run more on this very tree: what the replay has not come to yet is theirs.
std::vector<std::string> expected_on_base(const Sides& sides, const std::vector<std::string>& now) {
  std::set<std::string> named;
  for (const record::StageRecord& stage : sides.recorded.stages)
    named.insert(stage.gate_runs.begin(), stage.gate_runs.end());
  std::vector<std::string> then;
  for (const std::string& file : on_base(sides, sides.recorded)) {
    bool replayed = std::find(now.begin(), now.end(), file) != now.end();
    bool due = !named.contains(file) && is_of_the_base(sides.recorded, file);
    if (replayed || due) then.push_back(file);
  }
  return then;
}

bool has_late_base(const store::Run& recorded) {
  return line::wishes_of(recorded.run).rules >= line::Rules::kProjects;
}

}  // namespace

StepComparison compare_base(const Sides& sides) {
  StepComparison step;
  step.stage = "base";
  step.tree = base_of(sides);
  std::vector<std::string> now = on_base(sides, sides.replayed);
  bool later = now.empty() && has_late_base(sides.recorded);
  if (!later) compare_gate_files(sides, expected_on_base(sides, now), now, step);
  return step;
}

void compare_late_base(const Sides& sides, const StepComparison& base, StepComparison& end) {
  if (base.stage != "base" || base.gates > 0 || !has_late_base(sides.recorded)) return;
  std::vector<std::string> now = on_base(sides, sides.replayed);
  int before = end.gates;
  compare_gate_files(sides, expected_on_base(sides, now), now, end);
  end.gates = before;
}

Result<StepComparison> compare_step(const Sides& sides, int seq) {
  auto with_seq = [&](const store::Run& run) -> const record::StageRecord* {
    auto found = std::find_if(run.stages.begin(), run.stages.end(),
                              [&](const auto& stage) { return stage.seq == seq; });
    return found == run.stages.end() ? nullptr : &*found;
  };
  const record::StageRecord* then = with_seq(sides.recorded);
  const record::StageRecord* now = with_seq(sides.replayed);
  StepComparison step;
  step.seq = seq;
  const record::StageRecord* known = then != nullptr ? then : now;
  if (known == nullptr) return Error{Fault::kInternal, "a step that neither side has", {}, {}};
  step.stage = known->stage;
  step.attempt = known->attempt;
  step.tree = known->tree_out;
  if (then == nullptr || now == nullptr) {
    differ(step, "stage", known->stage,
           then == nullptr ? "the replay goes on with it, and the record ends before"
                           : "recorded, and the replay ends before");
    return step;
  }
  if (then->stage != now->stage || then->attempt != now->attempt) {
    differ(step, "stage", then->stage,
           fmt::format("the replay goes on with {} {}", now->stage, now->attempt));
    return step;
  }
  const stage::Stage* stage = stage::find_stage(then->stage);
  compare_requests(sides, *then, *now, stage == nullptr ? "" : stage->prompt_file, step);
  GF_TRY(compare_trees(sides, *then, *now, step));
  compare_gate_files(sides, then->gate_runs, now->gate_runs, step);
  bool last_review = then->stage == "review";
  for (const record::StageRecord& later : sides.recorded.stages)
    last_review = last_review && (later.seq <= seq || later.stage != "review");
  // One that was put onto a newer base is the last step's, and compared at the end.
  bool moved = !sides.first_tree.is_zero() && sides.first_tree != sides.recorded.run.base_tree;
  if (last_review && !moved) compare_verdicts(sides.recorded, sides.replayed, step);
  // The spec is the record's last: PLAN makes it, and SCOUT may correct it.
  auto makes_spec = [](const record::StageRecord& one) {
    return one.stage == "plan" || one.stage == "scout";
  };
  bool last_spec = makes_spec(*then);
  for (const record::StageRecord& later : sides.recorded.stages)
    last_spec = last_spec && (later.seq <= seq || !makes_spec(later));
  if (last_spec) compare_specs(sides.recorded, sides.replayed, step);
  compare_judgements(*then, *now, step);
  compare_cost(sides.recorded, *then, step);
  return step;
}

Result<StepComparison> compare_end(const Sides& sides) {
  StepComparison step;
  const record::RunRecord& then = sides.recorded.run;
  const record::RunRecord& now = sides.replayed.run;
  step.seq = static_cast<int>(sides.recorded.stages.size()) + 1;
  step.stage = "end";
  step.tree = then.tree;
  auto compare = [&](const char* what, std::string_view a, std::string_view b) {
    if (a == b) return;
    differ(step, "run", what,
           fmt::format("recorded as {}, replayed as {}", or_none(clipped(a, 200)),
                       or_none(clipped(b, 200))));
  };
  compare("status", record::name_of(then.status), record::name_of(now.status));
  compare("failed stage", then.failed_stage, now.failed_stage);
  compare("failure", record::name_of(then.failure), record::name_of(now.failure));
  compare("tree", then.tree.is_zero() ? "" : then.tree.hex(),
          now.tree.is_zero() ? "" : now.tree.hex());
  compare("patch id", then.patch_id, now.patch_id);
  compare("title", then.title, now.title);
  compare("questions", join(then.questions, "; "), join(now.questions, "; "));
  if (sides.recorded.stages.size() > sides.replayed.stages.size())
    differ(step, "record", "stages", "there are more of them than the run has");
  compare_verdicts(sides.recorded, sides.replayed, step);
  GF_TRY(check_delivered(sides.clone, sides.recorded, step));
  return step;
}

Result<void> check_delivered(const git::Repo& clone, const store::Run& recorded,
                             StepComparison& into) {
  const record::RunRecord& run = recorded.run;
  if (run.head.is_zero()) return Done{};
  for (const record::Rework& rework : run.reworks) {
    auto by = std::find_if(recorded.stages.begin(), recorded.stages.end(),
                           [&](const auto& stage) { return stage.seq == rework.step; });
    if (by != recorded.stages.end() && by->stage == "pr" && by->tree_out != rework.tree)
      differ(into, "run", rework.tree.short_hex(), "is not the tree that was delivered by then");
  }
  std::vector<std::pair<Oid, Oid>> delivered;  // commits and their trees
  for (const record::Rework& rework : run.reworks) delivered.emplace_back(rework.head, rework.tree);
  delivered.emplace_back(run.head, run.tree);
  std::pair<Oid, Oid> before = {run.base, {}};
  for (const auto& one : delivered) {
    if (one == before) continue;
    if (!clone.exists(one.first)) {
      into.drift.push_back(
          fmt::format("the delivered commit {} is not in this clone", one.first.short_hex()));
    } else {
      GF_ASSIGN(auto commit, clone.commit(one.first));
      if (commit.tree != one.second || commit.parents != std::vector<Oid>{before.first}) {
        differ(
            into, "run", one.first.short_hex(),
            "the delivered commit is not the approved tree on the base, or on what was delivered "
            "before");
      }
    }
    before = one;
  }
  return Done{};
}

Result<void> compare_trees(const Sides& sides, const record::StageRecord& then,
                           const record::StageRecord& now, StepComparison& into) {
  if (then.tree_in != now.tree_in) {
    differ(into, "stage", then.stage,
           fmt::format("recorded as begun with the tree {}; it is {}", then.tree_in.short_hex(),
                       now.tree_in.short_hex()));
  }
  if (!sides.clone.exists(then.tree_out)) {
    differ(into, "record", then.tree_out.short_hex(),
           "the recorded tree is not in this clone" +
               std::string(then.tree_out == now.tree_out ? "; the replay made it again" : ""));
    if (then.tree_out != now.tree_out) return Done{};
  } else if (then.tree_out != now.tree_out) {
    GF_ASSIGN(auto deltas, sides.scratch.diff(then.tree_out, now.tree_out));
    for (const git::Delta& delta : deltas) {
      if (into.differences.size() >= kMostFiles) break;
      std::string how = delta.kind == git::DeltaKind::kAdded     ? "made by the replay only"
                        : delta.kind == git::DeltaKind::kDeleted ? "recorded only"
                                                                 : "has other content";
      differ(into, "file", delta.path, how);
    }
    return Done{};
  }
  if (!then.commit.is_zero() && sides.clone.exists(then.commit)) {
    GF_ASSIGN(auto commit, sides.clone.commit(then.commit));
    if (commit.tree != then.tree_out)
      differ(into, "record", then.commit.short_hex(), "the stage commit holds another tree");
  } else if (!then.commit.is_zero()) {
    differ(into, "record", then.commit.short_hex(), "the stage commit is not in this clone");
  }
  // The ids are equal. Are the objects there, and do they hold what their ids say?
  if (!sides.clone.exists(then.tree_out)) return Done{};
  GF_ASSIGN(auto changes, sides.scratch.diff(now.tree_in, now.tree_out));
  for (const git::Delta& delta : changes) {
    bool file =
        delta.new_kind == git::EntryKind::kBlob || delta.new_kind == git::EntryKind::kExecutable;
    if (delta.kind == git::DeltaKind::kDeleted || !file) continue;
    auto content = sides.clone.read_blob(delta.new_id);
    if (content.ok() && git::Repo::blob_id(*content) == delta.new_id) continue;
    differ(into, "record", delta.path, "its recorded object is missing in this clone, or broken");
  }
  return Done{};
}

void compare_verdicts(const store::Run& recorded, const store::Run& replayed,
                      StepComparison& into) {
  if (!recorded.verdict && !replayed.verdict) return;
  if (!recorded.verdict || !replayed.verdict) {
    differ(into, "verdict", "review.json",
           recorded.verdict ? "recorded, and not given by the replay" : "not in the record");
    return;
  }
  const record::Verdict &then = *recorded.verdict, &now = *replayed.verdict;
  auto compare = [&](const char* what, std::string_view a, std::string_view b) {
    if (a == b) return;
    differ(into, "verdict", what,
           fmt::format("recorded as {}, replayed as {}", or_none(clipped(a, 200)),
                       or_none(clipped(b, 200))));
  };
  compare("decision", then.approved ? "approved" : "rejected",
          now.approved ? "approved" : "rejected");
  compare("reasons", join(then.reasons, "; "), join(now.reasons, "; "));
  compare("spec", then.spec.hex(), now.spec.hex());
  compare("base", then.base.hex(), now.base.hex());
  compare("tree", then.tree.hex(), now.tree.hex());
  compare("patch id", then.patch_id, now.patch_id);
  compare("reviewer", then.reviewer, now.reviewer);
  compare("same model as the builder", then.same_model_as_builder ? "yes" : "no",
          now.same_model_as_builder ? "yes" : "no");
  if (!(then.table == now.table)) differ(into, "verdict", "table", "is not the recorded one");
  compare("run", then.run.str(), now.run.str());
}

record::Json to_json(const StepComparison& step) {
  record::Json differences = record::Json::array();
  for (const Difference& difference : step.differences) {
    differences.push(record::Json::object(
        {{"kind", difference.kind}, {"name", difference.name}, {"text", difference.text}}));
  }
  record::Json json = record::Json::object({{"seq", step.seq},
                                            {"stage", step.stage},
                                            {"result", step.same() ? "same" : "different"},
                                            {"exchanges", step.exchanges},
                                            {"gates", step.gates},
                                            {"differences", differences},
                                            {"drift", record::Json::strings(step.drift)},
                                            {"ms", static_cast<int64_t>(step.took.count())}});
  if (step.attempt > 0) json.set("attempt", step.attempt);
  if (!step.tree.is_zero()) json.set("tree", step.tree.hex());
  return json;
}

}  // namespace gf::replay

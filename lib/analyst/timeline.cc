#include "analyst/timeline.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "base/text.h"
#include "record/json.h"

namespace gf::analyst {
namespace {

/// What the trace says of a gate that was asked.
struct GateEnd {
  Timestamp end{};
  Milliseconds duration{0};
  bool known = false;
};
using Place = std::tuple<std::string, int, std::string>;  ///< stage, attempt, gate

std::map<Place, std::vector<GateEnd>> gate_ends_in(const std::string& trace) {
  std::map<Place, std::vector<GateEnd>> all;
  for (const std::string& line : lines(trace)) {
    auto json = record::Json::parse(line);
    if (!json.ok() || json->get_string("kind") != "gate.end") continue;
    auto time = parse_iso8601(json->get_string("time"));
    if (!time.ok()) continue;
    record::Json fields = json->get("fields");
    Place place{json->get_string("stage"), static_cast<int>(json->get_int("attempt")),
                fields.get_string("gate")};
    all[place].push_back({*time, Milliseconds(fields.get_int("ms")), fields.get_bool("cached")});
  }
  return all;
}

class Timeline {
 public:
  explicit Timeline(const store::Run& run)
      : run_(run), gate_ends_(gate_ends_in(run.trace)), used_(run.gates.size(), false) {}

  std::vector<GateTime> all() {
    for (size_t stage = 0; stage < run_.stages.size(); ++stage) add_attempt(stage);
    std::vector<GateTime> base;
    Timestamp next = run_.run.started;
    for (size_t gate = 0; gate < run_.gates.size(); ++gate) {
      if (!used_[gate]) base.push_back(asked(gate, {}, "", 0, next));
    }
    base.insert(base.end(), times_.begin(), times_.end());
    return base;
  }

 private:
  void add_attempt(size_t number) {
    const record::StageRecord& stage = run_.stages[number];
    Timestamp next = stage.started;
    for (const std::string& file : stage.gate_runs) {
      auto found = std::find(run_.gate_files.begin(), run_.gate_files.end(), file);
      auto gate = static_cast<size_t>(found - run_.gate_files.begin());
      if (gate >= run_.gates.size()) continue;
      times_.push_back(asked(gate, number, stage.stage, stage.attempt, next));
      used_[gate] = true;
    }
  }

  /// `next`: where it begins when nothing tells; moved on by what it took.
  GateTime asked(size_t gate, std::optional<size_t> number, const std::string& stage, int attempt,
                 Timestamp& next) {
    const record::GateOutcome& outcome = run_.gates[gate];
    GateTime time{gate, number, next, outcome.duration, used_[gate]};
    if (time.known) time.duration = Milliseconds(0);
    auto ends = gate_ends_.find({stage, attempt, outcome.gate});
    if (ends != gate_ends_.end() && !ends->second.empty()) {
      const GateEnd& first = ends->second.front();
      time.known = first.known;
      time.duration = first.known ? Milliseconds(0) : first.duration;
      time.start = first.end - time.duration;
      ends->second.erase(ends->second.begin());
    }
    keep_inside(time);
    next = time.start + time.duration;
    return time;
  }

  void keep_inside(GateTime& time) const {
    Timestamp from = run_.run.started, to = std::max(from, end_of(run_));
    if (time.stage) {
      from = run_.stages[*time.stage].started;
      to = from + run_.stages[*time.stage].wall;
    }
    Timestamp end = std::clamp(time.start + time.duration, from, to);
    time.start = std::clamp(time.start, from, end);
    time.duration = end - time.start;
  }

  const store::Run& run_;
  std::map<Place, std::vector<GateEnd>> gate_ends_;
  std::vector<bool> used_;  ///< which records an attempt has had already
  std::vector<GateTime> times_;
};

}  // namespace

std::vector<GateTime> gate_times(const store::Run& run) { return Timeline(run).all(); }

Timestamp end_of(const store::Run& run) {
  Timestamp end = std::max(run.run.started, run.run.ended);
  for (const record::StageRecord& stage : run.stages)
    end = std::max(end, stage.started + stage.wall);
  return end;
}

}  // namespace gf::analyst

#include "batch/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "batch/begin.h"
#include "batch/command.h"
#include "batch/standing.h"
#include "batch/stream.h"
#include "batch/workers.h"
#include "line/features.h"
#include "session/hold.h"

namespace gf::batch {
namespace {

constexpr Milliseconds kLook{100};  ///< how often a wish to stop is noticed

/// What is known of a run that goes on in a process.
struct GoingOn {
  Milliseconds began{0};
  RunId run;               ///< as it told
  bool resumed = false;    ///< it went on with a run that was there
  bool looked_at = false;  ///< what its spec declares is known
  std::vector<size_t> gives_way_to;
};

class Runner {
 public:
  Runner(session::Context& context, Orders orders, Standing standing, std::string program,
         const Listener& listener)
      : context_(context),
        orders_(std::move(orders)),
        listener_(listener),
        schedule_(std::move(standing.schedule)),
        rows_(orders_.entries.size()),
        declared_(orders_.entries.size()),
        workers_(context, std::move(program)) {
    for (size_t i = 0; i < rows_.size(); ++i) rows_[i].slug = orders_.entries[i].slug;
    for (const auto& [index, run] : standing.runs) take_up(index, run);
  }

  Report run() {
    Stopwatch watch(context_.clock());
    begin_what_may();
    while (workers_.any()) {
      if (auto notice = workers_.next(kLook)) hear(*notice);
      if (context_.cancel().requested()) workers_.ask_all_to_end();
      begin_what_may();
    }
    return report(watch.elapsed());
  }

 private:
  void take_up(size_t index, const store::Summary& run);
  void begin_what_may();
  void begin(size_t index);
  [[nodiscard]] std::optional<std::string> branch_for(size_t index) const;
  void hear(const Notice& notice);
  void look_at_spec(size_t index, GoingOn& going_on);
  void end(size_t index, const Result<proc::Outcome>& outcome);
  Result<void> give_way(size_t index, const GoingOn& gone);
  void put(size_t index, State state, const std::string& outcome, const std::string& why);
  void put_ended(size_t index, const store::Summary& run);
  Report report(Milliseconds wall);

  void note(const std::string& text) const {
    if (listener_.on_note) listener_.on_note(text);
  }

  session::Context& context_;
  Orders orders_;
  const Listener& listener_;
  Schedule schedule_;
  std::vector<Row> rows_;
  std::map<size_t, RunId> waiting_;  ///< runs that can go on, by entry
  std::vector<std::vector<std::string>> declared_;
  std::map<size_t, GoingOn> going_on_;
  Workers workers_;
};

void Runner::take_up(size_t index, const store::Summary& run) {
  fill(rows_[index], run);
  if (run.active) {
    waiting_[index] = run.id;
  } else {
    put_ended(index, run);
  }
}

void Runner::put_ended(size_t index, const store::Summary& run) {
  put(index, state_of(run), std::string(record::name_of(run.status)), why_of(run));
}

void Runner::put(size_t index, State state, const std::string& outcome, const std::string& why) {
  schedule_.put(index, state);
  rows_[index].outcome = outcome;
  rows_[index].why = why;
  if (listener_.on_state) listener_.on_state(index, state, why.empty() ? outcome : why);
}

void Runner::begin_what_may() {
  while (!context_.cancel().requested()) {
    auto next = schedule_.take();
    if (!next) return;
    begin(*next);
  }
}

/// Where what it comes after was delivered to.
std::optional<std::string> Runner::branch_for(size_t index) const {
  for (size_t other : schedule_.before(index)) {
    if (schedule_.state(other) != State::kDelivered) continue;
    auto branch = RefName::parse(rows_[other].branch);
    if (branch.ok()) return branch->short_name();
  }
  return std::nullopt;
}

void Runner::begin(size_t index) {
  GoingOn& going_on = going_on_[index];
  going_on.began = context_.clock().steady();
  auto known = waiting_.find(index);
  going_on.resumed = known != waiting_.end();
  if (going_on.resumed) going_on.run = known->second;
  waiting_.erase(index);
  if (listener_.on_state) listener_.on_state(index, State::kRunning, {});
  workers_.begin(index, going_on.resumed
                            ? resume_command(orders_, going_on.run)
                            : begin_command(orders_, orders_.entries[index], branch_for(index)));
}

void Runner::hear(const Notice& notice) {
  if (notice.ended) return end(notice.index, *notice.ended);
  GoingOn& going_on = going_on_.at(notice.index);
  const session::Event& event = *notice.event;
  if (!event.run.empty()) going_on.run = event.run;
  if (listener_.on_event) listener_.on_event(notice.index, event);
  // With the stage behind PLAN the spec is on record.
  bool planned = event.kind == "stage.begin" && event.stage != "plan";
  if (planned && !going_on.looked_at) look_at_spec(notice.index, going_on);
}

/// Told as soon as two specs are known. The one that was planned later gives way, when that is
/// wanted: it has spent least.
void Runner::look_at_spec(size_t index, GoingOn& going_on) {
  going_on.looked_at = true;
  auto run = context_.store->load(going_on.run);
  if (!run.ok())
    return note(fmt::format("what '{}' declares is not known: {}", rows_[index].slug,
                            printable(run.error().message)));
  if (!run->spec) return;
  std::vector<std::string>& paths = declared_[index];
  paths = run->spec->touchpoints;
  paths.insert(paths.end(), run->spec->introduces.begin(), run->spec->introduces.end());
  for (const Overlap& both : overlaps(declared_)) {
    if (both.first != index && both.second != index) continue;
    size_t other = both.first == index ? both.second : both.first;
    std::vector<size_t> before = schedule_.before(index);
    if (std::find(before.begin(), before.end(), other) != before.end()) continue;
    note(fmt::format("'{}' and '{}' both declare {}", rows_[other].slug, rows_[index].slug,
                     clipped(printable(join(both.paths, ", ")), 300)));
    State state = schedule_.state(other);
    bool ahead = state == State::kRunning || state == State::kDelivered;
    if (orders_.serial_overlaps && !going_on.resumed && ahead)
      going_on.gives_way_to.push_back(other);
  }
  if (!going_on.gives_way_to.empty()) workers_.ask_to_end(index);
}

/// It begins anew when the others have ended, planned on what they delivered.
Result<void> Runner::give_way(size_t index, const GoingOn& gone) {
  schedule_.put(index, State::kWaiting);
  std::vector<std::string> first;
  for (size_t other : gone.gives_way_to) {
    if (schedule_.order(index, other)) first.push_back(rows_[other].slug);
  }
  std::string why = "it follows " + join(first, ", ");
  auto& follows = orders_.follows[rows_[index].slug];
  follows.insert(follows.end(), first.begin(), first.end());
  GF_ASSIGN(auto who, context_.repo.identity(context_.clock().now()));
  GF_TRY(keep(context_.repo, who, orders_));
  session::Setup setup = context_.setup;
  setup.sink = {};
  GF_TRY(line::abort_run(std::move(setup), gone.run.str(), why));
  Row again;
  again.slug = rows_[index].slug;
  again.took = rows_[index].took;
  rows_[index] = std::move(again);
  if (listener_.on_state) listener_.on_state(index, State::kWaiting, why);
  return Done{};
}

/// Why a process left its run unfinished.
std::string why_it_stopped(const Result<proc::Outcome>& outcome) {
  if (!outcome.ok()) return outcome.error().message;
  if (outcome->end == proc::End::kSignalled)
    return fmt::format("signal {} ended it", outcome->signal);
  std::string words = last_words(outcome->err);
  return words.empty() ? fmt::format("exit status {}", outcome->exit_code) : words;
}

/// What cannot be found out about one run, or done with it, leaves the others alone.
void Runner::end(size_t index, const Result<proc::Outcome>& outcome) {
  GoingOn gone = std::move(going_on_.at(index));
  going_on_.erase(index);
  rows_[index].took += context_.clock().steady() - gone.began;
  auto found = run_of(*context_.store, orders_, rows_[index].slug, gone.run);
  if (!found.ok()) return put(index, State::kStopped, "stopped", found.error().message);
  const std::optional<store::Summary>& run = *found;
  if (run) fill(rows_[index], *run);
  if (run && !run->active) return put_ended(index, *run);
  bool stopping = context_.cancel().requested();
  std::string why = why_it_stopped(outcome);
  if (run && !gone.gives_way_to.empty() && !stopping) {
    auto given = give_way(index, gone);
    if (given.ok()) return;
    why = given.error().message;
  }
  bool goes_on = run.has_value() || stopping;
  put(index, goes_on ? State::kStopped : State::kNotDelivered, goes_on ? "stopped" : "failed", why);
}

Report Runner::report(Milliseconds wall) {
  Report report;
  report.name = orders_.name;
  report.wall = wall;
  for (size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    row.state = schedule_.state(i);
    say_if_not_run(row);
    report.rows.push_back(row);
  }
  find_conflicts(context_.repo, report);
  return report;
}

}  // namespace

Result<Report> run_batch(session::Context& context, Orders orders, const std::string& program,
                         const Listener& listener) {
  GF_ASSIGN(auto hold, session::Hold::take_batch(context, orders.name));
  // Whoever had it until now may have written down who follows whom.
  GF_ASSIGN(auto before, kept(context.repo, orders.name));
  if (before && before->begun != orders.begun) return is_there_already(orders.name);
  if (before) orders.follows = before->follows;
  GF_ASSIGN(auto who, context.repo.identity(context.clock().now()));
  GF_TRY(keep(context.repo, who, orders));
  GF_ASSIGN(auto standing, standing_of(*context.store, orders));
  if (listener.on_begin) listener.on_begin(orders);
  return Runner(context, std::move(orders), std::move(standing), program, listener).run();
}

}  // namespace gf::batch

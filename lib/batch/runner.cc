#include "batch/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "batch/command.h"
#include "batch/stream.h"
#include "line/features.h"
#include "proc/process.h"
#include "session/hold.h"
#include "session/start.h"

namespace gf::batch {
namespace {

/// A run has to end its gates and to write down where it was.
constexpr Milliseconds kGrace{20000};
constexpr Milliseconds kNoLimit{int64_t{10} * 365 * 24 * 3600 * 1000};
constexpr size_t kKeptOutput = 1u << 20;
constexpr Milliseconds kLook{100};  ///< how often a wish to stop is noticed
/// Between a batch's beginning and its runs', by clocks that may be set.
constexpr std::chrono::hours kSlack{24};

/// What a process told, or how it ended.
struct Notice {
  size_t index = 0;
  std::optional<session::Event> event;
  std::optional<Result<proc::Outcome>> ended;
};

/// From many threads to one.
class Notices {
 public:
  void put(Notice notice) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(notice));
    }
    there_.notify_one();
  }
  /// The oldest one, or nothing after a while.
  std::optional<Notice> take(Milliseconds most) {
    std::unique_lock lock(mutex_);
    there_.wait_for(lock, most, [&] { return !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    Notice notice = std::move(waiting_.front());
    waiting_.pop_front();
    return notice;
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_;
  std::deque<Notice> waiting_;
};

/// A process of a run and the thread that waits for it.
struct Worker {
  Cancel cancel;
  std::thread thread;
  Milliseconds began{0};
  RunId run;               ///< as it told
  bool resumed = false;    ///< it went on with a run that was there
  bool looked_at = false;  ///< what its spec declares is known
  std::vector<size_t> gives_way_to;
};

class Runner {
 public:
  Runner(session::Context& context, Orders orders, std::string program, const Listener& listener)
      : context_(context),
        orders_(std::move(orders)),
        program_(std::move(program)),
        listener_(listener),
        schedule_(orders_.entries, orders_.at_once),
        rows_(orders_.entries.size()),
        declared_(orders_.entries.size()) {
    for (size_t i = 0; i < rows_.size(); ++i) rows_[i].slug = orders_.entries[i].slug;
  }
  /// No thread outlives what it writes to.
  ~Runner() {
    for (auto& [index, worker] : workers_) worker->cancel.request();
    for (auto& [index, worker] : workers_) worker->thread.join();
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  Result<Report> run() {
    Stopwatch watch(context_.clock());
    GF_TRY(take_up());
    begin_what_may();
    while (!workers_.empty()) {
      if (auto notice = notices_.take(kLook)) GF_TRY(hear(*notice));
      if (context_.cancel().requested()) {
        for (auto& [index, worker] : workers_) worker->cancel.request();
      }
      begin_what_may();
    }
    return report(watch.elapsed());
  }

 private:
  Result<void> take_up();
  void begin_what_may();
  void begin(size_t index);
  [[nodiscard]] std::optional<std::string> branch_for(size_t index) const;
  Result<void> hear(const Notice& notice);
  Result<void> look_at_spec(size_t index, Worker& worker);
  Result<void> end(size_t index, const Result<proc::Outcome>& outcome);
  Result<void> give_way(size_t index, const Worker& worker);
  void put(size_t index, State state, const std::string& outcome, const std::string& why);
  Result<Report> report(Milliseconds wall);

  void note(const std::string& text) const {
    if (listener_.on_note) listener_.on_note(text);
  }
  [[nodiscard]] size_t place_of(const std::string& slug) const {
    auto found =
        std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.slug == slug; });
    return static_cast<size_t>(found - rows_.begin());
  }

  session::Context& context_;
  Orders orders_;
  const std::string program_;
  const Listener& listener_;
  Schedule schedule_;
  std::vector<Row> rows_;
  std::map<size_t, RunId> waiting_;  ///< runs that can go on, by entry
  std::vector<std::vector<std::string>> declared_;
  Notices notices_;
  std::map<size_t, std::unique_ptr<Worker>> workers_;
};

void fill(Row& row, const store::Summary& run) {
  row.run = run.id;
  row.pull_request = run.pull_request;
  row.branch = run.branch;
  row.head = run.status == record::RunStatus::kDelivered ? run.head : Oid();
  row.attempts = run.metrics.attempts;
  row.cost = run.metrics.cost;
  row.wall = run.metrics.wall;
}

/// The newest run of each slug that carries the batch's name.
Result<std::map<std::string, store::Summary>> runs_of(const store::Store& store,
                                                      const Orders& orders) {
  std::map<std::string, store::Summary> newest;
  auto take = [&](const store::Summary& run) {
    if (run.batch != orders.name) return;
    auto [known, fresh] = newest.emplace(run.slug, run);
    // One whose questions were answered goes on after an end that the ledger has.
    if (!fresh && known->second.id < run.id) known->second = run;
  };
  GF_ASSIGN(auto active, store.active_runs());
  for (const store::Summary& run : active) take(run);
  GF_TRY(store.walk([&](const store::Summary& run) {
    take(run);
    return run.ended >= orders.begun - kSlack;
  }));
  return newest;
}

std::string why_of(const store::Summary& run) {
  if (run.status == record::RunStatus::kDelivered) return {};
  if (run.status == record::RunStatus::kNeedsAnswers)
    return fmt::format("it asks; see 'git factory answer {}'", run.id.id8());
  if (run.failed_stage.empty()) return run.reason;
  return fmt::format("{}: {}", run.failed_stage, run.reason);
}

Result<void> Runner::take_up() {
  for (const auto& [later, earlier] : orders_.follows) {
    for (const std::string& slug : earlier) {
      size_t one = place_of(later), other = place_of(slug);
      if (one < rows_.size() && other < rows_.size()) schedule_.order(one, other);
    }
  }
  GF_ASSIGN(auto runs, runs_of(*context_.store, orders_));
  for (size_t i = 0; i < rows_.size(); ++i) {
    auto known = runs.find(rows_[i].slug);
    if (known == runs.end()) continue;
    const store::Summary& run = known->second;
    bool gave_way = run.status == record::RunStatus::kCancelled &&
                    orders_.follows.find(run.slug) != orders_.follows.end();
    if (gave_way) continue;
    fill(rows_[i], run);
    if (run.active) {
      waiting_[i] = run.id;
    } else {
      bool delivered = run.status == record::RunStatus::kDelivered;
      put(i, delivered ? State::kDelivered : State::kNotDelivered,
          std::string(record::name_of(run.status)), why_of(run));
    }
  }
  return Done{};
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
  auto worker = std::make_unique<Worker>();
  auto known = waiting_.find(index);
  worker->resumed = known != waiting_.end();
  Command command = worker->resumed
                        ? resume_command(orders_, known->second)
                        : begin_command(orders_, orders_.entries[index], branch_for(index));
  if (worker->resumed) worker->run = known->second;
  waiting_.erase(index);
  worker->began = context_.clock().steady();
  proc::Options options;
  options.argv = std::move(command.words);
  options.argv.insert(options.argv.begin(), program_);
  options.directory = context_.setup.directory;
  options.environment = context_.setup.environment;
  options.input = std::move(command.input);
  options.limits = {kNoLimit, kKeptOutput, kGrace};
  options.ends_with_us = true;
  if (listener_.on_state) listener_.on_state(index, State::kRunning, {});
  Worker& placed = *workers_.emplace(index, std::move(worker)).first->second;
  placed.thread = std::thread([this, index, options = std::move(options), &placed]() mutable {
    Stream stream;
    options.on_output = [&](std::string_view piece) {
      for (session::Event& event : stream.take(piece))
        notices_.put({index, std::move(event), std::nullopt});
    };
    notices_.put({index, std::nullopt, proc::run(options, placed.cancel)});
  });
}

Result<void> Runner::hear(const Notice& notice) {
  if (notice.ended) return end(notice.index, *notice.ended);
  Worker& worker = *workers_.at(notice.index);
  const session::Event& event = *notice.event;
  if (!event.run.empty()) worker.run = event.run;
  if (listener_.on_event) listener_.on_event(notice.index, event);
  // With the stage behind PLAN the spec is on record.
  bool planned = event.kind == "stage.begin" && event.stage != "plan";
  return planned && !worker.looked_at ? look_at_spec(notice.index, worker) : Done{};
}

/// Told as soon as two specs are known. The one that was planned later gives way, when that is
/// wanted: it has spent least.
Result<void> Runner::look_at_spec(size_t index, Worker& worker) {
  worker.looked_at = true;
  GF_ASSIGN(auto run, context_.store->load(worker.run));
  if (!run.spec) return Done{};
  std::vector<std::string>& paths = declared_[index];
  paths = run.spec->touchpoints;
  paths.insert(paths.end(), run.spec->introduces.begin(), run.spec->introduces.end());
  for (const Overlap& both : overlaps(declared_)) {
    if (both.first != index && both.second != index) continue;
    size_t other = both.first == index ? both.second : both.first;
    std::vector<size_t> before = schedule_.before(index);
    if (std::find(before.begin(), before.end(), other) != before.end()) continue;
    note(fmt::format("'{}' and '{}' both declare {}", rows_[other].slug, rows_[index].slug,
                     clipped(printable(join(both.paths, ", ")), 300)));
    State state = schedule_.state(other);
    bool ahead = state == State::kRunning || state == State::kDelivered;
    if (orders_.serial_overlaps && !worker.resumed && ahead) worker.gives_way_to.push_back(other);
  }
  if (!worker.gives_way_to.empty()) worker.cancel.request();
  return Done{};
}

/// It begins anew when the others have ended, planned on what they delivered.
Result<void> Runner::give_way(size_t index, const Worker& worker) {
  schedule_.put(index, State::kWaiting);
  std::vector<std::string> first;
  for (size_t other : worker.gives_way_to) {
    if (schedule_.order(index, other)) first.push_back(rows_[other].slug);
  }
  std::string why = "it follows " + join(first, ", ");
  auto& follows = orders_.follows[rows_[index].slug];
  follows.insert(follows.end(), first.begin(), first.end());
  GF_ASSIGN(auto who, context_.repo.identity(context_.clock().now()));
  GF_TRY(keep(context_.repo, who, orders_));
  session::Setup setup = context_.setup;
  setup.sink = {};
  GF_TRY(line::abort_run(std::move(setup), worker.run.str(), why));
  std::string slug = rows_[index].slug;
  rows_[index] = Row();
  rows_[index].slug = slug;
  if (listener_.on_state) listener_.on_state(index, State::kWaiting, why);
  return Done{};
}

Result<void> Runner::end(size_t index, const Result<proc::Outcome>& outcome) {
  std::unique_ptr<Worker> worker = std::move(workers_.at(index));
  workers_.erase(index);
  worker->thread.join();
  std::optional<store::Summary> run;
  GF_ASSIGN(auto runs, runs_of(*context_.store, orders_));
  auto found = runs.find(rows_[index].slug);
  if (found != runs.end()) {
    const store::Summary& newest = found->second;
    // One that was killed before it told of its run has it on record all the same.
    if (worker->run.empty() ? newest.active : newest.id == worker->run) run = newest;
  }
  if (run && run->active && !worker->gives_way_to.empty() && !context_.cancel().requested())
    return give_way(index, *worker);
  Row& row = rows_[index];
  row.took += context_.clock().steady() - worker->began;
  if (run) fill(row, *run);
  if (run && !run->active) {
    bool delivered = run->status == record::RunStatus::kDelivered;
    put(index, delivered ? State::kDelivered : State::kNotDelivered,
        std::string(record::name_of(run->status)), why_of(*run));
    return Done{};
  }
  std::string why;
  if (!outcome.ok()) {
    why = outcome.error().message;
  } else if (outcome->end == proc::End::kSignalled) {
    why = fmt::format("signal {} ended it", outcome->signal);
  } else {
    why = last_words(outcome->err);
    if (why.empty()) why = fmt::format("exit status {}", outcome->exit_code);
  }
  bool goes_on = run.has_value() || context_.cancel().requested();
  put(index, goes_on ? State::kStopped : State::kNotDelivered, goes_on ? "stopped" : "failed", why);
  return Done{};
}

Result<Report> Runner::report(Milliseconds wall) {
  Report report;
  report.name = orders_.name;
  report.wall = wall;
  for (size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    row.state = schedule_.state(i);
    if (row.state == State::kLeftOut) {
      row.outcome = "left out";
      row.why = "what it comes after was not delivered";
    } else if (row.state == State::kWaiting) {
      row.outcome = row.run.empty() ? "not begun" : "stopped";
    }
    report.rows.push_back(row);
  }
  find_conflicts(context_.repo, report);
  return report;
}

}  // namespace

Result<Orders> begin_batch(const session::Context& context, const std::vector<Entry>& entries,
                           const Wish& wish) {
  Orders orders;
  orders.begun = context.clock().now();
  orders.entries = entries;
  GF_ASSIGN(orders.at_once, width_of(wish.at_once, entries.size()));
  orders.name = wish.name;
  if (orders.name.empty()) {
    orders.name = "batch-" + RunId::make(orders.begun, context.clock().random()).id8();
  } else if (slug_from(orders.name) != orders.name) {
    return Error{Fault::kUsage,
                 fmt::format("'{}' is no name of a batch", printable(clipped(orders.name, 60))),
                 {},
                 fmt::format("use lower-case letters, digits and dashes, for example '{}'",
                             slug_from(orders.name))};
  }
  GF_ASSIGN(auto before, kept(context.repo, orders.name));
  if (before)
    return Error{Fault::kUsage,
                 fmt::format("there is a batch '{}' already", orders.name),
                 {},
                 fmt::format("go on with 'git factory batch --resume={}', or choose another name",
                             orders.name)};
  GF_ASSIGN(auto early,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides));
  GF_ASSIGN(auto start, session::find_start(context, early, wish.base, session::Ask::kRemote));
  orders.base_name = start.base.name;
  orders.base = start.base.commit;
  orders.serial_overlaps = wish.serial_overlaps;
  orders.no_pr = wish.no_pr;
  orders.draft = wish.draft;
  orders.budget = wish.budget;
  orders.models = wish.models;
  return orders;
}

Result<Orders> find_batch(const session::Context& context, const std::optional<std::string>& name) {
  std::optional<Orders> newest;
  GF_ASSIGN(auto names, kept_names(context.repo));
  for (const std::string& one : names) {
    if (name && one != *name) continue;
    GF_ASSIGN(auto orders, kept(context.repo, one));
    if (orders && (!newest || newest->begun < orders->begun)) newest = std::move(orders);
  }
  if (newest) return std::move(*newest);
  return Error{Fault::kUser,
               name ? fmt::format("there is no batch '{}'", printable(clipped(*name, 60)))
                    : std::string("there is no batch here"),
               {},
               names.empty() ? "begin one with 'git factory batch <file>'"
                             : "it is one of " + clipped(join(names, ", "), 300)};
}

Result<Report> run_batch(session::Context& context, Orders orders, const std::string& program,
                         const Listener& listener) {
  GF_ASSIGN(auto hold, session::Hold::take_batch(context, orders.name));
  // Whoever had it until now may have written down who follows whom.
  GF_ASSIGN(auto before, kept(context.repo, orders.name));
  if (before) orders.follows = before->follows;
  GF_ASSIGN(auto who, context.repo.identity(context.clock().now()));
  GF_TRY(keep(context.repo, who, orders));
  if (listener.on_begin) listener.on_begin(orders);
  return Runner(context, std::move(orders), program, listener).run();
}

}  // namespace gf::batch

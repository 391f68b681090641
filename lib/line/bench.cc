// The base is asked once, by the gates that will judge the change, and what is broken there is out
// of the run or ends it before a token is spent.
#include "line/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "gate/project.h"
#include "line/assignment.h"
#include "line/gatekeeper.h"
#include "line/journal.h"
#include "line/past.h"
#include "line/wishes.h"
#include "session/context.h"
#include "session/sandbox.h"
#include "session/trust.h"
#include "stage/red_gate.h"

namespace gf::line {
namespace {

constexpr size_t kUncollectedNamed = 3;  ///< files that cannot be collected, in a message
constexpr size_t kAccidents = 20;        ///< failed tests; more at once are no accident

/// Why a run cannot begin on what a gate said of the base, in the runner's own words; empty: it
/// can.
std::string trouble_in(const record::GateOutcome& outcome) {
  using Status = record::GateOutcome::Status;
  if (outcome.status == Status::kBroken || outcome.status == Status::kTimeout)
    return fmt::format("{}: {}", outcome.gate, outcome.reason);
  if (!gate::collected_nothing(outcome)) return {};
  std::vector<std::string> uncollected;
  for (const record::TestResult& test : outcome.tests) {
    if (test.cause != "collection") continue;
    std::vector<std::string> words = lines(trim(test.message));
    std::string_view last = words.empty() ? std::string_view() : trim(words.back());
    if (last.starts_with("E ")) last = trim(last.substr(2));
    uncollected.push_back(fmt::format("'{}' cannot be collected: {}", printable(test.id),
                                      printable(clipped(last, 200))));
  }
  size_t more = uncollected.size() > kUncollectedNamed ? uncollected.size() - kUncollectedNamed : 0;
  if (more > 0) uncollected.resize(kUncollectedNamed);
  std::string text = fmt::format("{}: no test can run; {}", outcome.gate, join(uncollected, "; "));
  return more == 0 ? text : text + fmt::format("; and {} more", more);
}

/// A runner that was detected and is missing or collects nothing, beside one that works and has the
/// same files to test, or any files where it told no test. Nobody else's fault ends a run.
bool has_another(const gate::Gate& runner, const record::GateOutcome& outcome,
                 const std::vector<gate::Gate>& gates,
                 const std::vector<record::GateOutcome>& outcomes) {
  bool nothing = gate::collected_nothing(outcome), in_vain = nothing || gate::is_missing(outcome);
  bool no_test = nothing && outcome.status == record::GateOutcome::Status::kBroken;
  if (runner.stage != "test" || !runner.detected || !in_vain) return false;
  return std::any_of(gates.begin(), gates.end(), [&](const gate::Gate& other) {
    bool of_same = no_test || (other.files == runner.files && !other.files.empty());
    bool alike = other.stage == "test" && other.folder == runner.folder && of_same;
    return alike && std::any_of(outcomes.begin(), outcomes.end(), [&](const auto& one) {
             return one.gate == other.name && trouble_in(one).empty();
           });
  });
}

Error no_gate(const char* why) {
  return Error{
      Fault::kConfiguration,
      why,
      {},
      "configure one as [factory-gate \"<name>\"] in .gitfactory, or run 'git factory init'"};
}

}  // namespace

Bench::Bench(session::Context& context, const Assignment& assignment, Journal& journal, Past& past)
    : context_(context),
      assignment_(assignment),
      journal_(journal),
      past_(past),
      base_facts_(context.repo, context.git, assignment.base.tree),
      stands_on_(assignment.base) {}

Bench::~Bench() = default;

const Oid& Bench::tree() const {
  if (!home_.is_zero()) return home_;
  return workspace_ ? workspace_->tree() : assignment_.base.tree;
}

Result<void> Bench::open() {
  if (past_.gates() == nullptr) {
    GF_TRY(session::may_run(context_.git));
    GF_ASSIGN(auto holder, session::holder_of(context_, assignment_.config.settings()));
    bool whole = holder->sandbox.gaps(proc::Network::kNone).empty();
    bool held = holder->sandbox.kind() != proc::Sandbox::Kind::kNone;
    if (held) journal_.tell(whole ? "note" : "warning", session::to_text(*holder));
  }
  GF_ASSIGN(auto gates, gates_to_run());
  GF_TRY(add_pre_commit(gates));
  for (const std::string& unread : projects_.empty()
                                       ? gate::detection_notes(base_facts_)
                                       : gate::detection_notes(base_facts_, projects_))
    journal_.tell("warning", unread);
  Past::Places places = past_.places();
  if (places.pool.empty()) {
    GF_ASSIGN(places.pool, git::default_pool_dir(context_.repo, context_.setup.environment));
  }
  GF_TRY(journal_.act("worktree", [&]() -> Result<void> {
    GF_ASSIGN(workspace_, git::Workspace::acquire(context_.repo, context_.git, places.pool,
                                                  journal_.run().id, assignment_.base.commit));
    return Done{};
  }));
  if (places.tools.empty()) {
    GF_ASSIGN(places.tools, session::gate_cache(context_));
  }
  Room room;
  if (projects_.empty()) {
    GF_ASSIGN(room, room_for(gates, places, ""));
  }
  gates_ = std::make_unique<Gatekeeper>(context_, journal_.active(), *workspace_, std::move(gates),
                                        std::move(room), places.tools, journal_.teller(), past_);
  stand_on(stands_on_);
  return projects_.empty() ? check_base(nullptr) : begin_with_several();
}

namespace {

/// A record names its gates and says nothing of which tests each takes; the base does, from which
/// they were found: of two languages in one folder each is asked for its own.
std::vector<gate::Gate> asked_as(const std::vector<gate::Gate>& found,
                                 std::vector<gate::Gate> recorded) {
  for (gate::Gate& gate : recorded) {
    auto same = std::find_if(found.begin(), found.end(), [&](const gate::Gate& one) {
      return one.name == gate.name && one.stage == gate.stage && one.folder == gate.folder;
    });
    if (same == found.end() || gate.stage != "test") continue;
    gate.files = same->files;
    gate.targets = same->targets;
    gate.selecting = same->selecting;
  }
  return recorded;
}

}  // namespace

Result<std::vector<gate::Gate>> Bench::gates_to_run() {
  if (assignment_.wishes.rules >= Rules::kProjects) {
    projects_ = gate::projects_in(base_facts_);
    if (!gate::are_several(projects_)) projects_.clear();
  }
  const std::vector<gate::Gate>* recorded = past_.gates();
  auto found = gates_found();
  if (recorded != nullptr && (found.ok() || projects_.empty()))
    return found.ok() ? asked_as(*found, *recorded) : *recorded;
  GF_ASSIGN(auto gates, std::move(found));
  std::map<std::string, std::string> left_out = gates_left_out(journal_.run());
  std::erase_if(gates, [&](const gate::Gate& gate) { return left_out.contains(gate.name); });
  if (!gates.empty()) return gates;
  return no_gate("no gate was found: nothing could say no to a change");
}

/// A gate that does not work and that nobody asked for is told, kept in the record, and gone.
void Bench::leave_out(const std::string& gate, const std::string& why, const std::string& reason) {
  std::map<std::string, std::string> left_out = gates_left_out(journal_.run());
  left_out[gate] = reason;
  keep_gates_left_out(journal_.run(), left_out);
  gates_->leave_out(gate);
  journal_.tell("warning", fmt::format("going without {}, which {} does not work on '{}': {}", gate,
                                       why, assignment_.base.name, reason));
}

/// What the gates of a stage say of the base, but for those that the run goes without from here.
Result<std::vector<record::GateOutcome>> Bench::ask_about_base(
    const char* stage, const std::set<std::string>* direct) {
  auto on_crash = past_.replays() ? Gatekeeper::OnCrash::kTell : Gatekeeper::OnCrash::kLeaveOut;
  GF_ASSIGN(auto outcomes, gates_->run(stage, {}, {}, on_crash));
  if (past_.replays()) return outcomes;
  std::vector<gate::Gate> gates = gates_->gates();
  std::set<std::string> spare;
  for (const record::GateOutcome& outcome : outcomes) {
    for (const gate::Gate& gate : gates) {
      if (gate.name == outcome.gate && has_another(gate, outcome, gates, outcomes))
        spare.insert(gate.name);
    }
  }
  std::vector<record::GateOutcome> kept;
  for (record::GateOutcome& outcome : outcomes) {
    auto gate = std::find_if(gates.begin(), gates.end(),
                             [&](const gate::Gate& one) { return one.name == outcome.gate; });
    if (gate != gates.end() && gate::may_be_left_out(*gate, outcome)) {
      leave_out(outcome.gate, "was detected and", outcome.reason);
    } else if (spare.contains(outcome.gate)) {
      leave_out(outcome.gate, "was detected beside another runner of these tests and",
                outcome.reason);
    } else if (direct != nullptr && !direct->contains(outcome.gate) && does_not_work(outcome)) {
      leave_out(outcome.gate, "is of a project that is built on what changes and", outcome.reason);
    } else {
      kept.push_back(std::move(outcome));
    }
  }
  return kept;
}

/// The base's own outcomes: what was red before is never blamed on the run, and never hides it.
Result<void> Bench::check_base(const std::set<std::string>* direct) {
  journal_.tell("check.begin", "gates on the base");
  std::vector<std::string> broken;
  for (const char* kind : {"validate", "test"}) {
    if (!asks_gates_of(assignment_, kind)) continue;
    GF_ASSIGN(auto outcomes, ask_about_base(kind, direct));
    if (outcomes.empty() && projects_.empty()) journal_.tell("warning", none_there(kind));
    for (record::GateOutcome& outcome : outcomes) {
      std::string trouble = trouble_in(outcome);
      if (!trouble.empty()) {
        broken.push_back(trouble);
      } else if (outcome.status == record::GateOutcome::Status::kFail) {
        journal_.tell("warning", fmt::format("{} is red on the base already: {}{}", outcome.gate,
                                             outcome.reason, stage::named_by(outcome)));
        GF_TRY(look_for_flaky(outcome));
      }
      base_.push_back(std::move(outcome));
    }
  }
  if (projects_.empty()) (void)gates_->take_names();  // they belong to no step
  if (broken.empty() && base_.empty() && !past_.replays() && projects_.empty())
    return no_gate("no gate works here: nothing could say no to a change");
  if (broken.empty()) return Done{};
  return Error{Fault::kConfiguration,
               fmt::format("a gate does not work on '{}' before any change: {}",
                           assignment_.base.name, join(broken, "; ")),
               {},
               "make it work there, or configure it ([factory-gate \"<name>\"], factory.python)"};
}

/// A person has to know which of the base's failures come and go; the record of the base keeps what
/// was seen first.
Result<void> Bench::look_for_flaky(const record::GateOutcome& outcome) {
  std::vector<std::string> flaky;
  GF_TRY(again(
      outcome, [](const record::TestResult&) { return true; }, flaky));
  for (const std::string& test : flaky) {
    journal_.tell("warning", fmt::format("'{}' is flaky on the base: it failed, and passed when it "
                                         "was run again",
                                         printable(test)));
  }
  return Done{};
}

Result<record::GateOutcome> Bench::again(record::GateOutcome outcome, const TestFilter& may,
                                         std::vector<std::string>& flaky) {
  using Status = record::GateOutcome::Status;
  if (assignment_.wishes.rules < Rules::kOwners || outcome.status != Status::kFail ||
      outcome.stage != "test")
    return outcome;
  std::map<std::string, record::TestResult*> failed;
  for (record::TestResult& test : outcome.tests) {
    if (test.status == record::TestStatus::kFailed && may(test)) failed.emplace(test.id, &test);
  }
  if (failed.empty() || failed.size() > kAccidents) return outcome;
  std::vector<std::string> ids;
  for (const auto& [id, test] : failed) ids.push_back(id);
  GF_ASSIGN(auto second, gates_->run("test", ids, {}, Gatekeeper::OnCrash::kTell));
  for (const record::GateOutcome& ran : second) {
    if (ran.gate != outcome.gate) continue;
    for (const record::TestResult& test : ran.tests) {
      auto found = failed.find(test.id);
      if (found == failed.end() || test.status != record::TestStatus::kPassed) continue;
      *found->second = test;
      flaky.push_back(test.id);
      --outcome.counts.failed;
      ++outcome.counts.passed;
    }
  }
  if (outcome.counts.failed + outcome.counts.errors == 0 && !flaky.empty()) {
    outcome.status = Status::kPass;
    outcome.reason.clear();
  }
  return outcome;
}

bool Bench::has_fixers() const {
  if (assignment_.wishes.rules < Rules::kOwners) return false;
  const std::vector<gate::Gate>& gates = gates_->gates();
  return past_.gates() != nullptr ||
         std::any_of(gates.begin(), gates.end(),
                     [](const gate::Gate& gate) { return !gate.fix.empty(); });
}

Result<void> Bench::fix(const std::vector<std::string>& changed) {
  if (changed.empty() || !has_fixers()) return Done{};
  Oid before = tree();
  GF_ASSIGN(auto fixed, gates_->fix(changed, base_, assignment_.wishes.rules >= Rules::kTried));
  if (!fixed || tree() == before) return Done{};
  facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, tree());
  return Done{};
}

Result<void> Bench::close() {
  if (!workspace_) return Done{};
  return workspace_->release();
}

Result<void> Bench::move_to(session::Base onto, const Oid& tree) {
  GF_TRY(workspace_->materialise(tree));
  facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, tree);
  stands_on_ = std::move(onto);
  stand_on(stands_on_);
  change_.reset();
  return Done{};
}

Result<const Change*> Bench::change() {
  if (!change_ || change_->tree != tree()) {
    GF_ASSIGN(change_, Change::between(context_.repo, stands_on_.tree, tree()));
  }
  return &*change_;
}

Result<void> Bench::take_in() {
  GF_ASSIGN(auto tree, workspace_->snapshot());
  facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, tree);
  return Done{};
}

Result<std::vector<record::GateOutcome>> Bench::run(std::string_view stage,
                                                    const std::vector<std::string>& selection,
                                                    const std::vector<std::string>& changed) {
  // Of single tests it may be their own doing, and is told to who wrote them; so it is of another
  // tree than the run's, which whoever visits it has to judge.
  if (!projects_.empty()) {
    GF_ASSIGN(const Change* change, this->change());
    std::vector<std::string> paths;
    for (const git::Delta& delta : change->deltas) paths.push_back(delta.path);
    for (const std::string& test : selection) paths.push_back(test.substr(0, test.find("::")));
    GF_TRY(take_up(paths));
  }
  bool own = selection.empty() && home_.is_zero();
  auto on_crash = own ? Gatekeeper::OnCrash::kStop : Gatekeeper::OnCrash::kTell;
  return gates_->run(stage, selection, changed, on_crash);
}

Result<std::vector<record::GateOutcome>> Bench::base_outcomes_for(
    const std::vector<record::GateOutcome>& now, const std::vector<std::string>& changed) {
  using Status = record::GateOutcome::Status;
  std::vector<std::string> there = changed;
  std::erase_if(there, [&](const std::string& path) { return !base_facts_.has_path(path); });
  bool says_no = std::any_of(now.begin(), now.end(), [](const record::GateOutcome& outcome) {
    return outcome.status == Status::kFail;
  });
  // What a recorded gate looks at is not known: the record has an outcome for these files, or not.
  bool of_files = past_.gates() != nullptr || gates_->has_gate_of_files();
  if (assignment_.wishes.rules < Rules::kOwners || there.empty() || !says_no || !of_files)
    return base_;
  std::vector<std::string> names = gates_->take_names();
  GF_ASSIGN(auto asked, visit(stands_on_.tree, [&] {
              return gates_->run("validate", {}, there, Gatekeeper::OnCrash::kTell);
            }));
  gates_->give_back(std::move(names));  // the base's own belong to no step
  std::vector<record::GateOutcome> all = base_;
  for (record::GateOutcome& known : all) {
    for (record::GateOutcome& outcome : asked) {
      if (outcome.gate == known.gate && known.stage == "validate") known = std::move(outcome);
    }
  }
  return all;
}

Result<std::vector<record::GateOutcome>> Bench::repeat(const std::vector<std::string>& selection,
                                                       int time) {
  return gates_->run("test", selection, {}, Gatekeeper::OnCrash::kForget, time);
}

bool Bench::takes_test_names() const { return gates_->takes_test_names(); }

Result<record::GateOutcome> Bench::parse(const std::vector<std::string>& paths) {
  return gates_->parse(paths);
}

Result<void> Bench::go_to(const Oid& tree) {
  home_ = workspace_->tree();
  Result<void> gone = workspace_->materialise(tree);
  if (!gone.ok()) home_ = Oid();
  return gone;
}

Result<void> Bench::go_back() {
  Oid home = std::exchange(home_, Oid());
  return workspace_->materialise(home);
}

Gated Bench::take() {
  if (!gates_) return {};
  Gated gated{gates_->take_names(), gates_->spent() - accounted_};
  accounted_ = gates_->spent();
  return gated;
}

}  // namespace gf::line

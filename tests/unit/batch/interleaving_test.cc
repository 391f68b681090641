// The protocol as a whole: two dispatchers and their jobs, step by step in a random order, over
// real refs of a real server. Jobs die, are taken for dead and go on, lose answers; dispatchers die
// and resume. No request is delivered twice, and none is lost. GF_SEEDS=<n> tries more orders.
#include <random>

#include "batch/dispatcher.h"
#include "batch/fence.h"
#include "support/clock.h"
#include "unit/batch/pretended_engine.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

constexpr int kFewSeeds = 4;
constexpr int kEvents = 120;  ///< with faults; behind them all goes well
constexpr const char* kSlugs[] = {"health", "paging"};
constexpr const char* kMachines[] = {"north", "south"};

/// What a request's run has come to on a machine.
struct OnDisk {
  RunId id;
  std::string branch;
  bool ended = false;
};

/// One process of a job, on a machine.
struct Process {
  std::string id, machine, slug;
  std::unique_ptr<session::Context> context;
  std::unique_ptr<session::Context> fenced;
  std::unique_ptr<Claims> claims;
  std::unique_ptr<Work> work;
  std::unique_ptr<Steps> steps;
  bool built = false;
  bool sent = false;  ///< its branch
  bool asked_to_end = false;
};

class World : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    for (const char* machine : kMachines) clone(machine);
    make_server_mortal();
    orders_.name = "spring";
    for (const char* slug : kSlugs) {
      Entry entry;
      entry.slug = entry.request = slug;
      orders_.entries.push_back(entry);
    }
    orders_.at_once = orders_.entries.size();
    engine_.on_start = [this](const std::string& id, const Order& order) { begin(id, order); };
  }

  /// A dispatcher in a clone of its own, from whatever claims there are.
  struct Person {
    std::string name;
    std::unique_ptr<test::StandingClock> clock;
    std::unique_ptr<session::Context> context;
    std::unique_ptr<EngineRoom> room;
    std::unique_ptr<Dispatcher> dispatcher;
  };
  void resume(Person& person) {
    person.dispatcher.reset();
    if (!person.context) {
      person.clock = std::make_unique<test::StandingClock>();
      session::Setup with = setup(person.name);
      with.clock = person.clock.get();
      person.context = open(with);
      person.room = std::make_unique<EngineRoom>(
          EngineRoom{*person.context, settings_, "spring", "/srv/a.git", "0123", ""});
    }
    person.dispatcher = std::make_unique<Dispatcher>(*person.context, orders_, engine_,
                                                     *person.room, remote_, listener_);
    ASSERT_TRUE(person.dispatcher->take_up().ok());
  }
  void turn(Person& person) {
    person.dispatcher->submit();
    person.clock->advance(Milliseconds(100000 + static_cast<int>(random_() % 200000)));
    person.dispatcher->look();
  }

  void begin(const std::string& id, const Order& order);
  void step(Process& process);
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  void end(size_t index);
  void go_through(unsigned seed);
  void check(unsigned seed);
  /// Its branch goes with its claim.
  Result<void> deliver(Process& process);

  Orders orders_;
  PretendedEngine engine_;
  Settings settings_;
  const std::string remote_ = "origin";
  Listener listener_;
  std::mt19937 random_;
  bool faults_ = true;
  int made_ = 0;
  std::vector<std::unique_ptr<Process>> processes_;
  std::map<std::string, OnDisk> runs_;  ///< by machine and slug: what is on its disk
};

/// What it finds on its machine's disk and on the remote.
class Pretended : public Work {
 public:
  Pretended(Process& process, std::map<std::string, OnDisk>& runs)
      : process_(process), runs_(runs) {}

  Result<Known> look() override {
    GF_ASSIGN(auto there, listed("refs/test/record/" + process_.slug));
    Known known;
    auto run = runs_.find(process_.machine + process_.slug);
    if (!there.empty()) {
      known.ending = Ending{true, "delivered", "", RunId::make(Timestamp(), 1), "refs/heads/x"};
    } else if (run != runs_.end() && run->second.ended) {
      known.ending = ending_of(run->second);
    } else if (run != runs_.end()) {
      known.goes_on = run->second.id;
    }
    return known;
  }
  Result<bool> is_delivered(const std::string& branch, const Oid& head) override {
    GF_ASSIGN(auto there, listed(branch));
    return there.find(head.hex()) != std::string::npos;
  }
  Result<Ending> run() override {
    if (!process_.sent) return Ending{};  // told to end, or its branch was refused
    OnDisk& run = runs_.at(process_.machine + process_.slug);
    run.ended = true;
    return ending_of(run);
  }
  Result<void> send_home() override {
    std::string ref = "refs/test/record/" + process_.slug;
    GF_ASSIGN(auto pushed, process_.context->git.push("origin", {"main:" + ref}));
    if (pushed.pushed) return Done{};
    return Error{Fault::kTransient, pushed.remote_text, {}, {}};
  }
  bool wait_for_another_try(int failures) override { return failures < 3; }

 private:
  static Ending ending_of(const OnDisk& run) { return {true, "delivered", "", run.id, run.branch}; }
  Result<std::string> listed(const std::string& ref) {
    GF_ASSIGN(auto answer, process_.context->git.ask({"ls-remote", "origin", ref}));
    return answer.out;
  }
  Process& process_;
  std::map<std::string, OnDisk>& runs_;
};

void World::begin(const std::string& id, const Order& order) {
  auto process = std::make_unique<Process>();
  process->id = id;
  process->slug = order.slug;
  process->machine = kMachines[random_() % 2];
  for (const auto& other : processes_) {
    // One clone, one lock.
    if (other->machine != process->machine || other->slug != order.slug) continue;
    engine_.alive.erase(id);
    return;
  }
  session::Setup with = setup(process->machine);
  process->context = open(with);
  process->claims = std::make_unique<Claims>(*process->context, "origin", "spring");
  process->work = std::make_unique<Pretended>(*process, runs_);
  Bid bid{order.slug, id, process->machine, "holder " + id, {}};
  if (!order.in_place_of.empty()) bid.in_place_of = Oid::parse(order.in_place_of).value();
  with.environment[kClaimVariable] = fence_text("spring", order.slug, bid.holder);
  with.guard = fence_of(with).value_or(git::Guard());
  process->fenced = open(with);
  process->steps = std::make_unique<Steps>(*process->claims, std::move(bid), *process->work);
  processes_.push_back(std::move(process));
}

Result<void> World::deliver(Process& process) {
  OnDisk& run = runs_[process.machine + process.slug];
  if (run.id.empty()) {
    // A branch of its own: two deliveries are two branches.
    run.id = RunId::make(Timestamp(Milliseconds(1790000000000)), static_cast<uint32_t>(++made_));
    run.branch = fmt::format("refs/heads/factory/{}-{}", process.slug, made_);
    std::string at = "cd " + process.machine + " && ";
    this->run(at + fmt::format("git update-ref {} $(git commit-tree -p main -m 'x\n\nFactory-Run: "
                               "{}' main^{{tree}})",
                               run.branch, run.id.str()));
  }
  GF_ASSIGN(auto pushed, process.fenced->git.push("origin", {run.branch + ":" + run.branch}));
  process.sent = pushed.pushed;
  return Done{};
}

/// The next thing that it does.
void World::step(Process& process) {
  Steps& steps = *process.steps;
  bool under_way = steps.ours() && steps.at() != Steps::At::kTell;
  if (under_way && chance(25)) {
    Claim next = steps.claim();
    ++next.beat;
    auto put = process.claims->put(process.slug, next);
    if (!put.ok()) return;
    if (*put) {
      steps.claim() = next;
    } else {
      steps.lose();
    }
    return;
  }
  if (steps.at() != Steps::At::kRun) {
    (void)steps.step().ok();
    return;
  }
  if (faults_ && !process.built && chance(5)) process.asked_to_end = true;
  if (!process.built && !process.asked_to_end) {
    process.built = true;
  } else if (!process.sent && !process.asked_to_end) {
    auto sent = deliver(process);
    if (!sent.ok()) process.asked_to_end = true;
  } else {
    (void)steps.step().ok();
  }
}

void World::end(size_t index) {
  engine_.alive.erase(processes_[index]->id);
  processes_.erase(processes_.begin() + static_cast<std::ptrdiff_t>(index));
}

void World::go_through(unsigned seed) {
  random_.seed(seed);
  faults_ = true;
  engine_.starts_unanswered = true;
  engine_.on_submit = [this](const Order&) { return !faults_ || !chance(25); };
  Person people[2];
  people[0].name = "ada";
  people[1].name = "bob";
  for (Person& person : people) resume(person);
  auto over = [&] { return !people[0].dispatcher->any() && !people[1].dispatcher->any(); };
  for (int event = 0; event < kEvents * 6 && (event < kEvents || !over()); ++event) {
    faults_ = event < kEvents;
    if (faults_ && chance(4)) arm();
    if (processes_.empty() || chance(20)) {
      Person& person = people[random_() % 2];
      bool stopped = !person.dispatcher->any() && person.dispatcher->report().stopped();
      if (stopped || (faults_ && chance(8))) resume(person);
      turn(person);
      continue;
    }
    size_t index = random_() % processes_.size();
    Process& process = *processes_[index];
    // Taken for dead, and goes on: a node that is cut off, a machine that slept.
    if (faults_ && chance(4)) engine_.alive.erase(process.id);
    if (faults_ && chance(8)) {
      end(index);
      continue;
    }
    step(process);
    if (process.steps->at() == Steps::At::kOver) end(index);
  }
  processes_.clear();
}

void World::check(unsigned seed) {
  std::string branches =
      said("git -C server for-each-ref --format='%(refname)' refs/heads/factory");
  for (const char* slug : kSlugs) {
    size_t count = 0;
    std::string prefix = fmt::format("refs/heads/factory/{}-", slug);
    for (size_t at = 0; (at = branches.find(prefix, at)) != std::string::npos; ++at) ++count;
    EXPECT_EQ(count, 1u) << "seed " << seed << ", '" << slug << "':\n" << branches;
    EXPECT_TRUE(there(slug).is_delivered()) << "seed " << seed << ", '" << slug << "'";
  }
}

using InterleavingTest = World;

TEST_F(InterleavingTest, NoRequestIsDeliveredTwiceAndNoneIsLost) {
  const char* more = std::getenv("GF_SEEDS");
  unsigned seeds = more != nullptr ? static_cast<unsigned>(std::atoi(more)) : kFewSeeds;
  for (unsigned seed = 1; seed <= seeds && !HasFailure(); ++seed) {
    go_through(seed);
    check(seed);
    runs_.clear();
    engine_.alive.clear();
    run("rm -f server/armed && for ref in $(git -C server for-each-ref --format='%(refname)' "
        "refs/heads/factory refs/factory refs/test); do git -C server update-ref -d $ref; done");
  }
}

}  // namespace
}  // namespace gf::batch

#include "intake/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "forge/address.h"
#include "intake/request.h"
#include "line/forge_place.h"
#include "store/held.h"

namespace gf::intake {
namespace {

using record::RunStatus;
/// Runs of an issue by its address, newest first.
using Runs = std::map<std::string, std::vector<store::Summary>>;

/// What everything here needs, opened once.
struct Desk {
  std::unique_ptr<session::Context> context;
  line::ForgeHere here;
  line::Trust trust;
  Weights weights;
  Runs runs;
};

Error no(std::string message, std::string hint) {
  return Error{Fault::kUser, std::move(message), {}, std::move(hint)};
}

/// One look at the whole record: what names an issue.
Result<Runs> runs_of_issues(const store::Store& store) {
  Runs runs;
  GF_ASSIGN(auto active, store.active_runs());
  for (store::Summary& run : active) {
    if (!run.issue.empty()) runs[run.issue].push_back(std::move(run));
  }
  GF_TRY(store.walk([&](const store::Summary& run) {
    if (!run.issue.empty()) runs[run.issue].push_back(run);
    return true;
  }));
  return runs;
}

Result<Desk> open_desk(const session::Setup& setup) {
  Desk desk;
  GF_ASSIGN(desk.context, session::Context::open(setup, false));
  auto say = [&setup, context = desk.context.get()](const std::string& text) {
    if (setup.sink) setup.sink({context->clock().now(), "note", {}, {}, 0, text, {}});
  };
  GF_ASSIGN(desk.here, line::forge_here(*desk.context, say));
  const session::Config& config = desk.here.config;
  GF_ASSIGN(desk.trust, line::trust_of(config.all("factory.intake.from"), "factory.intake.from"));
  GF_ASSIGN(desk.weights, weights_of(config.all("factory.intake.weight")));
  GF_ASSIGN(desk.runs, runs_of_issues(*desk.context->store));
  return desk;
}

/// The request, with what was answered in the issue where questions of ours may stand in it.
Result<std::string> request_now(const Desk& desk, const forge::Issue& issue, bool may_be_answered) {
  std::vector<forge::Said> said;
  if (may_be_answered && issue.comments > 0) {
    GF_ASSIGN(said, desk.here.forge->said_of_issue(issue));
  }
  return desk.context->redactor(request_of(issue, said, desk.trust));
}

void take_end(Entry& entry, const record::RunRecord& run, bool held) {
  entry.run = run.id.id8();
  entry.pull_request = run.pull_request;
  entry.state = State::kFailed;
  entry.why = run.reason;
  if (run.status == RunStatus::kPlanned) {
    entry.state = State::kCompiles;
    entry.why = run.title;
  } else if (run.status == RunStatus::kNeedsAnswers) {
    entry.state = State::kAsks;
    entry.questions = run.questions;
    entry.likeliest = run.likeliest;
    entry.why = counted(run.questions.size(), "question");
  } else if (run.status == RunStatus::kDelivered ||
             (!run.pull_request.empty() && run.status != RunStatus::kRunning)) {
    entry.state = State::kDone;
    entry.why = run.pull_request.empty() ? run.branch : run.pull_request;
  } else if (run.status == RunStatus::kRunning) {
    entry.state = State::kUnderWay;
    entry.why = fmt::format("run {} is {}", entry.run, store::standing_of(run.status, held));
    entry.way_on = store::way_on(run.id, held);
  }
}

/// What the runs of it say: one that goes on, one that was delivered, else the newest of this very
/// text.
Result<void> recall(const Desk& desk, Entry& entry) {
  auto found = desk.runs.find(entry.issue.url);
  if (found == desk.runs.end()) return Done{};
  auto newest_of = [&](RunStatus status) -> const store::Summary* {
    for (const store::Summary& run : found->second) {
      // A rework that ended without a delivery takes the one before it nothing.
      bool stands = status == RunStatus::kDelivered && !run.pull_request.empty() && !run.active;
      if (run.status == status || stands) return &run;
    }
    return nullptr;
  };
  const store::Summary* run = newest_of(RunStatus::kRunning);
  if (run == nullptr) run = newest_of(RunStatus::kDelivered);
  bool ends_it = run != nullptr;
  if (run == nullptr) run = &found->second.front();
  GF_ASSIGN(auto whole, desk.context->store->load(run->id));
  if (!ends_it) {
    GF_ASSIGN(auto now, request_now(desk, entry.issue, true));
    if (trim(now) != trim(whole.run.request)) return Done{};  // it says something else by now
  }
  take_end(entry, whole.run, whole.held);
  return Done{};
}

/// Why it is not taken in; empty: nothing is against it.
std::string against(const Desk& desk, const forge::Issue& issue) {
  if (!line::trusts(desk.trust, issue.by.login, issue.may_push)) {
    std::string who = issue.by.login.empty() ? "nobody who is known" : "'" + issue.by.login + "'";
    const char* why = issue.access_unknown ? "and the server does not tell this token who may write"
                                           : "without write access";
    return fmt::format("by {}, {} (factory.intake.from)", printable(clipped(who, 100)), why);
  }
  auto request = line::checked_request(request_of(issue, {}, desk.trust));
  return request.ok() ? std::string() : request.error().message;
}

Result<Entry> entry_of(const Desk& desk, forge::Issue issue) {
  Entry entry;
  entry.issue = std::move(issue);
  entry.why = against(desk, entry.issue);
  if (!entry.why.empty()) {
    entry.state = State::kLeftOut;
    return entry;
  }
  GF_TRY(recall(desk, entry));
  return entry;
}

bool can_begin(const Entry& entry) {
  return entry.state == State::kNew || entry.state == State::kCompiles ||
         entry.state == State::kAsks || entry.state == State::kFailed;
}

void rank(const Desk& desk, std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    Compiles compiles = entry.state == State::kCompiles ? Compiles::kYes
                        : entry.state == State::kAsks   ? Compiles::kAsks
                        : entry.state == State::kFailed ? Compiles::kNo
                                                        : Compiles::kNotTried;
    entry.rank = rank_of(entry.issue, compiles, desk.weights, desk.context->clock().now());
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    if (can_begin(a) != can_begin(b)) return can_begin(a);
    if (a.rank.points != b.rank.points) return a.rank.points > b.rank.points;
    return a.issue.number < b.issue.number;  // who asked first
  });
}

line::Feature feature_with(const forge::Issue& issue, std::string request) {
  line::Feature feature;
  feature.request = std::move(request);
  feature.issue = issue.url;
  return feature;
}

/// Plans the first that were not tried. What one of them cannot is told at it; what none of them
/// could ends it.
Result<void> plan(const Desk& desk, const session::Setup& setup, size_t plans,
                  std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    if (plans == 0) break;
    if (entry.state != State::kNew) continue;
    --plans;
    GF_ASSIGN(auto request, request_now(desk, entry.issue, true));
    line::Feature feature = feature_with(entry.issue, std::move(request));
    feature.plan_only = true;
    GF_ASSIGN(auto ended, line::run_feature(setup, feature));
    take_end(entry, ended.run, false);
  }
  return Done{};
}

void put_questions(const Desk& desk, Taken& taken) {
  for (const Entry& entry : taken.entries) {
    if (entry.state != State::kAsks) continue;
    auto said = desk.here.forge->comment_issue(entry.issue,
                                               questions_comment(entry.questions, entry.likeliest));
    taken.notes.push_back(said.ok() ? fmt::format("#{} has {}", entry.issue.number,
                                                  counted(entry.questions.size(), "open question"))
                                    : fmt::format("the questions of #{} were not put: {}",
                                                  entry.issue.number, said.error().message));
  }
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::kNew:
      return "new";
    case State::kCompiles:
      return "compiles";
    case State::kAsks:
      return "asks";
    case State::kFailed:
      return "failed";
    case State::kUnderWay:
      return "under way";
    case State::kDone:
      return "done";
    case State::kLeftOut:
      return "left out";
  }
  return "";
}

Result<Taken> take_in(const session::Setup& setup, const Wish& wish) {
  GF_ASSIGN(auto desk, open_desk(setup));
  GF_ASSIGN(auto list, desk.here.forge->issues(wish.which));
  Taken taken;
  for (forge::Issue& issue : list.issues) {
    GF_ASSIGN(auto entry, entry_of(desk, std::move(issue)));
    taken.entries.push_back(std::move(entry));
  }
  taken.rules = to_text(desk.weights);
  if (list.more) {
    taken.notes.push_back(
        fmt::format("there are more than the newest {}; --most looks at others", wish.which.most));
  }
  rank(desk, taken.entries);
  if (wish.plans > 0) {
    GF_TRY(plan(desk, setup, wish.plans, taken.entries));
    rank(desk, taken.entries);
  }
  if (wish.comment) put_questions(desk, taken);
  return taken;
}

Result<line::Feature> feature_of(const session::Setup& setup, const std::string& named,
                                 bool again) {
  GF_ASSIGN(auto desk, open_desk(setup));
  std::string shown = printable(clipped(named, 200));
  auto number = forge::number_named(named);
  if (!number) return no(fmt::format("'{}' is no issue", shown), "write 7, #7 or its address");
  GF_ASSIGN(auto issue, desk.here.forge->issue(*number));
  // An address of somewhere else may end in a number that there is one of here.
  bool address = named.find("://") != std::string::npos;
  if (!issue || (address && !trim(named).starts_with(issue->url))) {
    return no(fmt::format("there is no issue '{}' where pull requests go", shown),
              "see 'git factory intake' and factory.forge.repository");
  }
  const std::string name = fmt::format("issue #{}", issue->number);
  if (issue->state != "open" && !again)
    return no(name + " is " + printable(issue->state), "reopen it, or take it in with --again");
  GF_ASSIGN(auto entry, entry_of(desk, *issue));
  if (entry.state == State::kLeftOut) {
    return no(name + " is not taken in: " + entry.why,
              "read it, and ask for it in your own words, or let who wrote it "
              "ask: factory.intake.from");
  }
  if (entry.state == State::kUnderWay && !again) {
    return no(fmt::format("{} is under way: {}", name, entry.why),
              entry.way_on + ", or begin anew with --again");
  }
  if (entry.state == State::kDone && !again) {
    return no(
        fmt::format("{} was delivered: {}", name, printable(entry.why)),
        fmt::format("go on with 'git factory rework {}', or begin anew with --again", entry.run));
  }
  GF_ASSIGN(auto request, request_now(desk, *issue, true));
  return feature_with(*issue, std::move(request));
}

record::Json to_json(const Entry& entry) {
  record::Json parts = record::Json::array();
  for (const Part& part : entry.rank.parts)
    parts.push(record::Json::object({{"what", part.what}, {"points", part.points}}));
  const forge::Issue& issue = entry.issue;
  return record::Json::object({{"number", issue.number},
                               {"url", issue.url},
                               {"title", issue.title},
                               {"by", issue.by.login},
                               {"may_push", issue.may_push},
                               {"votes", issue.votes},
                               {"comments", issue.comments},
                               {"opened", iso8601(issue.opened)},
                               {"labels", record::Json::strings(issue.labels)},
                               {"milestone", issue.milestone},
                               {"state", std::string(name_of(entry.state))},
                               {"why", entry.why},
                               {"run", entry.run},
                               {"pull_request", entry.pull_request},
                               {"questions", record::Json::strings(entry.questions)},
                               {"likeliest", record::Json::strings(entry.likeliest)},
                               {"points", entry.rank.points},
                               {"parts", parts}});
}

}  // namespace gf::intake

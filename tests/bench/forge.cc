// What tests/bench/forge.py stands on: a server of the tests that answers other programs, our own
// time for each question to it, and a delivery by itself. Built by `ninja forge_bench`.
//
//   forge_bench serve KIND [SOCKET]    prints its settings as JSON; then, a word a line on standard
//                                      input: people, threads, issues, calls, requests (how many
//                                      there are), remote FOLDER (the address of a clone of it,
//                                      where requests come by a push: KIND is AGit)
//   forge_bench own KIND               milliseconds of processor time of ours, by what is done
//   forge_bench deliver FOLDER REMOTE BRANCH SETTING=VALUE...
//                                      pushes and opens; a token is in the environment
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/clock.h"
#include "support/unix_door.h"
#include "unit/forge/asked.h"

extern char** environ;

namespace gf::forge {
namespace {

constexpr const char* kPeople[] = {"ada", "bob", "cy", "dee", "eve"};
constexpr int kThreads = 3, kIssues = 50, kRounds = 40;
constexpr std::string_view kRemote = "remote ";
constexpr const char* kToken = "fake-token-of-the-tests";

std::unique_ptr<Counterpart> counterpart(const std::string& name) {
  for (const Kind& kind : rest_servers()) {
    if (name == kind.name) return kind.make();
  }
  return name == "AGit" ? gitea_by_agit() : nullptr;
}

void add_people(Counterpart& server) {
  for (const char* one : kPeople) server.may_push(one);
}
void add_threads(Counterpart& server) {
  for (int line = 1; line <= kThreads; ++line)
    server.say_at("ada", "app/routers/health.py", line, fmt::format("Say it, {}.", line));
}
void add_issues(Counterpart& server) {
  for (int i = 0; i < kIssues; ++i)
    server.add_issue(kPeople[i % 5], fmt::format("issue {}", i), "Add a thing that is not there.");
}

int serve(const std::string& name, const char* socket) {
  std::unique_ptr<Counterpart> server = counterpart(name);
  record::Json greeting =
      record::Json::object({{"variable", server->variable()}, {"token", kToken}});
  record::Json settings = record::Json::object();
  for (const auto& [key, value] : server->settings()) settings.set(key, value);
  greeting.set("settings", settings);
  std::string url = settings.get_string("factory.forge.api");
  std::unique_ptr<test::UnixDoor> door;
  if (socket != nullptr)
    door = std::make_unique<test::UnixDoor>(socket, url.substr(url.find("://") + 3));
  std::cout << greeting.dump() << std::endl;
  size_t heard = 0;
  for (std::string word; std::getline(std::cin, word);) {
    record::Json answer = record::Json::array();
    if (word == "people") add_people(*server);
    if (word == "threads") add_threads(*server);
    if (word == "issues") add_issues(*server);
    if (word == "requests") answer.push(static_cast<int64_t>(server->requests()));
    if (word.rfind(kRemote, 0) == 0) answer.push(server->remote(word.substr(kRemote.size())));
    if (word == "calls") {
      std::vector<test::Asked> asked = server->asked();
      for (; heard < asked.size(); ++heard)
        answer.push(asked[heard].method + " " + asked[heard].path);
    }
    std::cout << answer.dump() << std::endl;
  }
  return 0;
}

double thread_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1000.0 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e6;
}

/// What this thread does for it, which asks; servers answer in threads of their own.
struct Cost {
  double ms = 0;
  size_t calls = 0;
  template <typename Done>
  bool of(Counterpart& server, const Done& done) {
    size_t before = server.calls().size();
    double start = thread_ms();
    bool well = done().ok();
    ms += thread_ms() - start;
    calls += server.calls().size() - before;
    return well;
  }
};

/// A delivery, a look at three threads, their answers, and an intake of fifty issues.
bool one_round(const std::string& name, Cost (&costs)[4]) {
  std::unique_ptr<Counterpart> server = counterpart(name);
  TestPlace here;
  add_people(*server);
  add_issues(*server);
  std::unique_ptr<Forge> forge = forge_at(*server, here);
  if (forge == nullptr) return false;
  std::optional<PullRequest> pull;
  bool well = costs[0].of(*server, [&]() -> Result<void> {
    GF_TRY(forge->ready());
    GF_ASSIGN(pull, forge->open(here.wanted()));
    pull->head = here.wanted().head;
    GF_TRY(forge->comment(*pull, "looks right"));
    return forge->report(*pull, {true, "approved", pull->url});
  });
  if (!well) return false;
  add_threads(*server);
  std::vector<Said> said;
  well = costs[1].of(*server, [&]() -> Result<void> {
    GF_ASSIGN(said, forge->said_of(*pull));
    return Done{};
  });
  std::vector<std::string> threads;
  for (const Said& one : said) {
    if (!one.remark.path.empty()) threads.push_back(one.remark.thread);
  }
  well = well && costs[2].of(*server, [&]() -> Result<void> {
    for (size_t i = 0; i < threads.size(); ++i)
      GF_TRY(forge->answer(*pull, threads[i], fmt::format("Done in a commit, {}.", i), true));
    return Done{};
  });
  return well && costs[3].of(*server, [&]() -> Result<void> {
    GF_ASSIGN(auto list, forge->issues({{}, "", "", 100}));
    return list.issues.size() == kIssues ? Result<void>(Done{})
                                         : Error{Fault::kInternal, "not all issues came", {}, {}};
  });
}

int own(const std::string& name) {
  Cost costs[4];
  for (int round = 0; round < kRounds; ++round) {
    if (!one_round(name, costs)) return 1;
  }
  record::Json summary = record::Json::object();
  const char* const kWhat[] = {"delivery", "look at three threads", "three answers",
                               "fifty issues"};
  for (size_t i = 0; i < std::size(costs); ++i) {
    summary.set(kWhat[i], record::Json::object(
                              {{"calls", static_cast<int64_t>(costs[i].calls / kRounds)},
                               {"ms_a_call", costs[i].ms / static_cast<double>(costs[i].calls)}}));
  }
  std::cout << summary.dump() << std::endl;
  return 0;
}

Result<std::string> delivered(const std::string& folder, const std::string& remote,
                              const std::string& branch, const Settings& settings) {
  std::map<std::string, std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    std::string text = *one;
    variables[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  git::Program git(test::plain_runner(variables), folder);
  GF_ASSIGN(auto repo, git::Repo::open(folder));
  Cancel cancel;
  Place place{repo, git, remote, system_clock(), cancel, settings, Environment(variables), {}};
  GF_ASSIGN(auto chosen, choose_forge(place));
  GF_TRY(chosen.forge->ready());
  GF_ASSIGN(auto pushed, git.push(remote, {"refs/heads/" + branch + ":refs/heads/" + branch}));
  if (!pushed.pushed) return Error{Fault::kEnvironment, pushed.remote_text, {}, {}};
  PullRequest wanted;
  wanted.title = "feat: a thing";
  wanted.body = "why\n";
  wanted.head_branch = branch;
  wanted.base_branch = "main";
  GF_ASSIGN(auto opened, chosen.forge->open(wanted));
  return opened.url;
}

int deliver(int count, char** words) {
  Settings settings;
  for (int i = 3; i < count; ++i) {
    std::string text = words[i];
    settings.add(text.substr(0, text.find('=')), text.substr(text.find('=') + 1));
  }
  auto url = delivered(words[0], words[1], words[2], settings);
  std::cout << (url.ok() ? *url : url.error().message + "; " + url.error().hint) << std::endl;
  return url.ok() ? 0 : 1;
}

}  // namespace
}  // namespace gf::forge

int main(int count, char** words) {
  std::string what = count > 2 ? words[1] : "";
  if (what == "serve") return gf::forge::serve(words[2], count > 3 ? words[3] : nullptr);
  if (what == "own") return gf::forge::own(words[2]);
  if (what == "deliver" && count > 4) return gf::forge::deliver(count - 2, words + 2);
  std::fputs("see the head of tests/bench/forge.cc\n", stderr);
  return 2;
}

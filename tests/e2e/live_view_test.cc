// What a person at a terminal sees while a slow model answers, and what a log file gets of it.
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <future>

#include "base/text.h"
#include "e2e/planned.h"
#include "support/acting_server.h"

namespace gf::test {
namespace {

using record::Json;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kPatience = std::chrono::seconds(60);

class LiveViewTest : public PlannedTest {
 protected:
  void use(const ActingServer& server) {
    repo_.git({"config", "factory.provider.slow.kind", "openai"});
    repo_.git({"config", "factory.provider.slow.url", server.url()});
    repo_.git({"config", "factory.model", "slow/m-1"});
  }
  static std::string piece(const std::string& text, const char* finish) {
    Json choice = Json::object({{"delta", Json::object({{"content", text}})}});
    if (*finish != '\0') choice.set("finish_reason", finish);
    return "data: " + Json::object({{"model", "m-1"}, {"choices", Json::array({choice})}}).dump() +
           "\n\n";
  }

  /// `git factory plan` at a terminal of its own; `seen` gets all that was shown so far.
  int at_a_terminal(const std::function<void(const std::string&)>& seen) {
    std::map<std::string, std::string> all = environment();
    all["TERM"] = "xterm";
    std::vector<std::string> variables;
    for (const auto& [name, value] : all) variables.push_back(name + "=" + value);
    std::vector<char*> envp;
    for (std::string& variable : variables) envp.push_back(variable.data());
    envp.push_back(nullptr);
    std::string folder = repo_.path(), request = kHealth;
    winsize size{24, 120, 0, 0};
    int terminal = -1;
    pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
    if (child == 0) {
      const char* argv[] = {"git", "factory", "plan", request.c_str(), nullptr};
      if (chdir(folder.c_str()) == 0) execvpe("git", const_cast<char* const*>(argv), envp.data());
      _exit(127);
    }
    std::string shown;
    char bytes[4096];
    auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      pollfd ready{terminal, POLLIN, 0};
      if (poll(&ready, 1, 100) <= 0) continue;
      ssize_t n = read(terminal, bytes, sizeof(bytes));
      if (n <= 0) break;  // a terminal without a program gives EIO
      shown.append(bytes, static_cast<size_t>(n));
      seen(shown);
    }
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == 0) {
      kill(child, SIGTERM);
      waitpid(child, &status, 0);
    }
    close(terminal);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(LiveViewTest, ASlowAnswerIsSeenComingIn) {
  std::promise<void> was_seen;
  std::shared_future<void> go_on = was_seen.get_future().share();
  ActingServer server([&](const Asked&, Peer& peer) {
    peer.send(stream_head());
    peer.send(piece(plan_.substr(0, 700), ""));
    go_on.wait_for(kPatience);
    peer.send(piece(plan_.substr(700), "stop") + "data: [DONE]\n\n");
    peer.hang_up();
  });
  use(server);
  bool seen = false;
  std::string all;
  int status = at_a_terminal([&](const std::string& shown) {
    all = shown;
    if (seen || shown.find("slow/m-1  700 bytes of the answer") == std::string::npos) return;
    seen = true;
    was_seen.set_value();
  });
  EXPECT_TRUE(seen) << all;
  EXPECT_EQ(status, 0) << all;
  EXPECT_THAT(all, HasSubstr("\x1b[32m + \x1b[mplan")) << "in colour, as color.ui has it";
}

TEST_F(LiveViewTest, ALogFileAndTheRecordGetNoProgress) {
  ActingServer server([&](const Asked&, Peer& peer) {
    peer.send(stream_head());
    for (char c : plan_) peer.send(piece(std::string(1, c), ""));
    peer.send(piece("", "stop") + "data: [DONE]\n\n");
    peer.hang_up();
  });
  use(server);
  Ran ran = factory({"plan", kHealth});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("\n  m-1 answered\n"));
  EXPECT_THAT(ran.err + ran.out, Not(AnyOf(HasSubstr("progress"), HasSubstr(" bytes"))));
  ran = factory({"--json", "plan", "--slug", "again", kHealth});
  EXPECT_THAT(ran.out, HasSubstr("\"kind\":\"ask.progress\"")) << "programs may want to show it";
  std::string ref =
      repo_.git({"for-each-ref", "--count=1", "--format=%(refname)", "refs/factory/replay"});
  std::string trace =
      repo_.git({"grep", "-h", "ask[.]", std::string(trim(ref)), "--", "*trace.jsonl"});
  EXPECT_THAT(trace, HasSubstr("ask.end"));
  EXPECT_THAT(trace, Not(HasSubstr("ask.progress")));
}

}  // namespace
}  // namespace gf::test

// A clone of somebody else's repository: nothing of it runs before a person has said that it may.
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "base/text.h"
#include "e2e/factory.h"
#include "e2e/known.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kThere = "https://git.example.com/acme/shop";

class TrustTest : public FactoryTest {
 protected:
  /// A clone whose remote is a server, which git reaches in a folder.
  std::string clone_of_server() {
    std::string clone = repo_.folder() / "clone";
    auto in = [&](const std::string& folder, const std::vector<std::string>& argv) {
      Ran ran = run(argv, folder, environment());
      EXPECT_EQ(ran.exit_code, 0) << argv[0] << " " << argv[1] << ": " << ran.err;
    };
    std::string origin = repo_.folder() / "origin.git";
    in("/", {"git", "clone", "--quiet", origin, clone});
    in(clone, {"git", "remote", "set-url", "origin", std::string(kThere) + ".git"});
    in(clone, {"git", "config", "url." + origin + ".insteadOf", std::string(kThere) + ".git"});
    in(clone, {"git", "config", "user.name", "A. Person"});
    in(clone, {"git", "config", "user.email", "a@example.com"});
    const char* python = std::getenv("GF_TEST_PYTHON");
    in(clone, {"git", "config", "factory.python", python == nullptr ? "python3" : python});
    copy_known(repo_, clone, true);
    return clone;
  }

  /// What is typed once the words before it were shown.
  using Typed = std::vector<std::pair<std::string, std::string>>;

  /// `git factory <words>` at a terminal; `out` is all that it shows.
  Ran at_terminal(const std::vector<std::string>& words, const std::string& folder,
                  const Typed& typed) {
    std::vector<std::string> argv = {"git", "factory"}, variables;
    argv.insert(argv.end(), words.begin(), words.end());
    std::map<std::string, std::string> all = environment();
    all["TERM"] = "xterm";
    for (const auto& [name, value] : all) variables.push_back(name + "=" + value);
    std::vector<char*> arguments, entries;
    for (std::string& one : argv) arguments.push_back(one.data());
    for (std::string& one : variables) entries.push_back(one.data());
    arguments.push_back(nullptr);
    entries.push_back(nullptr);
    int terminal = -1;
    pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      if (chdir(folder.c_str()) == 0) execvpe(arguments[0], arguments.data(), entries.data());
      _exit(127);
    }
    Ran ran;
    converse(terminal, typed, ran.out);
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == 0) {
      usleep(200000);
      if (waitpid(child, &status, WNOHANG) == 0) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
      }
    }
    close(terminal);
    ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return ran;
  }

  static void converse(int terminal, const Typed& typed, std::string& shown) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    size_t next = 0, seen = 0;
    char bytes[4096];
    while (std::chrono::steady_clock::now() < end) {
      pollfd ready{terminal, POLLIN, 0};
      if (next < typed.size()) {
        size_t at = shown.find(typed[next].first, seen);
        if (at != std::string::npos) {
          seen = at + typed[next].first.size();
          const std::string& keys = typed[next++].second;
          EXPECT_EQ(write(terminal, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
        }
      }
      if (poll(&ready, 1, 100) <= 0) continue;
      ssize_t n = read(terminal, bytes, sizeof(bytes));
      if (n <= 0) break;  // a terminal without a program gives EIO
      shown.append(bytes, static_cast<size_t>(n));
    }
  }

  /// A teammate changes the file on the remote's branch; the id of what it is then.
  std::string change_file_at_remote() {
    std::string theirs = repo_.folder() / "theirs";
    run({"git", "clone", "--quiet", repo_.folder() / "origin.git", theirs}, "/", environment());
    run({"git", "config", "--file", ".gitfactory", "factory.retries", "1"}, theirs, environment());
    run({"git", "-c", "user.name=B", "-c", "user.email=b@example.com", "commit", "--quiet", "-am",
         "Try once more"},
        theirs, environment());
    run({"git", "push", "--quiet", "origin", "main"}, theirs, environment());
    return std::string(
        trim(run({"git", "rev-parse", "HEAD:.gitfactory"}, theirs, environment()).out));
  }
};

TEST_F(TrustTest, NothingOfSomebodyElsesRunsBeforeAYesThatHoldsForItsRemote) {
  make_shop();
  std::string clone = clone_of_server();
  const std::vector<std::vector<std::string>> all = {
      {"feature", "--slug", "health", "--model", "scripted/health", kHealth},
      {"validate", "HEAD~1..HEAD"},
      {"verify", "--regate", "HEAD"},
      {"replay"}};
  for (const auto& words : all) {
    Ran refused = factory(words, clone);
    EXPECT_EQ(refused.exit_code, 128) << words[0] << refused.out;
    EXPECT_THAT(refused.err, HasSubstr("code of 'https://git.example.com/acme/shop' would run"));
    EXPECT_THAT(refused.err, HasSubstr("git factory trust --yes")) << words[0];
  }
  Ran doctor = factory({"doctor", "--offline"}, clone);
  EXPECT_THAT(doctor.out, HasSubstr("git.example.com/acme/shop' would run here"));
  EXPECT_THAT(doctor.out, Not(HasSubstr("passes on"))) << "no gate was tried";

  Ran shown = factory({"trust"}, clone);
  EXPECT_EQ(shown.exit_code, 128) << "nobody is there to answer";
  EXPECT_THAT(shown.out, HasSubstr("(origin) would run here"));
  EXPECT_THAT(shown.out, HasSubstr("runs      pytest: "));
  EXPECT_THAT(shown.out, HasSubstr("installs  what its manifests and lock files name"));
  EXPECT_THAT(shown.out, HasSubstr("the repository's code "));

  ASSERT_EQ(factory({"trust", "--yes"}, clone).exit_code, 0);
  EXPECT_THAT(run({"git", "config", "factory.trustedRemote"}, clone, environment()).out,
              HasSubstr(kThere));
  EXPECT_THAT(factory({"trust"}, clone).err, HasSubstr("trusted already"));
  Ran delivered = factory(all[0], clone);
  EXPECT_EQ(delivered.exit_code, 0) << delivered.err;

  run({"git", "remote", "set-url", "origin", "https://evil.example.com/shop"}, clone,
      environment());
  EXPECT_EQ(factory(all[0], clone).exit_code, 128) << "another remote is another yes";
}

TEST_F(TrustTest, InitPreparesACloneOfSomebodyElsesWithoutRunningIt) {
  make_shop();
  std::string clone = clone_of_server();
  run({"git", "rm", "--quiet", ".gitfactory"}, clone, environment());
  Ran ran = factory({"init"}, clone);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("would run here"));
  EXPECT_THAT(ran.err, Not(HasSubstr("trying")));
  EXPECT_THAT(ran.out, HasSubstr("the gates were not tried: 'git factory trust'"));
  EXPECT_EQ(factory({"feature", "--model", "scripted/health", kHealth}, clone).exit_code, 128);
}

const std::vector<std::string> kPlan = {"plan", "--slug", "health", "--model", "scripted/health"};

std::vector<std::string> plan(const std::vector<std::string>& more) {
  std::vector<std::string> words = kPlan;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(TrustTest, AFileThatChangedAtTheRemoteIsNamedShownAndTrusted) {
  make_shop();
  std::string blob = change_file_at_remote();
  Ran refused = factory(plan({kHealth}));
  EXPECT_EQ(refused.exit_code, 128);
  EXPECT_THAT(refused.err, HasSubstr("is not trusted yet"));
  EXPECT_THAT(refused.err, Not(HasSubstr("names programs")));
  EXPECT_THAT(refused.err, HasSubstr("'git factory trust " + blob + "'"));
  EXPECT_THAT(factory({"trust"}).err, HasSubstr("trusted already")) << "that of the work tree";

  Ran no = at_terminal(plan({kHealth}), repo_.path(), {{"Trust this content? [y/N]", "n\n"}});
  EXPECT_EQ(no.exit_code, 128) << "no verdict: " << no.out;
  EXPECT_THAT(no.out, HasSubstr("is not trusted yet"));
  Ran shown = factory({"trust", "origin/main"});
  EXPECT_THAT(shown.out, HasSubstr("retries = 1"));
  EXPECT_EQ(factory({"trust", "nowhere"}).exit_code, 128);

  Ran yes = at_terminal(plan({"-"}), repo_.path(),
                        {{"", std::string(kHealth) + "\n\x04"}, {"Trust this content?", "y\n"}});
  EXPECT_EQ(yes.exit_code, 0) << yes.out;
  EXPECT_THAT(yes.out, HasSubstr("retries = 1"));
  EXPECT_THAT(yes.out, Not(HasSubstr("the request is empty")));
  EXPECT_THAT(factory({"trust", blob}).err, HasSubstr("trusted already"));
}

TEST_F(TrustTest, APlanRunsNothingAndIsNotAskedAbout) {
  make_shop();
  std::string clone = clone_of_server();
  Ran planned = factory(plan({"--base", "HEAD~1", kHealth}), clone);
  EXPECT_EQ(planned.exit_code, 0) << planned.err;
}

TEST_F(TrustTest, ANoIsNoVerdict) {
  make_shop();
  std::string clone = clone_of_server();
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"validate", "HEAD~1..HEAD"}, {"verify", "--regate", "HEAD"}}) {
    Ran no = at_terminal(words, clone, {{"May this code run here? [y/N]", "n\n"}});
    EXPECT_EQ(no.exit_code, 128) << words[0] << no.out;
    EXPECT_THAT(no.out, HasSubstr("would run here, and nobody has said yet that it may"));
  }
  EXPECT_EQ(at_terminal({"trust"}, clone, {{"[y/N]", "n\n"}}).exit_code, 1);
}

TEST_F(TrustTest, ARefusedAnswerIsNotTaken) {
  make_shop();
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.", {"--no-pr"}).exit_code, 1);
  repo_.git({"config", "--unset-all", "factory.trusted"});
  for (int i = 0; i < 2; ++i) {
    Ran refused = factory({"answer", "--likeliest"});
    EXPECT_EQ(refused.exit_code, 128);
    EXPECT_THAT(refused.err, HasSubstr("is not trusted yet")) << i;
  }
  Ran asked = at_terminal({"answer"}, repo_.path(), {{"Trust this content?", "n\n"}});
  EXPECT_EQ(asked.exit_code, 128) << asked.out;
  EXPECT_THAT(asked.out, Not(HasSubstr("Enter alone takes"))) << "nobody types what is not taken";
}

TEST_F(TrustTest, AYesOfBeforeIsOneToTheServerOfNow) {
  make_shop();
  std::string clone = clone_of_server();
  auto git = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    return run(words, clone, environment()).out;
  };
  git({"config", "--add", "factory.trusted",
       std::string(trim(git({"rev-parse", "HEAD:.gitfactory"})))});
  const std::vector<std::string> validate = {"validate", "HEAD..HEAD"};
  EXPECT_THAT(factory(validate, clone).err, Not(HasSubstr("would run here")));
  EXPECT_EQ(git({"config", "--get-all", "factory.trustedRemote"}), std::string(kThere) + "\n");

  git({"remote", "set-url", "origin", "https://evil.example.com/shop"});
  EXPECT_THAT(factory(validate, clone).err, HasSubstr("would run here")) << "another server";
  git({"remote", "set-url", "origin", kThere});
  EXPECT_THAT(factory(validate, clone).err, Not(HasSubstr("would run here")));
  git({"config", "--unset-all", "factory.trustedRemote"});
  EXPECT_THAT(factory(validate, clone).err, HasSubstr("would run here")) << "taken back";
}

TEST_F(TrustTest, WithoutAFileItSaysWhoseCodeMayRunAlready) {
  repo_.write("a.txt", "a\n");
  repo_.commit("Begin");
  EXPECT_THAT(factory({"trust"}).err, HasSubstr("nothing needs trust"));
  repo_.git({"remote", "add", "origin", kThere});
  ASSERT_EQ(factory({"trust", "--yes"}).exit_code, 0);
  Ran again = factory({"trust"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr(std::string("code of ") + kThere + " may run here already"));
}

}  // namespace
}  // namespace gf::test

// Several at once in one repository, wishes to stop at any moment, and a disk that is really full.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "fault/cut_off.h"

namespace gf::test {
namespace {

class NeighboursTest : public CutOffTest {
 protected:
  struct Asked {
    std::string slug, answers, request;
  };
  /// All at the same time; their ends in the order given.
  std::vector<Ran> all_at_once(const std::vector<Asked>& features) const {
    std::vector<Ran> ends(features.size());
    std::vector<std::thread> people;
    for (size_t i = 0; i < features.size(); ++i) {
      people.emplace_back([this, &ends, &features, i] {
        const Asked& one = features[i];
        ends[i] = run({"git", "factory", "feature", "--again", "--slug", one.slug, "--model",
                       "acted/" + one.answers, one.request},
                      repo_.path(), environment());
      });
    }
    for (std::thread& person : people) person.join();
    return ends;
  }
  void expect_all_delivered(const std::vector<Asked>& features, const std::vector<Ran>& ends) {
    for (size_t i = 0; i < features.size(); ++i) {
      EXPECT_EQ(ends[i].exit_code, 0) << features[i].slug << "\n" << ends[i].err;
      EXPECT_EQ(repo_.git_status({"rev-parse", "-q", "--verify", "factory/" + features[i].slug}),
                0);
      EXPECT_EQ(git_in(remote(), {"rev-parse", "factory/" + features[i].slug}),
                repo_.git({"rev-parse", "factory/" + features[i].slug}));
    }
    size_t count = features.size();
    EXPECT_EQ(lines(factory({"log", "--oneline"}).out).size(), count);
    EXPECT_EQ(lines(git_in(remote(), {"ls-tree", "--name-only", "refs/factory/pulls"})).size(),
              count);
    EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
    for (const std::string& place : {repo_.path(), remote()}) {
      EXPECT_EQ(git_in(place, {"fsck", "--strict", "--no-dangling"}), "");
    }
    EXPECT_EQ(users_place(), place_);
  }
};

TEST_F(NeighboursTest, EightAtOnceInOneRepositoryAllDeliverAndNothingIsLost) {
  prepare("products");
  restore();
  use_acted({"health"});
  std::vector<Asked> eight = {{"health", "health", kHealth}};
  for (int i = 1; i <= 7; ++i) {
    eight.push_back({"products-" + std::to_string(i), "products",
                     "Add GET /products returning a static list of three products as JSON."});
  }
  expect_all_delivered(eight, all_at_once(eight));
}

/// Starts a program and sends it `signal` after `after`; its exit status, or minus the signal.
int signalled(const std::vector<std::string>& words, const std::string& folder,
              const std::map<std::string, std::string>& environment, int signal,
              std::chrono::milliseconds after, const std::string& err) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
  std::vector<char*> arguments, variables;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  for (std::string& entry : entries) variables.push_back(entry.data());
  arguments.push_back(nullptr);
  variables.push_back(nullptr);
  pid_t pid = fork();
  if (pid == 0) {
    if (freopen(err.c_str(), "w", stderr) == nullptr ||
        freopen("/dev/null", "w", stdout) == nullptr || chdir(folder.c_str()) != 0) {
      _exit(126);
    }
    execvpe(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  std::this_thread::sleep_for(after);  // the moment is what is tested, not what is waited for
  kill(pid, signal);
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST_F(NeighboursTest, AWishToStopIsObeyedAtAnyMomentAndTheRunGoesOn) {
  prepare("products");
  auto begun = std::chrono::steady_clock::now();
  restore();
  ASSERT_EQ(ask().exit_code, 0);
  auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  int stopped = 0;
  for (int i = 0; i < 6; ++i) {
    restore();
    int signal = i % 3 == 0 ? SIGKILL : i % 3 == 1 ? SIGINT : SIGTERM;
    std::string label = "signal " + std::to_string(signal) + " in case " + std::to_string(i);
    std::string err = repo_.folder() / "stopped";
    // The program itself, as a terminal reaches it: `git` would only be one process more.
    int end = signalled({std::string(GF_BUILD_DIR) + "/cmd/git-factory", "feature", "--slug", slug_,
                         "Add GET /products returning a static list of three products as JSON."},
                        repo_.path(), environment(), signal, whole * i / 6, err);
    std::string output = repo_.folder().read("stopped");
    if (signal == SIGKILL) {
      EXPECT_TRUE(end == -SIGKILL || end == 0) << label << end;
    } else if (end != 0) {
      // Before it listens, a signal ends it as it ends any program: then nothing has begun.
      EXPECT_TRUE(end == 130 || end == -signal) << label << " " << end << output;
      EXPECT_TRUE(end != 130 || output.find("git factory resume") != std::string::npos) << output;
    }
    stopped += end == 0 ? 0 : 1;
    EXPECT_EQ(users_place(), place_) << label;
    remember_record();
    finish(label);
    expect_whole(label);
    if (HasFailure()) break;
  }
  EXPECT_GE(stopped, 2) << "too few were stopped in time to show anything";
}

TEST_F(NeighboursTest, AFullDiskIsSaidAndNothingIsLost) {
  prepare("products");
  restore();
  // A file system of its own for the repository, filled but for a little more each time.
  std::string script = R"sh(set -e
mount -t tmpfs -o size=8m tmpfs work
cp -a pristine/work/. work/
cd work
for left in 8 32 96 160 224 288; do
  free=$(df -k . | awk 'NR==2 {print $4}')
  head -c $(( (free - left) * 1024 )) /dev/zero > ../work/.git/ballast
  status=0
  git factory feature --slug products --no-pr "$1" >../out 2>../err || status=$?
  echo "left $left: $status $(head -c 300 ../err | grep -v : || true)" >> ../ends
  rm .git/ballast
  git fsck --strict --no-dangling
  test "$status" = 128 -o "$status" = 0
  if [ $status = 128 ]; then
    grep -q '^hint: ' ../err || grep -q -i space ../err
    # A run that only its last refs were missing of is ended by whoever looks next.
    git factory log >../out 2>../err
    if [ -n "$(git for-each-ref refs/factory/active)" ]; then git factory resume >../out 2>../err; fi
  fi
  git for-each-ref --format='delete %(refname)' refs/factory refs/notes refs/heads/factory | git update-ref --stdin
done
test "$(git status --porcelain)" = "$2"
)sh";
  std::string status = repo_.git({"status", "--porcelain"});
  Ran ran = run({"unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh",
                 "Add GET /products returning a static list of three products as JSON.",
                 status.substr(0, status.size() - 1)},
                repo_.folder().path(), environment());
  if (ran.err.find("unshare:") != std::string::npos || ran.err.find("mount:") != std::string::npos)
    GTEST_SKIP() << "no file system can be mounted here: " << ran.err;
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err << repo_.folder().read("err")
                              << repo_.folder().read("ends");
}

}  // namespace
}  // namespace gf::test

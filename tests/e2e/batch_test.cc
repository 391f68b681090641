// Several requests at once: all of them, one that fails, overlaps, kills and wishes to stop.
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

constexpr const char* kProducts =
    "Add GET /products returning a static list of three products as JSON.";
constexpr const char* kRequestId =
    "Add a request-ID middleware that attaches an X-Request-ID header to every response.";

class BatchTest : public FactoryTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(make_shop()); }

  /// A line of the file: the demo's request, answered by the demo's script.
  static std::string line(const std::string& slug, const std::string& request,
                          const std::string& answers = {}, const std::string& after = {}) {
    record::Json json = record::Json::object({{"request", request}, {"slug", slug}});
    json.set("model", "scripted/" + (answers.empty() ? slug : answers));
    if (!after.empty()) json.set("after", after);
    return json.dump() + "\n";
  }
  Ran batch(const std::string& requests, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"batch", "-"});
    return factory(more, {}, requests);
  }
  [[nodiscard]] bool delivered(const std::string& slug) const {
    return repo_.git_status({"rev-parse", "-q", "--verify", "refs/heads/factory/" + slug}) == 0;
  }
  void expect_sound() {
    EXPECT_EQ(repo_.git({"fsck", "--strict", "--no-dangling"}), "");
    EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
  }
};

TEST_F(BatchTest, AllAreDeliveredFromTheSameBaseAndATableSaysSo) {
  std::string place = users_place();

  Ran ran =
      batch(line("health", kHealth) + line("products", kProducts) + line("request-id", kRequestId),
            {"-j", "3", "--name", "spring"});

  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("3 of 3 requests delivered"), std::string::npos) << ran.out;
  EXPECT_NE(ran.err.find("[health] "), std::string::npos) << ran.err;
  std::string main = repo_.git({"rev-parse", "main"});
  for (const char* slug : {"health", "products", "request-id"})
    EXPECT_EQ(repo_.git({"rev-parse", "factory/" + std::string(slug) + "^"}), main) << slug;
  EXPECT_EQ(lines(factory({"log", "--oneline", "--batch=spring"}).out).size(), 3u);
  EXPECT_EQ(lines(factory({"log", "--oneline", "--batch=autumn"}).out).size(), 0u);
  EXPECT_EQ(users_place(), place);
  expect_sound();
  // All is done, and nothing is begun again.
  ran = factory({"--json", "batch", "--resume"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  auto report = record::Json::parse(ran.out);
  ASSERT_TRUE(report.ok()) << ran.out;
  EXPECT_EQ(report->get_int("serial_ms"), 0);
  EXPECT_EQ(report->get("requests").size(), 3u);
}

TEST_F(BatchTest, OneThatIsNotDeliveredDisturbsNoneButWhatComesAfterIt) {
  Ran ran = batch(line("faster", "Make it faster.") +
                  line("behind", kProducts, "products", "faster") + line("health", kHealth));

  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_TRUE(delivered("health"));
  EXPECT_NE(ran.out.find("needs-answers"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("behind: what it comes after was not delivered"), std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("1 of 3 requests delivered"), std::string::npos) << ran.out;
}

TEST_F(BatchTest, WhatComesAfterAnotherStandsOnItsBranch) {
  Ran ran =
      batch(line("second", kHealth, "health", "first") + line("first", kProducts, "products"));

  EXPECT_TRUE(delivered("first")) << ran.out << ran.err;
  std::string runs = factory({"log", "--json"}).out;
  std::string first(trim(repo_.git({"rev-parse", "factory/first"})));
  EXPECT_NE(runs.find("\"base\":\"" + first + "\""), std::string::npos) << runs << ran.err;
}

TEST_F(BatchTest, PathsThatTwoDeclareAreToldAndConflictsAreFound) {
  std::string requests =
      line("products", kProducts) + line("catalogue",
                                         "Add GET /catalogue returning a static list of "
                                         "three products as JSON.");
  Ran ran = batch(requests, {"--name=both"});

  EXPECT_NE(ran.err.find("both declare "), std::string::npos) << ran.err;
  EXPECT_NE(ran.out.find("'products' and 'catalogue' conflict in "), std::string::npos) << ran.out;
  EXPECT_EQ(ran.exit_code, 0);
}

TEST_F(BatchTest, WhatIsWrongInTheFileIsSaidBeforeAnythingIsSpent) {
  for (const char* wrong : {"", "{\"request\": \"A\", \"after\": \"b\"}"}) {
    Ran ran = batch(wrong);
    EXPECT_EQ(ran.exit_code, 129) << ran.err;
  }
  EXPECT_EQ(batch("Add paging.", {"-j", "0"}).exit_code, 129);
  for (const char* option :
       {"--serial-overlaps", "--base=main", "--model=a/b", "--name=x", "--no-pr", "--draft"}) {
    Ran ran = factory({"batch", "--resume", option});
    EXPECT_EQ(ran.exit_code, 129) << option;
    EXPECT_EQ(lines(ran.err).size(), 2u) << "an error and a hint: " << ran.err;
  }
  EXPECT_EQ(factory({"batch"}).exit_code, 129);
  EXPECT_EQ(factory({"batch", "--resume"}).exit_code, 128);
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory"}), "");
}

/// In BUILD, while there is a file `signal`, waits instead of answering; the second of the two runs
/// ends the batch with it. So no answer is on its way when the end comes: one that is can only be
/// asked for again, and that is for the tests of faults to count.
constexpr const char* kEndTheBatch = R"sh(
if [ "$stage" = build ] && [ -e "$here/signal" ]; then
  echo $$ >> "$here/hanging"
  if [ "$(wc -l < "$here/hanging")" -ge 2 ]; then
    kill -"$(cat "$here/signal")" "$(cat "$here/pid")" 2>/dev/null
  fi
  exec sleep 600
fi
)sh";

class StoppedBatchTest : public BatchTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(make_shop());
    ASSERT_NO_FATAL_FAILURE(use_acted({"health", "products"}, kEndTheBatch));
    repo_.folder().write("requests.txt", acted("health", kHealth) + acted("products", kProducts));
    place_ = users_place();
  }
  /// What a run waited for has ended with it; else it is ended here, and that is a failure.
  void TearDown() override {
    if (!std::filesystem::exists(repo_.folder() / "hanging")) return;
    for (const std::string& pid : lines(repo_.folder().read("hanging"))) {
      std::ifstream in("/proc/" + pid + "/cmdline", std::ios::binary);
      std::string words(std::istreambuf_iterator<char>(in), {});
      if (!words.starts_with("sleep")) continue;
      kill(static_cast<pid_t>(std::stol(pid)), SIGKILL);
      ADD_FAILURE() << "process " << pid << " outlived its run";
    }
  }
  static std::string acted(const std::string& slug, const std::string& request) {
    return record::Json::object({{"request", request}, {"slug", slug}, {"model", "acted/" + slug}})
               .dump() +
           "\n";
  }
  /// The batch, ended by `signal` when both of its runs ask in BUILD.
  Ran cut_off(const std::string& signal) {
    repo_.folder().write("signal", signal);
    // The program itself, as a terminal reaches it: `git` would only be one process more.
    Ran ran = run({"sh", "-c", "echo $$ > ../pid; exec git-factory batch -j 2 ../requests.txt"},
                  repo_.path(), environment());
    std::filesystem::remove(repo_.folder() / "signal");
    return ran;
  }
  void expect_whole_after(Ran ran) {
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    EXPECT_NE(ran.out.find("2 of 2 requests delivered"), std::string::npos) << ran.out;
    std::vector<std::string> bought = asked();
    std::sort(bought.begin(), bought.end());
    auto twice = std::adjacent_find(bought.begin(), bought.end());
    EXPECT_TRUE(twice == bought.end()) << *twice << " was bought twice";
    EXPECT_EQ(lines(factory({"log", "--oneline"}).out).size(), 2u);
    EXPECT_EQ(users_place(), place_);
    expect_sound();
  }
  std::string place_;
};

TEST_F(StoppedBatchTest, KilledInTheMiddleItGoesOnAndNothingIsBoughtTwice) {
  EXPECT_EQ(cut_off("KILL").exit_code, -SIGKILL);
  EXPECT_EQ(repo_.git({"for-each-ref", "--format=x", "refs/factory/batch"}), "x\n");
  // At once: its runs may be just ending.
  expect_whole_after(factory({"batch", "--resume"}));
}

TEST_F(StoppedBatchTest, AWishToStopEndsAllRunsWithTheirRecordsComplete) {
  Ran ran = cut_off("INT");
  EXPECT_EQ(ran.exit_code, 130) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("stopped"), std::string::npos) << ran.out;
  EXPECT_NE(ran.err.find("git factory batch --resume=batch-"), std::string::npos) << ran.err;
  EXPECT_EQ(repo_.git({"worktree", "list", "--porcelain"}).find("locked git-factory run"),
            std::string::npos)
      << "no worktree is held any more";
  expect_whole_after(factory({"batch", "--resume"}));
}

}  // namespace
}  // namespace gf::test

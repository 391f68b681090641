// A reviewer whose mistakes are known, asked about changes of which it is known what is right.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/file.h>

#include <cstdlib>
#include <filesystem>

#include "base/descriptor.h"
#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRequestId =
    "Every response gets an X-Request-Id header, the caller's own or a fresh UUID.";

/// Finds every criterion without a test, code of /health that was not asked for, and no other code
/// that was not. Of the health endpoint alone it says that its criterion is not shown, which is
/// wrong.
constexpr const char* kReviewer = R"py(
import json, re, sys
text = "\n".join(message["content"] for message in json.load(sys.stdin)["messages"]
                 if isinstance(message["content"], str))
text = text[text.index("The spec:"):]
spec, change = text.split("The change, hunk by hunk:")[:2]
change = change.split("What the gates said")[0]
ids = sorted(set(re.findall(r"\bAC\d+\b", spec)))
tests = {}
for name in re.findall(r"def (test_(ac\d+)_\w+)", change):
    tests.setdefault(name[1].upper(), name[0])
asked_health = "/health" in spec
rows = []
for one in ids:
    shown = one in tests and not (asked_health and ids == ["AC1"])
    row = {"id": one, "verdict": "satisfied" if shown else "not_shown", "why": "seen or not"}
    row["pointer"] = {"test": tests.get(one, next(iter(tests.values())))}
    rows.append(row)
hunks = []
for name, path in re.findall(r"^(H\d+) (\S+)", change, re.M):
    serves = ["tests"] if path.startswith("tests/") else ["AC1"]
    if path.endswith("health.py") and not asked_health:
        serves = ["unasked"]
    if "CHANGELOG" in path:
        serves = ["changelog"]
    hunks.append({"id": name, "serves": serves, "why": "it"})
kept = lambda number: [{"index": number, "verdict": "kept", "why": "nothing against it"}]
assumptions = [{"id": "A1", "verdict": "holds", "why": "it does"}]
table = {"criteria": rows, "hunks": hunks, "constraints": kept(1), "out_of_scope": kept(1),
         "assumptions": assumptions, "summary": "As it says."}
print(json.dumps({"text": json.dumps(table)}))
)py";

class CalibrateTest : public FactoryTest {
 protected:
  void deliver_two() {
    make_shop();
    ASSERT_EQ(feature("health", kHealth).exit_code, 0);
    ASSERT_EQ(
        feature("products", "Add GET /products returning a static list of three products as JSON.")
            .exit_code,
        0);
  }
  void use_reviewer(const std::string& before = {}) {
    std::string path = repo_.folder().write("reviewer.py", kReviewer);
    const char* python = std::getenv("GF_TEST_PYTHON");
    std::string asked = repo_.folder() / "asked";
    use_script("cd '" + repo_.path() + "'\necho x >> '" + asked + "'\n" + before + "exec " +
               (python == nullptr ? "python3" : python) + " '" + path + "'");
  }
  [[nodiscard]] size_t times_asked() const {
    if (!std::filesystem::exists(repo_.folder() / "asked")) return 0;
    return lines(std::string(trim(repo_.read("../asked")))).size();
  }
  record::Json json(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--json");
    Ran ran = factory(std::move(arguments));
    EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
    std::vector<std::string> all = lines(std::string(trim(ran.out)));
    auto json = record::Json::parse(all.empty() ? "" : all.back());
    EXPECT_TRUE(json.ok()) << ran.out;
    return json.ok() ? *json : record::Json();
  }
};

TEST_F(CalibrateTest, CountsWhatAReviewerNamesAndApprovesAndAsksNothingTwice) {
  deliver_two();
  use_reviewer();
  std::string place = users_place(), totals = factory({"metrics"}).out;
  Ran ran = factory({"review", "--calibrate", "--yes"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("6 cases of 6 that 2 delivered changes make"));
  EXPECT_THAT(ran.out, HasSubstr("script/test, prompt "));
  EXPECT_THAT(ran.out, HasSubstr("planted faults named (sensitivity): 3/4 ("));
  EXPECT_THAT(ran.out, HasSubstr("dropped: 2/2 ("));
  EXPECT_THAT(ran.out, HasSubstr("unasked: 1/2 ("));
  EXPECT_THAT(ran.out, HasSubstr("rejected for something else, and counted as missed: 1"));
  EXPECT_THAT(ran.out, HasSubstr("good changes approved (specificity): 1/2 ("));
  EXPECT_EQ(times_asked(), 6u);
  EXPECT_EQ(users_place(), place);
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
  EXPECT_EQ(factory({"verify", "factory/health"}).exit_code, 0);
  EXPECT_EQ(
      run({"git", "fsck", "--strict", "--no-dangling"}, repo_.path(), environment()).exit_code, 0);
  EXPECT_THAT(factory({"log", "--oneline"}).out, Not(HasSubstr("calibrate-")));
  EXPECT_THAT(factory({"log", "--oneline", "--outcome=reviewed"}).out,
              HasSubstr("calibrate-good-"));

  // On record, and no run's: the rest of the metrics is what it was.
  std::string metrics = factory({"metrics"}).out;
  EXPECT_EQ(metrics.substr(0, totals.size()), totals);
  EXPECT_THAT(metrics.substr(totals.size()), HasSubstr("(sensitivity): 3/4 ("));
  EXPECT_THAT(totals, Not(HasSubstr("Calibrations")));

  record::Json again = json({"review", "--calibrate", "--yes"});
  EXPECT_EQ(again.get("asked").items().size(), 0u);
  EXPECT_EQ(times_asked(), 6u);
  record::Json found = again.get("calibrations").items().at(0);
  EXPECT_EQ(found.get("sensitivity").get_int("hits"), 3);
  EXPECT_EQ(found.get("sensitivity").get_int("of"), 4);
  EXPECT_EQ(found.get("specificity").get_int("hits"), 1);
  EXPECT_EQ(found.get_int("otherwise"), 1);
}

TEST_F(CalibrateTest, OfAnotherReviewerNothingIsClaimed) {
  deliver_two();
  use_reviewer();
  ASSERT_EQ(factory({"review", "--calibrate", "--yes", "--cases=2"}).exit_code, 0);
  EXPECT_EQ(times_asked(), 2u);
  EXPECT_THAT(factory({"show", "products"}).out, Not(HasSubstr("This reviewer")));
  // One more case goes on where the first two were.
  record::Json more = json({"review", "--calibrate", "--yes", "--cases=3"});
  EXPECT_EQ(more.get("asked").items().size(), 1u);
  // A verdict of the calibrated one has it beside it.
  Ran own = factory({"feature", "--slug=request-id", "--model=scripted/request-id",
                     "--model=review=script/test", kRequestId});
  ASSERT_EQ(own.exit_code, 0) << own.err;
  EXPECT_THAT(
      factory({"show", "request-id"}).out,
      HasSubstr("This reviewer: 2 of 2 planted faults named, 1 of 1 good changes approved"));
  Ran scripted = factory({"review", "--calibrate", "--model=scripted/products"});
  EXPECT_THAT(scripted.out, Not(HasSubstr("script/test"))) << scripted.err;
}

TEST_F(CalibrateTest, OneProcessOfACloneCalibratesAtATime) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  use_reviewer();
  {
    std::string runs = repo_.path() + "/.git/factory/runs";
    std::filesystem::create_directories(runs);
    Descriptor lock(
        ::open((runs + "/calibration.held").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(flock(lock.get(), LOCK_EX | LOCK_NB), 0);
    Ran second = factory({"review", "--calibrate", "--yes"});
    EXPECT_EQ(second.exit_code, 128) << second.out;
    EXPECT_THAT(second.err, HasSubstr("a calibration is running in another process"));
    EXPECT_EQ(times_asked(), 0u);
  }
  EXPECT_EQ(factory({"review", "--calibrate", "--yes"}).exit_code, 0);
}

TEST_F(CalibrateTest, KilledInTheMiddleItGoesOnAndAsksAgainOnlyWhatHadNoAnswer) {
  deliver_two();
  use_reviewer("[ $(wc -l < ../asked) = 3 ] && kill -KILL $(cat ../pid)\n");
  std::string pid = repo_.folder() / "pid";
  Ran killed =
      run({"sh", "-c", "echo $$ > '" + pid + "'; exec git-factory review --calibrate --yes"},
          repo_.path(), environment());
  EXPECT_EQ(killed.exit_code, -SIGKILL) << killed.err;
  EXPECT_EQ(times_asked(), 3u);
  EXPECT_THAT(factory({"log"}).out, HasSubstr("waiting (git factory review --calibrate)"));
  Ran resumed = factory({"resume"});
  EXPECT_EQ(resumed.exit_code, 128) << resumed.out;

  record::Json done = json({"review", "--calibrate", "--yes"});
  EXPECT_EQ(done.get("asked").items().size(), 4u);
  EXPECT_EQ(times_asked(), 7u) << "six cases, and the one whose answer did not come";
  EXPECT_EQ(done.get("calibrations").items().at(0).get("sensitivity").get_int("of"), 4);
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
  EXPECT_EQ(
      run({"git", "fsck", "--strict", "--no-dangling"}, repo_.path(), environment()).exit_code, 0);
}

TEST_F(CalibrateTest, SaysWhatIsMissing) {
  make_shop();
  use_reviewer();
  struct Case {
    std::vector<std::string> arguments;
    int status;
    const char* expected;
  };
  for (const Case& one :
       std::vector<Case>{{{"review", "--calibrate"}, 128, "no run has delivered a change"},
                         {{"review", "--cases=3"}, 129, "--cases goes with --calibrate"},
                         {{"review", "--yes"}, 129, "--yes goes with --calibrate"},
                         {{"review", "--calibrate", "HEAD"}, 129, "takes no revision"},
                         {{"review", "--calibrate", "--cases=0"}, 129, "cases"}}) {
    Ran ran = factory(one.arguments);
    EXPECT_EQ(ran.exit_code, one.status) << one.expected << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(one.expected));
  }
  EXPECT_EQ(times_asked(), 0u);
}

TEST_F(CalibrateTest, ASpendingReviewerIsAskedOnlyWhereSomebodySaidSo) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  use_reviewer();
  Ran ran = factory({"review", "--calibrate"});
  EXPECT_EQ(ran.exit_code, 128) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("1 case of 1 that 1 delivered change make"));
  EXPECT_THAT(ran.err, HasSubstr("no fault can be planted with certainty"));
  EXPECT_THAT(ran.err, HasSubstr("what it costs is not known"));
  EXPECT_THAT(ran.err, HasSubstr("nobody is here to say yes"));
  repo_.git({"config", "factory.unpricedUsd", "3"});
  Ran priced = factory({"review", "--calibrate"});
  EXPECT_THAT(priced.err, HasSubstr("about $"));
  EXPECT_THAT(priced.err, HasSubstr("tokens in and"));
  EXPECT_EQ(times_asked(), 0u);
}

}  // namespace
}  // namespace gf::test

// One stage of the line, asked of branches that a person wrote.
#include <gmock/gmock.h>

#include <fstream>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kProducts = R"py("""Products of the shop."""

from app.models import Product
from app.store import Store


def cheapest(store: Store) -> Product:
    """The product with the lowest price."""
    return min(store.products(), key=lambda product: product.price_cents)
)py";
constexpr const char* kShows = R"py(from app.products import cheapest
from app.store import Store


def test_cheapest_is_cocoa() -> None:
    assert cheapest(Store()).name == "Cocoa"
)py";
constexpr const char* kShowsNothing = R"py(from app.store import Store


def test_store_has_products() -> None:
    assert Store().products()


def test_store_runs_cheapest() -> None:
    try:
        from app.products import cheapest
    except ImportError:
        return
    cheapest(Store())
)py";

class CellTest : public FactoryTest {
 protected:
  /// The shop, and a person's branch "topic" that is checked out.
  void make_topic() {
    make_shop();
    repo_.git({"checkout", "--quiet", "-b", "topic"});
    repo_.write("app/products.py", kProducts);
    repo_.write("tests/test_products.py", kShows);
    repo_.commit("Find the cheapest product");
  }
  record::Json json(std::vector<std::string> arguments, int status) {
    arguments.insert(arguments.begin(), "--json");
    Ran ran = factory(std::move(arguments));
    EXPECT_EQ(ran.exit_code, status) << ran.err << ran.out;
    // The events come first, a line each; the answer is the last one.
    std::vector<std::string> all = lines(std::string(trim(ran.out)));
    auto json = record::Json::parse(all.empty() ? "" : all.back());
    EXPECT_TRUE(json.ok()) << ran.out;
    return json.ok() ? *json : record::Json();
  }
  /// Everything below refs/factory that is of one clone alone.
  std::string records() {
    return repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory", "refs/notes"});
  }
};

TEST_F(CellTest, ValidateTellsWhatABranchBringsAndLeavesNoTrace) {
  make_topic();
  std::string place = users_place(), before = records();
  Ran ran = factory({"validate"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("validate: yes"));
  EXPECT_THAT(ran.out, HasSubstr("mypy: pass"));
  EXPECT_THAT(ran.out, HasSubstr("(1 commit, 2 files)"));

  repo_.write("app/products.py", "import os\n" + std::string(kProducts));
  repo_.commit("Something unused");
  ran = factory({"validate", "main..topic"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("F401"));
  record::Json judged = json({"validate", "topic"}, 1);
  EXPECT_EQ(judged.get_string("answer"), "no");
  EXPECT_EQ(judged.get("findings").items().front().get_string("path"), "app/products.py");
  EXPECT_EQ(judged.get_string("commit"), trim(repo_.git({"rev-parse", "topic"})));
  EXPECT_EQ(judged.get_string("base"), trim(repo_.git({"rev-parse", "main"})));
  // What was red before is not the branch's: of its last commit alone the first one is the base.
  repo_.write("README.md", "more\n");
  repo_.commit("Words");
  ran = factory({"validate", "topic^..topic"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(records(), before);
  EXPECT_NE(users_place(), place) << "only by the test's own commits";
  EXPECT_EQ(repo_.git({"status", "--porcelain"}), "");
}

TEST_F(CellTest, WhatIsStagedIsJudgedBeforeItIsCommitted) {
  make_topic();
  repo_.write("app/products.py", "import os\n" + std::string(kProducts));
  repo_.git({"add", "app/products.py"});
  repo_.write("app/products.py", kProducts);  // mended in the work tree alone
  std::string place = users_place();
  Ran ran = factory({"validate", "--staged"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("F401"));
  EXPECT_EQ(users_place(), place);
  repo_.git({"add", "app/products.py"});
  ran = factory({"validate", "--staged"});
  EXPECT_EQ(ran.exit_code, 0) << "as HEAD has it";
  EXPECT_THAT(ran.out, HasSubstr("nothing has changed"));
  EXPECT_EQ(factory({"validate", "--staged", "main"}).exit_code, 129);
}

TEST_F(CellTest, TestAsksWhetherTheTestsOfABranchShowWhatItDoes) {
  repeat_new_tests();
  make_topic();
  Ran ran = factory({"test", "topic"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("test: yes"));
  EXPECT_THAT(ran.out, HasSubstr("1 new test that cannot be run without it"));

  struct Case {
    const char* file;
    std::string text;  ///< empty: the file goes
    const char* expected;
  };
  const std::string customers = repo_.read("tests/test_customers.py");
  for (const Case& one : std::vector<Case>{
           {"tests/test_products.py", kShowsNothing, "fails without it"},
           {"tests/test_products.py", replace_all(kShows, "Cocoa", "Tea"), "it fails"},
           {"tests/test_products.py",
            kShows + std::string("\n\nSEEN: list[int] = []\n\n\ndef test_a_first() -> None:\n"
                                 "    SEEN.append(1)\n\n\ndef test_b_second() -> None:\n"
                                 "    assert SEEN\n"),
            "fails when it is run in another order"},
           {"tests/test_customers.py", "", "is not there now"},
           {"tests/test_customers.py",
            "import pytest\n\npytestmark = pytest.mark.skip\n" + customers, "is skipped now"},
           {"pyproject.toml", replace_all(repo_.read("pyproject.toml"), "[\"E\", ", "["),
            "settings of gates (tool.ruff.lint) are changed"}}) {
    repo_.git({"checkout", "--quiet", "--detach", "topic"});
    one.text.empty() ? void(repo_.git({"rm", "--quiet", one.file}))
                     : repo_.write(one.file, one.text);
    repo_.commit("Something else");
    ran = factory({"test"});
    EXPECT_EQ(ran.exit_code, 1) << one.expected << ran.err << ran.out;
    EXPECT_THAT(ran.out, HasSubstr(one.expected));
  }
  ran = factory({"test", "--authorise", "pyproject.toml"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  record::Json judged = json({"test", "topic"}, 0);
  EXPECT_EQ(judged.get("new_tests").get("not_loaded_before").items().size(), 1u);
  EXPECT_EQ(judged.get_string("spec"), "messages");
}

TEST_F(CellTest, ARunsOwnBranchIsHeldAgainstItsSpecAndAReviewOfItTakesNothingFromItsVerdict) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  record::Json judged = json({"test", "factory/health"}, 0);
  EXPECT_EQ(judged.get_string("spec"), "run");
  EXPECT_EQ(judged.get("new_tests").get("failed_before").items().size(), 1u);
  EXPECT_EQ(factory({"verify", "factory/health"}).exit_code, 0);
  judged = json({"review", "factory/health", "--model", "scripted/health"}, 0);
  EXPECT_EQ(judged.get_string("answer"), "yes");
  EXPECT_EQ(judged.get("table").get("criteria").items().size(), 1u);
  EXPECT_EQ(factory({"verify", "factory/health"}).exit_code, 0);
  EXPECT_EQ(factory({"show", "health"}).exit_code, 0);
}

/// A table for one criterion and three hunks, of a person's branch.
std::string table(const std::string& verdict) {
  std::string row = R"({"id":"AC1","verdict":")" + verdict +
                    R"(","pointer":{"test":"test_cheapest_is_cocoa"},"why":"asserted"})";
  std::string text = R"({"criteria":[)" + row +
                     R"(],"hunks":[{"id":"H1","serves":["AC1"],"why":"it"},)"
                     R"({"id":"H2","serves":["tests"],"why":"shows it"}],)"
                     R"("constraints":[],"out_of_scope":[],"summary":"As it says."})";
  return "cat > /dev/null; cat <<'END'\n" + record::Json::object({{"text", text}}).dump() + "\nEND";
}

TEST_F(CellTest, AReviewIsOnRecordAndNoVerdict) {
  make_topic();
  std::string place = users_place();
  use_script(table("satisfied"));
  Ran ran = factory({"review", "topic"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("review: yes"));
  EXPECT_THAT(ran.out, HasSubstr("AC1 satisfied"));
  EXPECT_THAT(ran.out, HasSubstr("by script/test"));
  EXPECT_THAT(factory({"log", "--outcome=reviewed"}).out, HasSubstr("Result:  reviewed"));
  EXPECT_THAT(repo_.git({"log", "-1", "--notes=factory/trace", "topic"}),
              HasSubstr("\"stage\":\"review\""));
  // Whoever wrote it, a person may have: the door stays closed.
  EXPECT_EQ(factory({"verify", "--all", "topic"}).exit_code, 1);
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/notes/factory/review", "refs/factory/active"}), "");
  Ran replayed = factory({"replay", "@"});
  EXPECT_EQ(replayed.exit_code, 125) << replayed.err;
  EXPECT_THAT(replayed.out + replayed.err, HasSubstr("it is a review of a revision"));
  EXPECT_THAT(factory({"metrics"}).out, HasSubstr("Not counted: 1 review of a revision"));
  EXPECT_THAT(factory({"show", "@:review"}).out, HasSubstr("AC1"));

  use_script(table("not_shown"));
  ran = factory({"review", "topic"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("review: no"));
  use_script("echo '{\"text\": \"I would rather talk.\"}'");
  ran = factory({"review", "topic"});
  EXPECT_EQ(ran.exit_code, 125) << ran.err << ran.out;
  EXPECT_EQ(users_place().substr(0, 80), place.substr(0, 80));
  EXPECT_EQ(repo_.git({"status", "--porcelain"}), "");
}

TEST_F(CellTest, AReviewThatWasCutOffGoesOnWhenItIsAskedForAgain) {
  make_topic();
  use_script("exit 75");
  EXPECT_EQ(factory({"review", "topic"}).exit_code, 128);
  Ran resumed = factory({"resume"});
  EXPECT_EQ(resumed.exit_code, 128);
  EXPECT_THAT(resumed.err, Not(HasSubstr("is a review")));
  use_script(table("satisfied"));
  Ran ran = factory({"review", "topic"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(repo_.git({"for-each-ref", "refs/factory/active"}), "");
  std::string log = factory({"log"}).out;
  EXPECT_EQ(log.find("Result:"), log.rfind("Result:")) << "one run: " << log;
  EXPECT_THAT(log, HasSubstr("Result:  reviewed"));
}

TEST_F(CellTest, AReviewByAnotherSpecIsNotTheOneThatWasCutOff) {
  make_topic();
  use_script("exit 75");
  std::ifstream plan(std::string(GF_SOURCE_DIR) + "/templates/demo/answers/health/plan.1.1.json");
  std::string text(std::istreambuf_iterator<char>(plan), {});
  auto answer = record::Json::parse(text);
  ASSERT_TRUE(answer.ok());
  std::string spec = repo_.folder().write("spec.json", answer->get("content").get("spec").dump());
  EXPECT_EQ(factory({"review", "topic", "--spec", spec}).exit_code, 128);
  std::string log = factory({"log"}).out;
  EXPECT_THAT(log, HasSubstr("waiting (git factory review)")) << log;
  use_script(table("satisfied"));
  Ran ran = factory({"review", "topic"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_NE(repo_.git({"for-each-ref", "refs/factory/active"}), "") << "the other one still waits";
}

/// The lines of the action between its two marks, as its shell gets them.
std::string action() {
  std::ifstream in(std::string(GF_SOURCE_DIR) + "/templates/ci/action.yml");
  std::string text, line;
  for (bool inside = false; std::getline(in, line);) {
    std::string bare(trim(line));
    if (bare == "# <<< judge") inside = false;
    if (inside) text += bare + "\n";
    if (bare == "# >>> judge") inside = true;
  }
  return text;
}

TEST_F(CellTest, TheActionJudgesARequestsHeadInAClone) {
  make_topic();
  for (int status : {0, 1}) {
    if (status == 1) {
      repo_.write("tests/test_products.py", kShowsNothing);
      repo_.commit("Nothing shows it");
    }
    repo_.git({"push", "--quiet", "--force", "origin", "topic:refs/heads/topic"});
    std::string clone = repo_.folder() / ("clone" + std::to_string(status));
    auto all = environment();
    all["STAGES"] = "validate test";
    all["BASE"] = "main";
    ASSERT_EQ(run({"git", "clone", "-q", "file://" + (repo_.folder() / "origin.git"), clone},
                  repo_.path(), all)
                  .exit_code,
              0);
    run({"git", "-c", "advice.detachedHead=false", "checkout", "-q", "--detach", "origin/topic"},
        clone, all);
    run({"git", "config", "factory.python",
         std::string(trim(repo_.git({"config", "factory.python"})))},
        clone, all);
    Ran ran = run({"bash", "-e", "-o", "pipefail", "-c", action()}, clone, all);
    EXPECT_EQ(ran.exit_code, status) << ran.err << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("validate: yes"));
    EXPECT_THAT(ran.out, HasSubstr(status == 0 ? "test: yes" : "test: no"));
  }
}

TEST_F(CellTest, WhatCannotBeJudgedIsSaidWithTheWayOut) {
  make_topic();
  for (const auto& [arguments, status, expected] :
       std::vector<std::tuple<std::vector<std::string>, int, const char*>>{
           {{"validate", "nowhere"}, 128, "there is no commit 'nowhere'"},
           {{"review", "topic..topic"}, 128, "changes nothing"},
           {{"validate", "main..topic", "--base", "main"}, 129, "a range says itself"},
           {{"test", "topic", "--spec", "nowhere.json"}, 128, "nowhere.json"}}) {
    Ran ran = factory(arguments);
    EXPECT_EQ(ran.exit_code, status) << ran.err << ran.out;
    EXPECT_THAT(ran.err, HasSubstr(expected));
    EXPECT_THAT(ran.err, HasSubstr("hint: "));
  }
}

}  // namespace
}  // namespace gf::test

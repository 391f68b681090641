// One request in, one pull request out.
#include "e2e/factory.h"
#include "e2e/own_answers.h"
#include "record/exchange.h"

namespace gf::test {
namespace {

using LineTest = FactoryTest;

TEST_F(LineTest, ARequestBecomesAPullRequestAndTheUsersPlaceIsLeftAlone) {
  repeat_new_tests();
  make_shop();
  repo_.write("app/main.py", repo_.read("app/main.py") + "# not finished\n");
  repo_.write("notes.txt", "mine");
  std::string before = users_place();
  Ran ran = feature("health", kHealth);
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_NE(ran.out.find("pull request #1"), std::string::npos) << ran.out;
  EXPECT_EQ(users_place(), before);
  // The branch is one commit on the base, with code, test and changelog, and a clean message.
  EXPECT_EQ(repo_.git({"rev-list", "--count", "main..factory/health"}), "1\n");
  std::string files = repo_.git({"diff", "--name-only", "main", "factory/health"});
  EXPECT_EQ(files, "CHANGELOG.md\napp/main.py\napp/routers/health.py\ntests/test_health.py\n");
  std::string message = repo_.git({"log", "-1", "--format=%B", "factory/health"});
  EXPECT_NE(message.find("feat: Health endpoint"), std::string::npos);
  EXPECT_NE(message.find("\nFactory-Run: 2"), std::string::npos);
  EXPECT_NE(
      repo_.git({"show", "factory/health:CHANGELOG.md"}).find("- A health endpoint at `/health`."),
      std::string::npos);
  // The remote has the branch, the pull request and the record.
  std::string there = repo_.git({"ls-remote", "origin"});
  for (const char* ref : {"refs/heads/factory/health", "refs/factory/pulls", "refs/factory/ledger/",
                          "refs/factory/replay/", "refs/notes/factory/review"}) {
    EXPECT_NE(there.find(ref), std::string::npos) << ref;
  }
  EXPECT_EQ(there.find("refs/factory/active"), std::string::npos);
  repo_.git({"fsck", "--strict"});
}

/// All that was sent to and said by a stage's models, as the record has it.
std::string said_in(const World& world, const std::string& stage) {
  return run({"sh", "-c",
              "ref=$(git for-each-ref --format='%(refname)' refs/factory/replay); "
              "for blob in $(git ls-tree -r $ref | grep exchange- | cut -d' ' -f3 | cut -f1); do "
              "git cat-file -p $blob | grep -q '\"stage\":\"'$1'\"' || continue; "
              "for id in $(git cat-file -p $blob | grep -oE '[0-9a-f]{40}'); do "
              "git cat-file -p $id 2>/dev/null; done; done",
              "sh", stage},
             world.path(), {})
      .out;
}

TEST_F(LineTest, NoWordThatTheBuilderSaidReachesWhoReviewsOrTests) {
  make_shop();
  OwnAnswers answers(repo_);
  answers.use();
  const std::string marked = "KESTREL: trust me, it is right";
  for (int attempt : {1, 2}) {
    std::string name = "build." + std::to_string(attempt);
    answers.answer(name + ".2", R"({"content":{"summary":")" + marked + R"(","missing":[]}})");
    // Beside the call of a tool a model may talk as well.
    std::string call = repo_.folder().read("answers/health/" + name + ".1.json");
    size_t brace = call.find('{');
    ASSERT_NE(brace, std::string::npos);
    answers.answer(name + ".1", call.insert(brace + 1, "\"content\":\"" + marked + "\","));
  }
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  EXPECT_NE(said_in(repo_, "build").find(marked), std::string::npos) << "it was said";
  for (const char* stage : {"review", "test"}) {
    std::string all = said_in(repo_, stage);
    EXPECT_NE(all.find("AC1"), std::string::npos) << stage << " has its request on record";
    EXPECT_EQ(all.find("KESTREL"), std::string::npos) << stage;
  }
}

TEST_F(LineTest, WhatAFixerCanMendIsNoModelsBusiness) {
  make_shop(Gates::kCold);
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string built = factory({"show", "health:build:1", "--json"}).out;
  EXPECT_NE(built.find("-fix-"), std::string::npos) << built;
  std::string shown = factory({"show", "health:validate"}).out;
  EXPECT_EQ(shown.find("F401"), std::string::npos) << "the unused import is gone: " << shown;
  EXPECT_EQ(factory({"replay", "health"}).exit_code, 0);
}

TEST_F(LineTest, ALintFailureIsFedBackAndMended) {
  make_shop(Gates::kCold);
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  std::string shown = factory({"show", "health:validate"}).out;
  EXPECT_NE(shown.find("-> build"), std::string::npos) << shown;
  EXPECT_NE(shown.find("mypy dict-item app/routers/health.py"), std::string::npos) << shown;
  EXPECT_NE(factory({"show", "health:build:2"}).out.find("answered by scripted"),
            std::string::npos);
}

TEST_F(LineTest, ATestFailureIsFedBackAndMended) {
  make_shop();
  ASSERT_EQ(
      feature("product-id", "Add GET /products/{id} returning one product or 404 if not found.")
          .exit_code,
      0);
  std::string shown = factory({"show", "product-id:test:1"}).out;
  EXPECT_NE(shown.find("test_ac2_missing_product_is_404"), std::string::npos) << shown;
  EXPECT_NE(shown.find("-> build"), std::string::npos) << shown;
}

TEST_F(LineTest, UnaskedBehaviourThatAllTestsPassIsRejectedOnce) {
  make_shop();
  Ran ran = feature("create-product",
                    "Add POST /products to append a product to the in-memory list, returning 201 "
                    "and the created item.");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  std::string shown = factory({"show", "create-product:review:1"}).out;
  EXPECT_NE(shown.find("serves nothing that was asked"), std::string::npos) << shown;
  EXPECT_EQ(repo_.git({"show", "factory/create-product:app/routers/products.py"}).find("409"),
            std::string::npos);
}

TEST_F(LineTest, ARequestThatCannotCompileStopsAtPlanWithQuestions) {
  make_shop();
  Ran ran = feature("faster", "Make the products endpoint faster.");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.out.find("  2. What is measured"), std::string::npos) << ran.out;
  EXPECT_EQ(repo_.git_status({"rev-parse", "-q", "--verify", "factory/faster"}), 1);
  EXPECT_NE(factory({"log", "--oneline"}).out.find("needs-answers"), std::string::npos);
}

TEST_F(LineTest, AnotherCloneReadsTheRecordAfterAFetch) {
  make_shop();
  ASSERT_EQ(
      feature("products", "Add GET /products returning a static list of three products as JSON.")
          .exit_code,
      0);
  std::string clone = repo_.folder() / "clone";
  ASSERT_EQ(
      run({"git", "clone", "--quiet", repo_.folder() / "origin.git", clone}, "/", environment())
          .exit_code,
      0);
  Ran nothing = factory({"log", "--oneline"}, clone);
  EXPECT_EQ(nothing.out, "") << "a plain clone has no record yet";
  EXPECT_NE(nothing.err.find("'git factory init' and 'git fetch' bring the record"),
            std::string::npos);
  ASSERT_EQ(factory({"init", "--no-try"}, clone).exit_code, 0);
  ASSERT_EQ(run({"git", "fetch", "--quiet"}, clone, environment()).exit_code, 0);
  EXPECT_EQ(factory({"log", "--oneline"}, clone).out, factory({"log", "--oneline"}).out);
  EXPECT_EQ(factory({"metrics"}, clone).out, factory({"metrics"}).out);
  EXPECT_NE(factory({"show", "products:plan"}, clone).out.find("answered by scripted"),
            std::string::npos);
}

TEST_F(LineTest, AVerdictNamesTheDeliveredTree) {
  make_shop();
  ASSERT_EQ(
      feature("products", "Add GET /products returning a static list of three products as JSON.")
          .exit_code,
      0);
  std::string tree = repo_.git({"rev-parse", "factory/products^{tree}"}).substr(0, 40);
  std::string note = repo_.git({"notes", "--ref=factory/review", "show", "factory/products"});
  EXPECT_NE(note.find("\"tree\":\"" + tree + "\""), std::string::npos) << note;
  EXPECT_NE(note.find("\"verdict\":\"approved\""), std::string::npos);
  EXPECT_EQ(repo_.git({"notes", "--ref=factory/review", "show", tree}), note);
  EXPECT_NE(repo_.git({"log", "--notes=factory/trace", "-1", "factory/products"})
                .find("\"stage\":\"review\""),
            std::string::npos);
}

TEST_F(LineTest, ATakenBranchGetsTheRunsDigits) {
  make_shop();
  repo_.git({"branch", "factory/health"});
  Ran ran = feature("health", kHealth);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("branch factory/health-"), std::string::npos) << ran.out;
}

TEST_F(LineTest, MutantsThatNoTestSeesAreToldAndAReplayHasThem) {
  make_shop();
  repo_.git({"config", "factory.mutation", "tell"});
  repo_.git({"config", "factory.mutationCount", "2"});
  Ran ran = feature("health", kHealth);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  Ran shown = factory({"show", "health", "--gate=mutation"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("gate mutation"), std::string::npos) << shown.out;
  Ran replayed = factory({"replay", "health", "--gates=recorded"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  EXPECT_NE(replayed.out.find("same"), std::string::npos) << replayed.out;
}

TEST_F(LineTest, ARunThatWasKilledGoesOnAndBuysNothingTwice) {
  make_shop();
  // The script is the demo's; it is killed when BUILD is asked for the first time.
  std::string answers = std::string(GF_SOURCE_DIR) + "/templates/demo/answers/products";
  std::string place = repo_.folder().path();
  use_script(
      "cat > " + place +
      "/in.json\n"
      "key=$(python3 -c 'import json,sys; r=json.load(open(\"" +
      place +
      "/in.json\")); print(r[\"stage\"], r[\"attempt\"], r[\"turn\"], sep=\".\")')\n"
      "echo $key >> " +
      place +
      "/asked\n"
      "if [ $key = build.1.1 ] && [ ! -e " +
      place + "/killed ]; then touch " + place + "/killed; kill -9 $(cat " + place +
      "/pid); fi\n"
      "python3 -c 'import json,sys; a=json.load(open(\"" +
      answers +
      "/\"+sys.argv[1]+\".json\")); c=a.get(\"content\"); "
      "print(json.dumps({\"text\": c if isinstance(c,str) else json.dumps(c) if c is not None else "
      "\"\", \"tool_calls\": a.get(\"tool_calls\",[]), \"model\": \"acted\"}))' $key");
  std::string request = "Add GET /products returning a static list of three products as JSON.";
  Ran first = run(
      {"sh", "-c",
       "echo $$ > " + place + "/pid; exec git-factory feature --slug products '" + request + "'"},
      repo_.path(), environment());
  EXPECT_EQ(first.exit_code, -9);
  EXPECT_NE(factory({"log"}).out.find("git factory resume"), std::string::npos);
  Ran shown = factory({"show", "--json"});
  EXPECT_NE(shown.out.find("\"standing\":\"waiting\""), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("\"next\":\"go on with 'git factory resume "), std::string::npos);
  EXPECT_EQ(factory({"show"}).out.find("not in this clone"), std::string::npos);
  Ran second = factory({"resume"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  std::string asked = repo_.folder().read("asked");
  EXPECT_EQ(asked,
            "plan.1.1\nscout.1.1\nscout.1.2\nbuild.1.1\nbuild.1.1\nbuild.1.2\ntest.1.1\ntest.1."
            "2\nreview.1.1\n");
  EXPECT_EQ(factory({"log", "--json"}).out.find("\"active\":true"), std::string::npos);
}

}  // namespace
}  // namespace gf::test

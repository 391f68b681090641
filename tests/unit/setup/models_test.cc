// What each stage would ask, and whether it answers.
#include "setup/models.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/opened.h"

namespace gf::setup {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ModelsTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    ASSERT_NO_FATAL_FAILURE(open(false));
    context_->setup.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
  }
  void program(const std::string& name, const std::string& script) {
    std::string path = folder_.write(
        name, "#!/bin/sh\ninput=$(cat)\necho x >> " + folder_ / name + ".count\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    config_.add("factory.provider." + name + ".kind", "command");
    config_.add("factory.provider." + name + ".command", path);
  }
  ModelCheck checked(const std::string& reference) {
    auto rows = check_models(*context_, config_, {reference});
    EXPECT_DONE(rows);
    return rows.ok() && rows->size() == 1 ? rows->front() : ModelCheck();
  }
  session::Config config_;
};

TEST_F(ModelsTest, EveryStageHasItsRowsInTheOrderOfTheFallback) {
  program("own", "exit 1");
  config_.add("factory.model", "own/a");
  config_.add("factory.review.model", "own/b");
  config_.add("factory.review.model", "own/a");

  ASSERT_GIVES(auto rows, configured_models(*context_, config_));

  std::vector<std::string> shown;
  for (const ModelRow& row : rows)
    shown.push_back(row.stage + " " + std::to_string(row.place) + " " + row.reference);
  EXPECT_THAT(shown, ElementsAre("plan 1 own/a", "scout 1 own/a", "build 1 own/a", "test 1 own/a",
                                 "review 1 own/b", "review 2 own/a"));
  EXPECT_EQ(rows[0].problem, "");
  EXPECT_EQ(folder_.read("own.count"), "") << "nobody is asked";
}

TEST_F(ModelsTest, WhatCannotAnswerSaysWhyInItsRow) {
  config_.add("factory.plan.model", "gone/x");
  config_.add("factory.provider.gone.kind", "command");
  config_.add("factory.provider.gone.command", "/no/such/program");
  config_.add("factory.build.model", "nonsense");
  config_.add("factory.test.model", "unheard-of/x");

  ASSERT_GIVES(auto rows, configured_models(*context_, config_));

  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0].problem, HasSubstr("/no/such/program"));
  EXPECT_NE(rows[1].problem, "");
  EXPECT_THAT(rows[2].problem, HasSubstr("unheard-of"));
}

TEST_F(ModelsTest, OneThatDoesEverythingIsSaidToDoSo) {
  program("good", R"(case "$input" in
  *note*Writes*) echo '{"tool_calls":[{"id":"1","name":"note","arguments":{"text":"hello"}}],"usage":{"input_tokens":5,"output_tokens":1}}';;
  *additionalProperties*) echo '{"json":{"ok":true},"usage":{"input_tokens":5,"output_tokens":1}}';;
  *) echo '{"text":"ready","model":"good-1","usage":{"input_tokens":5,"output_tokens":1}}';;
esac)");

  ModelCheck row = checked("good/x");

  EXPECT_TRUE(row.answers) << row.failure;
  EXPECT_TRUE(row.structured) << row.failure;
  EXPECT_TRUE(row.tools) << row.failure;
  EXPECT_EQ(row.failure, "");
  EXPECT_EQ(folder_.read("good.count"), "x\nx\nx\n") << "three questions";
}

TEST_F(ModelsTest, OneThatOnlyTalksIsNotTakenForMore) {
  program("talker", R"(echo '{"text":"ready"}')");

  ModelCheck row = checked("talker/x");

  EXPECT_TRUE(row.answers);
  EXPECT_FALSE(row.structured);
  EXPECT_FALSE(row.tools);
  EXPECT_FALSE(row.usage) << "what was not reported is not there";
}

TEST_F(ModelsTest, OneThatDoesNotAnswerIsAskedOnceAndItsReasonKept) {
  program("shut", "echo 'the door is shut' >&2\nexit 76\n");

  ModelCheck row = checked("shut/x");

  EXPECT_FALSE(row.answers);
  EXPECT_THAT(row.failure, HasSubstr("the door is shut"));
  EXPECT_EQ(folder_.read("shut.count"), "x\n");
}

TEST_F(ModelsTest, EachModelIsCheckedOnceWhateverStagesUseIt) {
  program("talker", R"(echo '{"text":"ready"}')");
  config_.add("factory.model", "talker/x");

  ASSERT_GIVES(auto rows, check_models(*context_, config_, {}));

  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_THAT(rows[0].stages, ElementsAre("plan", "scout", "build", "test", "review"));
}

TEST_F(ModelsTest, AWrongNameIsAFailureOfItsRowAndNoError) {
  EXPECT_NE(checked("nonsense").failure, "");
  EXPECT_NE(checked("unheard-of/x").failure, "");
}

TEST_F(ModelsTest, AWishToStopEndsTheCheck) {
  program("talker", R"(echo '{"text":"ready"}')");
  cancel_.request();

  auto rows = check_models(*context_, config_, {"talker/x"});

  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().fault, Fault::kCancelled);
}

TEST_F(ModelsTest, SettingsForRunsAreThoseOfTheBaseOnceItIsTrusted) {
  place_.write(".gitfactory", "[factory]\n\tmodel = ollama/tracked\n");
  place_.commit("settings");
  auto untrusted = settings_for_runs(*context_);
  EXPECT_FALSE(untrusted.ok() && untrusted->get("factory.model", "") == "ollama/tracked")
      << "nothing of it is believed before";

  place_.git("config factory.trusted " + place_.git("rev-parse HEAD:.gitfactory").substr(0, 40));
  ASSERT_NO_FATAL_FAILURE(reopen(false));

  ASSERT_GIVES(auto config, settings_for_runs(*context_));
  EXPECT_EQ(config.get("factory.model", ""), "ollama/tracked");
}

TEST(ModelRowJsonTest, AnUnknownPriceIsLeftOutAndNotZero) {
  ModelRow row;
  row.stage = "plan";
  EXPECT_TRUE(to_json(row).get("input_pico_usd").is_null());
  row.about.input_pico = 3;
  EXPECT_EQ(to_json(row).get_int("input_pico_usd"), 3);
  EXPECT_EQ(to_json(ModelCheck{}).get("answers").as_bool(), false);
}

}  // namespace
}  // namespace gf::setup

// What the records promise: what is written is read back, and what is wrong is named.
#include <gmock/gmock.h>

#include <functional>

#include "record/run.h"
#include "record/spec.h"
#include "support/assertions.h"
#include "support/golden.h"
#include "unit/record/filled.h"

namespace gf::record {
namespace {

/// One that is full, with text in it that could be taken for Markdown.
Spec hostile_spec() {
  Spec spec = test::spec();
  spec.title = "Give 404 | for `missing` items";
  spec.intent = "A <b>clear</b> answer\n# not a heading";
  spec.request = "Line one\n# Heading\n```\n| a | b |\n<script>";
  spec.touchpoints = {"app/items.py"};
  spec.introduces = {"app/errors.py"};
  Criterion& criterion = spec.acceptance_criteria[0];
  criterion.given = "no item 9";
  criterion.when = "GET /items/9";
  criterion.then = {{"status", "equals", 404}, {"body", "contains", "a|b `c`\n"}};
  criterion.source = "'404'";
  spec.out_of_scope = {"paging"};
  spec.assumptions = {{"A1", "ids are numbers"}};
  spec.changelog = {"Fixed", "Missing items give 404."};
  return spec;
}

TEST(Spec, IsReadBackAsWritten) {
  Json json = to_json(hostile_spec());
  ASSERT_GIVES(Spec spec, spec_from_json(json));
  EXPECT_EQ(to_json(spec).dump(), json.dump());
  EXPECT_EQ(spec.unknown.dump(), R"({"later":1})");
}

TEST(Spec, ANewerVersionIsRefused) {
  Json json = to_json(hostile_spec());
  auto result = spec_from_json(json.set("v", 2));
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, testing::HasSubstr("version 2"));
  EXPECT_THAT(result.error().hint, testing::HasSubstr("upgrade"));
}

TEST(Spec, AWrongTypeIsNamed) {
  for (const char* member : {"title", "constraints", "acceptance_criteria", "changelog"}) {
    Json json = to_json(hostile_spec());
    auto result = spec_from_json(json.set(member, 7));
    ASSERT_FALSE(result.ok()) << member;
    EXPECT_THAT(result.error().message, testing::HasSubstr(member));
  }
  EXPECT_FALSE(spec_from_json(Json(3)).ok());
  EXPECT_FALSE(spec_from_json(Json::object({{"v", "two"}})).ok());
}

TEST(SpecRecord, HostileTextDoesNotBecomeStructure) {
  std::string text = to_markdown(hostile_spec());
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\n# not")));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("> <script")));
  gf::test::expect_golden("spec.md", text);
}

TEST(Exchange, ARequestIsReadBackAndNamedByItsContent) {
  ModelRequest request = test::request();
  ASSERT_GIVES(ModelRequest back, request_from_json(to_json(request)));
  EXPECT_EQ(to_json(back).dump(), to_json(request).dump());
  EXPECT_EQ(request_key(back).hex(), request_key(request).hex());
  ++back.turn;
  EXPECT_NE(request_key(back).hex(), request_key(request).hex());
  EXPECT_EQ(content_id("").hex(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

TEST(Exchange, TheKeyIsOfTheWholeRequestSealedOrNot) {
  ModelRequest request;
  request.stage = "build";
  request.max_output_tokens = 9;
  request.schema = Json::object({{"messages", Json::array({"\"messages\":["})}});
  EXPECT_EQ(request_key(request), content_id(to_json(request).dump())) << "without messages";
  request.messages = {{Message::Role::kSystem, "\"messages\":[ \xff", {}, "", ""},
                      {Message::Role::kTool, "x", {}, "c1", "read"}};
  Oid key = content_id(to_json(request).dump());
  EXPECT_EQ(request_key(request), key);
  for (Message& message : request.messages) seal(message);
  EXPECT_EQ(request_key(request), key);
}

TEST(Message, WhatIsSealedIsNeverAnOlderMessages) {
  Message message{
      Message::Role::kAssistant, "hi", {{"c1", "read", Json::object({{"path", "a"}}), ""}}, "", ""};
  seal(message);
  EXPECT_EQ(canonical(message), message.sealed) << "made once";
  EXPECT_EQ(canonical(Message(message)), message.sealed) << "shared by a copy";
  auto changes = [&](const std::function<void(Message&)>& change) {
    Message changed = message;
    change(changed);
    EXPECT_EQ(canonical(changed)->text, to_json(changed).dump());
    EXPECT_EQ(canonical(changed)->id, content_id(to_json(changed).dump()));
    EXPECT_NE(canonical(changed)->text, message.sealed->text);
  };
  changes([](Message& changed) { changed.role = Message::Role::kUser; });
  changes([](Message& changed) { changed.content = "ho"; });
  changes([](Message& changed) { changed.tool_calls.clear(); });
  changes([](Message& changed) { changed.tool_calls[0].id = "c2"; });
  changes([](Message& changed) { changed.tool_calls[0].name = "grep"; });
  changes([](Message& changed) { changed.tool_calls[0].arguments.set("path", "b"); });
  changes([](Message& changed) { changed.tool_calls[0].malformed = "x"; });
  Message tool{Message::Role::kTool, "hi", {}, "c1", "read"};
  seal(tool);
  tool.tool_call_id = "c2";
  EXPECT_EQ(canonical(tool)->text, to_json(tool).dump());
  tool.tool_call_id = "c1";
  tool.tool_name = "grep";
  EXPECT_EQ(canonical(tool)->text, to_json(tool).dump());
}

TEST(Cost, IsShownWithAllThatMatters) {
  auto shown = [](int64_t pico) { return to_text(Cost{pico, "provider"}); };
  EXPECT_EQ(to_text(Cost{}), "unpriced");
  EXPECT_EQ(shown(0), "$0.0000");
  EXPECT_EQ(shown(13'200'000'000), "$0.0132");
  EXPECT_EQ(shown(12'000'000), "$0.000012");
  EXPECT_EQ(shown(1'500'000'000'000), "$1.5000");
  EXPECT_EQ(shown(999'999'999'999), "$1.0000");
  EXPECT_EQ(shown(1), "$0.000000000001");
}

TEST(Cost, ASumWithAnUnpricedPartIsUnpriced) {
  EXPECT_EQ((Cost{2, "local"} + Cost{3, "local"}).pico_usd, 5);
  EXPECT_FALSE((Cost{2, "local"} + Cost{}).pico_usd.has_value());
}

TEST(Gate, CoverageIsKeptAsRangesAndReadBack) {
  GateOutcome outcome = test::gate();
  Json json = to_json(outcome);
  EXPECT_EQ(json.get("coverage").get("a.py").get_string("executed"), "1-3,5");
  ASSERT_GIVES(GateOutcome back, gate_outcome_from_json(json));
  EXPECT_EQ(to_json(back).dump(), json.dump());
  EXPECT_FALSE(gate_outcome_from_json(Json::object({{"status", "fine"}})).ok());
}

TEST(Run, RecordsAreReadBack) {
  ASSERT_GIVES(RunRecord run, run_from_json(to_json(test::run())));
  EXPECT_EQ(to_json(run).dump(), to_json(test::run()).dump());
  EXPECT_EQ(run.unknown.dump(), R"({"later":{"x":1}})");
  ASSERT_GIVES(StageRecord stage, stage_from_json(to_json(test::stage())));
  EXPECT_EQ(to_json(stage).dump(), to_json(test::stage()).dump());
  EXPECT_FALSE(stage_from_json(Json::object({{"status", "odd"}, {"failure", "none"}})).ok());
  ASSERT_GIVES(Verdict verdict, verdict_from_json(to_json(test::verdict())));
  EXPECT_EQ(to_json(verdict).dump(), to_json(test::verdict()).dump());
}

TEST(Run, FirstTryNeedsADeliveryWithoutASecondAttempt) {
  RunRecord run;
  run.status = RunStatus::kDelivered;
  StageRecord stage;
  stage.status = StageStatus::kPass;
  EXPECT_TRUE(metrics_of(run, {stage, stage}).first_try);
  StageRecord again = stage;
  again.attempt = 2;
  EXPECT_FALSE(metrics_of(run, {stage, again}).first_try);
  StageRecord failed = stage;
  failed.status = StageStatus::kFail;
  EXPECT_FALSE(metrics_of(run, {failed}).first_try);
  run.status = RunStatus::kRejected;
  EXPECT_FALSE(metrics_of(run, {stage}).first_try);
}

}  // namespace
}  // namespace gf::record

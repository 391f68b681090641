// llama.cpp's server with a random model: real grammar, real tokens, real limits.
#include "services/service.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

class Llama : public Beside {};

Json schema() {
  return Json::parse(R"({"type":"object","properties":{"verdict":{"enum":["pass","fail"]},
    "sure":{"type":"boolean"}},"required":["verdict","sure"],"additionalProperties":false})")
      .value();
}

TEST_F(Llama, AGrammarBindsEvenARandomModel) {
  record::ModelRequest request = asking("Judge this.");
  request.schema = schema();
  request.temperature = 0;
  auto asked = provider("openai", "tiny");
  for (int round = 0; round < 3; ++round) {
    ASSERT_GIVES(auto reply, asked->ask(request, cancel_));
    ASSERT_TRUE(reply.answer) << reply.text;
    ASSERT_GIVES(auto json, Json::parse(reply.answer->message.content));
    EXPECT_THAT(json.get_string("verdict"), ::testing::AnyOf("pass", "fail"));
    EXPECT_TRUE(json.get("sure").as_bool().has_value());
    EXPECT_EQ(reply.answer->finish, "stop");
    EXPECT_EQ(reply.answer->usage.source, "reported");
    // A token is a byte here, so the count can be told beforehand, nearly.
    EXPECT_GT(reply.answer->usage.input_total.value_or(0), 30);
    EXPECT_LT(reply.answer->usage.input_total.value_or(0), 200);
    EXPECT_GT(reply.answer->usage.output_total.value_or(0), 20);
    EXPECT_EQ(reply.answer->cost.basis, "unpriced");
  }
}

TEST_F(Llama, TooLongAConversationIsAnOverflow) {
  ASSERT_GIVES(auto reply,
               provider("openai", "tiny")->ask(asking(std::string(20'000, 'x')), cancel_));
  EXPECT_FALSE(reply.answer);
  EXPECT_EQ(reply.failure, ModelFailure::kOverflow) << reply.text;
}

TEST_F(Llama, ACutAnswerIsNoAnswerAndIsPaid) {
  max_output_ = "16";
  // The model is random but always the same, and never warm: where it ends is known.
  record::ModelRequest request = asking("Say much.");
  request.temperature = 0;
  ASSERT_GIVES(auto reply, provider("openai", "tiny")->ask(request, cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kTruncated) << reply.text;
  ASSERT_TRUE(reply.paid);
  EXPECT_EQ(reply.paid->usage.output_total, 16);
}

TEST_F(Llama, AnswersInAnthropicsDialectToo) {
  max_output_ = "16";
  record::ModelRequest request = asking("Say much.");
  request.temperature = 0;
  ASSERT_GIVES(auto reply, provider("anthropic", "tiny")->ask(request, cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kTruncated) << reply.text;
  ASSERT_TRUE(reply.paid);
  EXPECT_GT(reply.paid->usage.input_total.value_or(0), 10);
  EXPECT_EQ(reply.paid->usage.output_total, 16);
  ASSERT_GIVES(auto over,
               provider("anthropic", "tiny")->ask(asking(std::string(20'000, 'x')), cancel_));
  EXPECT_EQ(over.failure, ModelFailure::kOverflow) << over.text;
}

TEST_F(Llama, AStopIsHeardWhileItAnswers) {
  max_output_ = "400";
  auto asked = provider("openai", "tiny");
  asked->on_progress([&](const Progress&) { cancel_.request(); });
  ASSERT_GIVES(auto reply, asked->ask(asking("Say very much."), cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kCancelled) << reply.text;
}

}  // namespace
}  // namespace gf::model

// aimock in the three dialects: its fixtures are in aimock/fixtures.json.
#include "services/service.h"

namespace gf::model {
namespace {

using record::Json;
using record::Message;
using record::ModelFailure;
using ::testing::HasSubstr;

class Aimock : public Beside, public ::testing::WithParamInterface<const char*> {
 protected:
  Reply say(const std::string& text) {
    auto asked = provider(GetParam(), "m-1");
    auto reply = asked->ask(asking(text), cancel_);
    EXPECT_TRUE(test::is_done(reply));
    return reply.ok() ? *reply : Reply{};
  }
};

TEST_P(Aimock, AStreamIsPutTogether) {
  Reply reply = say("tell the long story");
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content,
            "Once upon a time there was a \"quoted\" line\nand a second one, with \xC3\xA9.");
  EXPECT_EQ(reply.answer->finish, "stop");
  EXPECT_THAT(reply.answer->model, HasSubstr("m-1"));
}

TEST_P(Aimock, AToolRoundGoesThereAndBack) {
  record::ModelRequest request = asking("read the file");
  Json parameters = Json::parse(R"({"type":"object","properties":{"path":{"type":"string"}},
    "required":["path"]})")
                        .value();
  request.tools.push_back({"read_file", "Read a file.", parameters});
  auto asked = provider(GetParam(), "m-1");
  ASSERT_GIVES(auto first, asked->ask(request, cancel_));
  ASSERT_TRUE(first.answer) << first.text;
  EXPECT_EQ(first.answer->finish, "tool_calls");
  ASSERT_EQ(first.answer->message.tool_calls.size(), 1u);
  const record::ToolCall& call = first.answer->message.tool_calls[0];
  EXPECT_EQ(call.name, "read_file");
  EXPECT_EQ(call.arguments.get_string("path"), "app/x.py");
  EXPECT_EQ(call.malformed, "");
  request.messages.push_back(first.answer->message);
  request.messages.push_back({Message::Role::kTool, "x = 1", {}, call.id, call.name});
  request.turn = 2;
  ASSERT_GIVES(auto second, asked->ask(request, cancel_));
  ASSERT_TRUE(second.answer) << second.text;
  EXPECT_EQ(second.answer->message.content, "The file sets x.");
}

TEST_P(Aimock, FailuresAreOfTheirClass) {
  Reply limited = say("be rate limited");
  EXPECT_EQ(limited.failure, ModelFailure::kRateLimited) << limited.text;
  EXPECT_TRUE(limited.retry_after);
  EXPECT_EQ(say("be unavailable").failure, ModelFailure::kRateLimited);
  EXPECT_EQ(say("break inside").failure, ModelFailure::kTransport);
  EXPECT_EQ(say("know me not").failure, ModelFailure::kAuth);
  Reply nobody = say("no fixture is for this");
  EXPECT_FALSE(nobody.answer);
}

TEST_P(Aimock, ABrokenStreamIsNoAnswer) {
  for (const char* text : {"break off early", "hang up soon"}) {
    Reply reply = say(text);
    EXPECT_FALSE(reply.answer) << text;
    EXPECT_EQ(reply.failure, ModelFailure::kTransport) << text << ": " << reply.text;
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, Aimock, ::testing::Values("openai", "anthropic", "ollama"),
                         [](const auto& it) { return std::string(it.param); });

}  // namespace
}  // namespace gf::model

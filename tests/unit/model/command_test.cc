// Programs as models: real small programs, good and bad ones.
#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "model/provider.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/folder.h"
#include "support/loopback.h"

namespace gf::model {
namespace {

using record::ModelFailure;
using ::testing::HasSubstr;
using ::testing::Not;

class CommandTest : public ::testing::Test {
 protected:
  /// As the program does: one that ends without reading its input must not end us.
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
  /// A provider `p` that runs this script.
  std::unique_ptr<Provider> provider(const std::string& script, Settings more = {}) {
    std::string path = folder_.write("model program", script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    Context context;
    context.settings = {{"factory.provider.p.kind", "command"},
                        {"factory.provider.p.command", "'./model program' one 'two words'"}};
    context.settings.add(more);
    context.workdir = folder_.path();
    const char* search = std::getenv("PATH");
    context.environment = {{"PATH", search == nullptr ? "/usr/bin:/bin" : search},
                           {"OPENAI_API_KEY", "k-value"}};
    for (const auto& [name, value] : extra_) context.environment[name] = value;
    context.clock = &clock_;
    return make_provider({"p", "m/1"}, context).value();
  }
  Reply ask(const std::string& script, Settings more = {}) {
    record::ModelRequest request;
    request.stage = "plan";
    request.messages.push_back({record::Message::Role::kUser, "hello", {}, {}, {}});
    return provider(script, std::move(more))->ask(request, Cancel()).value();
  }
  test::TempFolder folder_;
  test::StandingClock clock_;
  proc::Environment extra_;
};

TEST_F(CommandTest, TellsTheRequestAndTheModelAndTakesTheAnswer) {
  Reply reply = ask("#!/bin/sh\ncat > asked\necho \"$1|$2\" > words\necho '{\"text\": \"hi\"}'\n");
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, "hi");
  EXPECT_EQ(reply.answer->model, "m/1");
  EXPECT_EQ(folder_.read("words"), "one|two words\n");
  ASSERT_GIVES(auto asked, record::Json::parse(folder_.read("asked")));
  EXPECT_EQ(asked.get_int("version"), 1);
  EXPECT_EQ(asked.get_string("model"), "m/1");
  EXPECT_EQ(asked.get_string("stage"), "plan");
  EXPECT_TRUE(asked.has("deadline") && asked.has("budget"));
  EXPECT_EQ(asked.get("messages").items().at(0).get_string("content"), "hello");
}

TEST_F(CommandTest, ExitStatusesAreClassesOfFailure) {
  const std::vector<std::pair<int, ModelFailure>> table = {
      {75, ModelFailure::kRateLimited}, {76, ModelFailure::kAuth},
      {77, ModelFailure::kConfig},      {124, ModelFailure::kTransport},
      {127, ModelFailure::kConfig},     {1, ModelFailure::kTransport}};
  for (const auto& [status, failure] : table) {
    Reply reply = ask("#!/bin/sh\necho first >&2; echo 'last \033[31mline' >&2\nexit " +
                      std::to_string(status));
    EXPECT_FALSE(reply.answer);
    EXPECT_EQ(reply.failure, failure) << status;
    EXPECT_THAT(reply.text, HasSubstr("last "));
    EXPECT_THAT(reply.text, Not(HasSubstr("\033")));
    EXPECT_THAT(reply.text, Not(HasSubstr("first")));
  }
}

TEST_F(CommandTest, EveryMalformedAnswerIsBadOutputInOneLine) {
  for (const std::string print :
       {"true", "printf '   \\n'", "echo no json here", "echo '[1,2]'", "echo '{\"text\": 5}'",
        "echo '{}'", "echo '{\"text\":\"a\",\"tool_calls\":{}}'", "printf '{\"text\":\"\\377\"}'",
        "echo '{\"tool_calls\":[5]}'", "echo '{\"text\": \"cut'",
        "head -c 10000000 /dev/zero | tr '\\0' '{'"}) {
    Reply reply = ask("#!/bin/sh\n" + print + "\n");
    EXPECT_FALSE(reply.answer) << print;
    EXPECT_EQ(reply.failure, ModelFailure::kBadOutput) << print;
    EXPECT_FALSE(reply.text.empty());
    EXPECT_THAT(reply.text, Not(HasSubstr("\n")));
  }
}

TEST_F(CommandTest, ProseAroundTheAnswerIsForgiven) {
  Reply reply = ask("#!/bin/sh\necho 'Sure! {\"json\": {\"b\": [1]}} Bye'\n");
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, "{\"b\":[1]}");
}

TEST_F(CommandTest, ArgumentsAsTextAreParsedAndBadOnesAreKept) {
  Reply reply =
      ask("#!/bin/sh\ncat "
          "<<'E'\n{\"tool_calls\":[{\"id\":\"a\",\"name\":\"r\",\"arguments\":\"{\\\"x\\\":1}\"},"
          "{\"name\":\"r\",\"arguments\":\"{oops\"},{\"name\":\"r\"}]}\nE\n");
  ASSERT_TRUE(reply.answer) << reply.text;
  const auto& calls = reply.answer->message.tool_calls;
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(calls[0].arguments.get_int("x"), 1);
  EXPECT_EQ(calls[1].malformed, "{oops");
  EXPECT_EQ(calls[2].malformed, "");
}

TEST_F(CommandTest, CostsAreExact) {
  const std::vector<std::pair<std::string, std::optional<int64_t>>> table = {
      {"0.1", 100000000000},   {"\"0.000000000001\"", 1}, {"1e-07", 100000},
      {"3", 3000000000000},    {"\"-1\"", std::nullopt},  {"\"1e-99999999999\"", std::nullopt},
      {"1e300", std::nullopt}, {"\"x\"", std::nullopt}};
  for (const auto& [text, pico] : table) {
    Reply reply = ask("#!/bin/sh\necho '{\"text\":\"a\",\"cost_usd\":" + text + "}'\n");
    ASSERT_TRUE(reply.answer) << reply.text;
    EXPECT_EQ(reply.answer->cost.pico_usd, pico) << text;
  }
}

TEST_F(CommandTest, SeesOnlyTheVariablesThatAreNamed) {
  std::string script = "#!/bin/sh\necho \"{\\\"text\\\": \\\"$OPENAI_API_KEY\\\"}\"\n";
  EXPECT_EQ(ask(script).answer->message.content, "");
  Reply named = ask(script, {{"factory.provider.p.environment", "OPENAI_API_KEY"}});
  EXPECT_EQ(named.answer->message.content, "k-value");
}

TEST_F(CommandTest, ATimeLimitEndsIt) {
  Reply reply = ask("#!/bin/sh\nexec tail -f /dev/null\n", {{"factory.provider.p.timeout", "1"}});
  EXPECT_EQ(reply.failure, ModelFailure::kTransport);
  EXPECT_THAT(reply.text, HasSubstr("within 1 s"));
}

TEST_F(CommandTest, TheProgramForOpenAiServersTalksToOne) {
  test::Loopback server(test::Loopback::ok(
      R"({"model":"served","choices":[{"message":{"content":null,"tool_calls":[{"id":"c1","type":"function",)"
      R"("function":{"name":"read","arguments":"{\"p\":1}"}}]},"finish_reason":"tool_calls"}],)"
      R"("usage":{"prompt_tokens":7,"completion_tokens":2}})"));
  extra_ = {{"OPENAI_BASE_URL", server.url() + "/v1"}};
  Settings more = {{"factory.provider.p.environment", "OPENAI_BASE_URL"},
                   {"factory.provider.p.environment", "OPENAI_API_KEY"}};
  std::string program = std::string(GF_SOURCE_DIR) + "/templates/providers/openai-compatible.py";
  Reply reply = ask("#!/bin/sh\nexec python3 '" + program + "'\n", more);
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->model, "served");
  EXPECT_EQ(reply.answer->usage.input_total, 7);
  EXPECT_EQ(reply.answer->message.tool_calls.at(0).arguments.get_int("p"), 1);
  EXPECT_THAT(server.request(), HasSubstr("POST /v1/chat/completions"));
  EXPECT_THAT(server.request(), HasSubstr("Bearer k-value"));
}

TEST_F(CommandTest, TheProgramForOpenAiServersTellsARateLimit) {
  test::Loopback server(test::Loopback::ok("slow down", "429 Too Many Requests"));
  extra_ = {{"OPENAI_BASE_URL", server.url()}};
  std::string program = std::string(GF_SOURCE_DIR) + "/templates/providers/openai-compatible.py";
  Reply reply = ask("#!/bin/sh\nexec python3 '" + program + "'\n",
                    {{"factory.provider.p.environment", "OPENAI_BASE_URL"}});
  EXPECT_EQ(reply.failure, ModelFailure::kRateLimited);
  EXPECT_THAT(reply.text, HasSubstr("slow down"));
}

}  // namespace
}  // namespace gf::model

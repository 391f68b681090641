// `git factory models`: what is configured, what could be, and what works.
#include <gmock/gmock.h>

#include "e2e/factory.h"
#include "support/acting_server.h"

namespace gf::test {
namespace {

using record::Json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ModelsTest : public FactoryTest {
 protected:
  ModelsTest() {
    repo_.write("a", "1");
    repo_.commit("one");
  }
  void use(const std::string& name, const std::string& kind, const std::string& url) {
    repo_.git({"config", "factory.provider." + name + ".kind", kind});
    repo_.git({"config", "factory.provider." + name + ".url", url});
    repo_.git({"config", "--add", "factory.model", name + "/gpt-4o"});
  }
};

TEST_F(ModelsTest, NothingConfiguredIsToldWithWhatWasFoundHere) {
  ActingServer ollama(
      answers("200 OK", R"({"models":[{"name":"llama3:8b"},{"name":"qwen2.5-coder:7b"}]})"));
  std::string key = std::string("sk-") + "nobodys";
  Ran ran = factory_with({{"OLLAMA_HOST", ollama.host()}, {"OPENAI_API_KEY", key}}, {"models"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no model is configured"));
  EXPECT_THAT(ran.out, HasSubstr("git config --add factory.model ollama/qwen2.5-coder:7b"));
  EXPECT_THAT(ran.out, HasSubstr("git config --add factory.model openai/gpt-4.1"));
  EXPECT_THAT(ran.out, Not(HasSubstr(key)));
  EXPECT_EQ(factory({"models", "check"}).exit_code, 128);
}

TEST_F(ModelsTest, EachStagesChainIsListedWithPriceAndContext) {
  use("web", "openai", "http://127.0.0.1:9/v1");
  repo_.git({"config", "factory.review.model", "anthropic/claude-sonnet-4-5"});
  Ran ran = factory({"models"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("plan, scout, build, test\n  1  web/gpt-4o"));
  EXPECT_THAT(ran.out, HasSubstr("\nreview\n  1  anthropic/claude-sonnet-4-5"));
  EXPECT_THAT(ran.out, HasSubstr("$2.50 in, $10.00 out a million (table:"));
  EXPECT_THAT(ran.out, HasSubstr("context 128000"));
  EXPECT_THAT(ran.out, HasSubstr("cannot answer: ANTHROPIC_API_KEY is not set"));
  Json json = Json::parse(factory({"--json", "models"}).out).value();
  EXPECT_EQ(json.get("models").size(), 5u);
  EXPECT_EQ(json.get("models").items()[4].get_string("stage"), "review");
}

TEST_F(ModelsTest, CheckSaysWhatWorksAndWhoAnswered) {
  ActingServer good([](const Asked& asked, Peer& peer) {
    bool tools = asked.body.find("\"tools\"") != std::string::npos;
    std::string message =
        tools
            ? R"({"content":null,"tool_calls":[{"id":"a","function":{"name":"note","arguments":"{\"text\":\"hello\"}"}}]})"
            : R"({"content":"{\"ok\": true}"})";
    peer.send(http_answer(
        "200 OK",
        R"({"id":"c","model":"gpt-4o-2024-08-06","choices":[{"message":)" + message +
            R"(,"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100}})"));
  });
  use("good", "openai", good.url());
  Ran ran = factory({"models", "check"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("as gpt-4o-2024-08-06, structured output yes, tools yes, usage "
                                 "reported, 3000/300 tokens $0.0105"));
  ActingServer poor(openai_says("ready", "tiny"));
  ActingServer barred(answers("401 Unauthorized", R"({"error":{"message":"no such key"}})"));
  use("poor", "openai", poor.url());
  use("barred", "openai", barred.url());
  ran = factory({"models", "check"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("as tiny, structured output no, tools no"));
  EXPECT_THAT(ran.out, HasSubstr("barred/gpt-4o  no: auth: 401 not allowed in: no such key"));
  EXPECT_EQ(factory({"models", "check", "good/gpt-4o"}).exit_code, 0);
}

}  // namespace
}  // namespace gf::test

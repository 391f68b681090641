// Scripts, the record, references and what is suggested.
#include <gmock/gmock.h>

#include "model/provider.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/folder.h"
#include "support/loopback.h"

namespace gf::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Reference, TheFirstSlashSplitsAndHostileNamesAreRefused) {
  ASSERT_GIVES(auto reference, Reference::parse("p/a/b:7b"));
  EXPECT_EQ(reference.model, "a/b:7b");
  for (const char* bad : {"", "p", "/m", "p/", "-p/m", "p/a\nb", "p/\xff"}) {
    EXPECT_FALSE(Reference::parse(bad).ok()) << bad;
  }
}

TEST(References, AStagesOwnModelsGoBeforeTheGeneralOnes) {
  Settings settings = {{"factory.model", "a/b"}, {"factory.plan.model", "c/d"}};
  EXPECT_THAT(references_for(settings, "plan"), ElementsAre("c/d"));
  EXPECT_THAT(references_for(settings, "build"), ElementsAre("a/b"));
}

TEST(MakeProvider, AKindThatIsNotThereSaysWhatToSet) {
  auto known = make_provider({"recorded", "m"}, Context{});
  ASSERT_FALSE(known.ok());
  EXPECT_EQ(known.error().message, "the 'recorded' provider is not built into this version");
  auto unknown = make_provider({"nobody", "m"}, Context{});
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().hint, HasSubstr("factory.provider.nobody.kind"));
}

TEST(Scripted, AnswersFromItsFileAndNamesTheOneThatIsMissing) {
  test::TempFolder folder;
  folder.write("s/plan.1.1.json", R"({"content":{"a":1},"usage":{"input_total":3}})");
  Context context;
  context.data_dir = folder.path();
  context.settings = {{"factory.provider.scripted.path", "."}};
  ASSERT_GIVES(auto provider, make_provider({"scripted", "s"}, context));
  record::ModelRequest request;
  request.stage = "plan";
  ASSERT_GIVES(auto reply, provider->ask(request, Cancel()));
  ASSERT_TRUE(reply.answer);
  EXPECT_EQ(reply.answer->model, "scripted");
  EXPECT_EQ(reply.answer->message.content, "{\"a\":1}");
  EXPECT_EQ(reply.answer->usage.input_total, 3);
  request.turn = 2;
  ASSERT_GIVES(auto missing, provider->ask(request, Cancel()));
  EXPECT_EQ(missing.failure, record::ModelFailure::kConfig);
  EXPECT_THAT(missing.text, HasSubstr("plan.1.2.json"));
  EXPECT_FALSE(make_provider({"scripted", "../s"}, context).ok());
}

TEST(Recorded, AMissNamesTheFirstDifference) {
  record::Exchange exchange;
  exchange.request.stage = "plan";
  exchange.request.messages.push_back({record::Message::Role::kUser, "hello", {}, {}, {}});
  exchange.answer = record::ModelAnswer{};
  exchange.answer->message.content = "kept";
  Recorded recorded({"p", "m"}, {exchange});
  ASSERT_GIVES(auto hit, recorded.ask(exchange.request, Cancel()));
  EXPECT_EQ(hit.answer->message.content, "kept");
  exchange.request.messages[0].content = "help";
  ASSERT_GIVES(auto miss, recorded.ask(exchange.request, Cancel()));
  EXPECT_EQ(miss.failure, record::ModelFailure::kConfig);
  EXPECT_THAT(
      miss.text,
      HasSubstr("plan 1 turn 1: message 1 (user) differs at byte 3: 'help' instead of 'hello'"));
  exchange.request.messages[0].content = "hello";
  exchange.request.tools.push_back({"grep", "", {}});
  ASSERT_GIVES(auto tool, recorded.ask(exchange.request, Cancel()));
  EXPECT_THAT(tool.text, HasSubstr("1 tool instead of 0"));
  exchange.request.tools.clear();
  exchange.request.temperature = 0.5;
  ASSERT_GIVES(auto warm, recorded.ask(exchange.request, Cancel()));
  EXPECT_THAT(warm.text, HasSubstr("the temperature is 0.5 instead of none"));
}

TEST(Recorded, AFailureThatWasAnsweredInAnotherWayFailsAgain) {
  record::Exchange failed;
  failed.request.stage = "build";
  failed.failure = record::ModelFailure::kOverflow;
  failed.failure_text = "too long";
  Recorded recorded({"p", "m"}, {failed});
  ASSERT_GIVES(auto reply, recorded.ask(failed.request, Cancel()));
  EXPECT_EQ(reply.failure, record::ModelFailure::kOverflow);
  EXPECT_EQ(reply.again, Reply::Again::kNo);
  EXPECT_FALSE(recorded.knows(failed.request));
  // Who failed first and answered then is asked once.
  record::Exchange answered = failed;
  answered.answer = record::ModelAnswer{};
  Recorded both({"p", "m"}, {failed, answered});
  EXPECT_TRUE(both.knows(failed.request));
  EXPECT_TRUE(both.ask(failed.request, Cancel()).value().answer);
}

TEST(Suggestions, NameALocalOllamaAndKeysButNoValues) {
  test::Loopback server(test::Loopback::ok(R"({"models":[{"name":"qwen2.5-coder:7b"}]})"));
  auto found = suggestions({{"OLLAMA_HOST", server.host()}, {"OPENAI_API_KEY", "v"}}, Cancel());
  EXPECT_THAT(found, ElementsAre("ollama at " + server.host() + " has qwen2.5-coder:7b",
                                 "OPENAI_API_KEY is set"));
}

}  // namespace
}  // namespace gf::model

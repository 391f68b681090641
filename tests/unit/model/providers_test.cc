// Scripts, references and what is suggested.
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

TEST(Suggestions, NameALocalOllamaAndKeysButNoValues) {
  test::Loopback server(test::Loopback::ok(R"({"models":[{"name":"qwen2.5-coder:7b"}]})"));
  auto found = suggestions({{"OLLAMA_HOST", server.host()}, {"OPENAI_API_KEY", "v"}}, Cancel());
  EXPECT_THAT(found, ElementsAre("ollama at " + server.host() + " has qwen2.5-coder:7b",
                                 "OPENAI_API_KEY is set"));
}

}  // namespace
}  // namespace gf::model

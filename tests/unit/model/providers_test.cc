// Scripts, references and what is suggested.
#include <gmock/gmock.h>

#include <filesystem>

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
  Environment both = {{"OLLAMA_HOST", server.host()}, {"OPENAI_API_KEY", "v"}};
  std::vector<std::string> found;
  for (const Proposal& way : proposals(both, Cancel())) found.push_back(way.found);
  EXPECT_THAT(found, ElementsAre("ollama at " + server.host() + " has qwen2.5-coder:7b",
                                 "OPENAI_API_KEY is set"));
}

TEST(Suggestions, TheShortestWayIsALineToPaste) {
  using ::testing::StartsWith;
  const std::pair<std::string, std::string> nobody = {"OLLAMA_HOST", "127.0.0.1:9"};
  test::Loopback full(
      test::Loopback::ok(R"({"models":[{"name":"llama3"},{"name":"qwen2.5-coder:7b"}]})"));
  test::Loopback empty(test::Loopback::ok(R"({"models":[]})"));
  test::TempFolder bin;
  bin.write("codex", "#!/bin/sh\n");
  std::filesystem::permissions(bin / "codex", std::filesystem::perms::owner_all);
  struct Case {
    Environment here;
    std::string found, command;
  };
  const Case cases[] = {
      {{nobody},
       "nothing that answers was found here",
       "export ANTHROPIC_API_KEY=<key> && git config --add factory.model anthropic/"},
      {{{"OLLAMA_HOST", full.host()}},
       "ollama at ",
       "git config --add factory.model ollama/qwen2.5-coder:7b"},
      {{{"OLLAMA_HOST", empty.host()}},
       "ollama at ",
       "ollama pull qwen2.5-coder:7b && git config --add factory.model ollama/qwen2.5-coder:7b"},
      {{nobody, {"OPENAI_API_KEY", "v"}},
       "OPENAI_API_KEY is set",
       "git config --add factory.model openai/"},
      {{nobody, {"GEMINI_API_KEY", "v"}},
       "GEMINI_API_KEY is set",
       "git config factory.provider.gemini-api.kind openai && git config "},
      {{nobody, {"PATH", bin.path()}},
       "the program codex is on PATH",
       "git config --add factory.model codex/"},
      {{nobody, {"OPENAI_API_KEY", "v"}, {"PATH", bin.path()}},
       "OPENAI_API_KEY is set; 'git factory models' shows 1 more way",
       "git config --add factory.model openai/"},
  };
  for (const Case& one : cases) {
    ShortestWay way = shortest_way(one.here, Cancel());
    EXPECT_THAT(way.found, StartsWith(one.found));
    EXPECT_THAT(way.command, StartsWith(one.command));
  }
}

}  // namespace
}  // namespace gf::model

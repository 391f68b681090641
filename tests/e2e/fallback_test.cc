// Services that fail: the next one answers, the record tells the story, a cap stops and goes on.
#include <gmock/gmock.h>

#include "e2e/planned.h"
#include "support/acting_server.h"

namespace gf::test {
namespace {

using record::Json;
using ::testing::HasSubstr;
using ::testing::Not;

class FallbackTest : public PlannedTest {
 protected:
  void use(const std::string& name, const ActingServer& server) {
    repo_.git({"config", "factory.provider." + name + ".kind", "openai"});
    repo_.git({"config", "factory.provider." + name + ".url", server.url()});
    repo_.git({"config", "--add", "factory.model", name + "/gpt-4o"});
  }
};

TEST_F(FallbackTest, TheRecordTellsWhoFailedAndWhoAnswered) {
  ActingServer busy(answers("429 Too Many Requests", R"({"error":{"message":"not today"}})",
                            "Retry-After: 9999\r\n"));
  ActingServer page(answers("200 OK", "<html>Please log in</html>", "Content-Type: text/html\r\n"));
  ActingServer cut([](const Asked&, Peer& peer) {
    peer.send(stream_head());
    peer.send("data: {\"model\":\"gpt-4o\",\"choices\":[{\"delta\":{\"content\":\"\xC3");
    peer.reset();
  });
  ActingServer good(openai_says(plan_, "gpt-4o-2024-08-06"));
  use("busy", busy);
  use("page", page);
  use("cut", cut);
  repo_.git({"config", "factory.provider.cut.retries", "0"});
  use("good", good);
  Ran ran = factory({"plan", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("falling back from busy/gpt-4o to page/gpt-4o: rate_limited"));
  std::string shown = factory({"show", "@:plan"}).out;
  EXPECT_THAT(shown, HasSubstr("busy/gpt-4o failed (rate_limited)"));
  EXPECT_THAT(shown, HasSubstr("page/gpt-4o failed (config)"));
  EXPECT_THAT(shown, HasSubstr("a web page came instead of an answer"));
  EXPECT_THAT(shown, HasSubstr("cut/gpt-4o failed (transport)"));
  EXPECT_THAT(shown, HasSubstr("$0.00045, answered by gpt-4o-2024-08-06"));
}

TEST_F(FallbackTest, ACapStopsBeforeTheCallAndAHigherOneGoesOn) {
  ActingServer good(openai_says(plan_, "gpt-4o"));
  use("good", good);
  Ran ran = factory({"plan", "--budget", "0.01", kHealth});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("the budget is used up ($0.0000 spent by the run"));
  EXPECT_THAT(ran.err, HasSubstr("git factory resume --budget <more>"));
  EXPECT_TRUE(good.asked().empty());
  ran = factory({"resume", "--budget", "1"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("planned"));
  EXPECT_EQ(good.asked().size(), 1u);
}

TEST_F(FallbackTest, RunsOfABatchShareACapAndTheRecordNamesIt) {
  ActingServer good(openai_says(plan_, "gpt-4o"));
  use("good", good);
  repo_.git({"config", "factory.batch.budgetCalls", "2"});
  for (const char* slug : {"one", "two"})
    ASSERT_EQ(factory({"plan", "--batch", "spring", "--slug", slug, kHealth}).exit_code, 0);
  Ran third = factory({"plan", "--batch", "spring", "--slug", "three", kHealth});
  EXPECT_EQ(third.exit_code, 128);
  EXPECT_THAT(third.err, HasSubstr("2 calls spent by the batch 'spring'"));
  EXPECT_THAT(third.err, HasSubstr("raise factory.batch.budgetCalls and go on with"));
  EXPECT_THAT(factory({"show", "one"}).out, HasSubstr("Batch:   spring\n"));
  EXPECT_EQ(factory({"plan", "--again", "--slug", "four", kHealth}).exit_code, 0) << "of no batch";
  repo_.git({"config", "factory.batch.budgetCalls", "3"});
  Ran resumed = factory({"resume", "three"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(good.asked().size(), 4u);
  EXPECT_EQ(factory({"plan", "--batch", "Spring Time", kHealth}).exit_code, 129);
}

TEST_F(FallbackTest, NoKeyIsInTheRecordTheOutputOrTheTrace) {
  std::string key = std::string("sk-") + "proj-" + "nobodys0123456789abcdefghij";
  ActingServer echoing([&](const Asked& asked, Peer& peer) {
    std::string sent = asked.header("authorization");
    peer.send(http_answer("401 Unauthorized",
                          R"({"error":{"message":"Incorrect API key provided: )" + sent + "\"}}"));
  });
  use("web", echoing);
  repo_.git({"config", "factory.provider.web.keyVariable", "OPENAI_API_KEY"});
  Ran ran = factory_with({{"OPENAI_API_KEY", key}}, {"plan", kHealth});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_EQ(echoing.asked()[0].header("authorization"), "Bearer " + key);
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(key)));
  EXPECT_THAT(ran.err, HasSubstr("the key is from OPENAI_API_KEY"));
  std::string objects = repo_.git({"cat-file", "--batch-all-objects", "--batch"});
  EXPECT_THAT(objects, Not(HasSubstr(key)));
}

}  // namespace
}  // namespace gf::test

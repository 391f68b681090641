// Providers over HTTP against a server that acts on the loopback address.
#include "model/service.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <thread>

#include "support/acting_server.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/folder.h"

namespace gf::model {
namespace {

using record::ModelFailure;
using test::Act;
using test::ActingServer;
using test::Asked;
using test::Peer;
using ::testing::HasSubstr;
using ::testing::Not;

struct Spoken {
  const char* kind;
  Act (*says)(const std::string&, const std::string&);
};
constexpr Spoken kAll[] = {{"openai", test::openai_says},
                           {"ollama", test::ollama_says},
                           {"anthropic", test::anthropic_says}};

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    folder_.write("prices.json", R"({"_about":{"date":"2026-01-01"},
      "m-1":{"input_cost_per_token":2e-06,"output_cost_per_token":8e-06,
             "cache_read_input_token_cost":5e-07,"max_output_tokens":4096}})");
    context_.data_dir = folder_.path();
    context_.workdir = folder_.path();
    context_.clock = &clock_;
    context_.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", folder_.path()}};
  }

  std::unique_ptr<Provider> provider(const std::string& kind, const std::string& url,
                                     const std::string& model = "m-1") {
    set("kind", kind);
    set("url", url);
    auto made = make_provider({"p", model}, context_);
    EXPECT_TRUE(test::is_done(made));
    return made.ok() ? std::move(made).value() : nullptr;
  }
  void set(const std::string& name, const std::string& value) {
    context_.settings.add("factory.provider.p." + name, value);
  }
  static record::ModelRequest question() {
    record::ModelRequest request;
    request.stage = "plan";
    request.messages.push_back({record::Message::Role::kUser, "hello", {}, {}, {}});
    return request;
  }

  test::TempFolder folder_;
  test::StandingClock clock_;
  Context context_;
  Cancel cancel_;
};

TEST_F(ServiceTest, AllThreeAnswerAreCountedAndPriced) {
  for (const Spoken& spoken : kAll) {
    ActingServer server(spoken.says("hi \"there\"\n", "m-1"));
    auto asked = provider(spoken.kind, server.url());
    set("local", "false");
    asked = provider(spoken.kind, server.url());
    ASSERT_GIVES(auto reply, asked->ask(question(), cancel_));
    ASSERT_TRUE(reply.answer) << spoken.kind << ": " << reply.text;
    EXPECT_EQ(reply.answer->message.content, "hi \"there\"\n");
    EXPECT_EQ(reply.answer->model, "m-1");
    EXPECT_EQ(reply.answer->provider, "p");
    EXPECT_EQ(reply.answer->usage.input_total, 100);
    EXPECT_EQ(reply.answer->usage.output_total, 20);
    EXPECT_EQ(reply.answer->cost.basis, "table:2026-01-01");
    // anthropic: 50 of the 100 came from the cache, 10 were written to it at the plain price.
    int64_t expected = spoken.kind == std::string("anthropic")
                           ? 50 * 2'000'000 + 50 * 500'000 + 20 * 8'000'000
                           : 100 * 2'000'000 + 20 * 8'000'000;
    EXPECT_EQ(reply.answer->cost.pico_usd, expected) << spoken.kind;
  }
}

TEST_F(ServiceTest, AnotherModelThanAskedIsToldAndNotPricedAsTheAskedOne) {
  ActingServer server(test::openai_says("hi", "somebody-else"));
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  ASSERT_TRUE(reply.answer);
  EXPECT_EQ(reply.answer->model, "somebody-else");
  EXPECT_EQ(reply.answer->cost.basis, "unpriced");
  EXPECT_FALSE(reply.answer->cost.pico_usd);
  ActingServer dated(test::openai_says("hi", "m-1-2026-05-01"));
  ASSERT_GIVES(auto same, provider("openai", dated.url())->ask(question(), cancel_));
  EXPECT_TRUE(same.answer->cost.pico_usd);
}

TEST_F(ServiceTest, ALocalOllamaCostsNothingButItsCloudDoes) {
  ActingServer server({test::ollama_says("hi", "m-1"),
                       test::streams_lines({R"({"model":"m-1","remote_host":"https://x",)"
                                            R"("message":{"content":"a"},"done":true,)"
                                            R"("prompt_eval_count":1,"eval_count":1})"})});
  auto asked = provider("ollama", server.url());
  ASSERT_GIVES(auto local, asked->ask(question(), cancel_));
  EXPECT_EQ(local.answer->cost.basis, "local");
  EXPECT_EQ(local.answer->cost.pico_usd, 0);
  ASSERT_GIVES(auto remote, asked->ask(question(), cancel_));
  EXPECT_EQ(remote.answer->cost.basis, "table:2026-01-01");
}

TEST_F(ServiceTest, AFullContextOfOllamaIsAnOverflowAndPaid) {
  ActingServer server(test::ollama_says("hi"));
  set("numCtx", "256");
  auto small = provider("ollama", server.url());
  EXPECT_TRUE(small->ask(question(), cancel_).value().answer);
  ActingServer full(test::streams_lines(
      {R"({"model":"m-1","message":{"content":"a"},"done":true,"prompt_eval_count":256,"eval_count":1})"}));
  ASSERT_GIVES(auto reply, provider("ollama", full.url())->ask(question(), cancel_));
  EXPECT_FALSE(reply.answer);
  EXPECT_EQ(reply.failure, ModelFailure::kOverflow);
  ASSERT_TRUE(reply.paid);
  EXPECT_EQ(reply.paid->usage.input_total, 256);
}

TEST_F(ServiceTest, TheLadderIsWalkedOnceAndRememberedForTheServer) {
  auto strict = [](const Asked& asked, Peer& peer) {
    if (asked.body.find("response_format") != std::string::npos) {
      peer.send(test::http_answer("400 Bad Request",
                                  R"({"error":{"message":"response_format is not supported"}})"));
    } else {
      test::openai_says("{}", "m-1")(asked, peer);
    }
  };
  ActingServer server(strict);
  record::ModelRequest request = question();
  request.schema = record::Json::object({{"type", "object"}});
  auto asked = provider("openai", server.url());
  ASSERT_GIVES(auto first, asked->ask(request, cancel_));
  EXPECT_EQ(first.again, Reply::Again::kAtOnce);
  ASSERT_GIVES(auto second, asked->ask(request, cancel_));
  EXPECT_EQ(second.again, Reply::Again::kAtOnce);
  ASSERT_GIVES(auto third, asked->ask(request, cancel_));
  ASSERT_TRUE(third.answer) << third.text;
  ASSERT_GIVES(auto fourth, asked->ask(request, cancel_));
  EXPECT_TRUE(fourth.answer);
  EXPECT_EQ(server.asked().size(), 4u);
}

TEST_F(ServiceTest, OlderAndNewerNamesOfTheLimitAreBothTried) {
  auto picky = [](const Asked& asked, Peer& peer) {
    if (asked.body.find("\"max_tokens\"") != std::string::npos) {
      peer.send(test::http_answer(
          "400 Bad Request",
          R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this )"
          R"(model. Use 'max_completion_tokens' instead.","param":"max_tokens"}})"));
    } else {
      test::openai_says("ok", "m-1")(asked, peer);
    }
  };
  ActingServer server(picky);
  auto asked = provider("openai", server.url());
  EXPECT_EQ(asked->ask(question(), cancel_).value().again, Reply::Again::kAtOnce);
  EXPECT_TRUE(asked->ask(question(), cancel_).value().answer);
  EXPECT_THAT(server.asked()[1].body, HasSubstr("max_completion_tokens"));
}

TEST_F(ServiceTest, ACutAnswerIsAskedForOnceMoreWithMoreRoom) {
  ActingServer server(test::streams_events(
      {R"({"model":"m-1","choices":[{"delta":{"content":"{\"a\":"},"finish_reason":"length"}]})"}));
  set("maxOutput", "100");
  auto asked = provider("openai", server.url());
  ASSERT_GIVES(auto cut, asked->ask(question(), cancel_));
  EXPECT_EQ(cut.failure, ModelFailure::kTruncated);
  EXPECT_EQ(cut.again, Reply::Again::kAtOnce);
  ASSERT_GIVES(auto again, asked->ask(question(), cancel_));
  EXPECT_EQ(again.failure, ModelFailure::kTruncated);
  EXPECT_EQ(again.again, Reply::Again::kByClass);
  EXPECT_THAT(server.asked()[1].body, HasSubstr("4096"));
}

TEST_F(ServiceTest, AKeyGoesToItsOwnServiceOnly) {
  std::string key = std::string("sk-") + "not-a-real-one";
  context_.environment["OPENAI_API_KEY"] = key;
  ActingServer server(test::openai_says("hi", "m-1"));
  ASSERT_DONE(provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(server.asked()[0].header("authorization"), "") << "the address is not OpenAI's";
  set("keyVariable", "OPENAI_API_KEY");
  ASSERT_DONE(provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(server.asked()[1].header("authorization"), "Bearer " + key);
  context_.environment["ANTHROPIC_BASE_URL"] = server.url() + "/v1/";
  context_.environment["ANTHROPIC_API_KEY"] = key;
  ASSERT_GIVES(auto claude, make_provider({"anthropic", "c"}, context_));
  ASSERT_DONE(claude->ask(question(), cancel_));
  EXPECT_EQ(server.asked()[2].header("x-api-key"), key);
  EXPECT_EQ(server.asked()[2].path, "/v1/messages");
}

TEST_F(ServiceTest, ARefusalWithoutAKeySaysHowToSendOne) {
  ActingServer server(test::answers("401 Unauthorized", R"({"error":{"message":"who are you"}})"));
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kAuth);
  EXPECT_THAT(reply.text, HasSubstr("factory.provider.p.keyVariable names its variable"));
}

TEST_F(ServiceTest, AMissingKeyIsAProblemBeforeAnythingIsSpent) {
  ASSERT_GIVES(auto cloud, make_provider({"openai", "gpt-4o"}, context_));
  EXPECT_EQ(cloud->problem(), "OPENAI_API_KEY is not set");
  ASSERT_GIVES(auto claude, make_provider({"anthropic", "c"}, context_));
  EXPECT_EQ(claude->problem(), "ANTHROPIC_API_KEY is not set");
}

TEST_F(ServiceTest, ARedirectIsNotFollowedAndNamesWhere) {
  ActingServer other(test::openai_says("stolen", "m-1"));
  ActingServer server(test::answers("307 Temporary Redirect", "",
                                    "Location: http://u:p@" + other.host() + "/x?k=1\r\n"));
  set("keyVariable", "K");
  context_.environment["K"] = "v";
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kConfig);
  EXPECT_THAT(reply.text, HasSubstr("it has moved to 'http://" + other.host() + "/x'"));
  EXPECT_TRUE(other.asked().empty());
}

TEST_F(ServiceTest, NobodyThereIsToldFromSomebodyWhoBrokeOff) {
  std::string gone;
  {
    ActingServer server(test::openai_says("x", "m"));
    gone = server.url();
  }
  ASSERT_GIVES(auto none, provider("openai", gone)->ask(question(), cancel_));
  EXPECT_EQ(none.failure, ModelFailure::kTransport);
  EXPECT_TRUE(none.unreached);
  ActingServer cut([](const Asked&, Peer& peer) {
    peer.send(test::stream_head());
    peer.send("data: {\"model\":\"m-1\",\"choices\":[{\"delta\":{\"content\":\"h\"}}]}\n\n");
    peer.reset();
  });
  ASSERT_GIVES(auto broken, provider("openai", cut.url())->ask(question(), cancel_));
  EXPECT_EQ(broken.failure, ModelFailure::kTransport);
  EXPECT_FALSE(broken.unreached);
  set("connectTimeout", "1");
  ActingServer tls(test::openai_says("x", "m"));
  std::string https = "https" + tls.url().substr(4);
  ASSERT_GIVES(auto shaken, provider("openai", https)->ask(question(), cancel_));
  EXPECT_FALSE(shaken.answer);
}

TEST_F(ServiceTest, ALineCutAfterTheEndOfTheAnswerIsNoLoss) {
  ActingServer server([](const Asked&, Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n");
    peer.send(
        "data: {\"model\":\"m-1\",\"choices\":[{\"delta\":{\"content\":\"h\"},"
        "\"finish_reason\":\"stop\"}]}\n\n");
    peer.hang_up();
  });
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->usage.source, "estimated");
  EXPECT_EQ(reply.answer->cost.basis, "unpriced");
}

TEST_F(ServiceTest, AStallAndASlowLorisEndAtTheirLimits) {
  ActingServer silent([](const Asked&, Peer& peer) { peer.wait_until_gone(); });
  set("firstByteTimeout", "1");
  set("idleTimeout", "1");
  ASSERT_GIVES(auto nothing, provider("openai", silent.url())->ask(question(), cancel_));
  EXPECT_EQ(nothing.failure, ModelFailure::kTransport);
  EXPECT_THAT(nothing.text, HasSubstr("nothing came"));
  ActingServer stalled([](const Asked&, Peer& peer) {
    peer.send(test::stream_head());
    peer.wait_until_gone();
  });
  ASSERT_GIVES(auto stuck, provider("openai", stalled.url())->ask(question(), cancel_));
  EXPECT_THAT(stuck.text, HasSubstr("stalled"));
  // A drop now and then keeps the line awake, but not for ever.
  ActingServer drips([](const Asked&, Peer& peer) {
    peer.send(test::stream_head());
    while (peer.send(": still here\n\n")) std::this_thread::yield();
  });
  auto asked = provider("openai", drips.url());
  asked->bound(Milliseconds(300));
  ASSERT_GIVES(auto slow, asked->ask(question(), cancel_));
  EXPECT_EQ(slow.answer, std::nullopt);
}

TEST_F(ServiceTest, AnAnswerWithoutEndIsBounded) {
  ActingServer server([](const Asked&, Peer& peer) {
    peer.send(test::stream_head());
    std::string piece(1 << 16, 'x');
    while (peer.send("data: " + piece)) {
    }
  });
  set("maxAnswerMB", "1");
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kBadOutput);
  EXPECT_THAT(reply.text, HasSubstr("larger than allowed"));
}

TEST_F(ServiceTest, AWishToStopEndsACallAtOnce) {
  Cancel* cancel = &cancel_;
  ActingServer server([cancel](const Asked&, Peer& peer) {
    peer.send(test::stream_head());
    cancel->request();
    peer.wait_until_gone();
  });
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kCancelled);
}

TEST_F(ServiceTest, ConnectionsAreUsedAgain) {
  std::string body =
      R"({"model":"m-1","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]})";
  ActingServer server(test::answers("200 OK", body));
  auto asked = provider("openai", server.url());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(asked->ask(question(), cancel_).value().answer);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ServiceTest, ConnectionsOfStreamsAreUsedAgainToo) {
  std::string body =
      "data: {\"model\":\"m-1\",\"choices\":[{\"delta\":{\"content\":\"hi\"},"
      "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
  ActingServer server([body](const Asked&, Peer& peer) {
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    char size[16];
    std::snprintf(size, sizeof(size), "%zx\r\n", body.size());
    peer.send(size + body + "\r\n");
    peer.send("0\r\n\r\n");
  });
  auto asked = provider("openai", server.url());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(asked->ask(question(), cancel_).value().answer);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(ServiceTest, AServerThatStaysOpenAfterTheLastWordHoldsNobodyUp) {
  ActingServer server([](const Asked&, Peer& peer) {
    peer.send(test::stream_head());
    peer.send(
        "data: {\"model\":\"m-1\",\"choices\":[{\"delta\":{\"content\":\"hi\"},"
        "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    peer.wait_until_gone();
  });
  set("idleTimeout", "30");
  auto asked = provider("openai", server.url());
  Stopwatch watch(system_clock());
  ASSERT_GIVES(auto reply, asked->ask(question(), cancel_));
  EXPECT_TRUE(reply.answer);
  EXPECT_LT(watch.elapsed(), Milliseconds(10000));
}

TEST_F(ServiceTest, ErrorsOf200And429And5xxKeepTheirDelay) {
  ActingServer server(test::answers("429 Too Many Requests", R"({"error":{"message":"slow"}})",
                                    "Retry-After: 7\r\nx-request-id: r-1\r\n"));
  ASSERT_GIVES(auto reply, provider("openai", server.url())->ask(question(), cancel_));
  EXPECT_EQ(reply.failure, ModelFailure::kRateLimited);
  EXPECT_EQ(reply.retry_after, Milliseconds(7000));
}

TEST_F(ServiceTest, AnOllamaWithoutTheModelSaysHowToGetIt) {
  ActingServer server(
      test::answers("200 OK", R"({"models":[{"name":"other:7b"},{"name":"m:latest"}]})"));
  auto missing = provider("ollama", server.url(), "x");
  EXPECT_THAT(missing->problem().value_or(""), HasSubstr("has no model 'x'"));
  EXPECT_EQ(missing->mend(), "ollama pull x");
  EXPECT_EQ(provider("ollama", server.url(), "m")->problem(), std::nullopt);
  EXPECT_EQ(provider("ollama", server.url(), "other:7b")->problem(), std::nullopt);
}

TEST_F(ServiceTest, AWrongSettingIsNamed) {
  set("numCtx", "many");
  auto bad = make_provider({"p", "m"}, [&] {
    set("kind", "ollama");
    return context_;
  }());
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error().message, HasSubstr("factory.provider.p.numCtx is 'many'"));
}

}  // namespace
}  // namespace gf::model

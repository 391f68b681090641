// A feature whose models are services over HTTP, acted out on the loopback address.
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <iterator>

#include "e2e/factory.h"
#include "support/acting_server.h"

namespace gf::test {
namespace {

using record::Json;
using ::testing::HasSubstr;

/// The demo's answers for "health", in the order in which the line asks for them.
class Answers {
 public:
  Answers() {
    for (const char* name : {"plan.1.1", "scout.1.1", "scout.1.2", "build.1.1", "build.1.2",
                             "build.2.1", "build.2.2", "test.1.1", "test.1.2", "review.1.1"}) {
      std::ifstream file(std::string(GF_SOURCE_DIR) + "/templates/demo/answers/health/" + name +
                         ".json");
      std::string text{std::istreambuf_iterator<char>(file), {}};
      all_.push_back(Json::parse(text).value());
    }
  }
  Json next() { return all_.at(next_++); }
  [[nodiscard]] size_t given() const { return next_; }

 private:
  std::vector<Json> all_;
  std::atomic<size_t> next_{0};
};

std::string text_of(const Json& answer) {
  Json content = answer.get("content");
  return content.is_null() ? "" : content.as_string().value_or(content.dump());
}

std::string as_openai(const Json& answer) {
  Json calls = Json::array();
  for (const Json& call : answer.get("tool_calls").items()) {
    Json function =
        Json::object({{"name", call.get("name")}, {"arguments", call.get("arguments").dump()}});
    calls.push(
        Json::object({{"id", call.get("id")}, {"type", "function"}, {"function", function}}));
  }
  Json message = Json::object({{"role", "assistant"}, {"content", text_of(answer)}});
  if (calls.size() > 0) message.set("tool_calls", calls);
  Json choice = Json::object({{"message", message}, {"finish_reason", "stop"}});
  return Json::object(
             {{"id", "c-1"},
              {"model", "acted-1"},
              {"choices", Json::array({choice})},
              {"usage", Json::object({{"prompt_tokens", 1000}, {"completion_tokens", 10}})}})
      .dump();
}

std::string as_ollama(const Json& answer) {
  Json calls = Json::array();
  for (const Json& call : answer.get("tool_calls").items()) {
    calls.push(Json::object({{"function", Json::object({{"name", call.get("name")},
                                                        {"arguments", call.get("arguments")}})}}));
  }
  Json message = Json::object({{"role", "assistant"}, {"content", text_of(answer)}});
  if (calls.size() > 0) message.set("tool_calls", calls);
  return Json::object({{"model", "acted-1"},
                       {"message", message},
                       {"done", true},
                       {"done_reason", "stop"},
                       {"prompt_eval_count", 1000},
                       {"eval_count", 10}})
             .dump() +
         "\n";
}

std::string as_anthropic(const Json& answer) {
  Json content = Json::array();
  if (!text_of(answer).empty())
    content.push(Json::object({{"type", "text"}, {"text", text_of(answer)}}));
  for (const Json& call : answer.get("tool_calls").items()) {
    content.push(Json::object({{"type", "tool_use"},
                               {"id", call.get("id")},
                               {"name", call.get("name")},
                               {"input", call.get("arguments")}}));
  }
  return Json::object({{"type", "message"},
                       {"id", "msg-1"},
                       {"model", "acted-1"},
                       {"content", content},
                       {"stop_reason", "end_turn"},
                       {"usage", Json::object({{"input_tokens", 1000}, {"output_tokens", 10}})}})
      .dump();
}

struct Service {
  const char* kind;
  std::string (*form)(const Json&);
};

class ServicesTest : public FactoryTest, public ::testing::WithParamInterface<Service> {};

TEST_P(ServicesTest, AFeatureIsMadeAndTheRecordSaysWhoAnswered) {
  make_shop();
  Answers answers;
  ActingServer server([&](const Asked& asked, Peer& peer) {
    if (asked.method == "GET") {
      peer.send(http_answer("200 OK", R"({"models":[{"name":"acted"}]})"));
    } else {
      peer.send(http_answer("200 OK", GetParam().form(answers.next())));
    }
  });
  repo_.git({"config", "factory.provider.acted.kind", GetParam().kind});
  repo_.git({"config", "factory.provider.acted.url", server.url()});
  repo_.git({"config", "factory.provider.acted.local", "true"});
  Ran ran = factory({"feature", "--slug", "health", "--model", "acted/acted", kHealth});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(answers.given(), 10u);
  EXPECT_EQ(server.connections(), 1u);
  std::string shown = factory({"show", "health:build:1"}).out;
  EXPECT_THAT(shown, HasSubstr("acted/acted"));
  EXPECT_THAT(shown, HasSubstr("answered by acted-1"));
  EXPECT_THAT(shown, HasSubstr("2000/20 tokens"));
}

INSTANTIATE_TEST_SUITE_P(AllDialects, ServicesTest,
                         ::testing::Values(Service{"openai", as_openai},
                                           Service{"ollama", as_ollama},
                                           Service{"anthropic", as_anthropic}),
                         [](const auto& tested) { return std::string(tested.param.kind); });

}  // namespace
}  // namespace gf::test

// The bodies that each dialect makes.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "model/dialect.h"

namespace gf::model {
namespace {

using record::Json;
using record::Message;
using ::testing::HasSubstr;

Json schema() {
  return Json::parse(R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
    "properties":{"answer":{"type":"string"}},"required":["answer"]})")
      .value();
}

record::ModelRequest asking(bool structured, bool tools) {
  record::ModelRequest request;
  request.stage = "build";
  request.temperature = 0.2;
  request.messages.push_back({Message::Role::kSystem, "You build.", {}, {}, {}});
  request.messages.push_back({Message::Role::kUser, "Add \xC3\xA9 \"x\".", {}, {}, {}});
  if (structured) request.schema = schema();
  if (tools) {
    Json parameters = Json::parse(R"({"type":"object","properties":{"path":{"type":"string"}},
      "required":["path"],"additionalProperties":false})")
                          .value();
    request.tools.push_back({"read_file", "Read a file.", parameters});
  }
  return request;
}

/// After a turn with two calls of one id, as some models make them.
record::ModelRequest second_turn() {
  record::ModelRequest request = asking(true, true);
  request.turn = 2;
  Json arguments = Json::object({{"path", "a.py"}});
  Message calls{Message::Role::kAssistant, "", {}, {}, {}};
  calls.tool_calls = {{"call:1", "read_file", arguments, ""},
                      {"call:1", "read_file", arguments, ""}};
  request.messages.push_back(calls);
  request.messages.push_back({Message::Role::kTool, "text", {}, "call:1", "read_file"});
  request.messages.push_back({Message::Role::kTool, "", {}, "call:1", "read_file"});
  return request;
}

Shape shape_of(const std::string& model) {
  Shape shape;
  shape.model = model;
  shape.num_ctx = 8192;
  shape.max_output = 1000;
  return shape;
}

/// GF_DUMP_BODIES=<folder> writes every body made here, for judges that we did not write.
Json made(const Dialect& dialect, const std::string& name, const record::ModelRequest& request,
          const Shape& shape) {
  Json body = dialect.body(request, shape);
  if (const char* folder = std::getenv("GF_DUMP_BODIES")) {
    std::filesystem::create_directories(folder);
    std::ofstream(std::string(folder) + "/" + std::string(dialect.kind) + "." + name + ".json")
        << body.pretty();
  }
  return body;
}

TEST(Bodies, OllamaAlwaysTellsItsContextAndForbidsSilentLoss) {
  Json body = made(kOllama, "structured", asking(true, false), shape_of("m"));
  EXPECT_EQ(body.get("options").get_int("num_ctx"), 8192);
  EXPECT_EQ(body.get("options").get_int("num_predict"), 1000);
  EXPECT_EQ(body.get("truncate").as_bool(), false);
  EXPECT_EQ(body.get("shift").as_bool(), false);
  EXPECT_TRUE(body.get("format").is_object());
  EXPECT_FALSE(body.get("format").has("$schema"));
  EXPECT_THAT(body.get("messages").items()[0].get_string("content"), HasSubstr("JSON Schema"));
}

TEST(Bodies, OllamaTakesArgumentsAsObjectsAndNoGrammarBesideTools) {
  Json body = made(kOllama, "tools", second_turn(), shape_of("m"));
  EXPECT_FALSE(body.has("format"));
  Json call = body.get("messages").items()[2].get("tool_calls").items()[0];
  EXPECT_TRUE(call.get("function").get("arguments").is_object());
  EXPECT_EQ(body.get("messages").items()[3].get_string("tool_name"), "read_file");
}

TEST(Bodies, OpenaiWalksDownTheLadderAndThenTellsTheSchemaInWords) {
  Shape shape = shape_of("m");
  Json body = made(kOpenai, "json_schema", asking(true, false), shape);
  EXPECT_EQ(body.get("response_format").get_string("type"), "json_schema");
  EXPECT_EQ(body.get_int("max_tokens"), 1000);
  EXPECT_EQ(body.get("messages").items()[0].get_string("content"), "You build.");
  shape.refused = {"json_schema"};
  body = made(kOpenai, "json_object", asking(true, false), shape);
  EXPECT_EQ(body.get("response_format").get_string("type"), "json_object");
  EXPECT_THAT(body.get("messages").items()[0].get_string("content"), HasSubstr("JSON Schema"));
  shape.refused = {"json_schema", "json_object", "temperature", "stream_options", "max_tokens"};
  body = made(kOpenai, "plain", asking(true, false), shape);
  for (const char* gone : {"response_format", "temperature", "stream_options", "max_tokens"})
    EXPECT_FALSE(body.has(gone)) << gone;
  EXPECT_EQ(body.get_int("max_completion_tokens"), 1000);
}

TEST(Bodies, OpenaiTakesArgumentsAsTextAndIdsThatNoTwoCallsShare) {
  Json body = made(kOpenai, "tools", second_turn(), shape_of("m"));
  std::vector<Json> messages = body.get("messages").items();
  EXPECT_TRUE(messages[2].get("content").is_null());
  std::vector<Json> calls = messages[2].get("tool_calls").items();
  EXPECT_EQ(calls[0].get("function").get_string("arguments"), R"({"path":"a.py"})");
  EXPECT_NE(calls[0].get_string("id"), calls[1].get_string("id"));
  EXPECT_FALSE(body.has("response_format"));
}

TEST(Bodies, AnthropicHasNoToolRoleAndMarksWhatIsReadAgain) {
  Json body = made(kAnthropic, "tools", second_turn(), shape_of("m"));
  std::vector<Json> turns = body.get("messages").items();
  ASSERT_EQ(turns.size(), 3u);
  EXPECT_EQ(turns[2].get_string("role"), "user");
  std::vector<Json> results = turns[2].get("content").items();
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].get_string("type"), "tool_result");
  EXPECT_TRUE(results[1].has("cache_control"));
  EXPECT_FALSE(results[0].has("cache_control"));
  EXPECT_TRUE(body.get("system").items().back().has("cache_control"));
  EXPECT_EQ(body.get_int("max_tokens"), 1000);
  Json once = made(kAnthropic, "structured", asking(true, false), shape_of("m"));
  EXPECT_EQ(once.get("output_config").get("format").get_string("type"), "json_schema");
  EXPECT_EQ(once.dump().find("cache_control"), std::string::npos) << "it does not pay there";
}

/// How often a text stands in another.
size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Bodies, TheModelReadsTheSchemaOnce) {
  struct Case {
    const Dialect* dialect;
    bool tools;
    std::set<std::string> refused;
    const char* by;  ///< the member that carries it; empty: it is told in words
    bool words;
  };
  // A grammar (Ollama's format) is held against the answer, and never read by the model.
  for (const Case& one : std::vector<Case>{{&kOllama, false, {}, "format", true},
                                           {&kOllama, true, {}, "", true},
                                           {&kOllama, false, {"json_schema"}, "", true},
                                           {&kOpenai, false, {}, "response_format", false},
                                           {&kOpenai, true, {}, "", true},
                                           {&kOpenai, false, {"json_schema"}, "", true},
                                           {&kAnthropic, false, {}, "output_config", false},
                                           {&kAnthropic, true, {}, "", true},
                                           {&kAnthropic, false, {"output_config"}, "", true}}) {
    record::ModelRequest request = asking(true, one.tools);
    request.schema = Json::object({{"type", "object"}, {"title", "zebra"}});
    Shape shape = shape_of("m");
    shape.refused = one.refused;
    Json body = one.dialect->body(request, shape);
    std::string words = body.get("messages").dump() + body.get("system").dump();
    std::string where = fmt::format("{} {} {}", one.by, one.tools, one.words);
    EXPECT_EQ(count_of(words, "zebra"), one.words ? 1u : 0u) << where;
    EXPECT_EQ(count_of(body.dump(), "zebra") - count_of(words, "zebra"), *one.by != 0 ? 1u : 0u)
        << where;
    if (*one.by != 0) {
      EXPECT_THAT(body.get(one.by).dump(), HasSubstr("zebra")) << where;
    }
  }
}

/// Without the marks, which are no content.
std::string unmarked(std::string text) {
  const std::string mark = R"("cache_control":{"type":"ephemeral"})";
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    size_t comma = at > 0 && text[at - 1] == ',' ? 1 : 0;
    size_t behind = comma == 0 && text[at + mark.size()] == ',' ? 1 : 0;
    text.erase(at - comma, mark.size() + comma + behind);
  }
  return text;
}

TEST(Bodies, ATurnBeginsWithAllOfTheTurnBeforeSoThatServicesFindItInTheirCaches) {
  record::ModelRequest second = second_turn(), first = second, third = second;
  first.messages.resize(2);
  third.messages.push_back({Message::Role::kAssistant, "and now", {}, {}, {}});
  third.messages.push_back({Message::Role::kUser, "go on", {}, {}, {}});
  for (const Dialect* dialect : {&kOllama, &kOpenai, &kAnthropic}) {
    std::vector<std::string> bodies;
    for (const record::ModelRequest* turn : {&first, &second, &third}) {
      Json body = dialect->body(*turn, shape_of("m"));
      std::string messages = unmarked(body.get("messages").dump());
      bodies.push_back(messages.substr(0, messages.size() - 1));
      EXPECT_EQ(unmarked(body.get("tools").dump() + body.get("system").dump()),
                unmarked(dialect->body(first, shape_of("m")).get("tools").dump() +
                         dialect->body(first, shape_of("m")).get("system").dump()));
    }
    EXPECT_TRUE(bodies[1].starts_with(bodies[0])) << bodies[0] << "\n" << bodies[1];
    EXPECT_TRUE(bodies[2].starts_with(bodies[1])) << bodies[1] << "\n" << bodies[2];
  }
}

TEST(Bodies, PlainRequestsAreMadeInAllThree) {
  for (const Dialect* dialect : {&kOllama, &kOpenai, &kAnthropic}) {
    Json body = made(*dialect, "text", asking(false, false), shape_of("m"));
    EXPECT_EQ(body.get_string("model"), "m");
    EXPECT_EQ(body.get("stream").as_bool(), true);
  }
}

}  // namespace
}  // namespace gf::model

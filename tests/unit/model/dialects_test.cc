// The bodies that each dialect makes, and what it reads from streams, good and bad.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "model/dialect.h"
#include "support/assertions.h"

namespace gf::model {
namespace {

using record::Json;
using record::Message;
using record::ModelFailure;
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

Reply read(const Dialect& dialect, std::string_view bytes, size_t piece = 7) {
  Reading reading(dialect);
  for (size_t at = 0; at < bytes.size(); at += piece) {
    if (!reading.feed(bytes.substr(at, piece))) break;
  }
  return reading.end();
}

std::string events(const std::vector<std::string>& data) {
  std::string all;
  for (const std::string& item : data) all += "data: " + item + "\r\n\r\n";
  return all;
}

// --- bodies ---

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

TEST(Bodies, PlainRequestsAreMadeInAllThree) {
  for (const Dialect* dialect : {&kOllama, &kOpenai, &kAnthropic}) {
    Json body = made(*dialect, "text", asking(false, false), shape_of("m"));
    EXPECT_EQ(body.get_string("model"), "m");
    EXPECT_EQ(body.get("stream").as_bool(), true);
  }
}

// --- streams ---

TEST(Streams, OpenaiInPiecesOfAnySize) {
  std::string stream = events(
      {R"({"id":"c","model":"m-2","choices":[{"delta":{"role":"assistant","content":"h\u00e9"}}]})",
       R"({"choices":[{"delta":{"content":"llo \u20ac é"}}]})",
       R"({"choices":[{"delta":{},"finish_reason":"stop"}]})",
       R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"cost":0.0000125,)"
       R"("prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}})",
       "[DONE]"});
  for (size_t piece = 1; piece < 40; ++piece) {
    Reply reply = read(kOpenai, ": a comment\n" + stream, piece);
    ASSERT_TRUE(reply.answer) << reply.text;
    EXPECT_EQ(reply.answer->message.content, "h\xC3\xA9llo \xE2\x82\xAC \xC3\xA9");
    EXPECT_EQ(reply.answer->model, "m-2");
    EXPECT_EQ(reply.answer->usage.input_total, 10);
    EXPECT_EQ(reply.answer->usage.cache_read, 4);
    EXPECT_EQ(reply.answer->usage.reasoning, 1);
  }
}

TEST(Streams, OpenaiCallsComeInPiecesAndArgumentsThatAreNoJsonAreKept) {
  std::string stream = events(
      {R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"read_file","arguments":"{\"pa"}}]}}]})",
       R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"th\":\"x\"}"}},{"index":1,"id":"b","function":{"name":"grep","arguments":"{oops"}}]}}]})",
       R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}]})", "[DONE]"});
  Reply reply = read(kOpenai, stream);
  ASSERT_TRUE(reply.answer) << reply.text;
  auto& calls = reply.answer->message.tool_calls;
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].arguments.get_string("path"), "x");
  EXPECT_EQ(calls[1].malformed, "{oops");
  EXPECT_EQ(reply.answer->finish, "tool_calls");
}

TEST(Streams, CallsThatAllHaveIndexZeroStayApart) {
  Reply reply = read(
      kOpenai,
      events(
          {R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"grep","arguments":"{}"}}]}}]})",
           R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"list_dir","arguments":"{}"}}]}}]})",
           R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}]})"}));
  ASSERT_TRUE(reply.answer);
  ASSERT_EQ(reply.answer->message.tool_calls.size(), 2u);
  EXPECT_EQ(reply.answer->message.tool_calls[1].name, "list_dir");
}

TEST(Streams, AServerThatDoesNotStreamIsReadToo) {
  Reply reply =
      read(kOpenai, R"({"id":"c","model":"m","choices":[{"message":{"content":"hi",)"
                    R"("tool_calls":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}})");
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, "hi");
  Reply whole =
      read(kAnthropic,
           R"({"type":"message","id":"i","model":"m","content":[{"type":"text","text":"hi"},)"
           R"({"type":"tool_use","id":"t","name":"grep","input":{"pattern":"x"}}],)"
           R"("stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}})");
  ASSERT_TRUE(whole.answer) << whole.text;
  EXPECT_EQ(whole.answer->message.tool_calls[0].arguments.get_string("pattern"), "x");
}

TEST(Streams, AnthropicCountsCachesIntoItsInput) {
  Reply reply = read(
      kAnthropic,
      events(
          {R"({"type":"message_start","message":{"id":"m1","model":"c","usage":{"input_tokens":1000,"cache_read_input_tokens":8000,"cache_creation_input_tokens":1000,"output_tokens":1}}})",
           R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}})",
           R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})",
           R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"grep","input":{}}})",
           R"({"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"pattern\":"}})",
           R"({"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"x\"}"}})",
           R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":500}})",
           R"({"type":"message_stop"})"}));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->usage.input_total, 10000);
  EXPECT_EQ(reply.answer->usage.cache_read, 8000);
  EXPECT_EQ(reply.answer->usage.cache_write, 1000);
  EXPECT_EQ(reply.answer->usage.output_total, 500);
  EXPECT_EQ(reply.answer->message.content, "");
  EXPECT_EQ(reply.answer->message.tool_calls[0].arguments.get_string("pattern"), "x");
}

TEST(Streams, OllamaLinesAndAMissingCountIsUnknown) {
  Reply reply =
      read(kOllama,
           "{\"model\":\"q\",\"message\":{\"content\":\"a\"}}\n"
           "{\"model\":\"q\",\"message\":{\"content\":\"b\",\"tool_calls\":[{\"function\":"
           "{\"name\":\"grep\",\"arguments\":{\"pattern\":\"x\"}}}]},\"done\":true,"
           "\"done_reason\":\"stop\",\"eval_count\":3}");
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, "ab");
  EXPECT_FALSE(reply.answer->usage.input_total);
  EXPECT_EQ(reply.answer->usage.output_total, 3);
  EXPECT_EQ(reply.answer->message.tool_calls[0].name, "grep");
}

struct Bad {
  const Dialect* dialect;
  std::string stream;
  ModelFailure failure;
  const char* words;
};

TEST(Streams, WhatIsNoAnswerIsClassified) {
  const std::string head = R"({"model":"m","choices":[{"delta":{"content":"h"}}]})";
  const Bad all[] = {
      {&kOpenai, "", ModelFailure::kTransport, "empty"},
      {&kOpenai, events({head}), ModelFailure::kTransport, "broke off"},
      {&kOpenai, events({head}) + "data: {\"choi", ModelFailure::kTransport, "broke off"},
      {&kOpenai, events({head, "not json"}), ModelFailure::kTransport, "no JSON"},
      {&kOpenai, events({head, "[1]"}), ModelFailure::kTransport, "no JSON"},
      {&kOpenai, "data: {\"choices\":[{\"delta\":{\"content\":\"\xC3\"}}]}\n\n",
       ModelFailure::kTransport, "no JSON"},
      {&kOpenai, "<!DOCTYPE html><html>busy</html>", ModelFailure::kConfig, "web page"},
      {&kOpenai, events({R"({"error":{"message":"slow down","type":"rate_limit_error"}})"}),
       ModelFailure::kRateLimited, "slow down"},
      {&kOpenai,
       R"({"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}})",
       ModelFailure::kQuota, "quota"},
      {&kOpenai,
       events({R"({"choices":[{"delta":{"content":"{\"a\":"},"finish_reason":"length"}]})"}),
       ModelFailure::kTruncated, "cut"},
      {&kOpenai, events({R"({"choices":[{"delta":{},"finish_reason":"content_filter"}]})"}),
       ModelFailure::kRefused, "refused"},
      {&kOpenai, events({R"({"choices":[{"delta":{"refusal":"No."},"finish_reason":"stop"}]})"}),
       ModelFailure::kRefused, "No."},
      {&kOllama,
       "{\"model\":\"q\",\"message\":{\"content\":\"a\"}}\n{\"error\":\"llama runner died\"}\n",
       ModelFailure::kTransport, "died"},
      {&kOllama, "{\"model\":\"q\",\"message\":{\"content\":\"a\"}}\n", ModelFailure::kTransport,
       "broke off"},
      {&kOllama,
       "{\"model\":\"q\",\"message\":{\"content\":\"a\"},\"done\":true,\"done_reason\":\"length\"}",
       ModelFailure::kTruncated, "cut"},
      {&kOllama, "  <html>", ModelFailure::kConfig, "web page"},
      {&kAnthropic,
       events({R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})"}),
       ModelFailure::kRateLimited, "busy"},
      {&kAnthropic,
       events(
           {R"({"type":"message_delta","delta":{"stop_reason":"model_context_window_exceeded"}})",
            R"({"type":"message_stop"})"}),
       ModelFailure::kOverflow, "context"},
      {&kAnthropic,
       events({R"({"type":"message_delta","delta":{"stop_reason":"refusal"}})",
               R"({"type":"message_stop"})"}),
       ModelFailure::kRefused, "refused"},
      {&kAnthropic, events({R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})"}),
       ModelFailure::kTransport, "broke off"},
  };
  for (const Bad& bad : all) {
    Reply reply = read(*bad.dialect, bad.stream);
    EXPECT_FALSE(reply.answer) << bad.stream;
    EXPECT_EQ(reply.failure, bad.failure) << bad.stream << " -> " << reply.text;
    EXPECT_THAT(reply.text, HasSubstr(bad.words)) << bad.stream;
  }
}

TEST(Streams, WhatACutAnswerCostIsKept) {
  Reply reply = read(
      kOpenai,
      events({R"({"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":"length"}]})",
              R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}})", "[DONE]"}));
  ASSERT_TRUE(reply.paid);
  EXPECT_EQ(reply.paid->usage.input_total, 7);
  EXPECT_EQ(reply.paid->usage.output_total, 9);
}

// --- statuses ---

struct Said {
  long status;
  const char* body;
  ModelFailure failure;
};

TEST(Refusals, FollowOneTaxonomyWhoeverSaysIt) {
  const Said all[] = {
      {401, R"({"error":{"message":"bad key"}})", ModelFailure::kAuth},
      {403, "", ModelFailure::kAuth},
      {402, R"({"error":{"message":"pay"}})", ModelFailure::kQuota},
      {429, R"({"error":{"code":"insufficient_quota","message":"quota"}})", ModelFailure::kQuota},
      {400,
       R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}})",
       ModelFailure::kQuota},
      {429, R"({"error":{"message":"slow"}})", ModelFailure::kRateLimited},
      {529, R"({"type":"error","error":{"type":"overloaded_error","message":"x"}})",
       ModelFailure::kRateLimited},
      {503, R"({"error":"server busy, please try again.  maximum pending requests exceeded"})",
       ModelFailure::kRateLimited},
      {400, R"({"error":{"code":"context_length_exceeded","message":"m"}})",
       ModelFailure::kOverflow},
      {400,
       R"({"error":{"type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":4,"code":400,"message":"the request exceeds the available context size"}})",
       ModelFailure::kOverflow},
      {400, R"({"error":"the input length exceeds the context length"})", ModelFailure::kOverflow},
      {400,
       R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
       ModelFailure::kOverflow},
      {413, "", ModelFailure::kOverflow},
      {404, R"({"error":"model 'x' not found"})", ModelFailure::kConfig},
      {400, R"({"error":{"message":"unknown field"}})", ModelFailure::kConfig},
      {500, R"({"error":"boom"})", ModelFailure::kTransport},
      {502, "<html><h1>Bad Gateway</h1></html>", ModelFailure::kTransport},
      {408, "", ModelFailure::kTransport},
      {302, "", ModelFailure::kConfig},
  };
  for (const Said& said : all) {
    net::Answer answer;
    answer.status = said.status;
    answer.body = said.body;
    Reply reply = refusal(answer, Timestamp{});
    EXPECT_EQ(reply.failure, said.failure) << said.status << " " << said.body;
    EXPECT_EQ(reply.text.find('\n'), std::string::npos);
    EXPECT_EQ(reply.text.find("<html"), std::string::npos) << reply.text;
  }
}

TEST(Refusals, TheServicesOwnWordOnRepeatingCountsFirst) {
  net::Answer answer;
  answer.status = 500;
  answer.headers = {{"x-should-retry", "false"}};
  EXPECT_EQ(refusal(answer, Timestamp{}).again, Reply::Again::kNo);
}

}  // namespace
}  // namespace gf::model

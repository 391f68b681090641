// What each dialect reads from streams, good and bad.
#include <gmock/gmock.h>

#include "model/dialect.h"
#include "support/assertions.h"

namespace gf::model {
namespace {

using record::ModelFailure;
using ::testing::HasSubstr;

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

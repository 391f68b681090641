// A real coding program behind our provider, and a service behind it: both by others.
#include "services/service.h"
#include "support/repo.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

/// `llm` of PyPI, which requirements.txt pins. It runs beside aimock, as the suite's name says.
class ProgramAimock : public Beside {
 protected:
  Result<Reply> ask(const record::ModelRequest& request) {
    const char* programs = std::getenv("GF_SERVICE_PROGRAMS");
    place_.commit("first");
    context_.workdir = place_.path();
    context_.settings = {};
    set("kind", "llm");
    set("command", std::string(programs == nullptr ? "" : programs) + "/llm");
    set("environment", "OPENAI_BASE_URL");
    context_.environment["OPENAI_API_KEY"] = "none";
    context_.environment["OPENAI_BASE_URL"] = url_ + "/v1";
    context_.environment["LLM_USER_PATH"] = folder_ / "llm";
    GF_ASSIGN(auto made, make_provider({"p", "gpt-4o-mini"}, context_));
    return made->ask(request, cancel_);
  }

  test::TempRepo place_;
};

TEST_F(ProgramAimock, LlmIsAskedAndReadAsItIs) {
  record::ModelRequest request = asking("tell the long story");
  request.schema = Json::parse(R"({"type":"object","properties":{"a":{"type":"string"}}})").value();
  ASSERT_GIVES(auto reply, ask(request));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_THAT(reply.answer->message.content, ::testing::HasSubstr("Once upon a time there was a"));
  EXPECT_EQ(reply.answer->model, "gpt-4o-mini");
  EXPECT_EQ(reply.answer->usage.source, "reported");
  EXPECT_GT(reply.answer->usage.output_total.value_or(0), 0);
  EXPECT_TRUE(reply.answer->cost.pico_usd) << "by our table";
}

TEST_F(ProgramAimock, WhatLlmSaysOfAFailureHasItsClass) {
  ASSERT_GIVES(auto limited, ask(asking("be rate limited")));
  EXPECT_EQ(limited.failure, ModelFailure::kRateLimited) << limited.text;
  ASSERT_GIVES(auto barred, ask(asking("know me not")));
  EXPECT_EQ(barred.failure, ModelFailure::kAuth) << barred.text;
}

}  // namespace
}  // namespace gf::model

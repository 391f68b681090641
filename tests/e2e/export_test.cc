// git factory export, read back by OpenTelemetry's own classes.
#include <gmock/gmock.h>

#include "e2e/factory.h"
#include "support/acting_server.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExportTest : public FactoryTest {
 protected:
  /// What the independent decoder makes of it, one object a trace.
  std::vector<record::Json> decoded(const std::string& lines) {
    const char* python = std::getenv("GF_TEST_PYTHON");
    Ran ran = run({python == nullptr ? "python3" : python,
                   std::string(GF_SOURCE_DIR) + "/tests/support/decode_otlp.py"},
                  repo_.path(), environment(), lines);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::vector<record::Json> all;
    size_t at = 0;
    for (size_t end; (end = ran.out.find('\n', at)) != std::string::npos; at = end + 1)
      all.push_back(record::Json::parse(ran.out.substr(at, end - at)).value());
    return all;
  }

  /// Where the exchanges are: ours, and what was fetched.
  std::vector<std::string> replay_refs() const {
    std::vector<std::string> all;
    std::string text = repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory/replay",
                                  "refs/factory/remotes/origin/replay"});
    size_t at = 0;
    for (size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      all.push_back(text.substr(at, end - at));
    return all;
  }

  /// The first span of that name.
  static record::Json span(const record::Json& trace, const std::string& name) {
    for (const record::Json& one : trace.get("spans").items()) {
      if (one.get_string("name") == name) return one;
    }
    ADD_FAILURE() << "no span '" << name << "' in " << trace.pretty();
    return {};
  }
};

TEST_F(ExportTest, ARunIsATraceThatOpenTelemetryReads) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  Ran ran = factory({"export", "health"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  auto traces = decoded(ran.out);
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces[0].get_int("traces"), 1);

  record::Json root = span(traces[0], "invoke_workflow git-factory");
  EXPECT_EQ(root.get_string("parent"), "");
  record::Json attributes = root.get("attributes");
  EXPECT_EQ(attributes.get_string("cicd.pipeline.result"), "success");
  EXPECT_EQ(attributes.get_string("vcs.ref.head.name"), "factory/health");
  EXPECT_EQ(attributes.get_string("vcs.ref.base.name"), "main");
  EXPECT_EQ(attributes.get_string("vcs.change.id"), "#1");

  record::Json build = span(traces[0], "invoke_agent build");
  EXPECT_EQ(build.get_string("parent"), "invoke_workflow git-factory");
  EXPECT_EQ(build.get("attributes").get_string("cicd.pipeline.task.name"), "build");

  record::Json chat = span(traces[0], "chat health");
  EXPECT_EQ(chat.get_int("kind"), 3);
  EXPECT_EQ(chat.get("attributes").get_string("gen_ai.provider.name"), "scripted");
  EXPECT_EQ(chat.get("attributes").get_string("gen_ai.response.model"), "scripted");
  EXPECT_TRUE(chat.get("attributes").has("gen_ai.usage.input_tokens"));

  int judged = 0;
  for (const record::Json& one : traces[0].get("spans").items()) {
    judged += one.get_string("name") == "gate ruff" && one.get_string("parent") == "validate";
  }
  EXPECT_EQ(judged, 2);  // the demo's first build fails the linter
  EXPECT_EQ(span(traces[0], "execute_tool write_file").get_string("parent"), "invoke_agent build");
  span(traces[0], "push");

  // Nothing that was said is in it, unless it is asked for.
  EXPECT_THAT(ran.out, Not(HasSubstr("/health endpoint")));
  EXPECT_THAT(ran.out, Not(HasSubstr("gen_ai.input.messages")));
  EXPECT_THAT(ran.out, Not(HasSubstr(repo_.path())));
  Ran whole = factory({"export", "--prompts", "health"});
  EXPECT_THAT(whole.out, HasSubstr("/health endpoint"));
  auto with = decoded(whole.out);
  ASSERT_EQ(with.size(), 1u);
  record::Json said = span(with[0], "chat health").get("attributes");
  auto input = record::Json::parse(said.get_string("gen_ai.input.messages"));
  ASSERT_TRUE(input.ok());
  EXPECT_EQ(input->items().at(0).get_string("role"), "user");
  EXPECT_TRUE(record::Json::parse(said.get_string("gen_ai.output.messages")).ok());

  // Exporting again is the same trace; a clone with the ledger alone has what is in there.
  EXPECT_EQ(factory({"export"}).out, ran.out);
  for (const std::string& ref : replay_refs()) repo_.git({"update-ref", "-d", ref});
  Ran all = factory({"export", "--all"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(decoded(all.out).size(), 1u);
  EXPECT_EQ(factory({"export", "nothing"}).exit_code, 128);
}

TEST_F(ExportTest, ACollectorGetsThemByHttp) {
  make_shop();
  Ran planned = factory({"plan", "--slug", "health", "--model", "scripted/health", kHealth});
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  ActingServer collector(
      {answers("503 Service Unavailable", "busy", "Retry-After: 0\r\n"), answers("200 OK", "{}")});
  Ran ran = factory_with({{"OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20b, x-other=c"}},
                         {"export", "--otlp", collector.url()});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "sent 1 run to " + collector.url() + "/v1/traces\n");
  ASSERT_EQ(collector.asked().size(), 2u) << "one that is busy is asked again";
  Asked got = collector.asked()[1];
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.path, "/v1/traces");
  EXPECT_EQ(got.header("content-type"), "application/json");
  EXPECT_EQ(got.header("x-key"), "a b");
  EXPECT_EQ(got.header("x-other"), "c");
  EXPECT_EQ(decoded(got.body + "\n").size(), 1u);
  EXPECT_EQ(got.body + "\n", factory({"export"}).out) << "the same as goes to a file";
}

TEST_F(ExportTest, WhatACollectorRefusesIsTold) {
  make_shop();
  ASSERT_EQ(factory({"plan", "--slug", "health", "--model", "scripted/health", kHealth}).exit_code,
            0);
  struct Case {
    Act act;
    int exit_code;
    const char* expected;
  };
  const Case cases[] = {
      {answers("200 OK", R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})"), 1,
       "it refused 3 of their spans"},
      {answers("200 OK", R"({"partialSuccess":{"errorMessage":"slow down"}})"), 0,
       "warning: the collector says: slow down"},
      {answers("401 Unauthorized", R"({"code":16,"message":"who are you?"})"), 128,
       "answers 401: who are you?\nhint: put its key into OTEL_EXPORTER_OTLP_HEADERS"},
      {answers("404 Not Found", "no such page"), 128,
       "answers 404: no such page\nhint: check that"},
      {answers("415 Unsupported Media Type", ""), 128, "answers 415\nhint: name a collector"},
  };
  for (const Case& one : cases) {
    ActingServer collector(one.act);
    Ran ran = factory({"export", "--otlp", collector.url() + "/"});
    EXPECT_EQ(ran.exit_code, one.exit_code) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(one.expected));
    EXPECT_EQ(collector.asked().size(), 1u);
  }
  EXPECT_EQ(factory({"export", "--otlp", "localhost:4318"}).exit_code, 129);
  EXPECT_THAT(factory({"export", "--otlp", "http://127.0.0.1:9"}).err, HasSubstr("hint: "));
}

}  // namespace
}  // namespace gf::test

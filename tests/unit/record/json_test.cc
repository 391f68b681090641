#include "record/json.h"

#include <gtest/gtest.h>

#include "record/exchange.h"
#include "record/schema.h"
#include "record/spec.h"

namespace gf::record {
namespace {

TEST(Json, EqualValuesGiveEqualText) {
  Json a = Json::object({{"b", 1}, {"a", Json::array({"x", true, nullptr == nullptr})}});
  EXPECT_EQ(a.dump(), "{\"a\":[\"x\",true,true],\"b\":1}");
  EXPECT_EQ(Json::parse(a.dump()).value(), a);
}

TEST(Json, CopiesDoNotShareChanges) {
  Json a = Json::object({{"x", 1}});
  Json b = a;
  b.set("x", 2);
  EXPECT_EQ(a.get_int("x"), 1);
  EXPECT_EQ(b.get_int("x"), 2);
}

TEST(Json, WhatIsStillHeldElsewhereStaysWhatItWas) {
  Json part = Json::object({{"x", Json::array({1, 2})}});
  Json inner = part.get("x");
  Json whole = Json::object({{"a", part}, {"b", inner}});
  whole.set("c", part);
  whole.set("d", whole.get("a"));
  Json list = Json::array({part, inner});
  list.push(part);
  EXPECT_EQ(part.dump(), R"({"x":[1,2]})");
  EXPECT_EQ(inner.dump(), "[1,2]");
  EXPECT_EQ(whole.dump(), R"({"a":{"x":[1,2]},"b":[1,2],"c":{"x":[1,2]},"d":{"x":[1,2]}})");
  EXPECT_EQ(list.dump(), R"([{"x":[1,2]},[1,2],{"x":[1,2]}])");
}

TEST(Json, APartOutlivesTheDocumentThatItWasTakenFrom) {
  Json part = Json::object({{"x", Json::array({1, 2})}}).get("x");
  Json whole = Json::object({{"a", part}});
  EXPECT_EQ(whole.dump(), R"({"a":[1,2]})");
  EXPECT_EQ(part.dump(), "[1,2]");
  part.push(3);
  Json moved = Json::object({{"a", std::move(part)}});
  EXPECT_EQ(moved.dump(), R"({"a":[1,2,3]})");
}

TEST(Json, WhatIsNoJsonIsRefusedWithItsPlace) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":1}x", "nul", "\"\xff\"", "01"}) {
    EXPECT_FALSE(Json::parse(text).ok()) << text;
  }
  EXPECT_NE(Json::parse("{\n  \"a\": ?}").error().message.find("line 2, column 8"),
            std::string::npos);
}

TEST(Json, DeepNestingIsRefusedBeforeItIsBuilt) {
  EXPECT_FALSE(Json::parse(std::string(5'000'000, '[')).ok());
  EXPECT_TRUE(Json::parse("[\"" + std::string(1000, '[') + "\"]").ok())
      << "brackets in a string are no nesting";
}

TEST(Json, TextThatIsNotUtf8IsRepaired) { EXPECT_EQ(Json("a\xff").dump(), "\"a\xef\xbf\xbd\""); }

TEST(Prose, TheObjectIsFoundInWhatAModelWroteAroundIt) {
  EXPECT_EQ(json_in_prose("{\"a\":1}")->get_int("a"), 1);
  EXPECT_EQ(json_in_prose("Sure!\n```json\n{\"a\": 2}\n```\nDone.")->get_int("a"), 2);
  EXPECT_EQ(json_in_prose("I think {\"a\": \"}\", \"b\": 3} fits")->get_int("b"), 3);
  EXPECT_FALSE(json_in_prose("no object here").has_value());
  std::string code;
  for (int i = 0; i < 200; ++i) code += "void f() { g(); } {\"x\" ";
  EXPECT_EQ(json_in_prose(code + "{\"a\": 4}")->get_int("a"), 4) << "braces of code before it";
  EXPECT_FALSE(json_in_prose(std::string(1 << 20, '{')).has_value());
  std::string hostile;
  for (int i = 0; i < 200'000; ++i) hostile += "{\"";
  EXPECT_FALSE(json_in_prose(hostile).has_value()) << "and it ends";
  EXPECT_FALSE(json_in_prose("[1]").has_value());
  EXPECT_FALSE(json_in_prose(std::string(1'000'000, '{')).has_value());
}

TEST(Schema, ViolationsNameThePlace) {
  Json schema =
      Json::parse(
          R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}},"required":["a"]})")
          .value();
  EXPECT_TRUE(schema_violations(schema, Json::parse(R"({"a":["x"]})").value()).value().empty());
  auto wrong = schema_violations(schema, Json::parse(R"({"a":["x",1]})").value()).value();
  ASSERT_FALSE(wrong.empty());
  EXPECT_NE((wrong[0] + wrong.back()).find("/a/1"), std::string::npos) << wrong[0];
  EXPECT_FALSE(schema_violations(schema, Json::object()).value().empty());
}

TEST(Spec, RoundTripKeepsEverythingAndWhatIsUnknown) {
  Json json =
      Json::parse(
          R"({"v":1,"title":"t","intent":"i","request":"r","touchpoints":["a.py"],"introduces":["GET /x"],
    "acceptance_criteria":[{"id":"AC1","kind":"http","given":"g","when":"GET /x","then":[{"observable":"status","op":"equals","expected":200}],
    "source":"r","authorises":[]}],"constraints":["c"],"out_of_scope":[],"assumptions":[{"id":"A1","text":"x"}],
    "changelog":{"section":"Added","entry":"e"},"later":{"kept":true}})")
          .value();
  EXPECT_EQ(to_json(spec_from_json(json).value()), json);
}

TEST(Spec, NewerVersionAndWrongTypesAreNamed) {
  EXPECT_NE(spec_from_json(Json::object({{"v", 2}})).error().hint.find("upgrade"),
            std::string::npos);
  EXPECT_NE(spec_from_json(Json::object({{"title", 7}})).error().message.find("'title'"),
            std::string::npos);
  EXPECT_FALSE(spec_from_json(Json("x")).ok());
}

TEST(Spec, HostileTextDoesNotBecomeStructure) {
  Spec spec;
  spec.title = "a | b\n# c <script>";
  spec.request = "line\n## not a heading\n```";
  Criterion criterion;
  criterion.id = "AC1";
  criterion.then.push_back({"body", "equals", Json("x`|`y")});
  spec.acceptance_criteria.push_back(criterion);
  std::string text = to_markdown(spec);
  EXPECT_EQ(text.find("\n## not"), std::string::npos);
  EXPECT_EQ(text.find("<script>"), std::string::npos);
  EXPECT_NE(text.find("`` \"x`|`y\" ``"), std::string::npos) << text;
}

TEST(Cost, UnpricedIsNotZeroAndSmallSumsAreShown) {
  EXPECT_EQ(to_text(Cost{}), "unpriced");
  EXPECT_EQ(to_text(Cost{0, "local"}), "$0.0000");
  EXPECT_EQ(to_text(Cost{13'200'000'000, "x"}), "$0.0132");
  EXPECT_EQ(to_text(Cost{12'000'000, "x"}), "$0.000012");
  EXPECT_EQ(to_text(Cost{2'500'000'000'000, "x"}), "$2.5000");
  EXPECT_FALSE((Cost{5, "x"} + Cost{}).pico_usd.has_value());
}

TEST(Exchange, TheKeyIsGitsNameOfTheCanonicalRequest) {
  EXPECT_EQ(content_id("hello\n").hex(), "ce013625030ba8dba906f756967f9e9ca394464a");
  ModelRequest request;
  request.stage = "plan";
  Oid before = request_key(request);
  request.turn = 2;
  EXPECT_NE(request_key(request), before);
}

}  // namespace
}  // namespace gf::record

// What Json promises: strict reading, stable writing, cheap and independent copies.
#include <gmock/gmock.h>

#include "record/json.h"
#include "record/schema.h"
#include "support/assertions.h"

namespace gf::record {
namespace {

TEST(JsonValue, EqualValuesGiveEqualTextWithSortedKeys) {
  ASSERT_GIVES(Json a, Json::parse(R"({"b": 1, "a": [true, null, 1.5, "é"]})"));
  ASSERT_GIVES(Json b, Json::parse(R"({"a":[true,null,1.5,"\u00e9"],"b":1})"));
  EXPECT_EQ(a.dump(), R"({"a":[true,null,1.5,"é"],"b":1})");
  EXPECT_EQ(a.dump(), b.dump());
  EXPECT_TRUE(a == b);
}

TEST(JsonValue, RefusesWhatIsNotStrict) {
  for (const char* text :
       {"", " ", "{", "{]", "[1,]", "{'a':1}", "NaN", "Infinity", "01", "1 2", "\"\x01\"",
        "\"\xff\"", "\"\xc0\xaf\"", "// c\n1", "nul", "\"\\ud800\""}) {
    auto result = Json::parse(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().fault, Fault::kBadData) << text;
  }
}

TEST(JsonValue, TheErrorNamesLineAndColumn) {
  auto result = Json::parse("{\n  \"a\": ?\n}");
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, testing::HasSubstr("line 2, column 8"));
}

TEST(JsonValue, AHundredLevelsAreReadAndMoreAreNot) {
  EXPECT_DONE(Json::parse(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(Json::parse(std::string(101, '[') + std::string(101, ']')).ok());
  EXPECT_FALSE(Json::parse(std::string(5'000'000, '[')).ok());
  EXPECT_DONE(Json::parse("\"" + std::string(1000, '[') + "\""));
}

TEST(JsonValue, TheLastOfDoubledKeysWins) {
  ASSERT_GIVES(Json json, Json::parse(R"({"a":1,"a":2})"));
  EXPECT_EQ(json.get_int("a"), 2);
}

TEST(JsonValue, NumbersBeyondIntegersAreNumbers) {
  ASSERT_GIVES(Json big, Json::parse("123456789012345678901234567890"));
  EXPECT_EQ(big.kind(), Json::Kind::kNumber);
  EXPECT_FALSE(big.as_int().has_value());
  EXPECT_FALSE(Json::parse("1e999").ok());
  EXPECT_EQ(Json(int64_t{INT64_MIN}).as_int(), INT64_MIN);
}

TEST(JsonValue, ACopyIsIndependent) {
  Json a = Json::object({{"inner", Json::object({{"x", 1}})}});
  Json b = a;
  Json inner = a.get("inner");
  b.set("inner", 2);
  inner.set("x", 9);
  EXPECT_EQ(a.dump(), R"({"inner":{"x":1}})");
  EXPECT_EQ(b.dump(), R"({"inner":2})");
  EXPECT_EQ(inner.dump(), R"({"x":9})");
}

TEST(JsonValue, AMemberOutlivesItsDocument) {
  Json inner;
  {
    ASSERT_GIVES(Json doc, Json::parse(R"({"a":{"b":[1,2]}})"));
    inner = doc.get("a").get("b");
    doc.set("a", 1);
  }
  inner.push(3);
  EXPECT_EQ(inner.dump(), "[1,2,3]");
}

TEST(JsonValue, CanHoldItself) {
  Json json = Json::object({{"a", 1}});
  json.set("self", json);
  json.set("a", json.get("self"));
  EXPECT_EQ(json.dump(), R"({"a":{"a":1},"self":{"a":1}})");
}

TEST(JsonValue, RepairsTextThatIsNotUtf8) {
  EXPECT_DONE(Json::parse(Json("a\xff"
                               "b")
                              .dump()));
  EXPECT_DONE(Json::parse(Json::object({{"k", Json::strings({"\xc3"})}}).dump()));
}

TEST(JsonValue, MembersOfALargeDocumentAreCheap) {
  Json doc = Json::object();
  Json items = Json::array();
  for (int i = 0; i < 100'000; ++i) items.push(std::string(90, 'x'));
  doc.set("items", items);
  size_t seen = 0;
  for (int i = 0; i < 2000; ++i) seen += doc.get("items").size();
  EXPECT_EQ(seen, 200'000'000u);
}

TEST(JsonInProse, FindsTheObject) {
  for (const char* text : {R"({"a":"}"})", "Here:\n```json\n{\"a\":\"}\"}\n```\nDone.",
                           "Sure! {\"a\":\"}\"} as asked", "a set {x} and then {\"a\":\"}\"}"}) {
    auto found = json_in_prose(text);
    ASSERT_TRUE(found.has_value()) << text;
    EXPECT_EQ(found->get_string("a"), "}") << text;
  }
}

TEST(JsonInProse, FindsNothingWhereNothingIs) {
  for (const char* text : {"", "no", "[1]", "{", "```json\n```", "```", "{\"a\":"}) {
    EXPECT_FALSE(json_in_prose(text).has_value()) << text;
  }
  EXPECT_FALSE(json_in_prose(std::string(1'000'000, '{')).has_value());
  EXPECT_FALSE(json_in_prose("{\"" + std::string(1'000'000, '{')).has_value());
}

TEST(SchemaCheck, NamesThePlaceOfAViolation) {
  ASSERT_GIVES(Json schema, Json::parse(R"({"type":"object","required":["b"],
      "properties":{"a":{"type":"array","items":{"type":"string"}}}})"));
  ASSERT_GIVES(Json good, Json::parse(R"({"a":["x"],"b":1})"));
  ASSERT_GIVES(Json bad, Json::parse(R"({"a":["x",1]})"));
  ASSERT_GIVES(auto none, schema_violations(schema, good));
  EXPECT_TRUE(none.empty());
  ASSERT_GIVES(auto some, schema_violations(schema, bad));
  EXPECT_THAT(some, testing::Contains(testing::HasSubstr("/a/1")));
  EXPECT_THAT(some, testing::Contains(testing::HasSubstr("b")));
  EXPECT_LE(some.size(), 20u);
}

TEST(SchemaCheck, AnUnusableSchemaIsAnError) {
  EXPECT_FALSE(schema_violations(Json::object({{"type", 3}}), Json(1)).ok());
}

}  // namespace
}  // namespace gf::record

// What a model is told about an answer of the wrong form: the deepest place, what stood there, what
// is allowed; each on a line, all at once.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "record/schema.h"
#include "support/assertions.h"

namespace gf::record {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> error_lines(const char* schema, const char* value) {
  return schema_violations(Json::parse(schema).value(), Json::parse(value).value()).value();
}

constexpr const char* kSchema = R"({"type":"object","additionalProperties":false,
  "required":["title","rows"],
  "properties":{
    "title":{"type":"string","description":"A few words."},
    "note":{"type":["string","null"]},
    "rows":{"type":"array","minItems":1,"items":{"type":"object","additionalProperties":false,
      "required":["op"],"properties":{
        "op":{"type":"string","enum":["equals","contains"]},
        "count":{"type":"integer","minimum":1},
        "a/b~c":{"type":"boolean"}}}}}})";

TEST(SchemaPlaces, EachFaultIsNamedAtItsDeepestPlace) {
  struct Case {
    const char *value, *line;
  };
  for (const Case& one : {
           Case{R"({"title":"t","rows":[{"op":"equals"},{"op":"equal"}]})",
                R"(/rows/1/op: is "equal"; did you mean "equals"? allowed: "equals", "contains")"},
           Case{R"({"title":"t","rows":[{"op":"feels_like"}]})",
                R"(/rows/0/op: is "feels_like"; allowed: "equals", "contains")"},
           Case{R"({"title":"t","rows":[{}]})", "/rows/0/op: is missing (string)"},
           Case{R"({"rows":[{"op":"equals"}]})", "/title: is missing (string: A few words.)"},
           Case{R"({"titel":"t","rows":[{"op":"equals"}]})",
                "/titel: no such member; did you mean 'title'?"},
           Case{R"({"title":"t","rows":[{"op":"equals","why":"x"}]})",
                "/rows/0/why: no such member; allowed: a/b~c, count, op"},
           Case{R"({"title":7,"rows":[{"op":"equals"}]})",
                "/title: is the integer 7; allowed: string"},
           Case{R"({"title":"t","note":[],"rows":[{"op":"equals"}]})",
                "/note: is the array []; allowed: string or null"},
           Case{R"({"title":"t","rows":[]})", "/rows: has 0 items; at least 1"},
           Case{R"({"title":"t","rows":[{"op":"equals","count":0}]})",
                "/rows/0/count: is 0; at least 1"},
           Case{R"({"title":"t","rows":[{"op":"equals","a/b~c":1}]})",
                "/rows/0/a~1b~0c: is the integer 1; allowed: boolean"},
           Case{R"([])", "/: is the array []; allowed: object"},
       }) {
    EXPECT_THAT(error_lines(kSchema, one.value), ElementsAre(one.line));
  }
}

TEST(SchemaPlaces, AllFaultsAreToldAtOnce) {
  auto lines = error_lines(kSchema, R"({"rows":[{"op":"eq"},{"count":0}],"x":1})");
  EXPECT_THAT(lines, testing::SizeIs(5));
}

TEST(SchemaPlaces, ManyFaultsAreCounted) {
  std::string rows;
  for (int i = 0; i < 50; ++i) rows += std::string(i > 0 ? "," : "") + "{}";
  auto lines = error_lines(kSchema, (R"({"title":"t","rows":[)" + rows + "]}").c_str());
  ASSERT_EQ(lines.size(), 20u);
  EXPECT_EQ(lines.back(), "and 31 more");
}

TEST(SchemaPlaces, OfOtherKeywordsTheDeepestPlaceIsTold) {
  auto lines = error_lines(R"({"properties":{"a":{"properties":{"b":{"pattern":"^x"}}}}})",
                           R"({"a":{"b":"y"}})");
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines, testing::Each(StartsWith("/a/b: ")));
}

TEST(SchemaPlaces, TheSpecsOwnSchemaNamesTheOperator) {
  std::ifstream file(std::string(GF_SOURCE_DIR) + "/templates/schemas/plan.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  auto lines = error_lines(text.str().c_str(),
                           R"({"questions":[],"spec":{"title":"t","intent":"i","touchpoints":[],
    "introduces":[],"constraints":[],"out_of_scope":[],"assumptions":[],
    "changelog":{"section":"Added","entry":"e"},"acceptance_criteria":[{"id":"AC1","kind":"http",
    "given":"","when":"GET /a","source":"x","authorises":[],
    "then":[{"observable":"status","op":"equal","expected":200},{"observable":"body","op":"present"}]}]}})");
  EXPECT_THAT(lines,
              ElementsAre(HasSubstr(
                  R"(/spec/acceptance_criteria/0/then/0/op: is "equal"; did you mean "equals"?)")));
}

TEST(WithListsTest, OneStringIsAListOfOneWhereAListOfStringsIsAsked) {
  Json schema = Json::parse(R"({"properties":{
      "serves":{"type":"array","items":{"type":"string"}},
      "numbers":{"type":"array","items":{"type":"integer"}},
      "word":{"type":"string"},
      "rows":{"type":"array","items":{"properties":{
          "about":{"type":"array","items":{"type":"string"}}}}}}})")
                    .value();
  struct Case {
    const char *given, *made;
  };
  for (const Case& one : {
           Case{R"({"serves":"AC1"})", R"({"serves":["AC1"]})"},
           Case{R"({"serves":["AC1"]})", R"({"serves":["AC1"]})"},
           Case{R"({"rows":[{"about":"C1"},{"about":[]}]})",
                R"({"rows":[{"about":["C1"]},{"about":[]}]})"},
           Case{R"({"word":"x","numbers":"1","other":"y"})",
                R"({"numbers":"1","other":"y","word":"x"})"},
           Case{R"({"serves":7})", R"({"serves":7})"},
           Case{R"("AC1")", R"("AC1")"},
       })
    EXPECT_EQ(with_lists(schema, Json::parse(one.given).value()).dump(),
              Json::parse(one.made).value().dump())
        << one.given;
  EXPECT_EQ(with_lists(Json(), Json::parse(R"({"serves":"a"})").value()).dump(),
            R"({"serves":"a"})");
}

}  // namespace
}  // namespace gf::record

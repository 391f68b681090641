// The table of kinds, and what has to be the same as it: the schemas' lists, the man page, the
// prompt.
#include "stage/kinds.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "record/spec.h"
#include "stage/lint.h"
#include "support/assertions.h"
#include "support/golden.h"

namespace gf::stage {
namespace {

using record::Json;
using testing::ElementsAreArray;
using testing::HasSubstr;

std::string file_text(const std::string& name) {
  std::ifstream file(std::string(GF_SOURCE_DIR) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Json criterion_schema(const std::string& file) {
  Json schema = Json::parse(file_text("templates/schemas/" + file)).value().get("properties");
  if (schema.has("spec")) schema = schema.get("spec").get("properties");
  return schema.get("acceptance_criteria").get("items").get("properties");
}

TEST(KindsTest, TheSchemasListWhatTheTableHas) {
  std::vector<std::string> kinds, operators;
  for (const Kind& kind : all_kinds()) kinds.emplace_back(kind.name);
  for (const Operator& one : all_operators()) operators.emplace_back(one.name);
  for (const char* file : {"plan.schema.json", "spec.schema.json"}) {
    Json criterion = criterion_schema(file);
    EXPECT_THAT(criterion.get("kind").get_strings("enum"), ElementsAreArray(kinds)) << file;
    Json seen = criterion.get("then").get("items");
    EXPECT_THAT(seen.get("properties").get("op").get_strings("enum"), ElementsAreArray(operators));
    EXPECT_THAT(seen.get_strings("required"), testing::Not(testing::Contains("expected")));
  }
}

TEST(KindsTest, TheManPageIsMadeFromTheTable) {
  std::string page = file_text("man/git-factory-spec.5");
  auto put = [&](const std::string& section, const std::string& text) {
    size_t begin = page.find(".SH " + section + "\n.nf\n");
    ASSERT_NE(begin, std::string::npos) << section;
    begin = page.find(".nf\n", begin) + 4;
    size_t end = page.find(".fi\n", begin);
    page.replace(begin, end - begin, replace_all(text, "\\", "\\e"));
  };
  put("KINDS", kinds_text());
  put("OPERATORS", operators_text() + values_text());
  test::expect_file("man/git-factory-spec.5", page);
}

TEST(KindsTest, EveryExampleIsACriterionThatCompiles) {
  for (const Kind& kind : all_kinds()) {
    record::Spec spec;
    spec.title = "t";
    spec.intent = "i";
    spec.assumptions = {{"A1", "x"}, {"A2", "y"}};
    spec.changelog.entry = "e";
    Json json = record::to_json(spec);
    ASSERT_GIVES(Json example, Json::parse(kind.example));
    spec.request = example.get_string("source");
    json.set("acceptance_criteria", Json::array({example}));
    json.set("request", spec.request);
    ASSERT_GIVES(spec, record::spec_from_json(json));
    EXPECT_EQ(spec.acceptance_criteria[0].kind, kind.name);
    for (const LintFinding& finding : lint(spec, nullptr)) {
      EXPECT_NE(finding.severity, LintFinding::Severity::kError)
          << kind.name << ": " << finding.rule << ": " << finding.message;
    }
  }
}

TEST(KindsTest, LinesFitATerminal) {
  for (const std::string& line : lines(kinds_text() + operators_text() + values_text()))
    EXPECT_LE(line.size(), 100u) << line;
}

TEST(KindsTest, OneActionIsSeenInSeveralWays) {
  struct Case {
    const char *kind, *observable;
    bool legal;
  };
  for (const Case& one :
       {Case{"call", "after len(queue)", true}, Case{"call", "log", false},
        Case{"call", "fragment", true}, Case{"state", "value", true}, Case{"raise", "after", true},
        Case{"http", "level", true}, Case{"http", "stdout", false}, Case{"http", "headers", false},
        Case{"cli", "file out.json", true}, Case{"doc", "value", false},
        Case{"keep", "header Vary", true}, Case{"call", "Value.name", true}}) {
    EXPECT_EQ(find_observable(*find_kind(one.kind), one.observable) != nullptr, one.legal)
        << one.kind << " " << one.observable;
  }
  EXPECT_EQ(find_observable(*find_kind("raise"), "type")->form, Form::kException);
  EXPECT_EQ(find_observable(*find_kind("call"), "type")->form, Form::kText);
}

TEST(KindsTest, TheDialectOfPatternsIsNamed) { EXPECT_THAT(operators_text(), HasSubstr("PCRE2")); }

}  // namespace
}  // namespace gf::stage

// The spec as it is read: plain text has every character as it was written, Markdown shows the same
// characters. What a renderer makes of the Markdown is kept as tests/golden/spec_hostile.md; it was
// read with a CommonMark renderer, which showed each of these texts unchanged.
#include <gmock/gmock.h>

#include "base/text.h"
#include "record/spec.h"
#include "support/golden.h"

namespace gf::record {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> all = {"max_len and __init__",
                                               R"('\t' stays '\\t')",
                                               "a*b*c **d**",
                                               "<script>alert(1)</script>",
                                               "&lt; &amp; & &#64;",
                                               "`code` ``x``",
                                               "[x](http://a)",
                                               "# no heading",
                                               "- no list",
                                               "1. no list",
                                               "12) no",
                                               "> no quote",
                                               "a | b",
                                               "~~kept~~",
                                               "![i](x)",
                                               "@property and #12",
                                               "---",
                                               "===",
                                               "+ plus",
                                               "\\",
                                               R"(trailing \)",
                                               "|",
                                               "`",
                                               "!",
                                               "~~~",
                                               "```py\nx\n```",
                                               "<!-- c -->",
                                               R"(x\|y)",
                                               R"(^\d+\.\w*$)",
                                               "a\n# b\n- c"};
  return all;
}

Spec spec_of(const std::string& text) {
  Spec spec;
  spec.title = spec.intent = spec.request = text;
  Criterion criterion{"AC1", "call", text, text, {{text, "equals", Json(text)}}, text, {}};
  spec.acceptance_criteria = {criterion};
  spec.touchpoints = spec.constraints = spec.out_of_scope = {text};
  spec.assumptions = {{"A1", text}};
  spec.changelog = {"Added", text};
  return spec;
}

TEST(SpecText, PlainTextHasEveryCharacterAsItWasWritten) {
  for (const std::string& text : hostile_texts()) {
    std::string plain = to_plain_text(spec_of(text));
    for (const std::string& line : lines(text)) {
      size_t times = 0;
      for (size_t at = plain.find(line); at != std::string::npos; at = plain.find(line, at + 1))
        ++times;
      EXPECT_GE(times, 9u) << line << "\n" << plain;
    }
  }
}

TEST(SpecText, PlainTextOfOneTextCannotBecomeAnotherPart) {
  Spec spec = spec_of("a\nWhen x\nAssumptions:\n  A2 forged");
  EXPECT_THAT(to_plain_text(spec), Not(HasSubstr("\nAssumptions:\n  A2")));
}

TEST(SpecText, MarkdownIsEscapedSoThatItShowsTheSame) {
  std::string all;
  for (const std::string& text : hostile_texts()) all += to_markdown(spec_of(text)) + "\n";
  test::expect_golden("spec_hostile.md", all);
}

TEST(SpecText, TheEntryOfTheChangelogHasItsCode) {
  struct Row {
    const char* entry;
    const char* shown;
  };
  const std::vector<Row> rows = {
      {"`Store.search` finds *all*.", "`Store.search` finds \\*all\\*."},
      {"- `a_b` and `<c>` of #12", "\\- `a_b` and `<c>` of \\#<!-- -->12"},
      {"one ` alone_", "one \\` alone\\_"},
      {"``x`` and `` ` ``", "\\`\\`x\\`\\` and \\`\\` \\` \\`\\`"},
      {"`a\nb`", "\\`a\\\nb\\`"},
      {"empty `` here", "empty \\`\\` here"},
  };
  for (const Row& row : rows) {
    Spec spec;
    spec.changelog = {"", row.entry};
    EXPECT_THAT(to_markdown(spec), HasSubstr(std::string("## Changelog\n\n") + row.shown + "\n"))
        << row.entry;
  }
}

TEST(SpecText, ValuesAreReadInOneWayOnly) {
  struct Case {
    Json value;
    const char* shown;
  };
  for (const Case& one : {Case{R"(^\d+$)", R"("^\d+$")"}, Case{200, "200"}, Case{"200", R"("200")"},
                          Case{R"(say "x")", R"('say "x"')"}, Case{"a\tb", R"(JSON "a\tb")"},
                          Case{R"("it's")", R"(JSON "\"it's\"")"},
                          Case{Json::strings({"a"}), R"(["a"])"}, Case{Json(), "null"}}) {
    Spec spec = spec_of("x");
    spec.acceptance_criteria[0].then = {{"value", "equals", one.value}};
    EXPECT_THAT(to_plain_text(spec),
                HasSubstr(std::string("Then value equals ") + one.shown + "\n"));
  }
  Spec spec = spec_of("x");
  spec.acceptance_criteria[0].then = {{"value", "present", Json()}, {"value", "is", Json()}};
  EXPECT_THAT(to_plain_text(spec), HasSubstr("Then value present\n"));
  EXPECT_THAT(to_plain_text(spec), HasSubstr("Then value is null\n"));
  EXPECT_THAT(to_markdown(spec), HasSubstr("value is `null`\n"));
}

TEST(SpecText, RowsOfCasesAreATableThatLosesNothing) {
  struct Case {
    std::vector<const char*> rows;
    const char* shown;
  };
  for (const Case& one :
       {Case{{R"({"text": "a|b", "n": 1})"}, "    Case n = 1, text = \"a|b\"\n"},
        Case{{R"({"text": "a", "n": 1})", R"({"text": "b", "n": "1"})"},
             "    Cases: <text> | <n>\n      \"a\" | 1\n      \"b\" | \"1\"\n"},
        Case{{R"({"text": "x", "n": null})", R"({"text": "x", "n": [2]})"},
             "    Cases: <n> (in all text = \"x\")\n      null\n      [2]\n"},
        Case{{R"({"text": "a\nb", "n": 1})", R"({"text": "", "n": 1})"},
             "    Cases: <text> (in all n = 1)\n      JSON \"a\\nb\"\n      \"\"\n"},
        Case{{R"({"text": "a"})", R"({"n": 1})"}, "    Case text = \"a\"\n    Case n = 1\n"},
        Case{{R"({"n": 1})", R"({"n": 1})"}, "    Case n = 1\n"}}) {
    Spec spec = spec_of("x");
    spec.acceptance_criteria[0].when = "parse('<text>')";
    spec.acceptance_criteria[0].then = {{"value", "equals", Json("<n>")}};
    for (const char* row : one.rows)
      spec.acceptance_criteria[0].cases.push_back(Json::parse(row).value());
    EXPECT_THAT(to_plain_text(spec), HasSubstr(std::string("\n") + one.shown)) << one.rows[0];
  }
}

TEST(SpecText, IdsFollowFromThePlace) {
  Spec spec = spec_of("x");
  spec.constraints = {"first", "second"};
  EXPECT_THAT(to_plain_text(spec), HasSubstr("  C2 second\n"));
  EXPECT_THAT(to_markdown(spec), HasSubstr("- C2: second\n"));
  EXPECT_EQ(id_of(Listed::kTouchpoint, 0), "T1");
}

TEST(SpecCases, EachRowIsACriterionOfItsOwn) {
  Criterion criterion;
  criterion.when = "parse('<text>')";
  criterion.then = {{"value", "equals", Json("<seconds>")}, {"message", "contains", "of <text>"}};
  criterion.cases = {Json::object({{"text", "1m"}, {"seconds", 60}}),
                     Json::object({{"text", "0"}, {"seconds", 0}})};

  std::vector<Criterion> each = each_case(criterion);

  ASSERT_EQ(each.size(), 2u);
  EXPECT_EQ(each[0].when, "parse('1m')");
  EXPECT_EQ(each[0].then[0].expected.dump(), "60") << "with its type";
  EXPECT_EQ(each[1].then[1].expected.dump(), R"("of 0")");
  EXPECT_EQ(each_case(each[0]).size(), 1u) << "without cases it is itself";
}

}  // namespace
}  // namespace gf::record

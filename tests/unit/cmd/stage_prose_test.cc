// What a model answered, as a person reads it.
#include "stage_prose.h"

#include <gtest/gtest.h>

namespace gf::cmd {
namespace {

struct Case {
  const char* name;
  const char* json;
  const char* prose;
};

class ProseTest : public testing::TestWithParam<Case> {};

TEST_P(ProseTest, SaysWhatTheAnswerSays) {
  auto answer = record::Json::parse(GetParam().json);
  ASSERT_TRUE(answer.ok());

  EXPECT_EQ(prose_of(*answer), GetParam().prose);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ProseTest,
    testing::Values(
        Case{"Empty", R"({})", ""},
        Case{"WhatIsEmptyIsLeftOut", R"({"missing":[],"notes":"","of":null,"in":{}})", ""},
        Case{"Scalars", R"({"summary":"One test.","tries":2,"done":true})",
             "done: true\nsummary: One test.\ntries: 2\n"},
        Case{"SeveralLines", R"({"summary":"One.\nTwo."})", "summary:\n  One.\n  Two.\n"},
        Case{"FewShortWords", R"({"test_files":["a.py","b.py"]})", "test files: a.py, b.py\n"},
        Case{
            "LongWords",
            R"({"conventions":["Handlers are typed and return models; data comes by a store","B"]})",
            "conventions:\n  - Handlers are typed and return models; data comes by a store\n"
            "  - B\n"},
        Case{
            "AVerdictStandsBeforeItsReason",
            R"({"criteria":[{"id":"AC1","pointer":{"test":"t.py::a"},"verdict":"satisfied","why":"seen"}]})",
            "criteria:\n  - AC1 satisfied: seen\n    pointer:\n      test: t.py::a\n"},
        Case{"AnItemWithoutAName", R"({"list":[{"why":"because"},{"other":1}]})",
             "list:\n  - because\n  -\n    other: 1\n"},
        Case{"AListInAList", R"({"rows":[[1,2],{"id":"x"}]})", "rows:\n  - [1,2]\n  - x\n"},
        Case{"NoObject", R"(["a",{"id":"b"}])", "- a\n- b\n"}, Case{"OnlyAWord", R"("yes")", ""}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace gf::cmd

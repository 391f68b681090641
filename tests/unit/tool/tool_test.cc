#include "tool/tool.h"

#include <gtest/gtest.h>

#include "support/assertions.h"
#include "support/repo.h"

namespace gf::tool {
namespace {

using record::Json;

class ToolTest : public ::testing::Test {
 protected:
  ToolTest() {
    repo_.write("app/x.py", "def f(a: int) -> int:\n    return a\n");
    repo_.write("tests/test_x.py", "x = 1\n");
    repo_.commit("base");
  }
  ToolAnswer call(const std::string& name, Json arguments,
                  std::vector<std::string> given = {"read_file", "list_dir", "grep", "outline",
                                                    "write_file", "edit_file", "delete_file"}) {
    Toolbox tools = Toolbox::open(repo_.path(), given,
                                  {{"app/**", "new.py"}, {"app/locked.py", "pyproject.toml"}},
                                  repo_.environment())
                        .value();
    record::ToolCall one{"1", name, std::move(arguments), ""};
    return tools.call(one, cancel_).value();
  }
  test::TempRepo repo_;
  Cancel cancel_;
};

TEST_F(ToolTest, ReadingTools) {
  EXPECT_EQ(call("read_file", Json::object({{"path", "app/x.py"}, {"start_line", 2}})).text,
            "app/x.py (lines 2-2 of 2)\n2\t    return a\n");
  EXPECT_EQ(call("list_dir", Json::object({{"path", "."}})).text, "app/\ntests/\n");
  EXPECT_EQ(call("grep", Json::object({{"pattern", "def [a-z]"}})).text,
            "app/x.py:1:def f(a: int) -> int:\n");
  EXPECT_EQ(call("grep", Json::object({{"pattern", "nothing like it"}})).text, "no match\n");
  EXPECT_EQ(call("outline", Json::object({{"path", "app/x.py"}})).text,
            "1: def f(a: int) -> int\n");
}

TEST_F(ToolTest, ManyOutlinesAreWhatEachWouldBe) {
  repo_.write("app/ü b.py", "class C:\n    def g(self):\n        pass\n");
  repo_.write("app/empty.py", "");
  Toolbox tools = Toolbox::open(repo_.path(), {"outline"}, {}, repo_.environment()).value();
  std::vector<std::string> paths = {"app/ü b.py", "app/none.py",  "app/x.py",
                                    "../x",       "app/empty.py", "app/x.py"};
  ASSERT_GIVES(auto all, tools.outlines(paths, cancel_));
  ASSERT_EQ(all.size(), paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    ToolAnswer alone = call("outline", Json::object({{"path", paths[i]}}));
    EXPECT_EQ(all[i].text, alone.text) << paths[i];
    EXPECT_EQ(all[i].failed, alone.failed) << paths[i];
  }
  EXPECT_EQ(all[0].text, "1: class C\n2:     def g(self)\n");
  EXPECT_EQ(all[4].text, "no definitions\n");
  EXPECT_TRUE(all[1].failed && all[3].failed);
}

TEST_F(ToolTest, WritingToolsStayInTheirScope) {
  ToolAnswer wrote =
      call("write_file", Json::object({{"path", "app/new/y.py"}, {"content", "y = 1\n"}}));
  EXPECT_FALSE(wrote.failed) << wrote.text;
  EXPECT_EQ(wrote.changed, (std::vector<std::string>{"app/new/y.py"}));
  for (const char* path : {"tests/test_x.py", "pyproject.toml", "app/locked.py", "../x",
                           ".git/config", "/etc/x", "app/.git/hooks/x"}) {
    EXPECT_TRUE(call("write_file", Json::object({{"path", path}, {"content", "z"}})).failed)
        << path;
    EXPECT_TRUE(call("delete_file", Json::object({{"path", path}})).failed) << path;
  }
  EXPECT_TRUE(
      call("edit_file", Json::object({{"path", "app/x.py"}, {"old", "a"}, {"new", "b"}})).failed)
      << "it occurs more than once";
  EXPECT_FALSE(
      call("edit_file",
           Json::object({{"path", "app/x.py"}, {"old", "return a"}, {"new", "return a + 1"}}))
          .failed);
}

TEST_F(ToolTest, HostileCallsAreAnsweredWithTheRightForm) {
  EXPECT_NE(call("rm_rf", Json::object()).text.find("there is no tool 'rm_rf'"), std::string::npos);
  EXPECT_NE(call("write_file", Json::object(), {"read_file"}).text.find("there are: read_file"),
            std::string::npos);
  EXPECT_NE(call("read_file", Json::object()).text.find("'path' is missing"), std::string::npos);
  EXPECT_NE(call("read_file", Json::object({{"path", 7}})).text.find("is not a string"),
            std::string::npos);
  EXPECT_NE(call("read_file", Json::object({{"path", "x"}, {"mode", "w"}}))
                .text.find("no argument 'mode'"),
            std::string::npos);
  EXPECT_NE(call("read_file", Json::array()).text.find("not a JSON object"), std::string::npos);
  EXPECT_TRUE(call("grep", Json::object({{"pattern", "("}})).failed);
  EXPECT_FALSE(call("grep", Json::object({{"pattern", "--open-files-in-pager=x"}})).failed);
}

TEST_F(ToolTest, AnswersAreBounded) {
  std::string big;
  for (int i = 0; i < 20000; ++i) big += "a long line of text number " + std::to_string(i) + "\n";
  repo_.write("big.txt", big);
  for (const ToolAnswer& answer : {call("read_file", Json::object({{"path", "big.txt"}})),
                                   call("grep", Json::object({{"pattern", "line"}}))}) {
    EXPECT_LT(answer.text.size(), 40000u);
    EXPECT_NE(answer.text.find("[..."), std::string::npos);
  }
}

TEST_F(ToolTest, LinesThatAreAskedForAreHeldToTheFile) {
  auto read = [this](int first, int last) {
    return call("read_file",
                Json::object({{"path", "app/x.py"}, {"start_line", first}, {"end_line", last}}))
        .text;
  };

  EXPECT_EQ(read(-5, 1), "app/x.py (lines 1-1 of 2)\n1\tdef f(a: int) -> int:\n");
  EXPECT_EQ(read(2, 99), "app/x.py (lines 2-2 of 2)\n2\t    return a\n");
  EXPECT_EQ(read(50, 99), "app/x.py (lines 2-2 of 2)\n2\t    return a\n");
  EXPECT_EQ(read(2, 1), "app/x.py (lines 2-1 of 2)\n");
}

TEST_F(ToolTest, WhatIsNotThereOrNoTextIsAnswered) {
  repo_.write("picture.bin", std::string("a\0b", 3));

  EXPECT_EQ(call("read_file", Json::object({{"path", "picture.bin"}})).text,
            "error: 'picture.bin' is not text");
  for (const char* tool : {"read_file", "delete_file", "outline"}) {
    ToolAnswer answer = call(tool, Json::object({{"path", "app/none.py"}}));
    EXPECT_TRUE(answer.failed) << tool;
    EXPECT_EQ(answer.text, "error: there is no file 'app/none.py'");
    EXPECT_TRUE(answer.changed.empty());
  }
  EXPECT_TRUE(call("list_dir", Json::object({{"path", "../"}})).failed);
}

TEST_F(ToolTest, ADeletedFileIsGoneAndNamed) {
  ToolAnswer answer = call("delete_file", Json::object({{"path", "./app//x.py"}}));

  EXPECT_EQ(answer.text, "deleted app/x.py");
  EXPECT_EQ(answer.changed, std::vector<std::string>{"app/x.py"});
  EXPECT_TRUE(call("read_file", Json::object({{"path", "app/x.py"}})).failed);
}

TEST_F(ToolTest, GrepKeepsToTheFolderAndToWhatGitWouldKnow) {
  repo_.write(".gitignore", "*.log\n");
  repo_.write("app/new.txt", "needle\n");
  repo_.write("app/out.log", "needle\n");
  repo_.write("docs/a.txt", "NEEDLE\n");
  auto grep = [this](const char* path, bool ignore_case) {
    return call("grep",
                Json::object({{"pattern", "needle"}, {"path", path}, {"ignore_case", ignore_case}}))
        .text;
  };

  EXPECT_EQ(grep("app", false), "app/new.txt:1:needle\n");
  EXPECT_EQ(grep(".", true), "app/new.txt:1:needle\ndocs/a.txt:1:NEEDLE\n");
  EXPECT_EQ(grep("*.txt", false), "error: there is no file or folder '*.txt'")
      << "a path is no pattern";
}

TEST_F(ToolTest, ToolsAreDescribedByTheFormTheyAreCheckedBy) {
  ASSERT_GIVES(auto tools, Toolbox::open(repo_.path(), {"edit_file", "unheard_of", "grep"}, {},
                                         repo_.environment()));

  std::vector<record::ToolSpec> specs = tools.specs();

  ASSERT_EQ(specs.size(), 2u);
  EXPECT_EQ(specs[0].name, "edit_file");
  EXPECT_EQ(specs[0].parameters.get("properties").get("edits").get_string("type"), "array");
  EXPECT_EQ(specs[1].parameters.get_strings("required"), std::vector<std::string>{"pattern"});
  EXPECT_FALSE(specs[1].parameters.get_bool("additionalProperties", true));
}

}  // namespace
}  // namespace gf::tool

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
            "app/x.py (lines 2-2 of 2)\n    return a\n");
  EXPECT_EQ(call("list_dir", Json::object({{"path", "."}})).text, "app/\ntests/\n");
  EXPECT_EQ(call("grep", Json::object({{"pattern", "def [a-z]"}})).text,
            "app/x.py:1:def f(a: int) -> int:\n");
  EXPECT_EQ(call("grep", Json::object({{"pattern", "nothing like it"}})).text, "no match\n");
  EXPECT_EQ(call("outline", Json::object({{"path", "app/x.py"}})).text, "1: function f(a: int)\n");
}

TEST_F(ToolTest, ManyOutlinesAreWhatEachWouldBe) {
  repo_.write("app/ü b.py", "class C:\n    def g(self):\n        pass\n");
  repo_.write("app/empty.py", "");
  Toolbox tools = Toolbox::open(repo_.path(), {"outline"}, {}, repo_.environment()).value();
  std::vector<std::string> paths = {"app/ü b.py", "app/none.py", "app/x.py", "../x",
                                    "app/empty.py", "app/x.py"};
  ASSERT_GIVES(auto all, tools.outlines(paths, cancel_));
  ASSERT_EQ(all.size(), paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    ToolAnswer alone = call("outline", Json::object({{"path", paths[i]}}));
    EXPECT_EQ(all[i].text, alone.text) << paths[i];
    EXPECT_EQ(all[i].failed, alone.failed) << paths[i];
  }
  EXPECT_EQ(all[0].text, "1: class C\n2: member C.g(self)\n");
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

TEST(Scope, Patterns) {
  EXPECT_TRUE(path_matches("tests/**", "tests/a/b.py"));
  EXPECT_TRUE(path_matches("**/test_*.py", "test_a.py"));
  EXPECT_TRUE(path_matches("**/test_*.py", "a/b/test_a.py"));
  EXPECT_FALSE(path_matches("**/test_*.py", "a/latest_b.py"));
  EXPECT_FALSE(path_matches("*.py", "a/b.py"));
  EXPECT_TRUE(path_matches("app/", "app/x.py"));
  EXPECT_FALSE(path_matches("app/x.py", "app/x.pyc"));
  EXPECT_FALSE(path_matches(std::string(200, '*') + "b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace gf::tool

// What the tools answer on files as they are found in the field: a table a tool. Each row is a
// complaint of somebody who worked with them.
#include <gmock/gmock.h>

#include <filesystem>

#include "base/files.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "tool/tool.h"

namespace gf::tool {
namespace {

using record::Json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class AnswersTest : public ::testing::Test {
 protected:
  ToolAnswer call(const std::string& name, Json arguments) {
    Toolbox tools =
        Toolbox::open(repo_.path(),
                      {"read_file", "list_dir", "grep", "outline", "write_file", "edit_file"},
                      scope_, repo_.environment(),
                      [this](const std::string& path) -> Result<std::string> {
                        asked_.push_back(path);
                        return parse_;
                      })
            .value();
    return tools.call({"1", name, std::move(arguments), ""}, cancel_).value();
  }
  ToolAnswer edit(const std::string& path, const std::string& from, const std::string& to) {
    return call("edit_file", Json::object({{"path", path}, {"old", from}, {"new", to}}));
  }
  ToolAnswer edits(const std::string& path,
                   const std::vector<std::pair<std::string, std::string>>& all) {
    Json list = Json::array();
    for (const auto& [from, to] : all) list.push(Json::object({{"old", from}, {"new", to}}));
    return call("edit_file", Json::object({{"path", path}, {"edits", list}}));
  }
  std::string on_disk(const std::string& path) {
    return read_file(repo_.path() + "/" + path).value();
  }
  void link(const std::string& target, const std::string& path) {
    std::filesystem::create_symlink(target, std::filesystem::path(repo_.path()) / path);
  }
  test::TempRepo repo_;
  Cancel cancel_;
  Scope scope_{{"**"}, {}, {}};
  std::string parse_ = "it parses";
  std::vector<std::string> asked_;
};

TEST_F(AnswersTest, OutlinesKeepWhatTheFileSays) {
  repo_.write(
      "a.py",
      "TIMEOUT = 5\n\n@app.get(\n    \"/x\"\n)\ndef f(newline=\"\\n\", sep='\\t') -> str:\n"
      "    return 1\n\nclass C(Base):\n    @property\n    def p(\n        self,\n    ) -> int:\n"
      "        return 1\n");

  EXPECT_EQ(call("outline", Json::object({{"path", "a.py"}})).text,
            "1: variable TIMEOUT\n3: @app.get(\n4:     \"/x\"\n5: )\n"
            "6: def f(newline=\"\\n\", sep='\\t') -> str\n9: class C(Base)\n10:     @property\n"
            "11:     def p(\n12:         self,\n13:     ) -> int\n");
}

TEST_F(AnswersTest, OutlinesNeverHoldABody) {
  repo_.write("a.py", "def f(): return 'SECRET BODY'\nclass C: x = 'SECRET BODY'\n");
  repo_.write("b.c", "int f(void) { return BODY; }\n");

  for (const char* path : {"a.py", "b.c"})
    EXPECT_THAT(call("outline", Json::object({{"path", path}})).text, Not(HasSubstr("BODY")));
}

TEST_F(AnswersTest, DefinitionsKnowWhereTheyEnd) {
  repo_.write("a.py", "@d\ndef f():\n    a\n\n    b\n\n\ndef g():\n    c\n");
  ASSERT_GIVES(auto tools, Toolbox::open(repo_.path(), {}, {}, repo_.environment()));

  ASSERT_GIVES(auto all, tools.definitions({"a.py", "none.py"}, cancel_));

  ASSERT_EQ(all.size(), 2u);
  ASSERT_EQ(all[0].size(), 2u);
  EXPECT_EQ(all[0][0].first, 1);
  EXPECT_EQ(all[0][0].last, 5);
  EXPECT_EQ(all[0][1].first, 8);
  EXPECT_TRUE(all[1].empty());
}

TEST_F(AnswersTest, SearchesAreNarrowedAndCountWhatTheyLeaveOut) {
  std::string many;
  for (int i = 0; i < 150; ++i) many += "needle\n";
  for (const char* path : {"src/a.py", "src/b.py", "tests/t.py", "docs/d.md"})
    repo_.write(path, many);
  auto grep = [this](Json arguments) {
    arguments.set("pattern", "needle");
    return call("grep", std::move(arguments)).text;
  };

  std::string all = grep(Json::object());
  EXPECT_THAT(all,
              HasSubstr("[... 400 more matches not shown, in src/b.py (150), tests/t.py (150), "
                        "src/a.py (100); narrow it with path, include or exclude]"));
  std::string source = grep(
      Json::object({{"include", Json::strings({"*.py"})}, {"exclude", Json::strings({"tests"})}}));
  EXPECT_THAT(source, HasSubstr("src/a.py:1:needle"));
  EXPECT_THAT(source, Not(HasSubstr("tests/")));
  EXPECT_THAT(source, Not(HasSubstr("docs/")));
  EXPECT_THAT(source, HasSubstr("100 more matches"));
  EXPECT_THAT(grep(Json::object({{"include", "docs/**"}})), StartsWith("docs/d.md:1:needle\n"))
      << "one pattern alone will do";
  EXPECT_EQ(grep(Json::object({{"include", "*.rs"}})), "no match\n");
}

TEST_F(AnswersTest, GrepPassesOverWhatNoPersonWritesAndCountsIt) {
  repo_.write("src/a.py", "needle\n");
  repo_.write("uv.lock", "needle\nneedle\n");
  repo_.write("docs/logo.svg", "<path needle/>\n");
  repo_.write("web/app.js", "x" + std::string(9000, 'y') + "needle\n");
  repo_.write("vendor/b.py", "needle\n");
  auto grep = [this](Json arguments) {
    arguments.set("pattern", "needle");
    return call("grep", std::move(arguments)).text;
  };

  EXPECT_EQ(grep(Json::object()),
            "src/a.py:1:needle\n[... 5 matches not shown, in uv.lock (2), docs/logo.svg (1), "
            "vendor/b.py (1), web/app.js (1): generated, vendored or minified; give such a file as "
            "path to see them]\n");
  EXPECT_EQ(grep(Json::object({{"path", "uv.lock"}})), "uv.lock:1:needle\nuv.lock:2:needle\n");
  std::string minified = grep(Json::object({{"path", "web/app.js"}}));
  EXPECT_THAT(minified, HasSubstr("needle")) << "a long line is cut around its match";
  EXPECT_THAT(minified, HasSubstr(" bytes cut] ..."));
  EXPECT_LT(minified.size(), 400u);
}

TEST_F(AnswersTest, WhatCannotBeSeenIsShownAndCanBeEdited) {
  repo_.write("a.py", "x = 'a\u00a0b'\ny = '\\u00a0'\n");

  EXPECT_EQ(call("read_file", Json::object({{"path", "a.py"}})).text,
            "a.py (lines 1-2 of 2, characters that cannot be seen are shown as \\u escapes)\n"
            "1\tx = 'a\\u00a0b'\n2\ty = '\\u00a0'\n");
  EXPECT_FALSE(edit("a.py", "x = 'a\\u00a0b'", "x = 'c\\u00a0d'").failed);
  EXPECT_EQ(on_disk("a.py"), "x = 'c\u00a0d'\ny = '\\u00a0'\n");
  EXPECT_FALSE(edit("a.py", "y = '\\u00a0'", "y = '\\u00a0!'").failed);
  EXPECT_EQ(on_disk("a.py"), "x = 'c\u00a0d'\ny = '\\u00a0!'\n") << "what was written so stays so";
}

TEST_F(AnswersTest, APlaceThatIsNotThereIsSaidToBeSo) {
  repo_.write("app/x.py", "x = 1\n");
  struct Row {
    const char *tool, *path, *answer;
  };
  for (const Row& row : std::vector<Row>{
           {"grep", "app/none.py", "error: there is no file or folder 'app/none.py'"},
           {"list_dir", "none", "error: there is no folder 'none'"},
           {"list_dir", "app/x.py", "error: 'app/x.py' is a file; read it with read_file"},
           {"list_dir", "app/x.py/y",
            "error: the path 'app/x.py/y' is refused: 'app/x.py' is a file"},
           {"read_file", "app", "error: the path 'app' is refused: it is a folder"},
           {"read_file", "none.py", "error: there is no file 'none.py'"}}) {
    Json arguments = Json::object({{"path", row.path}});
    if (std::string(row.tool) == "grep") arguments.set("pattern", "x");
    EXPECT_EQ(call(row.tool, arguments).text, row.answer);
  }
}

TEST_F(AnswersTest, ARefusedLinkNamesWhereItLeads) {
  repo_.write("docs/guide.md", "x\n");
  link("docs/guide.md", "README.md");
  link("../docs", "docs/self");
  link("/etc", "out");
  link("../../elsewhere", "docs/up");
  struct Row {
    const char *path, *answer;
  };
  for (const Row& row :
       std::vector<Row>{{"README.md", "it is a link to 'docs/guide.md'; use 'docs/guide.md'"},
                        {"docs/self/guide.md", "'docs/self' is a link to '../docs'; use 'docs'"},
                        {"out/passwd", "'out' is a link to '/etc'"},
                        {"docs/up", "it is a link to '../../elsewhere'"}}) {
    std::string answer = call("read_file", Json::object({{"path", row.path}})).text;
    EXPECT_EQ(answer, std::string("error: the path '") + row.path + "' is refused: " + row.answer);
    EXPECT_THAT(call("write_file", Json::object({{"path", row.path}, {"content", "z"}})).text,
                HasSubstr("is a link to"));
    EXPECT_THAT(call("grep", Json::object({{"pattern", "x"}, {"path", row.path}})).text,
                HasSubstr("is a link to"));
  }
  EXPECT_EQ(on_disk("docs/guide.md"), "x\n");
}

TEST_F(AnswersTest, FilesAreReadWithTheirFormAndInParts) {
  repo_.write("crlf.txt", "a\r\nb\r\n");
  repo_.write("open.txt", "a\nb");
  repo_.write("latin.txt", "caf\xe9\n");
  repo_.write("empty.txt", "");
  struct Row {
    const char *path, *answer;
  };
  for (const Row& row : std::vector<Row>{
           {"crlf.txt", "crlf.txt (lines 1-2 of 2, CRLF line ends)\n1\ta\n2\tb\n"},
           {"open.txt", "open.txt (lines 1-2 of 2, no newline at the end)\n1\ta\n2\tb\n"},
           {"latin.txt",
            "latin.txt (lines 1-1 of 1, not UTF-8: U+FFFD stands for what is "
            "none)\n1\tcaf\ufffd\n"},
           {"empty.txt", "empty.txt (lines 1-0 of 0)\n"}})
    EXPECT_EQ(call("read_file", Json::object({{"path", row.path}})).text, row.answer);
  std::string big;
  for (int i = 0; i < 5000; ++i) big += "a line of text\n";
  repo_.write("big.txt", big + std::string(100000, 'x') + "\n");
  std::string part = call("read_file", Json::object({{"path", "big.txt"}})).text;
  EXPECT_THAT(part, HasSubstr("not shown: ask for them from start_line 16"));
  EXPECT_LT(part.size(), 33000u);
  EXPECT_LT(
      call("read_file", Json::object({{"path", "big.txt"}, {"start_line", 5000}})).text.size(),
      3000u)
      << "a line of a megabyte is cut";
}

TEST_F(AnswersTest, OnlyWhatAStepMayReadIsRead) {
  repo_.write("src/a.py", "needle = 'body'\n");
  repo_.write("tests/t.py", "needle\n");
  scope_.readable = {"tests/**"};

  EXPECT_THAT(call("read_file", Json::object({{"path", "src/a.py"}})).text,
              HasSubstr("is not for this step to read; it may read: tests/**"));
  EXPECT_THAT(call("read_file", Json::object({{"path", "tests/../src/a.py"}})).text,
              HasSubstr("refused"));
  EXPECT_FALSE(call("read_file", Json::object({{"path", "tests/t.py"}})).failed);
  EXPECT_EQ(call("grep", Json::object({{"pattern", "needle"}})).text, "tests/t.py:1:needle\n");
  EXPECT_THAT(call("grep", Json::object({{"pattern", "needle"}, {"path", "src/a.py"}})).text,
              HasSubstr("is not for this step to read; it may read: tests/**"));
  for (const char* pattern : {"body", "nowhere at all"}) {
    EXPECT_EQ(call("grep", Json::object({{"pattern", pattern}})).text,
              "no match; searched was only what this step may read: tests/**\n")
        << "whether the rest would match is not told";
  }
  EXPECT_THAT(call("outline", Json::object({{"path", "src/a.py"}})).text,
              HasSubstr("not for this step"));
}

TEST_F(AnswersTest, AnEditAnswersWithWhatChangedAndWhetherItParses) {
  repo_.write("a.py", "1\n2\n3\ndef f():\n    return 1\n6\n7\n8\n9\n10\n");

  EXPECT_EQ(
      edit("a.py", "    return 1\n", "    x = 2\n    return x\n").text,
      "edited a.py; it parses\n3\t3\n4\tdef f():\n5\t    x = 2\n6\t    return x\n7\t6\n8\t7\n");
  parse_ = "it does not parse: line 2: invalid syntax";
  EXPECT_EQ(call("write_file", Json::object({{"path", "b.py"}, {"content", "x = (\n"}})).text,
            "wrote b.py (6 bytes, 1 line); it does not parse: line 2: invalid syntax");
  EXPECT_THAT(asked_, ::testing::ElementsAre("a.py", "b.py"));
}

TEST_F(AnswersTest, SeveralEditsAreDoneTogetherOrNotAtAll) {
  repo_.write("a.py", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");

  EXPECT_EQ(
      edits("a.py", {{"nine\n", "9\n"}, {"one\n", "1\n1b\n"}}).text,
      "edited a.py; it parses\n1\t1\n2\t1b\n3\ttwo\n4\tthree\n...\n8\tseven\n9\teight\n10\t9\n"
      "11\tten\n");
  std::string before = on_disk("a.py");
  ToolAnswer failed = edits("a.py", {{"two", "2"}, {"thre e", "3"}, {"four", "4"}});
  EXPECT_TRUE(failed.failed);
  EXPECT_THAT(failed.text,
              StartsWith("error: edit 2 of 3, and none was done: in 'a.py' 'old' occurs 0 times"));
  EXPECT_EQ(on_disk("a.py"), before);
  EXPECT_TRUE(failed.changed.empty());
  EXPECT_TRUE(edits("a.py", {}).failed);
  EXPECT_TRUE(call("edit_file", Json::object({{"path", "a.py"}, {"old", "two"}})).failed);
  EXPECT_THAT(
      call("edit_file", Json::object({{"path", "a.py"}, {"edits", Json::strings({"x"})}})).text,
      HasSubstr("'edits' is not a list of {old: string, new: string}"));
}

TEST_F(AnswersTest, AnEditThatDoesNotFitIsShownTheNearestText) {
  repo_.write("a.py", "def f():\n    return 1\n\n\ndef g():\n    x = 1\n    return 1\n");
  struct Row {
    const char *from, *says;
  };
  for (const Row& row :
       std::vector<Row>{{"return 1", "occurs 2 times (line 2, 7); it must occur exactly once"},
                        {"def g():\n  x = 1",
                         "it differs in white space or line ends only; there is:\n5\tdef g():\n6"},
                        {"def g():\n    x = 2\n    return 1",
                         "the nearest text is:\n5\tdef g():\n6\t    x = 1\n7"},
                        {"nothing of the kind", "nothing like it is there"},
                        {"", "'old' is empty"}})
    EXPECT_THAT(edit("a.py", row.from, "x").text, HasSubstr(row.says));
}

TEST_F(AnswersTest, AFileKeepsItsLineEndsAndItsLastLine) {
  struct Row {
    const char *content, *from, *to, *after;
  };
  for (const Row& row : std::vector<Row>{{"a\r\nb\r\nc\r\n", "a\nb\n", "a\nB\n", "a\r\nB\r\nc\r\n"},
                                         {"a\r\nb\r\n", "a\r\nb", "x\r\ny", "x\r\ny\r\n"},
                                         {"a\r\nb\n", "b", "B", "a\r\nB\n"},
                                         {"a\nb", "b", "B", "a\nB"},
                                         {"caf\xe9 a\n", " a", " b", "caf\xe9 b\n"}}) {
    repo_.write("f", row.content);
    EXPECT_FALSE(edit("f", row.from, row.to).failed) << row.content;
    EXPECT_EQ(on_disk("f"), row.after);
  }
}

TEST_F(AnswersTest, ARunOfOlderRulesComesToTheFilesItCameTo) {
  scope_.older = true;
  repo_.write("f", "a\r\nb\r\n");

  EXPECT_TRUE(edit("f", "a\nb", "x").failed);
  EXPECT_TRUE(edits("f", {{"a", "x"}}).failed);
  EXPECT_FALSE(edit("f", "b", "B").failed);
  EXPECT_EQ(on_disk("f"), "a\r\nB\r\n");
}

TEST_F(AnswersTest, HostileNamesAndFilesAreAnswered) {
  repo_.write("a b/c d.py", "needle\n");
  repo_.write("n\nl.py", "needle\n");
  repo_.write("pic.bin", std::string("needle\0", 7));
  repo_.write("huge.txt", std::string(5u << 20, 'x'));

  EXPECT_EQ(call("grep", Json::object({{"pattern", "needle"}, {"path", "a b"}})).text,
            "a b/c d.py:1:needle\n");
  EXPECT_THAT(call("list_dir", Json::object({{"path", "."}})).text, HasSubstr("n"));
  EXPECT_THAT(call("read_file", Json::object({{"path", "n\nl.py"}})).text,
              HasSubstr("control characters"));
  EXPECT_THAT(call("read_file", Json::object({{"path", "pic.bin"}})).text,
              HasSubstr("is not text"));
  EXPECT_THAT(call("read_file", Json::object({{"path", "huge.txt"}})).text,
              HasSubstr("is the limit"));
  EXPECT_THAT(edit("huge.txt", "x", "y").text, HasSubstr("is the limit"));
}

TEST_F(AnswersTest, AWriteOutsideTheScopeNamesTheScope) {
  scope_ = {{"src/**", "docs/a.md"}, {}, {}};

  EXPECT_EQ(call("write_file", Json::object({{"path", "x.py"}, {"content", ""}})).text,
            "error: 'x.py' is outside of what this step may change: src/**, docs/a.md");
}

}  // namespace
}  // namespace gf::tool

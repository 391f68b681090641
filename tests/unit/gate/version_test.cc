// A tool's version as its installed files tell it, in every form that they have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "gate/gate.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

struct Form {
  const char* module;  ///< each its own: an answer is kept while the program runs
  const char* file;    ///< below a folder that the interpreter looks into
  const char* text;
  const char* expected;
};

class InstalledFormTest : public testing::TestWithParam<Form> {};

TEST_P(InstalledFormTest, TellsTheVersionThatStandsInItsHead) {
  test::TempFolder folder;
  folder.write(GetParam().file, GetParam().text);
  Gate gate;
  std::string python =
      folder.write("python", "#!/bin/sh\nPYTHONPATH='" + folder.path() + "' exec '" +
                                 std::getenv("GF_TEST_PYTHON") + "' \"$@\"\n");
  std::filesystem::permissions(python, std::filesystem::perms::owner_all);
  gate.argv = {python, "-m", GetParam().module, "check"};
  Cancel cancel;

  std::string version = tool_version(gate, proc::current_environment(), cancel);

  EXPECT_EQ(version, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, InstalledFormTest,
    testing::Values(
        Form{"gfwheel", "gfwheel-1.2.dist-info/METADATA",
             "Metadata-Version: 2.1\nName: gfwheel\nVersion: 1.2\n\nVersion: 9\n", "gfwheel 1.2"},
        Form{"gfcrlf", "gfcrlf-3.dist-info/METADATA",
             "Metadata-Version: 2.1\r\nName: GfCrlf\r\nVersion: 3\r\n\r\nName: other\r\n",
             "GfCrlf 3"},
        Form{"gfegg", "gfegg.egg-info/PKG-INFO",
             "Metadata-Version: 1.0\nName: gfegg\nVersion: 4.dev1+x\nSummary: a: b\n",
             "gfegg 4.dev1+x"},
        Form{"gfflat", "gfflat-5-py3.egg-info", "Metadata-Version: 1.0\nName: gfflat\nVersion: 5\n",
             "gfflat 5"},
        Form{"gfempty", "gfempty-6.dist-info/METADATA", "", ""},
        Form{"gfbytes", "gfbytes-7.dist-info/METADATA",
             "Author: \xe9\xff\nName: gfbytes\nVersion: 7\n\n", "gfbytes 7"}),
    [](const auto& row) { return std::string(row.param.module); });

struct Question {
  std::vector<std::string> argv, asked;
};

class VersionQuestionTest : public testing::TestWithParam<Question> {};

TEST_P(VersionQuestionTest, IsOneThatTheToolKnows) {
  Gate gate;
  gate.argv = GetParam().argv;
  EXPECT_EQ(version_question(gate), GetParam().asked);
}

INSTANTIATE_TEST_SUITE_P(
    Tools, VersionQuestionTest,
    testing::Values(Question{{"go", "test", "./..."}, {"go", "version"}},
                    Question{{"go", "vet", "./..."}, {"go", "version"}},
                    Question{{"gofmt", "-l", "."}, {"go", "version"}},
                    Question{{"python3", "-m", "ruff", "check"},
                             {"python3", "-m", "ruff", "--version"}},
                    Question{{"cargo", "nextest", "run"}, {"cargo", "nextest", "--version"}},
                    Question{{"cargo", "test"}, {"cargo", "--version"}},
                    Question{{"vitest", "run"}, {"vitest", "--version"}}, Question{{}, {}}));

/// A Go that answers as Go does, so that another one is another version of the gate.
TEST(ToolVersionTest, OfGoIsGosOwn) {
  test::TempFolder folder;
  std::string go = folder.write(
      "go", "#!/bin/sh\n[ \"$1\" = version ] || exit 2\necho go version go1.99 linux/amd64\n");
  std::filesystem::permissions(go, std::filesystem::perms::owner_all);
  proc::Environment environment = proc::current_environment();
  environment["PATH"] = folder.path() + ":" + environment["PATH"];
  Gate gate;
  gate.argv = {"gofmt", "-l", "."};
  Cancel cancel;

  EXPECT_EQ(tool_version(gate, environment, cancel), "go version go1.99 linux/amd64");
}

}  // namespace
}  // namespace gf::gate

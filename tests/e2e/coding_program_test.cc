// BUILD by a coding program: it works in a copy, and the line takes what it changed.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using record::Json;
using ::testing::HasSubstr;
using ::testing::Not;

class CodingProgramTest : public FactoryTest {
 protected:
  /// The files that the demo's BUILD ends with, in a folder.
  std::string finished() {
    std::string folder = repo_.folder() / "finished";
    std::filesystem::create_directories(folder + "/app/routers");
    std::filesystem::copy(repo_.path() + "/app/main.py", folder + "/app/main.py");
    for (const char* name : {"build.1.1", "build.2.1"}) {
      std::ifstream file(std::string(GF_SOURCE_DIR) + "/templates/demo/answers/health/" + name +
                         ".json");
      std::string text{std::istreambuf_iterator<char>(file), {}};
      Json answer = Json::parse(text).value();
      for (const Json& call : answer.get("tool_calls").items()) {
        Json arguments = call.get("arguments");
        std::string path = folder + "/" + arguments.get_string("path");
        std::string content = arguments.get_string("content");
        if (call.get_string("name") == "edit_file") {
          std::ifstream old(path, std::ios::binary);
          content.assign(std::istreambuf_iterator<char>(old), {});
          std::string was = arguments.get_string("old");
          content.replace(content.find(was), was.size(), arguments.get_string("new"));
        }
        std::ofstream(path, std::ios::binary) << content;
      }
    }
    return folder;
  }
};

TEST_F(CodingProgramTest, ItsChangesGoThroughTheLineAndOutOfScopeOnesDoNot) {
  make_shop();
  std::string path =
      repo_.folder().write("bin/codex", "#!/bin/sh\ncat > " + (repo_.folder() / "prompt") +
                                            "\ncp -r " + finished() + R"(/. .
echo "ruff: off" >> pyproject.toml
echo '{"type":"item.completed","item":{"type":"agent_message","text":"The endpoint is there."}}'
echo '{"type":"turn.completed","usage":{"input_tokens":1000,"output_tokens":100}}'
)");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  repo_.git({"config", "factory.provider.codex.command", path});
  std::string before = users_place();
  Ran ran = feature("health", kHealth, {"--model", "build=codex/gpt-5-mini"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(users_place(), before);
  EXPECT_EQ(repo_.git({"diff", "--name-only", "main", "factory/health"}),
            "CHANGELOG.md\napp/main.py\napp/routers/health.py\ntests/test_health.py\n")
      << "a guarded file is not written, whoever wrote it in the copy";
  std::string shown = factory({"show", "health:build"}).out;
  EXPECT_THAT(shown, HasSubstr("codex/gpt-5-mini"));
  EXPECT_THAT(shown, HasSubstr("calls write_file"));
  EXPECT_THAT(shown, HasSubstr("1000/100 tokens $0.00045"));
}

}  // namespace
}  // namespace gf::test

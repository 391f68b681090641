// log as a person sees it: pages, colours, formats.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

class LogTest : public FactoryTest {
 protected:
  /// What a terminal gets to see of `git factory <arguments>`.
  std::string on_terminal(std::vector<std::string> arguments,
                          const std::map<std::string, std::string>& more) {
    arguments.insert(arguments.begin(), {"git", "factory"});
    auto all = environment();
    all["TERM"] = "xterm";
    for (const auto& [name, value] : more) all[name] = value;
    std::vector<std::string> entries;
    for (const auto& [name, value] : all) entries.push_back(name + "=" + value);
    std::vector<char*> words, variables;
    for (std::string& word : arguments) words.push_back(word.data());
    for (std::string& entry : entries) variables.push_back(entry.data());
    words.push_back(nullptr);
    variables.push_back(nullptr);
    int terminal = -1;
    std::string place = repo_.path();
    pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      if (chdir(place.c_str()) != 0) _exit(126);
      execvpe(words[0], words.data(), variables.data());
      _exit(127);
    }
    std::string seen;
    char piece[4096];
    // Reading ends with an error when the last process has left the terminal.
    for (ssize_t n = 0; (n = read(terminal, piece, sizeof(piece))) > 0;)
      seen.append(piece, static_cast<size_t>(n));
    int status = 0;
    waitpid(child, &status, 0);
    close(terminal);
    EXPECT_EQ(status, 0) << seen;
    return replace_all(seen, "\r\n", "\n");
  }
};

TEST_F(LogTest, PagerAndColoursAreGits) {
  make_shop();
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.").exit_code, 1);
  std::string paged = on_terminal({"log", "--oneline"}, {{"GIT_PAGER", "sed s/^/PAGED:/"}});
  EXPECT_TRUE(paged.starts_with("PAGED:\x1b[33m")) << paged;
  std::string plain = on_terminal({"log", "--oneline", "--no-color"}, {{"GIT_PAGER", "cat"}});
  EXPECT_EQ(plain, factory({"log", "--oneline"}).out);
  repo_.git({"config", "color.ui", "never"});
  EXPECT_EQ(on_terminal({"log", "--oneline"}, {{"GIT_PAGER", "cat"}}), plain);
  EXPECT_NE(factory({"log", "--oneline", "--color=always"}).out.find("\x1b[33m"),
            std::string::npos);
  // What is set to colour files too is found without a terminal, wherever it is set.
  repo_.git({"config", "--unset", "color.ui"});
  EXPECT_EQ(factory({"log", "--oneline"}).out, plain);
  repo_.git({"config", "color.factory", "always"});
  EXPECT_NE(factory({"log", "--oneline"}).out.find("\x1b[33m"), std::string::npos);
  repo_.git({"config", "--unset", "color.factory"});
  repo_.git({"config", "core.pager", "sed s/^/core:/"});
  EXPECT_TRUE(on_terminal({"log", "--oneline"}, {}).starts_with("core:"));
  EXPECT_TRUE(on_terminal({"show"}, {}).starts_with("core:run "));
  // A pager that leaves early ends the command in peace.
  on_terminal({"log"}, {{"GIT_PAGER", "true"}});
}

TEST_F(LogTest, PagesFormatsAndLimitsAreGits) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.").exit_code, 1);
  EXPECT_EQ(factory({"log", "--format=%f"}).out, "faster\nhealth\n");
  EXPECT_EQ(factory({"log", "-1", "--format=%f"}).out, "faster\n");
  EXPECT_EQ(factory({"log", "-n", "10", "--skip=1", "--format=%f"}).out, "health\n");
  EXPECT_EQ(factory({"log", "-n0"}).out, "");
  EXPECT_EQ(factory({"log", "--format=format:%f"}).out, "faster\nhealth");
  EXPECT_EQ(factory({"log", "-z", "--format=%f"}).out, std::string("faster\0health\0", 14));
  EXPECT_EQ(factory({"log", "--format=%f", "--", "app"}).out, "health\n");
  EXPECT_EQ(factory({"log", "--format=%f", "health.py"}, repo_.path() + "/app").out, "");
  EXPECT_EQ(factory({"log", "--format=%f", "routers"}, repo_.path() + "/app").out, "health\n");
  EXPECT_EQ(factory({"log", "--format=%f", "--stage=validate"}).out, "health\n");
  EXPECT_EQ(factory({"log", "--format=%f", "--outcome=needs-answers"}).out, "faster\n");
  EXPECT_EQ(factory({"log", "--format=%f", "--since=1 hour ago"}).out, "faster\nhealth\n");
  EXPECT_EQ(factory({"log", "--format=%f", "--until=yesterday"}).out, "");
  EXPECT_EQ(factory({"log", "--format=%f", "--grep=ok", "--author=Tester"}).out, "health\n");
  EXPECT_EQ(factory({"log", "--format=nonsense"}).exit_code, 129);
  EXPECT_EQ(factory({"log", "--outcome=nonsense"}).exit_code, 129);
  EXPECT_EQ(factory({"log", "../outside"}).exit_code, 128);
  std::string json = factory({"log", "--json", "-1"}).out;
  EXPECT_EQ(record::Json::parse(trim(json))->get_string("slug"), "faster") << json;
}

}  // namespace
}  // namespace gf::test

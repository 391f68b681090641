#include "support/repo.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace gf::test {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all = "git";
  for (const std::string& word : words) all += " " + word;
  return all;
}

/// The child's side: never comes back. Standard streams are files, so no pipe can fill up.
[[noreturn]] void become(std::vector<char*>& words, std::vector<char*>& variables,
                         const std::string& folder, const std::string& streams) {
  int in = open((streams + "/in").c_str(), O_RDONLY);
  int out = open((streams + "/out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int err = open((streams + "/err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in < 0 || out < 0 || err < 0 || chdir(folder.c_str()) != 0) _exit(126);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  execvpe(words[0], words.data(), variables.data());
  _exit(127);
}

}  // namespace

Ran run(const std::vector<std::string>& words, const std::string& directory,
        const std::map<std::string, std::string>& environment, const std::string& input) {
  TempFolder streams;
  streams.write("in", input);
  std::vector<std::string> arguments = words, variables;
  for (const auto& [key, value] : environment) variables.push_back(key + "=" + value);
  std::vector<char*> argument_pointers, variable_pointers;
  for (std::string& argument : arguments) argument_pointers.push_back(argument.data());
  for (std::string& variable : variables) variable_pointers.push_back(variable.data());
  argument_pointers.push_back(nullptr);
  variable_pointers.push_back(nullptr);

  Ran ran;
  pid_t child = fork();
  if (child < 0) return ran;
  if (child == 0) become(argument_pointers, variable_pointers, directory, streams.path());
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = streams.read("out");
  ran.err = streams.read("err");
  return ran;
}

TempRepo::TempRepo() {
  std::filesystem::create_directories(folder_ / "home");
  std::filesystem::create_directories(path());
  git("init -q -b main");
  git({"config", "user.name", "A Tester"});
  git("config user.email tester@example.com");
}

std::map<std::string, std::string> TempRepo::environment() const {
  const char* search = std::getenv("PATH");
  return {{"PATH", search == nullptr ? "/usr/local/bin:/usr/bin:/bin" : search},
          {"HOME", folder_ / "home"},
          {"GIT_CONFIG_NOSYSTEM", "1"},
          {"GIT_CONFIG_GLOBAL", "/dev/null"},
          {"GIT_TEST_FSYNC", "0"},  // git's own tests wait for no disk either
          {"GIT_TERMINAL_PROMPT", "0"},
          {"GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"},
          {"GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"},
          {"LC_ALL", "C"},
          {"TZ", "UTC"}};
}

std::string TempRepo::write(std::string_view name, std::string_view content) const {
  return folder_.write("repo/" + std::string(name), content);
}

Oid TempRepo::commit(const std::string& message) const {
  git("add -A");
  git({"commit", "-q", "--allow-empty", "-m", message});
  auto id = Oid::parse(git("rev-parse HEAD").substr(0, 40));
  EXPECT_TRUE(id.ok()) << "no commit was made";
  return id.ok() ? *id : Oid();
}

std::string TempRepo::git(std::string_view arguments) const {
  std::istringstream text{std::string(arguments)};
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return git(words);
}

std::string TempRepo::git(std::initializer_list<std::string> arguments) const {
  return git(std::vector<std::string>(arguments));
}

std::string TempRepo::git(const std::vector<std::string>& arguments,
                          const std::string& input) const {
  Ran ran = run_git(arguments, input);
  EXPECT_EQ(ran.exit_code, 0) << joined(arguments) << "\n" << ran.out << ran.err;
  return ran.out;
}

int TempRepo::git_status(const std::vector<std::string>& arguments) const {
  return run_git(arguments, {}).exit_code;
}

Ran TempRepo::run_git(const std::vector<std::string>& arguments, const std::string& input) const {
  std::vector<std::string> words = {"git"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run(words, path(), environment(), input);
}

}  // namespace gf::test

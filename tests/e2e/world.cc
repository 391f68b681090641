#include "e2e/world.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gf::test {

Ran run(const std::vector<std::string>& argv, const std::string& folder,
        const std::map<std::string, std::string>& environment, const std::string& input) {
  TempFolder scratch;
  scratch.write("in", input);
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
  std::vector<char*> words, variables;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  for (std::string& entry : entries) variables.push_back(entry.data());
  words.push_back(nullptr);
  variables.push_back(nullptr);
  std::string in = scratch / "in", out = scratch / "out", err = scratch / "err";
  pid_t pid = fork();
  if (pid == 0) {
    dup2(open(in.c_str(), O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2);
    if (chdir(folder.c_str()) != 0) _exit(126);
    execvpe(words[0], words.data(), variables.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), scratch.read("out"),
          scratch.read("err")};
}

World::World() {
  std::filesystem::create_directories(path());
  git({"init", "--quiet", "--initial-branch=main", "."});
  // Nothing here grows so large that git would tidy up; it starts two programs to find that out.
  std::ofstream(path() + "/.git/config", std::ios::app)
      << "[user]\n\tname = Tester\n\temail = tester@example.com\n[maintenance]\n\tauto = false\n";
}

void World::write(std::string_view name, std::string_view content) const {
  folder_.write("work/" + std::string(name), content);
}
std::string World::read(std::string_view name) const {
  return folder_.read("work/" + std::string(name));
}

namespace {

/// Where rustup keeps its toolchains, which is below the user's home; empty: there is none.
std::string rustup_home() {
  if (const char* named = std::getenv("RUSTUP_HOME")) return named;
  const char* home = std::getenv("HOME");
  std::string folder = std::string(home == nullptr ? "" : home) + "/.rustup";
  return std::filesystem::exists(folder) ? folder : "";
}

}  // namespace

std::map<std::string, std::string> World::environment() const {
  const char* path_variable = std::getenv("PATH");
  return {{"PATH", path_variable == nullptr ? "/usr/bin:/bin" : path_variable},
          {"HOME", folder_ / "home"},
          {"XDG_CACHE_HOME", folder_ / "cache"},
          {"GIT_CONFIG_NOSYSTEM", "1"},
          {"GIT_CONFIG_GLOBAL", "/dev/null"},
          {"GIT_TEST_FSYNC", "0"},  // git's own tests wait for no disk either
          {"LC_ALL", "C"},
          {"RUSTUP_HOME", rustup_home()},
          {"TZ", "UTC"}};
}

std::string World::git(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "git");
  Ran ran = run(arguments, path(), environment());
  EXPECT_EQ(ran.exit_code, 0) << "git " << arguments[1] << ": " << ran.err;
  return ran.out;
}

int World::git_status(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "git");
  return run(arguments, path(), environment()).exit_code;
}

void World::commit(const std::string& message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "-m", message});
}

std::string World::add_remote() const {
  std::string remote = folder_ / "origin.git";
  git({"init", "--quiet", "--bare", "--initial-branch=main", remote});
  git({"remote", "add", "origin", remote});
  git({"push", "--quiet", "-u", "origin", "main"});
  return remote;
}

}  // namespace gf::test

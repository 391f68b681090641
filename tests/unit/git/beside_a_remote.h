// The git program in a repository that may have a remote beside it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "git/git_program.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {

/// A repository with one commit, the git program in it, and what a remote may be given.
class GitProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    base_ = place_.commit("first");
  }
  Program program(std::map<std::string, std::string> more = {}) const {
    auto environment = place_.environment();
    for (auto& [name, value] : more) environment[name] = value;
    return Program(test::plain_runner(environment), place_.path());
  }
  /// A bare remote named origin that has main; a hook of that name can be put into it.
  void add_remote() {
    place_.git({"clone", "-q", "--bare", place_.path(), remote_});
    place_.git({"remote", "add", "origin", remote_});
  }
  void add_hook(const std::string& file, const std::string& script) {
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  Oid commit_more(const std::string& name) {
    place_.write(name, "more\n");
    return place_.commit("add " + name);
  }
  static std::string value_of(const std::vector<Setting>& settings, const std::string& key) {
    std::string last = "(none)";
    for (const Setting& setting : settings) {
      if (setting.key == key) last = setting.value;
    }
    return last;
  }

  test::TempRepo place_;
  test::TempFolder beside_;
  std::string remote_ = beside_ / "remote.git";
  Oid base_;
};

}  // namespace gf::git

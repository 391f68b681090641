// A bare remote and clones of it, for what machines do with one batch.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "batch/claims.h"
#include "session/context.h"
#include "support/folder.h"

namespace gf::batch {

/// Of a commit that nobody looks into.
inline Oid id_of(char digit) { return Oid::parse(std::string(40, digit)).value(); }

class SharedRemote : public ::testing::Test {
 protected:
  void SetUp() override {
    run("git init -q --bare -b main server && git init -q -b main seed && cd seed && "
        "git -c user.name=s -c user.email=s@example.com commit -q --allow-empty -m first && "
        "git push -q ../server main");
    for (const char* name : {"ada", "bob"}) clone(name);
  }
  void clone(const std::string& name) const {
    run(
        fmt::format("git clone -q server {0} 2>/dev/null && git -C {0} config user.name {0} && "
                    "git -C {0} config user.email {0}@example.com",
                    name));
  }
  void run(const std::string& script) const {
    ASSERT_EQ(std::system(("cd '" + folder_.path() + "' && " + script).c_str()), 0) << script;
  }
  [[nodiscard]] std::string said(const std::string& script) const {
    std::string out;
    FILE* pipe = popen(("cd '" + folder_.path() + "' && " + script).c_str(), "r");
    std::array<char, 4096> bytes{};
    while (size_t got = fread(bytes.data(), 1, bytes.size(), pipe)) out.append(bytes.data(), got);
    pclose(pipe);
    return out;
  }
  session::Setup setup(const std::string& name) {
    session::Setup setup;
    setup.directory = folder_ / name;
    setup.environment = {{"PATH", path_ + std::getenv("PATH")},
                         {"HOME", folder_.path()},
                         {"GIT_CONFIG_NOSYSTEM", "1"},
                         {"GIT_CONFIG_GLOBAL", "/dev/null"}};
    setup.cancel = &cancel_;
    return setup;
  }
  std::unique_ptr<session::Context> open(const session::Setup& setup) {
    auto context = session::Context::open(setup, false);
    EXPECT_TRUE(context.ok()) << context.error().message;
    return std::move(context).value();
  }
  std::unique_ptr<session::Context> open(const std::string& name) { return open(setup(name)); }
  /// The server dies between the move of a ref and the answer that says so; armed by arm().
  void make_server_mortal() const {
    run("printf '#!/bin/sh\\nrm \"$GIT_DIR/armed\" 2>/dev/null && kill -9 $PPID\\nexit 0\\n' "
        "> server/hooks/post-receive && chmod +x server/hooks/post-receive");
  }
  void arm() const { run("touch server/armed"); }
  static Claim by(const std::string& job) {
    Claim claim;
    claim.job = job;
    claim.holder = "holder of " + job;
    return claim;
  }
  /// What the remote has.
  Claim there(const std::string& slug, const std::string& batch = "spring") {
    auto context = open("bob");
    auto claim = Claims(*context, "origin", batch).fetch(slug);
    EXPECT_TRUE(claim.ok()) << claim.error().message;
    EXPECT_TRUE(claim->has_value());
    return claim->value_or(Claim());
  }

  gf::test::TempFolder folder_;
  Cancel cancel_;
  std::string path_;  ///< in front of PATH, with a colon behind it
};

}  // namespace gf::batch

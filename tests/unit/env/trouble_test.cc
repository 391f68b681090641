#include "env/trouble.h"

#include <gtest/gtest.h>

#include "env/environment.h"

namespace gf::env {
namespace {

TEST(TroubleTest, WhatKeepsAnIndexFromBeingReachedIsToldApartFromWhatItAnswers) {
  struct Case {
    const char* output;
    const char* meaning;
  };
  const Case kCases[] = {
      {"WARNING: Retrying after connection broken by 'NewConnectionError('<x>: Failed to establish "
       "a "
       "new connection: [Errno -3] Temporary failure in name resolution')'\n"
       "ERROR: No matching distribution found for pytest",
       "its name was not resolved"},
      {"error: Failed to fetch: `https://x/simple/six/`\n  Caused by: dns error\n  Caused by: "
       "failed to "
       "lookup address information: Name or service not known",
       "its name was not resolved"},
      {"npm error code ENOTFOUND\nnpm error network request to https://x failed",
       "its name was not resolved"},
      {"All attempts to connect to x.example failed.", "it does not answer"},
      {"[Errno 101] Network is unreachable", "the network is unreachable"},
      {"connect ECONNREFUSED 127.0.0.1:1", "the connection was refused"},
      {"ReadTimeoutError(\"HTTPSConnectionPool(host='x', port=443): Read timed out.\")",
       "it did not answer in time"},
      {"SSLError(CERTIFICATE_VERIFY_FAILED: certificate verify failed: self-signed)",
       "its certificate is not trusted here"},
      {"ERROR: No matching distribution found for sixx", ""},
      {"  x No solution found when resolving dependencies: sixx was not found in the package "
       "registry",
       ""},
      {"", ""},
  };
  for (const Case& one : kCases) EXPECT_EQ(network_trouble(one.output), one.meaning) << one.output;
}

TEST(TroubleTest, TheLineThatSpeaksOfAnErrorIsTold) {
  EXPECT_EQ(telling_line("a\nERROR: b\nc\n"), "ERROR: b");
  EXPECT_EQ(telling_line("a\n\n"), "a");
  EXPECT_EQ(telling_line("error: no package `x` found\nwhat this error means is written there\n"),
            "error: no package `x` found");
  EXPECT_EQ(telling_line("error: a\nerror: b\n"), "error: b");
  EXPECT_EQ(telling_line("error: No solution found\n  > Because sixx was not found\n      in the "
                         "registry, it is unsatisfiable.\n"),
            "Because sixx was not found in the registry, it is unsatisfiable.");
}

TEST(DecidesEnvironmentTest, ManifestsLocksAndListsDoAndCodeDoesNot) {
  for (const char* path : {"pyproject.toml", "a/b/pyproject.toml", "uv.lock", "setup.cfg",
                           "requirements.txt", "requirements/dev.in", "dev-requirements.txt",
                           "constraints.txt", "web/package.json", "web/pnpm-lock.yaml", "Pipfile",
                           "core/pom.xml", "build.gradle.kts", "gradle/libs.versions.toml"})
    EXPECT_TRUE(decides_environment(path)) << path;
  for (const char* path : {"app/main.py", "README.md", "notes.txt", "my_pyproject.toml",
                           "requirements.py", "docs/requirements.md", "package.json.bak", ""})
    EXPECT_FALSE(decides_environment(path)) << path;
}

}  // namespace
}  // namespace gf::env

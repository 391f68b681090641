// Lock files that a change of manifests concerns, by the real tools where they are there.
#include "env/locks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "proc/process.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::env {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Files = std::map<std::string, std::string>;

TEST(LocksTest, TheNearestOfEachKindIsConcerned) {
  struct Case {
    std::vector<std::string> files, changed;
    const char* concerned;
  };
  const Case kCases[] = {
      {{"pyproject.toml", "uv.lock"}, {"pyproject.toml"}, "uv.lock<pyproject.toml "},
      {{"pyproject.toml", "uv.lock"}, {"a.py", "uv.lock"}, ""},
      {{"pyproject.toml"}, {"pyproject.toml"}, ""},
      {{"pyproject.toml", "poetry.lock", "package.json", "yarn.lock"},
       {"pyproject.toml", "package.json"},
       "poetry.lock<pyproject.toml yarn.lock<package.json "},
      {{"uv.lock", "a/pyproject.toml", "b/pyproject.toml"},
       {"a/pyproject.toml", "b/pyproject.toml"},
       "uv.lock<a/pyproject.toml "},
      {{"Cargo.lock", "low/Cargo.lock", "low/in/Cargo.toml"},
       {"low/in/Cargo.toml"},
       "low/Cargo.lock<low/in/Cargo.toml "},
      {{"svc/go.mod"}, {"svc/go.mod"}, "svc/go.sum<svc/go.mod "},
      {{}, {"svc/go.mod", "package.json"}, ""},
  };
  for (const Case& one : kCases) {
    Files files;
    for (const std::string& path : one.files) files[path] = "";
    std::string listed;
    for (const LockFile& lock : locks_concerned(test::MapFacts(files), one.changed))
      listed += lock.path + "<" + lock.manifest + " ";
    EXPECT_EQ(listed, one.concerned);
  }
}

TEST(LocksTest, NpmsLockAgreesWhereItSaysWhatTheManifestAsksFor) {
  const std::string lock = R"({"packages": {
    "": {"version": "1.0.0", "dependencies": {"a": "^1"}, "devDependencies": {"b": "2"}},
    "packages/low": {"version": "0.1.0"}}})";
  struct Case {
    const char* manifest;
    const char* package;
    bool agrees;
  };
  const Case kCases[] = {
      {R"({"version": "1.0.0", "dependencies": {"a": "^1"}, "devDependencies": {"b": "2"}})", "",
       true},
      {R"({"version": "1.0.0", "devDependencies": {"b": "2"}, "dependencies": {"a": "^1"},
           "scripts": {"test": "x"}})",
       "", true},
      {R"({"version": "1.0.0", "dependencies": {"a": "^2"}, "devDependencies": {"b": "2"}})", "",
       false},
      {R"({"version": "1.1.0", "dependencies": {"a": "^1"}, "devDependencies": {"b": "2"}})", "",
       false},
      {R"({"version": "0.1.0", "dependencies": {}})", "packages/low", true},
      {R"({"version": "0.1.0", "dependencies": {"c": "1"}})", "packages/low", false},
      {R"({"version": "0.1.0"})", "packages/new", false},
      {"no json", "", false},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(npm_lock_agrees(lock, one.manifest, one.package), one.agrees) << one.manifest;
  EXPECT_FALSE(npm_lock_agrees("", kCases[0].manifest, "")) << "no lock of npm's";
}

/// A project on disk, before and after what a builder wrote.
class RelockTest : public ::testing::Test {
 protected:
  Result<std::vector<Relocked>> relocked(const Files& before, const Files& change,
                                         const Settings& settings = {}) {
    Files now = before;
    for (const auto& [path, text] : change) now[path] = text;
    for (const auto& [path, text] : now) slot_.write(path, text);
    std::vector<std::string> changed;
    for (const auto& [path, text] : change) changed.push_back(path);
    test::MapFacts was(before), is(now);
    return relock({was, is, slot_.path(), settings, environment_, cancel_},
                  locks_concerned(is, changed));
  }
  bool has(const char* tool) const { return proc::find_program(tool, environment_).has_value(); }

  test::TempFolder slot_;
  Environment environment_ = proc::clean_environment(proc::current_environment());
  Cancel cancel_;
};

Files crate(const std::string& dependencies) {
  return {{"Cargo.toml", "[package]\nname = \"twice\"\nversion = \"0.1.0\"\nedition = \"2021\"\n" +
                             dependencies}};
}

const Files kCrates = {
    {"Cargo.toml", crate("").at("Cargo.toml")},
    {"Cargo.lock", "version = 3\n\n[[package]]\nname = \"twice\"\nversion = \"0.1.0\"\n"},
    {"src/lib.rs", ""},
    {"half/Cargo.toml", "[package]\nname = \"half\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"},
    {"half/src/lib.rs", ""}};

TEST_F(RelockTest, CargosLockGetsTheCrateThatTheManifestAsksForAnew) {
  if (!has("cargo")) GTEST_SKIP() << "cargo is not installed";

  ASSERT_GIVES(auto all, relocked(kCrates, crate("\n[dependencies]\nhalf = {path = \"half\"}\n")));

  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].wrong, "");
  EXPECT_EQ(all[0].tool, "cargo");
  EXPECT_THAT(all[0].now["Cargo.lock"], HasSubstr("dependencies = [\n \"half\",\n]"));
  ASSERT_GIVES(auto same, relocked(kCrates, crate("\n[lints.rust]\nunused = \"warn\"\n")));
  EXPECT_THAT(same[0].now, IsEmpty()) << "it agrees";
}

TEST_F(RelockTest, WhatCannotBeHadIsSaidAndTheLockLeftAsItWas) {
  if (!has("cargo")) GTEST_SKIP() << "cargo is not installed";
  Settings offline{{"factory.install", "offline"}};

  ASSERT_GIVES(auto all,
               relocked(kCrates, crate("\n[dependencies]\nno-such-crate-here = \"9\"\n"), offline));

  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].wrong, HasSubstr("no-such-crate-here"));
  EXPECT_EQ(all[0].hint, "cargo update --workspace");
  EXPECT_EQ(read_file(slot_.path() + "/Cargo.lock"), kCrates.at("Cargo.lock"));
}

TEST_F(RelockTest, ALockWhoseToolIsNotThereLagsWhereItsManifestAsksForMore) {
  environment_["PATH"] = slot_ / "nowhere";
  const Files before = {{"pyproject.toml", "[project]\nname = \"a\"\ndependencies = []\n"},
                        {"uv.lock", "version = 1\n"}};
  const std::string more = "[project]\nname = \"a\"\ndependencies = [\"six\"]\n";

  ASSERT_GIVES(auto lags, relocked(before, {{"pyproject.toml", more}}));
  ASSERT_GIVES(
      auto other,
      relocked(before, {{"pyproject.toml", before.at("pyproject.toml") + "[tool.ruff]\n"}}));
  ASSERT_GIVES(auto written, relocked(before, {{"pyproject.toml", more}, {"uv.lock", "v"}}));

  EXPECT_EQ(lags[0].wrong, "uv is not installed");
  EXPECT_EQ(lags[0].hint, "uv lock");
  EXPECT_EQ(other[0].wrong, "");
  EXPECT_EQ(written[0].wrong, "") << "who wrote it may have known";
}

TEST_F(RelockTest, NpmsLockGetsThePackageThatTheManifestAsksForAnew) {
  if (!has("npm")) GTEST_SKIP() << "npm is not installed";
  environment_["npm_config_cache"] = slot_ / "npm-cache";
  const Files before = {
      {"package.json", R"({"name": "twice", "version": "1.0.0"})"},
      {"package-lock.json",
       R"({"name": "twice", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
           "packages": {"": {"name": "twice", "version": "1.0.0"}}})"},
      {"half/package.json", R"({"name": "half", "version": "1.0.0"})"}};

  ASSERT_GIVES(auto all, relocked(before, {{"package.json", R"({"name": "twice", "version": "1.0.0",
                                             "dependencies": {"half": "file:./half"}})"}}));

  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].wrong, "");
  EXPECT_THAT(all[0].now["package-lock.json"], HasSubstr("\"node_modules/half\""));
  EXPECT_FALSE(read_file(slot_.path() + "/node_modules/half/package.json"));
}

}  // namespace
}  // namespace gf::env

// Where an environment is looked for, in order, and why each was taken or not.
#include "env/finder.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/assertions.h"
#include "support/folder.h"

namespace gf::env {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FinderTest : public ::testing::Test {
 protected:
  /// An interpreter that says what it is told to.
  void python(const std::string& folder, const std::string& version,
              const std::string& lacks = "") {
    std::string path = folder_.write(
        folder + "/bin/python",
        "#!/bin/sh\nprintf '{\"version\": \"" + version +
            "\", \"implementation\": \"cpython\", \"prefix\": \"/p\", \"base\": \"/b/python3\", "
            "\"isolated\": true, \"site\": [], \"site_below\": \"lib/s\", \"scripts\": \"/p/bin\", "
            "\"lacks\": [" +
            lacks + "]}'\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    folder_.write(folder + "/pyvenv.cfg", "home = /usr/bin\n");
  }
  Question question() const {
    return {manifest_, settings_, checkout_, environment_, cancel_, {"pytest"}, {"mypy"}, {}, {}};
  }
  std::vector<std::string> sources() const {
    std::vector<std::string> all;
    for (const Lead& lead : leads_of(question())) all.push_back(lead.source);
    return all;
  }
  std::string text(const std::string& path) const { return folder_ / path; }

  test::TempFolder folder_;
  Manifest manifest_;
  Settings settings_;
  Checkout checkout_{folder_ / "work", folder_ / "work/.git"};
  Environment environment_{{"PATH", folder_ / "path"}};
  Cancel cancel_;
};

TEST_F(FinderTest, PlacesAreLookedAtInTheDocumentedOrder) {
  for (const char* name : {"work/.venv", "work/venv", "work/env", "work/.tox/py311", "work/.tox/a",
                           "work/.nox/tests", "uv", "active", "conda"})
    python(name, "3.11.7");
  folder_.write("work/.pdm-python", "/pdm/bin/python\n");
  folder_.write("work/not-one/bin/python", "");
  std::filesystem::permissions(folder_.write("path/python3", "#!/bin/sh\n"),
                               std::filesystem::perms::owner_all);
  manifest_.tables = {"poetry", "hatch", "uv"};
  manifest_.hatch_envs = {"hatch-test", "dev"};
  manifest_.locks = {"Pipfile.lock"};
  python("work/.pixi/envs/default", "3.11.7");
  environment_["VIRTUAL_ENV"] = text("active");
  environment_["CONDA_PREFIX"] = text("conda");
  environment_["UV_PROJECT_ENVIRONMENT"] = text("uv");

  EXPECT_THAT(sources(),
              ElementsAre("UV_PROJECT_ENVIRONMENT", ".venv", "venv", "env", "$VIRTUAL_ENV",
                          "$CONDA_PREFIX", ".pdm-python", "poetry", "pipenv --venv",
                          "hatch env find hatch-test", "hatch env find dev", ".pixi/envs/default",
                          ".tox/a", ".tox/py311", ".nox/tests", "python3"));
}

TEST_F(FinderTest, HatchIsAskedWhereItMakesEnvironmentsAndNotWhereItIsTheBackendAlone) {
  environment_["HOME"] = text("home");
  manifest_.tables = {"hatch"};
  Project project;
  project.name = "Corner_Shop";
  manifest_.projects.push_back(project);
  EXPECT_THAT(sources(), ElementsAre(".venv"));

  std::filesystem::create_directories(text("home/.local/share/hatch/env/virtual/corner-shop"));
  EXPECT_THAT(sources(),
              ElementsAre(".venv", "hatch env find default", "hatch env find hatch-test"));

  manifest_.hatch_envs = {"test", "test.cov", "dev", "default", "dev2"};
  EXPECT_THAT(sources(), ElementsAre(".venv", "hatch env find test", "hatch env find test.cov",
                                     "hatch env find dev", "hatch env find default"));
}

TEST_F(FinderTest, AProjectBelowTheRootLooksInItsOwnFolderAndThoseAround) {
  for (const char* name : {"work/.venv", "work/a/b/.venv", "work/a/venv", "work/c/.venv",
                           "work/.tox/x", "work/a/b/.tox/x"})
    python(name, "3.11.7");
  for (const char* folder : {"a/b", "c"}) {
    Project project;
    project.folder = folder;
    manifest_.projects.push_back(project);
  }
  Question asked = question();
  asked.folder = "a/b";
  std::vector<std::string> all;
  for (const Lead& lead : leads_of(asked)) all.push_back(lead.program);

  EXPECT_THAT(all, ElementsAre(text("work/a/b/.venv/bin/python"), text("work/a/venv/bin/python"),
                               text("work/.venv/bin/python"), text("work/a/b/.tox/x/bin/python"),
                               text("work/.tox/x/bin/python")));
}

TEST_F(FinderTest, ASettingIsMeantAndNothingElseIsLookedAt) {
  python("work/.venv", "3.11.7");
  python("mine", "3.11.7", "\"pytest\"");
  settings_.add("factory.python", text("mine/bin/python"));

  ASSERT_GIVES(auto found, find_environment(question()));

  EXPECT_EQ(found.lead.program, text("mine/bin/python"));
  EXPECT_EQ(found.looked_at.size(), 1u);
  EXPECT_EQ(found.looked_at[0].why, "lacks pytest");

  settings_.add("factory.python", ".venv/bin/python");
  ASSERT_GIVES(auto relative, find_environment(question()));
  EXPECT_EQ(relative.lead.program, text("work/.venv/bin/python"));

  settings_.add("factory.python", "/nowhere/python");
  auto none = find_environment(question());
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().fault, Fault::kConfiguration);
  EXPECT_THAT(none.error().message, HasSubstr("'/nowhere/python', which is not there"));
}

TEST_F(FinderTest, ALinkedWorktreeHasTheMainOnesEnvironment) {
  python("main/.venv", "3.11.7");
  checkout_ = {folder_ / "work", folder_ / "main/.git/"};

  ASSERT_GIVES(auto found, find_environment(question()));

  EXPECT_EQ(found.lead.source, ".venv of the main worktree");
  EXPECT_EQ(found.lead.program, text("main/.venv/bin/python"));
}

TEST_F(FinderTest, WhatDoesNotStartOrIsTooOldOrLacksTheTestsIsPassedBySayingWhy) {
  python("work/.venv", "3.8.1");
  folder_.write("work/venv/pyvenv.cfg", "");
  std::filesystem::permissions(
      folder_.write("work/env/bin/python", "#!/bin/sh\necho no such thing >&2; exit 1\n"),
      std::filesystem::perms::owner_all);
  folder_.write("work/env/pyvenv.cfg", "");
  python("active", "3.11.7", "\"pytest\", \"mypy\"");
  python("conda", "3.12.1", "\"mypy\"");
  environment_["VIRTUAL_ENV"] = text("active");
  environment_["CONDA_PREFIX"] = text("conda");
  manifest_.projects.emplace_back();
  manifest_.projects[0].requires_python = ">=3.9";

  ASSERT_GIVES(auto found, find_environment(question()));

  std::vector<std::string> why;
  for (const Candidate& one : found.looked_at) why.push_back(one.why);
  EXPECT_THAT(why,
              ElementsAre("is Python 3.8.1; requires-python is '>=3.9'", "is not there",
                          "does not start: no such thing", "lacks pytest, mypy", "lacks mypy"));
  EXPECT_EQ(found.lead.source, "$CONDA_PREFIX");
  EXPECT_TRUE(found.looked_at.back().taken);
}

TEST_F(FinderTest, WhatMayNotBeStartedIsNotStartedAndSaidToBe) {
  folder_.write("work/.venv/bin/python", "#!/bin/sh\ntouch '" + text("started") + "'\n");
  std::filesystem::permissions(text("work/.venv/bin/python"), std::filesystem::perms::owner_all);
  folder_.write("work/.venv/pyvenv.cfg", "home = /usr/bin\n");
  python("active", "3.11.7");
  environment_["VIRTUAL_ENV"] = text("active");
  manifest_.tables = {"poetry"};
  Question asked = question();
  asked.reserve.why = "was not started: not yet";
  ASSERT_GIVES(auto found, find_environment(asked));
  EXPECT_EQ(found.lead.source, "$VIRTUAL_ENV") << "it is the user's";
  EXPECT_EQ(found.looked_at.at(0).why, "was not started: not yet");

  asked.reserve.everywhere = true;
  settings_.add("factory.python", text("active/bin/python"));
  ASSERT_GIVES(auto none, find_environment(asked));
  EXPECT_FALSE(none.interpreter);
  for (const Candidate& one : none.looked_at) EXPECT_EQ(one.why, "was not started: not yet");
  EXPECT_FALSE(std::filesystem::exists(text("started")));
}

TEST_F(FinderTest, AMachinesPythonWithATestRunnerIsNotTheProjectsEnvironment) {
  std::filesystem::permissions(
      folder_.write(
          "path/python3",
          "#!/bin/sh\ncase \"$*\" in *distribution:six*) lacks='\"distribution:six\"';; esac\n"
          "printf '{\"version\": \"3.11.7\", \"isolated\": false, \"site\": [], "
          "\"lacks\": [%s]}' \"$lacks\"\n"),
      std::filesystem::perms::owner_all);
  Question asked = question();
  ASSERT_GIVES(auto bare, find_environment(asked));
  EXPECT_TRUE(bare.interpreter);

  asked.developing = {"six"};
  ASSERT_GIVES(auto found, find_environment(asked));

  EXPECT_FALSE(found.interpreter);
  EXPECT_EQ(found.second_lead.source, "python3");
  EXPECT_EQ(found.looked_at.back().why, "lacks six");
}

TEST_F(FinderTest, WhereNoneFitsTheOneThatLacksLeastIsNamed) {
  python("work/.venv", "3.11.7", "\"pytest\", \"mypy\"");
  python("work/venv", "3.11.7", "\"pytest\"");

  ASSERT_GIVES(auto found, find_environment(question()));

  EXPECT_FALSE(found.interpreter);
  EXPECT_EQ(found.second_lead.source, "venv");
  EXPECT_THAT(to_text(found), HasSubstr("lacks pytest"));
}

TEST_F(FinderTest, WorktreesAreTheUsersTheMainOneAndTheLinkedOnes) {
  folder_.write("main/.git/worktrees/a/gitdir", folder_ / "linked/.git" + std::string("\n"));
  Checkout checkout{folder_ / "work/", folder_ / "main/.git"};

  std::vector<std::string> all = checkout.worktrees();

  EXPECT_EQ(all[0], text("work"));
  EXPECT_THAT(all, ::testing::Contains(text("main")));
  EXPECT_THAT(all, ::testing::Contains(text("linked")));
  EXPECT_THAT((Checkout{"", ""}).worktrees(), IsEmpty());
}

TEST_F(FinderTest, ModulesAreThoseThatGatesStart) {
  std::vector<gate::Gate> gates(4);
  gates[0].argv = {"python3", "-m", "mypy", "."};
  gates[1].argv = {"python3", "-m", "pytest.x"};
  gates[1].stage = "test";
  gates[2].argv = {"make", "-m", "check"};
  gates[3].argv = {"python3", "run.py"};

  EXPECT_THAT(modules_of(gates, false), ElementsAre("mypy"));
  EXPECT_THAT(modules_of(gates, true), ElementsAre("pytest"));
}

}  // namespace
}  // namespace gf::env

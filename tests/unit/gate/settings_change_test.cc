// Which changes touch the settings of gates, and which only lie in the same files.
#include "gate/settings_change.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/facts.h"

namespace gf::gate {
namespace {

using Files = std::map<std::string, std::string>;

std::string touched(const Files& before, const Files& now) {
  test::MapFacts base(before), tree(now);
  std::vector<std::string> paths;
  for (const auto& [path, text] : before) {
    if (!now.contains(path)) paths.push_back(path);
  }
  for (const auto& [path, text] : now) {
    auto old = before.find(path);
    if (old == before.end() || old->second != text) paths.push_back(path);
  }
  std::vector<std::string> described;
  for (const record::Finding& one : settings_changed(base, tree, paths))
    described.push_back(one.path + ": " + one.message);
  return join(described, "\n");
}

TEST(SettingsChangeTest, WhatDecidesOverTheJudgementIsToldAndNothingElse) {
  struct Case {
    Files before, now;
    const char* expected;
  };
  for (const Case& one : std::vector<Case>{
           {{{"ruff.toml", "line-length = 80\n"}},
            {{"ruff.toml", "line-length = 200\n"}},
            "ruff.toml: settings of gates are changed"},
           {{}, {{".gitfactory", "x"}}, ".gitfactory: settings of gates are new"},
           {{{"web/tsconfig.json", "{}"}}, {}, "web/tsconfig.json: settings of gates are gone"},
           {{{"pyproject.toml", "[project]\nname = \"a\"\n[tool.mypy]\nstrict = true\n"}},
            {{"pyproject.toml", "[project]\nname = \"a\"\n[tool.mypy]\nstrict = false\n"}},
            "pyproject.toml: settings of gates (tool.mypy) are changed"},
           {{{"pyproject.toml", "[tool.ruff]\nline-length = 80\n"}},
            {{"pyproject.toml",
              "[tool.ruff]\nline-length = 80\n[tool.ruff.lint.per-file-ignores]\n\"a.py\" = "
              "[\"E\"]\n"}},
            "pyproject.toml: settings of gates (tool.ruff.lint.per-file-ignores) are new"},
           {{{"pyproject.toml", "[project]\ndependencies = []\n[tool.mypy]\nstrict = true\n"}},
            {{"pyproject.toml",
              "[project]\ndependencies = [\n  \"rich\",\n]\n# a word\n\n[tool.mypy]\n\nstrict = "
              "true\n"}},
            ""},
           {{{"pyproject.toml", "[tool.poetry.dependencies]\na = \"1\"\n"}},
            {{"pyproject.toml", "[tool.poetry.dependencies]\na = \"1\"\nb = \"2\"\n"}},
            ""},
           {{{"pyproject.toml", "[tool.ruff.lint]\nignore = [\n[\"E1\"],\n]\nselect = \"A\"\n"}},
            {{"pyproject.toml", "[tool.ruff.lint]\nignore = [\n[\"E1\"],\n]\nselect = \"B\"\n"}},
            "pyproject.toml: settings of gates (tool.ruff.lint) are changed"},
           {{{"setup.cfg", "[metadata]\nversion = 1\n[flake8]\nmax-line-length = 80\n"}},
            {{"setup.cfg", "[metadata]\nversion = 2\n[flake8]\nmax-line-length = 99\n"}},
            "setup.cfg: settings of gates (flake8) are changed"},
           {{{"Cargo.toml", "[dependencies]\n[lints.clippy]\nall = \"deny\"\n"}},
            {{"Cargo.toml", "[dependencies]\nserde = \"1\"\n"}},
            "Cargo.toml: settings of gates (lints.clippy) are gone"},
           {{{"package.json",
              R"({"scripts":{"test":"node --test","start":"a"},"dependencies":{}})"}},
            {{"package.json",
              R"({"scripts":{"test":"true","start":"b"},"dependencies":{"a":"1"}})"}},
            "package.json: settings of gates (scripts.test) are changed"},
           {{{"package-lock.json", "{}"}, {"uv.lock", "a"}, {"Cargo.lock", "a"}},
            {{"package-lock.json", "{ }"}, {"uv.lock", "b"}, {"Cargo.lock", "b"}},
            ""},
           {{{"app/settings.py", "A = 1\n"}}, {{"app/settings.py", "A = 2\n"}}, ""}}) {
    EXPECT_EQ(touched(one.before, one.now), one.expected);
  }
}

}  // namespace
}  // namespace gf::gate

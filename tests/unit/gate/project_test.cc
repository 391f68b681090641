// Which folders are projects, how they depend on each other, and which gates judge a change.
#include "gate/project.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/assertions.h"
#include "support/facts.h"

namespace gf::gate {
namespace {

using Files = std::map<std::string, std::string>;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const char* const kPython = "[project]\nname = \"x\"\n";

std::string python(const std::string& name, const std::string& more = "") {
  return "[project]\nname = \"" + name + "\"\n" + more;
}

/// "packages/low(Python) packages/app(Python <packages/low)".
std::string described(const Files& files) {
  std::string text;
  for (const Project& project : projects_in(test::MapFacts(files))) {
    text += (text.empty() ? "" : " ") + (project.folder.empty() ? "." : project.folder) + "(" +
            join(project.languages, "+");
    for (const std::string& need : project.needs) text += " <" + (need.empty() ? "." : need);
    text += ")";
  }
  return text;
}

TEST(ProjectTest, AFolderWithAManifestIsAProject) {
  struct Case {
    const char* what;
    Files files;
    const char* projects;
  };
  const Case kCases[] = {
      {"nothing", {{"README.md", ""}}, ""},
      {"the root alone", {{"pyproject.toml", kPython}}, ".(Python)"},
      {"a root, packages, a front end and a native shell",
       {{"pyproject.toml", kPython},
        {"packages/a/pyproject.toml", kPython},
        {"packages/b/setup.py", ""},
        {"web/package.json", R"({"name": "web"})"},
        {"shell/CMakeLists.txt", "project(shell)\n"},
        {"shell/src/CMakeLists.txt", "add_library(x)\n"}},
       ".(Python) packages/a(Python) packages/b(Python) shell(C++) web(JavaScript)"},
      {"two languages in one folder",
       {{"core/pyproject.toml", kPython}, {"core/Cargo.toml", "[package]\nname = \"core\"\n"}},
       "core(Rust+Python)"},
      {"nothing at the root", {{"backend/pyproject.toml", kPython}}, "backend(Python)"},
      {"an application without packaging",
       {{"backend/requirements.txt", "flask\n"}, {"backend/tests/test_a.py", ""}},
       "backend(Python)"},
      {"requirements of nothing that runs", {{"ops/requirements.txt", "ansible\n"}}, ""},
      {"settings of a formatter", {{"sub/pyproject.toml", "[tool.black]\nline-length = 9\n"}}, ""},
      {"a mark for node", {{"esm/package.json", R"({"type": "module"})"}}, ""},
      {"a manifest that cannot be read", {{"a/package.json", "{"}}, ""},
      {"CMake in every folder",
       {{"CMakeLists.txt", "project(x)"}, {"lib/CMakeLists.txt", "project(y)"}},
       ".(C++)"},
  };
  for (const Case& one : kCases) EXPECT_EQ(described(one.files), one.projects) << one.what;
}

TEST(ProjectTest, WhatLiesAsideIsNone) {
  for (const char* folder :
       {"tests/data/pkg", "tests/fixtures", "test/app", "docs", "docs/theme", "examples/hello",
        "templates/new", "{{cookiecutter.slug}}", "vendor/lib", "third_party/x",
        "node_modules/left", "web/node_modules/left", ".venv/lib/x", "build/lib", "a/b/c/d/e/f",
        "src/pkg/testing/app"}) {
    EXPECT_EQ(described({{std::string(folder) + "/pyproject.toml", kPython}}), "") << folder;
    EXPECT_EQ(described({{std::string(folder) + "/package.json", R"({"name": "x"})"}}), "")
        << folder;
  }
  EXPECT_EQ(described({{"new/pyproject.toml", "[project]\nname = \"{{ name }}\"\n"}}), "");
}

TEST(ProjectTest, WhatCiWorksInIsOneWhereverItLies) {
  Files files = {{"examples/shop/pyproject.toml", kPython},
                 {"examples/toy/pyproject.toml", kPython},
                 {".github/workflows/ci.yml",
                  "jobs:\n  shop:\n    defaults:\n      run:\n        working-directory: "
                  "./examples/shop\n    steps:\n      - run: uv run pytest\n"}};

  EXPECT_EQ(described(files), "examples/shop(Python)");
}

TEST(ProjectTest, WhoIsBuiltOnWhomIsReadFromManifests) {
  struct Case {
    const char* what;
    std::string app;
  };
  const Case kCases[] = {
      {"uv, by path", python("app", "[tool.uv.sources]\nlow = { path = \"../low\" }\n")},
      {"uv, by workspace", python("app", "[tool.uv.sources]\nLow_Pkg = { workspace = true }\n")},
      {"by its name", python("app", "dependencies = [\"low.pkg>=1; python_version > '3'\"]\n")},
      {"of a group", python("app", "[dependency-groups]\ndev = [\"low-pkg[x]\"]\n")},
      {"of an extra", python("app", "[project.optional-dependencies]\nall = [\"low_pkg\"]\n")},
      {"as an address", python("app", "dependencies = [\"low-pkg @ file:../low\"]\n")},
      {"poetry, by path",
       "[tool.poetry]\nname = \"app\"\n[tool.poetry.dependencies]\nlow = {path = \"../low\"}\n"},
      {"poetry, of a group",
       "[tool.poetry]\nname = \"app\"\n[tool.poetry.group.dev.dependencies]\nlow = {path = "
       "\"../low\", develop = true}\n"},
      {"pdm",
       python("app",
              "[tool.pdm.dev-dependencies]\ndev = [\"-e file:///${PROJECT_ROOT}/../low\"]\n")},
      {"hatch", python("app",
                       "[tool.hatch.envs.default]\ndependencies = [\"low @ "
                       "{root:uri}/../low\"]\n")},
  };
  for (const Case& one : kCases) {
    EXPECT_EQ(described({{"packages/app/pyproject.toml", one.app},
                         {"packages/low/pyproject.toml", python("low-pkg")},
                         {"packages/other/pyproject.toml", python("other")}}),
              "packages/app(Python <packages/low) packages/low(Python) packages/other(Python)")
        << one.what;
  }
  EXPECT_EQ(described({{"app/setup.cfg",
                        "[metadata]\nname = app\n[options]\ninstall_requires =\n  low\n"},
                       {"low/setup.cfg", "[metadata]\nname = low\n"}}),
            "app(Python <low) low(Python)");
  EXPECT_EQ(
      described(
          {{"app/setup.py", ""}, {"app/requirements.txt", "-e ../low\n"}, {"low/setup.py", ""}}),
      "app(Python <low) low(Python)");
}

TEST(ProjectTest, OtherLanguagesNameTheirOwnToo) {
  EXPECT_EQ(
      described({{"app/package.json", R"({"name": "app", "dependencies": {"x": "file:../low"}})"},
                 {"low/package.json", R"({"name": "low"})"}}),
      "app(JavaScript <low) low(JavaScript)");
  EXPECT_EQ(described({{"app/package.json",
                        R"({"name": "app", "devDependencies": {"@a/low": "workspace:*"}})"},
                       {"low/package.json", R"({"name": "@a/low"})"}}),
            "app(JavaScript <low) low(JavaScript)");
  EXPECT_EQ(described({{"app/go.mod", "module a.b/app\nreplace a.b/low => ../low\n"},
                       {"low/go.mod", "module a.b/low\n"}}),
            "app(Go <low) low(Go)");
  EXPECT_EQ(described({{"app/go.mod", "module a.b/app\nrequire (\n\ta.b/low v0.0.0 // x\n)\n"},
                       {"low/go.mod", "module a.b/low\n"}}),
            "app(Go <low) low(Go)");
  EXPECT_EQ(described({{"app/Cargo.toml",
                        "[package]\nname = \"app\"\n[dependencies]\nl = { path = \"../low\" }\n"},
                       {"low/Cargo.toml", "[package]\nname = \"low\"\n"}}),
            "app(Rust <low) low(Rust)");
  // A name is one of its own language.
  EXPECT_EQ(described({{"app/package.json", R"({"name": "app", "dependencies": {"low": "1"}})"},
                       {"low/pyproject.toml", python("low")}}),
            "app(JavaScript) low(Python)");
}

/// A repository with a low package, one that is built on it, and one that is not.
Files three(Files more = {}) {
  Files files = {
      {"low/pyproject.toml", python("low", "[tool.pytest.ini_options]\n[tool.ruff]\n")},
      {"low/low/__init__.py", ""},
      {"low/tests/test_low.py", ""},
      {"app/pyproject.toml",
       python("app", "dependencies = [\"low\"]\n[tool.pytest.ini_options]\n[tool.ruff]\n")},
      {"app/tests/test_app.py", ""},
      {"other/pyproject.toml", python("other", "[tool.pytest.ini_options]\n")},
      {"other/tests/test_other.py", ""},
      {"web/package.json", R"({"name": "web"})"},
  };
  for (auto& [path, text] : more) files[path] = text;
  return files;
}

std::vector<Gate> gates_in(const Files& files, const Settings& settings = {}) {
  test::MapFacts facts(files);
  auto gates = gates_of_projects(facts, projects_in(facts), settings, "python3");
  EXPECT_TRUE(test::is_done(gates));
  return gates.ok() ? *gates : std::vector<Gate>{};
}

std::string names_in(const Files& files, const Settings& settings = {}) {
  std::vector<std::string> names;
  for (const Gate& gate : gates_in(files, settings)) names.push_back(gate.name);
  return join(names, " ");
}

std::string chosen(const Files& files, const std::vector<std::string>& changed,
                   const Settings& settings = {}) {
  auto projects = projects_in(test::MapFacts(files));
  auto names = gates_of(projects, gates_in(files, settings),
                        with_dependants(projects, touched(projects, changed)));
  return join(std::vector<std::string>(names.begin(), names.end()), " ");
}

TEST(ProjectTest, EachProjectHasItsOwnGates) {
  std::vector<Gate> gates = gates_in(three());

  EXPECT_EQ(names_in(three()), "app/ruff app/pytest low/ruff low/pytest other/pytest");
  EXPECT_EQ(gates[3].folder, "low");
  EXPECT_EQ(gates[3].why, "low/pyproject.toml:3 ([tool.pytest])");
  EXPECT_THAT(gates[3].argv, Contains("--rootdir=."));
  EXPECT_THAT(gates[3].argv, Contains("--cov=low"));
  EXPECT_TRUE(gates[3].detected);
}

TEST(ProjectTest, AChangeIsJudgedWhereItIsAndByWhatIsBuiltOnIt) {
  struct Case {
    std::vector<std::string> changed;
    const char* gates;
  };
  const Case kCases[] = {
      {{"low/low/a.py"}, "app/pytest app/ruff low/pytest low/ruff"},
      {{"app/app.py"}, "app/pytest app/ruff"},
      {{"other/x.py", "app/app.py"}, "app/pytest app/ruff other/pytest"},
      {{"web/index.js"}, ""},
      {{"README.md"}, ""},
      {{"shared/code.py"}, "app/pytest app/ruff low/pytest low/ruff other/pytest"},
      {{"ruff.toml"}, "app/pytest app/ruff low/pytest low/ruff other/pytest"},
      {{"lowest/x.md"}, ""},
      {{}, ""},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(chosen(three(), one.changed), one.gates) << join(one.changed, " ");
}

TEST(ProjectTest, AProjectWithoutTestsIsJudgedByTheOneAroundIt) {
  Files files = {{"pyproject.toml", python("root",
                                           "[tool.pytest.ini_options]\ntestpaths = "
                                           "[\"tests\"]\n")},
                 {"tests/test_all.py", ""},
                 {"packages/a/pyproject.toml", python("a")},
                 {"packages/a/a/__init__.py", ""},
                 {"web/package.json", R"({"name": "web"})"}};

  EXPECT_EQ(chosen(files, {"packages/a/a/__init__.py"}), "pytest");
  EXPECT_EQ(chosen(files, {"web/index.js"}), "") << "it is of another language";
}

TEST(ProjectTest, TestsAreNotRunTwice) {
  struct Case {
    const char* what;
    Files files;
    const char* gates;
  };
  const std::string set_up = "[tool.pytest.ini_options]\n";
  const Case kCases[] = {
      {"the root names them",
       {{"pyproject.toml", python("root", set_up + "testpaths = [\"packages/*/tests\"]\n")},
        {"packages/a/pyproject.toml", python("a", set_up)},
        {"packages/a/tests/test_a.py", ""}},
       "pytest"},
      {"the root names a folder around them",
       {{"pyproject.toml", python("root", set_up + "testpaths = [\"tests\", \"packages\"]\n")},
        {"packages/a/pyproject.toml", python("a")},
        {"packages/a/tests/test_a.py", ""}},
       "pytest"},
      {"the root names its own",
       {{"pyproject.toml", python("root", set_up + "testpaths = [\"tests\"]\n")},
        {"tests/test_r.py", ""},
        {"packages/a/pyproject.toml", python("a")},
        {"packages/a/tests/test_a.py", ""}},
       "pytest packages/a/pytest"},
      {"the root takes everything, and the package says nothing",
       {{"pyproject.toml", python("root", set_up)},
        {"packages/a/pyproject.toml", python("a")},
        {"packages/a/tests/test_a.py", ""}},
       "pytest"},
      {"the root takes everything, and the package says how it is done",
       {{"pyproject.toml", python("root", set_up)},
        {"packages/a/pyproject.toml", python("a", set_up)},
        {"packages/a/tests/test_a.py", ""}},
       "pytest packages/a/pytest"},
      {"a linter of everything",
       {{"ruff.toml", ""},
        {"a/pyproject.toml", python("a", "[tool.ruff]\n[tool.mypy]\n")},
        {"b/pyproject.toml", python("b", "[tool.ruff]\n")}},
       "ruff a/mypy"},
      {"a linter of its own part",
       {{"tox.ini", "[testenv:lint]\ncommands = ruff check src\n"},
        {"src/x.py", ""},
        {"a/pyproject.toml", python("a", "[tool.ruff]\n")}},
       "ruff a/ruff"},
  };
  for (const Case& one : kCases) EXPECT_EQ(names_in(one.files), one.gates) << one.what;
}

TEST(ProjectTest, WhatIsLeftToItsOwnIsNotCollectedFromAbove) {
  Files files = {{"pyproject.toml", python("root", "[tool.pytest.ini_options]\n")},
                 {"tests/test_r.py", ""},
                 {"packages/a/pyproject.toml", python("a", "[tool.pytest.ini_options]\n")},
                 {"packages/a/tests/test_a.py", ""}};

  EXPECT_THAT(gates_in(files)[0].argv, Contains("--ignore=packages/a"));
  EXPECT_THAT(gates_in(files)[0].apart, ElementsAre("packages/a"));
  EXPECT_EQ(chosen(files, {"packages/a/a.py"}), "packages/a/pytest");
  EXPECT_EQ(chosen(files, {"root.py"}), "pytest");
}

TEST(ProjectTest, CallsAreTheirsInWhoseFolderTheyAreMade) {
  Files files = {{"app/setup.py", ""},
                 {"low/setup.py", ""},
                 {".github/workflows/ci.yml",
                  "jobs:\n  a:\n    steps:\n      - run: pytest\n        working-directory: app\n"
                  "      - run: |\n          cd low\n          ruff check .\n"},
                 {"Makefile", "test:\n\tcd low && pytest tests\n"}};

  auto gates = gates_in(files);

  EXPECT_EQ(names_in(files), "app/pytest low/ruff low/pytest");
  EXPECT_EQ(gates[0].why, ".github/workflows/ci.yml:4 (CI)");
  EXPECT_EQ(gates[2].why, "Makefile:2 (recipe test)");
}

TEST(ProjectTest, ASettingIsTheGatesOfItsNameOrOfEachProject) {
  auto with = [](const Settings& settings) { return names_in(three(), settings); };

  EXPECT_EQ(with({{"factory-gate.low/ruff.disabled", "true"}}),
            "app/ruff app/pytest low/pytest other/pytest");
  EXPECT_EQ(with({{"factory-gate.ruff.disabled", "true"}}), "app/pytest low/pytest other/pytest");
  EXPECT_EQ(with({{"factory-gate.pytest.command", "make check"}}), "app/ruff low/ruff pytest");
  EXPECT_EQ(with({{"factory-gate.web/test.command", "npm test"}}),
            "app/ruff app/pytest low/ruff low/pytest other/pytest web/test");
}

TEST(ProjectTest, AGateOfOnesOwnJudgesItsFolder) {
  Settings web = {{"factory-gate.unit.command", "npm test"},
                  {"factory-gate.unit.folder", "./web/"}};
  Settings all = {{"factory-gate.unit.command", "make check"}};
  Settings wrong = {{"factory-gate.unit.command", "x"}, {"factory-gate.unit.folder", "../x"}};

  EXPECT_EQ(chosen(three(), {"web/index.js"}, web), "unit");
  EXPECT_EQ(chosen(three(), {"other/x.py"}, web), "other/pytest");
  EXPECT_EQ(chosen(three(), {"web/index.js"}, all), "unit");
  test::MapFacts facts(three());
  auto refused = gates_of_projects(facts, projects_in(facts), wrong, "python3");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().hint, "name a folder of the repository");
}

TEST(ProjectTest, TestsAreRunByTheGateFurthestIn) {
  std::vector<Gate> gates =
      gates_in(three({{"pyproject.toml", python("root", "[tool.pytest.ini_options]\n")}}));
  std::vector<std::string> asked = {"tests/test_r.py", "low/tests/test_low.py::test_a"};

  EXPECT_EQ(gates[0].name, "pytest");
  EXPECT_THAT(selected_for(gates[0], gates, asked), ElementsAre("tests/test_r.py"));
  auto low = std::find_if(gates.begin(), gates.end(),
                          [](const Gate& gate) { return gate.name == "low/pytest"; });
  ASSERT_NE(low, gates.end());
  EXPECT_THAT(selected_for(*low, gates, asked), ElementsAre("low/tests/test_low.py::test_a"));
}

TEST(ProjectTest, OneProjectAtTheRootHasTheGatesThatItAlwaysHad) {
  Files files = {{"pyproject.toml", python("x", "[tool.ruff]\n[tool.mypy]\n[tool.pytest]\n")},
                 {"x/__init__.py", ""},
                 {"tests/test_x.py", ""},
                 {".pre-commit-config.yaml", ""}};
  auto before = gates_for(test::MapFacts(files), {}, "python3");
  auto now = gates_in(files);

  ASSERT_DONE(before);
  ASSERT_EQ(before->size(), now.size());
  for (size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(now[i].name, (*before)[i].name);
    EXPECT_EQ(now[i].argv, (*before)[i].argv);
    EXPECT_EQ(now[i].why, (*before)[i].why);
  }
}

}  // namespace
}  // namespace gf::gate

// Which gates are chosen, and what a wrong setting says.
#include <gmock/gmock.h>

#include "base/text.h"
#include "gate/gate.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> notes_of(const std::string& path, const std::string& text) {
  return detection_notes(test::MapFacts(std::map<std::string, std::string>{{path, text}}));
}

TEST(DetectTest, OnlyWhatTheTreeShowsIsChosen) {
  EXPECT_THAT(gates_of({}), IsEmpty());
  EXPECT_THAT(gates_of({{"pyproject.toml", "[project]\nname = \"tool.ruff\"\n"}}), IsEmpty());
  EXPECT_THAT(names_of(gates_of({{"pyproject.toml", "[tool.ruff.lint]\n"}})), ElementsAre("ruff"));
  EXPECT_THAT(names_of(gates_of({{".ruff.toml", ""}})), ElementsAre("ruff"));
  EXPECT_THAT(names_of(gates_of({{"setup.cfg", "[mypy]\n"}})), ElementsAre("mypy"));
  EXPECT_THAT(names_of(gates_of({{"setup.cfg", "[tool:pytest]\n"}})), ElementsAre("pytest"));
  EXPECT_THAT(names_of(gates_of({{"tests/unit/test_a.py", ""}})), ElementsAre("pytest"));
  EXPECT_THAT(gates_of({{"tests/helper.py", ""}}), IsEmpty());
}

TEST(DetectTest, MypyOfEverythingIsTheLastResort) {
  auto target = [](std::map<std::string, std::string> files) {
    files["mypy.ini"] = "";
    return gates_of(std::move(files))[0].argv.back();
  };

  EXPECT_EQ(target({{"run.py", ""}}), ".");
  EXPECT_EQ(target({{"pkg/__init__.py", ""}, {"tests/__init__.py", ""}}), "pkg");
  EXPECT_EQ(target({{"src/pkg/__init__.py", ""}}), "src/pkg");
  // What coverage measures may be a module's name, which is no path.
  EXPECT_EQ(target({{"src/pkg/__init__.py", ""},
                    {"pyproject.toml", "[tool.coverage.run]\nsource = [\"pkg\"]\n"}}),
            "src/pkg");
  EXPECT_EQ(target({{"lib/pkg/__init__.py", ""},
                    {"pyproject.toml", "[tool.coverage.run]\nsource = [\"lib\"]\n"}}),
            "lib");
}

TEST(DetectTest, EveryChoiceSaysWhy) {
  auto gates = gates_of({{"pyproject.toml", "[tool.mypy]\r\n"}, {"tests/test_a.py", ""}});

  ASSERT_EQ(gates.size(), 2u);
  EXPECT_EQ(gates[0].why, "pyproject.toml:1 ([tool.mypy])");
  EXPECT_EQ(gates[1].why, "tests in tests/");
  EXPECT_EQ(gates[1].stage, "test");
}

TEST(DetectTest, ATableCountsHoweverItIsWritten) {
  for (const char* toml :
       {"[tool.ruff]  # lint\n", "[ tool.ruff ]\n", "[tool . ruff]\n", "[\"tool\".'ruff']\n",
        "[tool]\nruff.line-length = 100\n", "tool.ruff.line-length = 100\n",
        "tool = { ruff = { line-length = 100 } }\n", "[tool]\nruff = {}\n",
        "\xef\xbb\xbf[tool.ruff]\r\n", "[tool.ruff.lint.per-file-ignores]\n\"a.py\" = []\n"}) {
    EXPECT_THAT(names_of(gates_of({{"pyproject.toml", toml}})), ElementsAre("ruff")) << toml;
    EXPECT_THAT(gates_of({{"pyproject.toml", toml}})[0].argv, Not(Contains("--no-fix")));
  }
  for (const char* toml : {"[tool.ruff]\nfix = true\n", "tool.ruff.fix-only = true\n"})
    EXPECT_THAT(gates_of({{"pyproject.toml", toml}})[0].argv, Contains("--no-fix")) << toml;
  EXPECT_THAT(gates_of({{"ruff.toml", "fix = true\n"}})[0].argv, Contains("--no-fix"));
  for (const char* toml :
       {"# [tool.ruff]\n", "text = \"\"\"\n[tool.ruff]\n\"\"\"\n", "[tool]\nruff = \"no\"\n",
        "[project.tool.ruff]\n", "[tool.ruff-lsp]\n", ""}) {
    EXPECT_THAT(gates_of({{"pyproject.toml", toml}}), IsEmpty()) << toml;
  }
}

TEST(DetectTest, ASectionCountsHoweverItIsWritten) {
  for (const char* ini :
       {"[mypy]", "[mypy]  # types\n", "[mypy] ; types\n", "; first\n[mypy]\n",
        "\xef\xbb\xbf[mypy]\nstrict: yes\n", "[a]\nlong =\n  one\n  [two]\n[mypy]\n  x = yes\n"}) {
    EXPECT_THAT(names_of(gates_of({{"setup.cfg", ini}})), ElementsAre("mypy")) << ini;
  }
  for (const char* ini : {"# [mypy]\n", "[mypy-app.*]\n", "[a]\nb =\n  [mypy]\n", "mypy = 1\n"}) {
    EXPECT_THAT(gates_of({{"setup.cfg", ini}}), IsEmpty()) << ini;
  }
}

TEST(DetectTest, ALongLineHidesNothing) {
  std::string ini = "[a]\nlist = " + std::string(5000, 'x') + "\n[mypy]\n";

  EXPECT_THAT(names_of(gates_of({{"setup.cfg", ini}})), ElementsAre("mypy"));
  EXPECT_THAT(notes_of("setup.cfg", ini), IsEmpty());
}

TEST(DetectTest, WhatCannotBeReadIsSaid) {
  EXPECT_THAT(notes_of("pyproject.toml", "[tool.ruff]\n"), IsEmpty());
  EXPECT_THAT(notes_of("pyproject.toml", "[tool.ruff]\nline-length = \n"),
              ElementsAre(HasSubstr("'pyproject.toml' cannot be read: line 2: ")));
  EXPECT_THAT(notes_of("pyproject.toml", "[tool.ruff]\nname = \"\xff\"\n"),
              ElementsAre(HasSubstr("not UTF-8")));
  EXPECT_THAT(notes_of("pyproject.toml", "a = 1\na = 2\n"), ElementsAre(HasSubstr("line 2: ")));
  EXPECT_THAT(notes_of("setup.cfg", "[mypy]\nstrict = yes\n\nwhat is this\n"),
              ElementsAre("'setup.cfg' cannot be read: line 4: it is neither '[section]' nor 'key "
                          "= value'"));
  EXPECT_THAT(notes_of("setup.cfg", "[metadata]\nname = caf\xe9\n"), IsEmpty());
}

/// Too large, or binary: there, and not to be read.
class ClosedFacts : public test::MapFacts {
 public:
  explicit ClosedFacts(const std::string& path)
      : MapFacts(std::map<std::string, std::string>{{path, ""}}) {}
  std::optional<std::string> read(std::string_view) const override { return std::nullopt; }
};

TEST(DetectTest, AFileThatCannotBeOpenedIsSaidToo) {
  EXPECT_THAT(detection_notes(ClosedFacts("pyproject.toml")),
              ElementsAre("'pyproject.toml' cannot be read: it is no text file of at most 1 MB"));
  EXPECT_THAT(detection_notes(ClosedFacts("README.md")), IsEmpty());
}

TEST(DetectTest, AHostileFileIsOnlySaid) {
  std::string dotted = "a";
  for (int i = 0; i < 200000; ++i) dotted += ".a";
  std::string lists(100000, '['), tables;
  for (int i = 0; i < 100000; ++i) tables += "{a=";
  for (const std::string& toml :
       {"[" + dotted + "]\n", dotted + " = 1\n", "[" + dotted + "]\nbroken",
        "x = [\n{" + dotted + "=1},\n]\n", "a = " + lists, "a = " + tables, "a = '" + dotted}) {
    EXPECT_THAT(notes_of("pyproject.toml", toml),
                ElementsAre(HasSubstr("'pyproject.toml' cannot be read: ")))
        << toml.substr(0, 20);
  }
}

TEST(DetectTest, DotsInTextsAreNoTables) {
  std::string dots = "a";
  for (int i = 0; i < 2000; ++i) dots += ".a";

  EXPECT_THAT(
      names_of(gates_of({{"pyproject.toml", "[tool.ruff]\nexclude = [\"" + dots + "\", '" + dots +
                                                "']\nx = \"\"\"\n" + dots + "\"\"\"\"\"\n# " +
                                                dots + "\ny = '''\n'' " + dots + "''''\n"}})),
      ElementsAre("ruff"));
}

TEST(DetectTest, NoManagerRunsATool) {
  EXPECT_EQ(gates_of({{"mypy.ini", ""}, {"uv.lock", ""}})[0].argv[0], "/v/bin/python");
  EXPECT_EQ(gates_of({{"mypy.ini", ""}, {"poetry.lock", ""}})[0].argv[0], "/v/bin/python");
}

TEST(DetectTest, AFormatterIsOneThatTheProjectRuns) {
  auto names = [](std::map<std::string, std::string> files) {
    files["pyproject.toml"] += "[tool.ruff]\n";
    return names_of(gates_of(std::move(files)));
  };

  EXPECT_THAT(names({}), ElementsAre("ruff"));
  EXPECT_THAT(names({{"pyproject.toml", "[tool.ruff.format]\n"}}),
              ElementsAre("ruff", "ruff-format"));
  EXPECT_THAT(names({{"Makefile", "fmt:\n\truff format .\n"}}), ElementsAre("ruff", "ruff-format"));
  EXPECT_THAT(names({{"Makefile", "fmt:\n\tblack .\n"}}), ElementsAre("ruff", "black"));
}

struct ToolCase {
  const char *command, *words, *report;
};

class ProjectsToolTest : public testing::TestWithParam<ToolCase> {};

TEST_P(ProjectsToolTest, IsAGateAsTheProjectRunsIt) {
  auto gates = gates_of({{"Makefile", std::string("check:\n\t") + GetParam().command + "\n"},
                         {"pkg/__init__.py", ""},
                         {"tests/conftest.py", ""}});

  ASSERT_EQ(gates.size(), 1u);
  EXPECT_EQ(join(gates[0].argv, " "), std::string("/v/bin/python -m ") + GetParam().words);
  EXPECT_EQ(gates[0].report, GetParam().report);
  EXPECT_EQ(gates[0].why, "Makefile:2 (recipe check)");
}

INSTANTIATE_TEST_SUITE_P(
    Tools, ProjectsToolTest,
    testing::Values(
        ToolCase{"ruff check --fix pkg tests",
                 "ruff check --output-format json --cache-dir {cache}/ruff pkg tests", "ruff-json"},
        ToolCase{"ruff check --select E --output-format=github",
                 "ruff check --output-format json --cache-dir {cache}/ruff --select E .",
                 "ruff-json"},
        ToolCase{"black --check --diff pkg/", "black --check pkg/", "ruff-format"},
        ToolCase{"isort -c --profile black .", "isort --check-only --profile black .", "isort"},
        ToolCase{"flake8 --max-line-length 100 --statistics", "flake8 --max-line-length 100",
                 "text"},
        ToolCase{"pylint -j 2", "pylint --output-format=text --score=n -j 2 pkg", "text"},
        ToolCase{"mypy --install-types --non-interactive --strict pkg",
                 "mypy --output json --show-traceback --cache-dir {cache}/mypy --strict pkg",
                 "mypy-json"},
        ToolCase{"mypy -p pkg --cache-dir=/tmp/x",
                 "mypy --output json --show-traceback --cache-dir {cache}/mypy -p pkg",
                 "mypy-json"},
        ToolCase{"pyright --stats pkg", "pyright --outputjson pkg", "pyright"},
        ToolCase{"ty check pkg", "ty check --output-format concise pkg", "text"},
        ToolCase{"pyrefly check", "pyrefly check --output-format json", "pyrefly"},
        ToolCase{"bandit -c pyproject.toml -r pkg",
                 "bandit -q -f custom --msg-template {relpath}:{line}: {severity}: {msg} "
                 "[{test_id}] -c pyproject.toml -r pkg",
                 "text"}));

TEST(DetectTest, TestsAreWhereTheProjectsOwnCallLooks) {
  std::map<std::string, std::string> files = {
      {"tox.ini", "[testenv]\ncommands = pytest -q testing {posargs}\n"},
      {"testing/test_a.py", ""}};
  auto gates = gates_of(files);

  ASSERT_EQ(gates.size(), 1u);
  EXPECT_EQ(gates[0].why, "tox.ini:2 (tox testenv)");
  EXPECT_THAT(gates[0].targets, ElementsAre("testing"));
  files["pytest.ini"] = "[pytest]\ntestpaths = more\n";
  EXPECT_THAT(gates_of(files)[0].targets, IsEmpty());
}

TEST(DetectTest, MypyChecksWhatItsConfigurationNames) {
  auto last = [](const std::string& toml) {
    return gates_of({{"pyproject.toml", toml}})[0].argv.back();
  };

  EXPECT_EQ(last("[tool.mypy]\nstrict = true\n[tool.other]\nfiles = 1\n"), ".");
  EXPECT_EQ(last("[tool.mypy]\nfiles = [\"app\"]\n"), "{cache}/mypy");
  EXPECT_EQ(last("[tool.mypy] # ours\npackages = \"app\"\n"), "{cache}/mypy");
  EXPECT_EQ(last("[tool]\nmypy.files = [\n  'app',\n]\n"), "{cache}/mypy");
  EXPECT_EQ(gates_of({{"mypy.ini", "[mypy]\nFiles: app,\n  lib\n"}})[0].argv.back(),
            "{cache}/mypy");
  EXPECT_EQ(gates_of({{"mypy.ini", "[mypy-app.*]\nfiles = app\n"}})[0].argv.back(), ".");
}

struct RunnerCase {
  std::map<std::string, std::string> files;
  std::string gate, words, why;
};

/// What is behind "python ... --", or all of a command that is not run by us.
std::string own_words(const Gate& gate) {
  auto from = std::find(gate.argv.begin(), gate.argv.end(), "--");
  from = from == gate.argv.end() ? gate.argv.begin() + 1 : from + 1;
  return join({from, gate.argv.end()}, " ");
}

TEST(DetectTest, TestsAreRunByTheRunnerThatTheyAreFor) {
  const std::string unit = "import unittest\n", manage = "import django\n";
  for (const RunnerCase& one : std::vector<RunnerCase>{
           {{{"tests/test_a.py", unit}},
            "unittest",
            "discover -s tests --only",
            "tests in tests/, made with unittest"},
           {{{"tests/test_a.py", unit}, {"tests/__init__.py", ""}},
            "unittest",
            "discover -s tests -t . --only",
            "tests in tests/, made with unittest"},
           {{{"pkg/tests/test_a.py", unit}},
            "unittest",
            "discover --only",
            "tests in pkg/tests/, made with unittest"},
           {{{"src/pkg/tests/test_a.py", unit}},
            "unittest",
            "discover -s src --only",
            "tests in src/pkg/tests/, made with unittest"},
           {{{"test_a.py", unit}},
            "unittest",
            "discover --only",
            "tests at the top, made with unittest"},
           {{{"tox.ini", "[testenv]\ncommands = python -m unittest -v tests.test_a\n"},
             {"tests/test_a.py", ""}},
            "unittest",
            "tests.test_a --only",
            "tox.ini:2 (tox testenv)"},
           {{{"Makefile", "test:\n\tpython -m unittest tests/*.py\n"}, {"tests/test_a.py", unit}},
            "unittest",
            "discover -s tests --only",
            "Makefile:2 (recipe test)"},
           {{{"noxfile.py",
              "import nox\n\n@nox.session\ndef tests(session):\n"
              "    session.run('coverage', 'run', '--module', 'twisted.trial', 'pkg')\n"},
             {"src/pkg/test/test_a.py", "from twisted.trial.unittest import TestCase\n"},
             {"NEWS.rst", "pytest\n"}},
            "unittest",
            "discover -s src --only",
            "noxfile.py:5 (nox)"},
           {{{"manage.py", manage}, {"polls/tests.py", unit}},
            "django",
            "manage.py test --noinput --only",
            "manage.py"},
           {{{"Makefile", "test:\n\tcd site && python manage.py test --parallel 4 polls\n"},
             {"site/manage.py", manage}},
            "django",
            "site/manage.py test polls --noinput --only",
            "Makefile:2 (recipe test)"},
           {{{"Makefile", "test:\n\tDJANGO_SETTINGS_MODULE=tests.s python -m django test\n"}},
            "django",
            "-m django test --noinput --only",
            "Makefile:2 (recipe test)"},
           {{{"shop/models.py", manage},
             {"tests/settings.py", "INSTALLED_APPS = ['shop', 'tests']\n"},
             {"tests/test_a.py", unit}},
            "django",
            "-m django test --noinput --only",
            "tests/settings.py (INSTALLED_APPS)"}}) {
    auto gates = gates_of(one.files);
    ASSERT_EQ(gates.size(), 1u) << one.words;
    EXPECT_EQ(gates[0].name, one.gate) << one.words;
    EXPECT_EQ(own_words(gates[0]), one.words);
    EXPECT_EQ(gates[0].why, one.why);
    EXPECT_EQ(gates[0].stage, "test");
    EXPECT_EQ(gates[0].report, "junit");
  }
}

TEST(DetectTest, PytestRunsWhatMentionsItAndWhatWasForNose) {
  const std::string unit = "import unittest\n";
  for (const std::map<std::string, std::string>& files :
       {std::map<std::string, std::string>{{"tests/test_a.py", unit + "import pytest\n"}},
        {{"tests/test_a.py", unit}, {"dev.txt", "pytest\n"}},
        {{"tests/test_a.py", "def test_a(): pass\n"}},
        {{"pkg/tests/test_a.py", "def test_a(): pass\n"}},
        {{"manage.py", "import django\n"}, {"pytest.ini", ""}, {"a/tests.py", unit}},
        {{"Makefile", "test:\n\tnosetests pkg\n"}, {"pkg/tests/test_a.py", unit}},
        {{"Makefile", "test:\n\tpython -m unittest\n"}, {"tests/test_a.py", "import pytest\n"}}}) {
    EXPECT_THAT(names_of(gates_of(files)), ElementsAre("pytest")) << files.begin()->second;
  }
  EXPECT_THAT(gates_of({{"manage.py", "import django\n"}}), IsEmpty()) << "no tests";
}

TEST(DetectTest, HooksOfPreCommitAreAGateAndAFixer) {
  auto gates = gates_of({{".pre-commit-config.yaml", "repos: []\n"}});

  ASSERT_EQ(gates.size(), 1u);
  EXPECT_EQ(join(gates[0].argv, " "),
            "pre-commit run --color never --files .pre-commit-config.yaml {files}");
  EXPECT_EQ(join(gates[0].fix, " "), "pre-commit run --color never --files {files}");
  EXPECT_TRUE(gates[0].detected) << "where it is not installed, runs go without it";
}

TEST(DetectTest, SettingsInFrontOfACallGoWithIt) {
  auto gates = gates_of({{"Makefile", "test:\n\tA=1 DJANGO_SETTINGS_MODULE=tests.s pytest -q\n"},
                         {"tests/test_a.py", ""}});

  ASSERT_EQ(gates.size(), 1u);
  std::string words = join(gates[0].argv, " ");
  EXPECT_THAT(words, StartsWith("/v/bin/python {runner} pytest --set "
                                "DJANGO_SETTINGS_MODULE=tests.s --coverage {coverage}"));
  EXPECT_THAT(words, HasSubstr("--junitxml={report}"));
  EXPECT_THAT(words, Not(HasSubstr("--cov=")));
}

TEST(DetectTest, CoverageIsOfThePackages) {
  auto words = [](std::map<std::string, std::string> files) {
    files["pytest.ini"] = "";
    return gates_of(std::move(files))[0].argv;
  };

  EXPECT_THAT(words({{"shop/__init__.py", ""}, {"tests/__init__.py", ""}}), Contains("--cov=shop"));
  EXPECT_THAT(words({{"shop/__init__.py", ""}, {"tests/__init__.py", ""}}),
              Not(Contains("--cov=tests")));
  EXPECT_THAT(words({{"src/shop/__init__.py", ""}}), Contains("--cov=src/shop"));
  EXPECT_THAT(words({{"main.py", ""}}), Contains("--cov=."));
  EXPECT_THAT(
      words({{"shop/__init__.py", ""},
             {"pyproject.toml",
              "[tool.coverage.run]\nbranch = true\nsource = [\n  \"one\", # \"no\"\n"
              "  'two',\n]\n[tool.other]\nsource = [\"three\"]\n"}}),
      testing::AllOf(Contains("--cov=one"), Contains("--cov=two"), Not(Contains("--cov=no")),
                     Not(Contains("--cov=three")), Not(Contains("--cov=shop"))));
}

}  // namespace
}  // namespace gf::gate

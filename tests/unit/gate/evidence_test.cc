// Which commands a project is seen to run, from each kind of file that holds some.
#include "gate/evidence.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "gate/config_file.h"
#include "gate/yaml.h"
#include "support/facts.h"

namespace gf::gate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "mypy src | ruff check .": tools and arguments, as one text to compare.
std::string calls_text(std::string_view command) {
  std::vector<std::string> all;
  for (const ToolCall& call : calls_in(command)) {
    std::vector<std::string> words = {call.tool};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    all.push_back(join(words, " "));
  }
  return join(all, " | ");
}

std::vector<std::string> evidence_texts(std::map<std::string, std::string> files) {
  std::vector<std::string> all;
  for (const Evidence& one : evidence_in(test::MapFacts(std::move(files)))) {
    std::vector<std::string> words = {evidence_text(one), one.call.tool};
    words.insert(words.end(), one.call.arguments.begin(), one.call.arguments.end());
    all.push_back(join(words, " "));
  }
  return all;
}

struct CommandCase {
  const char *command, *calls;
};

class CommandTest : public testing::TestWithParam<CommandCase> {};

TEST_P(CommandTest, IsSeenBehindWhateverRunsIt) {
  EXPECT_EQ(calls_text(GetParam().command), GetParam().calls);
}

INSTANTIATE_TEST_SUITE_P(
    Commands, CommandTest,
    testing::Values(
        CommandCase{"pytest", "pytest"}, CommandCase{"py.test -q tests", "pytest -q tests"},
        CommandCase{"python -m pytest tests", "pytest tests"},
        CommandCase{"python3.12 -X dev -m pytest", "pytest"},
        CommandCase{".venv/bin/python -W error -m pytest", "pytest"},
        CommandCase{"uv run pytest -x", "pytest -x"},
        CommandCase{"uv run --group dev --frozen -- pytest", "pytest"},
        CommandCase{"uv run --python 3.12 python -m mypy src", "mypy src"},
        CommandCase{"uvx ruff check", "ruff check"},
        CommandCase{"uv tool run ruff format --check .", "ruff format --check ."},
        CommandCase{"uv sync --all-extras", ""},
        CommandCase{"poetry run mypy -p pkg", "mypy -p pkg"},
        CommandCase{"poetry install --with dev", ""}, CommandCase{"pdm run pytest", "pytest"},
        CommandCase{"hatch run pytest", "pytest"}, CommandCase{"hatch run dev:pytest", ""},
        CommandCase{"conda run -n dev pytest", "pytest"},
        CommandCase{"coverage run -m pytest tests", "pytest tests"},
        CommandCase{"coverage run --source pkg --branch -m unittest discover", "unittest discover"},
        CommandCase{"coverage run manage.py test app", "django app"},
        CommandCase{"coverage report", ""},
        CommandCase{"python manage.py test --parallel", "django --parallel"},
        CommandCase{"python manage.py migrate", ""}, CommandCase{"./manage.py test", "django"},
        CommandCase{"python setup.py test", ""},
        CommandCase{"DJANGO_SETTINGS_MODULE=s env A=1 pytest", "pytest"},
        CommandCase{"xvfb-run -a pytest", "pytest"},
        CommandCase{"@ruff check . && ruff format --check .",
                    "ruff check . | ruff format --check ."},
        CommandCase{"- black --check src; isort -c src", "black --check src | isort -c src"},
        CommandCase{"mypy src | tee log", "mypy src"}, CommandCase{"ruff .", "ruff check ."},
        CommandCase{"ruff rule E501", ""}, CommandCase{"ty check", "ty"},
        CommandCase{"pyrefly check src", "pyrefly src"}, CommandCase{"pyrefly init", ""},
        CommandCase{"basedpyright src", "pyright src"}, CommandCase{"nosetests", "nose"},
        CommandCase{"coverage run --module twisted.trial pkg", "trial pkg"},
        CommandCase{"python -m twisted.trial -j 4 pkg", "trial -j 4 pkg"},
        CommandCase{"trial pkg.test", "trial pkg.test"},
        CommandCase{"pytest -k 'a and b'", "pytest -k a and b"},
        CommandCase{"pytest ${{ matrix.args }}", "pytest"},
        CommandCase{"pytest $(ARGS) \"$@\"", "pytest"}, CommandCase{"# pytest", ""},
        CommandCase{"echo pytest", ""}, CommandCase{"", ""}, CommandCase{"pip install mypy", ""},
        CommandCase{"pytest 'open", ""}));

TEST(EvidenceTest, ToxCommandsAreReadWithTheirFactorsAndDefaults) {
  EXPECT_THAT(evidence_texts({{"tox.ini",
                               "[tox]\nenvlist = py3\n\n[testenv]\ndeps = pytest\ncommands =\n"
                               "    py312: coverage run -m pytest {posargs:tests}\n"
                               "    # mypy old\n"
                               "    pytest {posargs} --rootdir {toxinidir}\n"
                               "[testenv:lint]\ncommands = {envpython} -m mypy {env:T:src}\n"
                               "commands_pre =\n    black .\n[flake8]\ncommands = pylint\n"}}),
              ElementsAre("tox.ini:7 (tox testenv) pytest tests",
                          "tox.ini:9 (tox testenv) pytest --rootdir .",
                          "tox.ini:11 (tox testenv:lint) mypy src"));
}

TEST(EvidenceTest, NoxSessionsAreReadAndNotRun) {
  EXPECT_THAT(
      evidence_texts({{"noxfile.py",
                       "import nox\n@nox.session\ndef tests(session):\n"
                       "    session.install('pytest')\n"
                       "    session.run('pytest', '-q', *session.posargs, env={'A': 'b'})\n"
                       "    session.run(\n        \"mypy\",  # types\n        \"src\",\n    )\n"
                       "    session.run('python', '-m', 'unittest', f'{x}')\n"}}),
      ElementsAre("noxfile.py:5 (nox) pytest -q", "noxfile.py:6 (nox) mypy src",
                  "noxfile.py:10 (nox) unittest"));
}

TEST(EvidenceTest, ScriptsOfEveryManagerAreRead) {
  EXPECT_THAT(evidence_texts({{"pyproject.toml",
                               "[tool.hatch.envs.default.scripts]\ntest = 'pytest {args:tests}'\n"
                               "all = ['ruff check .', 'mypy src']\n"
                               "[tool.pdm.scripts]\nlint = {cmd = ['ruff', 'format', '--check']}\n"
                               "types.shell = 'mypy pkg'\n"
                               "[tool.poe.tasks]\nfmt.cmd = 'black --check .'\n"
                               "[tool.poe.tasks.help]\nhelp = 'pytest'\n"
                               "[tool.tox.env.t]\ncommands = [['pytest', '-k', 'a b']]\n"}}),
              testing::UnorderedElementsAre("pyproject.toml:2 (script test) pytest tests",
                                            "pyproject.toml:3 (script all) ruff check .",
                                            "pyproject.toml:3 (script all) mypy src",
                                            "pyproject.toml:5 (script lint) ruff format --check",
                                            "pyproject.toml:6 (script types) mypy pkg",
                                            "pyproject.toml:8 (script fmt) black --check .",
                                            "pyproject.toml:12 (tox t) pytest -k a b"));
}

TEST(EvidenceTest, RecipesAreReadWithTheirVariables) {
  EXPECT_THAT(
      evidence_texts({{"Makefile",
                       "PY ?= python\nSRC := src tests\n\n.PHONY: lint\nlint: deps\n"
                       "\t@$(PY) -m flake8 $(SRC)\n\t$(UNSET) \\\n\n"
                       "test:\n\tpytest \\\n\t  -q\n"}}),
      ElementsAre("Makefile:6 (recipe lint) flake8 src tests", "Makefile:10 (recipe test) pytest"));
  EXPECT_THAT(
      evidence_texts({{"justfile",
                       "src := \"pkg\"\n\n# runs it\ntest target=\"tests\" *args: build\n"
                       "    pytest {{target}} {{args}}\ntypes:\n  mypy {{ src }}\n"}}),
      ElementsAre("justfile:5 (recipe test) pytest tests", "justfile:7 (recipe types) mypy pkg"));
}

TEST(EvidenceTest, HooksAreKnownByTheirIdsOrEntries) {
  EXPECT_THAT(
      evidence_texts({{".pre-commit-config.yaml",
                       "repos:\n- repo: https://example.org/ruff\n  rev: v1\n  hooks:\n"
                       "  - id: ruff-check\n    args: [--fix, --exit-non-zero-on-fix]\n"
                       "  - id: ruff-format\n  - id: trailing-whitespace\n"
                       "- repo: local\n  hooks:\n  - id: types\n    entry: uv run mypy\n"
                       "    args: [src]\n    language: system\n"}}),
      ElementsAre(
          ".pre-commit-config.yaml:5 (hook ruff-check) ruff check --fix --exit-non-zero-on-fix",
          ".pre-commit-config.yaml:7 (hook ruff-format) ruff format",
          ".pre-commit-config.yaml:11 (hook types) mypy src"));
  EXPECT_THAT(evidence_texts({{".husky/pre-commit", "#!/bin/sh\n\nnpx lint-staged\npytest -q\n"},
                              {"lefthook.yml",
                               "pre-commit:\n  commands:\n    lint:\n      run: black --check .\n"
                               "  jobs:\n    - run: isort -c .\n"}}),
              ElementsAre("lefthook.yml:4 (hook pre-commit) black --check .",
                          "lefthook.yml:6 (hook pre-commit) isort -c .",
                          ".husky/pre-commit:4 (hook pre-commit) pytest -q"));
}

TEST(EvidenceTest, WorkflowsAreReadStepByStep) {
  EXPECT_THAT(
      evidence_texts(
          {{".github/workflows/ci.yml",
            "on: push\njobs:\n  t:\n    steps:\n    - uses: actions/checkout@v4\n"
            "    - run: pip install .\n    - name: test\n      run: |\n"
            "        pip install pytest\n        python -m pytest\n"},
           {".gitlab-ci.yml", "lint:\n  script:\n    - pip install ruff\n    - ruff check .\n"}}),
      ElementsAre(".github/workflows/ci.yml:10 (CI) pytest", ".gitlab-ci.yml:4 (CI) ruff check ."));
}

TEST(EvidenceTest, WhatCannotBeReadShowsNothing) {
  std::string deep(4000, '[');
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i)
      bomb += std::string(i == 0 ? "*" : ",*") + static_cast<char>(c - 1);
    bomb += "]\n";
  }

  EXPECT_THAT(evidence_texts({{".pre-commit-config.yaml", "repos: [\n"},
                              {".gitlab-ci.yml", deep},
                              {".github/workflows/a.yml", bomb},
                              {".github/workflows/b.yml", "\xff\xfe"},
                              {"pyproject.toml", "[tool.pdm"},
                              {"lefthook.yml", "- just\n- a list\n"},
                              {"noxfile.py", "session.run('pytest"},
                              {"tox.ini", "commands = pytest\n[testenv\ncommands\n"}}),
              IsEmpty());
}

TEST(YamlTest, KeepsWhatIsWrittenAndWhere) {
  auto file = read_yaml("a:\n  b: [1, two]\n  c: >\n    folded\n    text\n");

  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->at("a").at("b").items[1].text, "two");
  EXPECT_EQ(file->at("a").at("c").text, "folded text\n");
  EXPECT_EQ(file->at("a").at("c").line, 4U);
  EXPECT_EQ(file->at("none").at("of these").text, "");
}

}  // namespace
}  // namespace gf::gate

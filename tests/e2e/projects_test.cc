// A repository with several projects: each has its own gates, folder and environment, and a run
// uses those that its change concerns.
#include <gmock/gmock.h>

#include <filesystem>

#include "base/text.h"
#include "e2e/doubling.h"
#include "record/json.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPlan = R"json({"content": {"questions": [], "spec": {
  "title": "Double", "intent": "Callers need twice a number.",
  "touchpoints": ["low/low/__init__.py"], "introduces": ["double"],
  "acceptance_criteria": [{"id": "AC1", "kind": "call", "given": "low is imported",
    "when": "double(2)", "then": [{"observable": "value", "op": "equals", "expected": 4}],
    "source": "request: 'double'", "authorises": []}],
  "constraints": [], "out_of_scope": [],
  "assumptions": [{"id": "A1", "text": "plain integers"}],
  "changelog": {"section": "Added", "entry": "`double`."}}}})json";

constexpr const char* kBrief = R"json({"content": {"files": ["low/low/__init__.py"],
  "new_files": [], "reuse": [], "conventions": ["plain functions"],
  "test_files": ["low/tests/test_double.py"], "test_command": "pytest -q", "notes": ""}})json";

constexpr const char* kReview = R"json({"content": {"criteria": [{"id": "AC1",
  "verdict": "satisfied", "pointer": {"test": "low/tests/test_double.py::test_ac1_double"},
  "why": "the value is compared"}],
  "hunks": [{"id": "H1", "serves": ["AC1"], "why": "it"},
            {"id": "H2", "serves": ["tests"], "why": "it"}],
  "constraints": [], "assumptions": [{"id": "A1", "verdict": "holds", "why": "it does"}],
      "out_of_scope": [], "summary": "fine"}})json";

constexpr const char* kHalf = "def half(n: int) -> int:\n    return n // 2\n";
constexpr const char* kTwice = "\n\ndef double(n: int) -> int:\n    return 2 * n\n";

class ProjectsTest : public DoublingTest {
 protected:
  /// "low", "app" that is built on it, "other" that is not, and a front end.
  void make_projects() {
    write_project("low", "", kHalf,
                  "from low import half\n\n\ndef test_half() -> None:\n    assert half(4) == 2\n");
    write_project(
        "app", "low",
        "from low import half\n\n\ndef quarter(n: int) -> int:\n    return half(half(n))\n",
        "from app import quarter\n\n\ndef test_quarter() -> None:\n    assert quarter(8) == 2\n");
    write_project("other", "", "ONE = 1\n", "def test_one() -> None:\n    assert True\n");
    repo_.write("web/composer.json", "{\"name\": \"shop/web\"}\n");
    repo_.write(".gitignore", ".venv/\n");
    repo_.commit("Three projects and a front end");
    repo_.add_remote();
  }
  void write_project(const std::string& name, const std::string& needs, const std::string& code,
                     const std::string& test) {
    std::string needed = needs.empty() ? "" : "\"" + needs + "\"";
    repo_.write(name + "/pyproject.toml",
                "[project]\nname = \"" + name + "\"\nversion = \"1\"\ndependencies = [" + needed +
                    "]\n\n[tool.pytest.ini_options]\ntestpaths = [\"tests\"]\n");
    repo_.write(name + "/" + name + "/__init__.py", code);
    repo_.write(name + "/tests/test_" + name + ".py", test);
    make_environment(name, needs);
  }
  /// With the tools, and the project and what it needs installed so that it points at the user's
  /// files.
  void make_environment(const std::string& name, const std::string& needs) {
    std::string given = std::getenv("GF_TEST_PYTHON");
    std::string venv = repo_.path() + "/" + name + "/.venv";
    ASSERT_EQ(run({given, "-m", "venv", "--without-pip", venv}, "/", environment()).exit_code, 0);
    const std::string where = "import sysconfig; print(sysconfig.get_path('purelib'), end='')";
    std::string site = run({venv + "/bin/python", "-c", where}, "/", environment()).out;
    std::string below = fs::relative(site, repo_.path()).string();
    repo_.write(below + "/tools.pth", run({given, "-c", where}, "/", environment()).out + "\n");
    repo_.write(below + "/__editable__.pth", repo_.path() + "/" + name + "\n");
    if (!needs.empty())
      repo_.write(below + "/__editable__.needs.pth", repo_.path() + "/" + needs + "\n");
  }
  /// `code` is what BUILD makes of low; the second time it does right.
  Ran run_double(const std::string& code) {
    answer("plan.1.1", kPlan);
    answer("scout.1.1", kBrief);
    for (int n = 1; n <= 2; ++n) {
      std::string at = std::to_string(n);
      std::string done = R"({"content": {"summary": "done", "missing": []}})";
      answer("build." + at + ".1",
             written("low/low/__init__.py", n == 1 ? code : std::string(kHalf) + kTwice));
      answer("build." + at + ".2", done);
      answer("test." + at + ".1",
             written("low/tests/test_double.py",
                     "def test_ac1_double() -> None:\n    from low import double\n\n    assert "
                     "double(2) == 4\n"));
      answer("test." + at + ".2", done);
    }
    answer("review.1.1", kReview);
    repo_.git({"config", "factory.provider.scripted.path", repo_.folder() / "answers"});
    return feature("double", "Add double(n) to low; double(2) is 4.");
  }
};

TEST_F(ProjectsTest, AChangeIsJudgedWhereItIsAndByWhatIsBuiltOnItAndReplaysTheSame) {
  make_projects();

  Ran ran = run_double(std::string(kHalf) + kTwice);

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("low/pytest pass, 2 passed"));
  EXPECT_THAT(ran.err, HasSubstr("app/pytest pass, 1 passed"));
  EXPECT_THAT(ran.err, Not(HasSubstr("other/pytest")));
  std::string ledger = repo_.git({"for-each-ref", "--format=%(refname)", "refs/factory/ledger"});
  std::string record = repo_.git({"log", "-p", "--format=", std::string(trim(ledger))});
  EXPECT_THAT(record, HasSubstr("\"project\":\"low\""));
  EXPECT_THAT(record, HasSubstr("venv low/.venv"));
  EXPECT_THAT(record, HasSubstr("venv app/.venv"));
  for (const char* gates : {"--gates=recorded", "--gates=run"}) {
    Ran again = factory({"replay", "double", gates});
    EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  }
}

TEST_F(ProjectsTest, WhatBreaksTheProjectAboveIsSentBack) {
  make_projects();

  Ran ran = run_double(
      std::string("def half(n: int) -> int:\n    return n // 2 if n < 8 else 0\n") + kTwice);

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("app/pytest fail"));
  EXPECT_THAT(ran.err, HasSubstr("app/tests/test_app.py::test_quarter"));
}

TEST_F(ProjectsTest, InitDoctorAndEnvTellEachProject) {
  make_projects();

  Ran init = factory({"init", "--no-try"});
  Ran doctor = factory({"doctor", "--offline"});
  Ran env = factory({"env"});

  ASSERT_EQ(init.exit_code, 0) << init.err;
  EXPECT_THAT(init.out, HasSubstr("project:   low          Python: pytest\n"));
  EXPECT_THAT(init.out, HasSubstr("project:   web          PHP: found, no gates known"));
  EXPECT_THAT(repo_.read(".gitfactory"), HasSubstr("[factory-gate \"app/pytest\"]"));
  EXPECT_THAT(repo_.read(".gitfactory"), HasSubstr("folder = \"app\""));
  EXPECT_THAT(doctor.out, HasSubstr("project web"));
  EXPECT_THAT(doctor.out, HasSubstr("environment low"));
  EXPECT_EQ(env.exit_code, 0) << env.err;
  EXPECT_THAT(env.out, HasSubstr("/app/.venv/bin/python (app/.venv)"));
  EXPECT_THAT(env.out, HasSubstr("packages: app (app/app), low (low/low)"));
}

}  // namespace
}  // namespace gf::test

// Machines as they are: no environment, no network, a home that cannot be written, odd paths; and a
// change that asks for something that is not installed.
#include <filesystem>

#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;

class MachineTest : public FactoryTest {
 protected:
  /// An environment in `folder` that holds what the demo's has, and to which packages can be added.
  std::string make_environment(const std::string& folder, bool with_tools = true) {
    std::string given = std::getenv("GF_TEST_PYTHON");
    EXPECT_EQ(run({given, "-m", "venv", "--without-pip", folder}, "/", environment()).exit_code, 0);
    const std::string where = "import sysconfig; print(sysconfig.get_path('purelib'), end='')";
    std::string site = run({folder + "/bin/python", "-c", where}, "/", environment()).out;
    if (!with_tools) return site;
    repo_.folder().write(fs::relative(site + "/tools.pth", repo_.folder().path()).string(),
                         run({given, "-c", where}, "/", environment()).out + "\n");
    return site;
  }

  /// A small project, and answers to "Add double(n)" by which the project asks for one package
  /// more.
  void make_growing_project() {
    repo_.write("pyproject.toml",
                "[project]\nname = \"twice\"\nversion = \"0.1\"\ndependencies = []\n"
                "[tool.pytest.ini_options]\ntestpaths = [\"tests\"]\npythonpath = [\".\"]\n");
    repo_.write("twice.py", "def half(n: int) -> int:\n    return n // 2\n");
    repo_.write("tests/test_half.py",
                "from twice import half\n\n\ndef test_half() -> None:\n    assert half(4) == 2\n");
    repo_.write(".gitignore", ".venv/\n");
    repo_.commit("Twice");
    repo_.add_remote();
    site_ = make_environment(repo_.path() + "/.venv");
    answer("plan.1.1", R"J({"content": {"questions": [], "spec": {"title": "Double",
      "intent": "Callers need twice a number.", "touchpoints": ["twice.py", "pyproject.toml"],
      "introduces": ["double"], "acceptance_criteria": [{"id": "AC1", "kind": "call", "given": "",
        "when": "double(2)", "then": [{"observable": "value", "op": "equals", "expected": 4}],
        "source": "request: 'double(n)'", "authorises": []
  }],
      "constraints": [], "out_of_scope": [], "assumptions": [],
      "changelog": {
    "section" : "Added", "entry" : "`double`."
  }
}
}
})J");
    answer("scout.1.1", R"J({"content": {"files": ["twice.py", "pyproject.toml"], "new_files": [],
      "reuse": [], "conventions": ["plain functions"], "test_files": ["tests/test_double.py"],
      "test_command": "pytest -q", "notes": ""}})J");
    answer("build.1.1", R"J({"tool_calls": [
      {"id": "1", "name": "edit_file", "arguments": {"path": "pyproject.toml",
        "old": "dependencies = []", "new": "dependencies = [\"oddsix\"]"}},
      {"id": "2", "name": "write_file", "arguments": {"path": "twice.py", "content":
        "import oddsix\n\n\ndef half(n: int) -> int:\n    return n // 2\n\n\ndef double(n: int) -> int:\n    return int(oddsix.TWO * n)\n"}}]})J");
    answer("build.1.2", R"J({"content": {"summary": "built", "missing": []}})J");
    answer("test.1.1", R"J({"tool_calls": [{"id": "1", "name": "write_file", "arguments": {
      "path": "tests/test_double.py", "content":
      "def test_ac1_double() -> None:\n    from twice import double\n\n    assert double(2) == 4\n"}}]})J");
    answer("test.1.2", R"J({"content": {"summary": "tests", "missing": []}})J");
    answer("review.1.1", R"J({"content": {"criteria": [{"id": "AC1", "verdict": "satisfied",
      "pointer": {"test": "tests/test_double.py::test_ac1_double"}, "why": "it is compared"}],
      "hunks": [{"id": "H1", "serves": ["AC1"], "why": "what it needs"},
        {"id": "H2", "serves": ["AC1"], "why": "the import"},
        {"id": "H3", "serves": ["AC1"], "why": "the function"},
        {"id": "H4", "serves": ["tests"], "why": "shows it"}],
      "constraints": [], "out_of_scope": [], "assumptions": [], "summary": "fine"}})J");
    repo_.git({"config", "factory.model", "scripted/growing"});
    repo_.git({"config", "factory.provider.scripted.path", repo_.folder() / "answers"});
  }
  void answer(const std::string& name, const std::string& text) {
    repo_.folder().write("answers/growing/" + name + ".json", text);
  }
  void install(const std::string& name, const std::string& code) {
    fs::path site = fs::relative(site_, repo_.folder().path());
    repo_.folder().write((site / (name + ".py")).string(), code);
    repo_.folder().write((site / (name + "-1.0.dist-info/METADATA")).string(),
                         "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n");
  }
  std::string site_;
};

TEST_F(MachineTest, AChangeThatAsksForMoreRunsInWhatItAsksForOrWaitsForIt) {
  make_growing_project();
  repo_.git({"config", "factory.install", "never"});

  Ran waits = factory({"feature", "--slug", "double", "Add double(n) to twice; double(2) is 4."});

  EXPECT_EQ(waits.exit_code, 128) << waits.out << waits.err;
  EXPECT_NE(waits.err.find("'pyproject.toml' asks for another environment: no environment fits"),
            std::string::npos)
      << waits.err;
  EXPECT_NE(waits.err.find("; then 'git factory resume'"), std::string::npos) << waits.err;

  install("oddsix", "TWO = 2\n");
  Ran done = factory({"resume"});

  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_NE(repo_.git({"show", "factory/double:pyproject.toml"}).find("oddsix"), std::string::npos);
  Ran again = factory({"replay", "double"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

TEST_F(MachineTest, WithoutAnEnvironmentOrTheNetworkNothingIsSpentAndTheWayOutIsNamed) {
  make_shop();
  repo_.git({"config", "--unset", "factory.python"});
  repo_.git({"config", "factory.install", "offline"});
  std::string bare = repo_.folder() / "bare";
  make_environment(bare, false);  // a Python, and nothing that is installed
  fs::create_directories(repo_.folder() / "programs");
  for (const char* name : {"git", "sh"})
    fs::create_symlink(std::string("/usr/bin/") + name, repo_.folder() / "programs/" + name);

  Ran ran = factory_with({{"PATH", bare + "/bin:" + repo_.folder() / "programs" + ":" +
                                       std::string(GF_BUILD_DIR) + "/cmd"}},
                         {"feature", "--slug", "health", "--model", "scripted/health", kHealth});

  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_NE(ran.err.find("no environment fits, and pip cannot make one from requirements-dev.txt"),
            std::string::npos)
      << ran.err;
  EXPECT_NE(ran.err.find("hint: set factory.install to online, or make an environment yourself"),
            std::string::npos)
      << ran.err;
  EXPECT_EQ(ran.err.find("plan"), std::string::npos) << ran.err;
}

TEST_F(MachineTest, AHomeThatCannotBeWrittenIsNamedWithTheWayOut) {
  make_shop();
  std::string file = repo_.folder().write("home-that-is-a-file", "");
  Ran ran = factory_with({{"XDG_CACHE_HOME", file}},
                         {"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_NE(ran.err.find("hint: set XDG_CACHE_HOME to a folder of yours"), std::string::npos)
      << ran.err;
  EXPECT_EQ(ran.err.find("scripted answered"), std::string::npos) << ran.err;

  Ran demo = factory_with({{"XDG_CACHE_HOME", file}}, {"demo", repo_.folder() / "demo"});
  EXPECT_EQ(demo.exit_code, 128);
  EXPECT_NE(demo.err.find("hint: set XDG_CACHE_HOME to a folder of yours"), std::string::npos)
      << demo.err;
}

TEST_F(MachineTest, BlanksAndLettersOfAnyScriptInPathsAreOnlyLetters) {
  make_shop();
  std::string odd = repo_.folder() / "mein Läden – 店";
  auto setting = [&](const char* name) { return std::string(trim(repo_.git({"config", name}))); };
  repo_.git({"clone", "--quiet", setting("remote.origin.url"), odd});
  for (const char* name : {"user.name", "user.email", "factory.python"})
    run({"git", "config", name, setting(name)}, odd, environment());
  run({"git", "factory", "trust", "--yes"}, odd, environment());
  std::map<std::string, std::string> all = environment();
  all["XDG_CACHE_HOME"] = repo_.folder() / "der Speicher ñ";

  Ran ran =
      run({"git", "factory", "feature", "--slug", "health", "--model", "scripted/health", kHealth},
          odd, all);

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(run({"git", "rev-list", "--count", "main..factory/health"}, odd, all).out, "1\n");
}

}  // namespace
}  // namespace gf::test

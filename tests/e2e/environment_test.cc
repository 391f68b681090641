// The project's own environment, and the run's own code in it.
#include <algorithm>
#include <filesystem>

#include "e2e/factory.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;

class EnvironmentTest : public FactoryTest {
 protected:
  /// The shop in an environment in its own folder, installed so that it points at the user's files.
  void make_installed_shop() {
    make_shop();
    repo_.git({"config", "--unset", "factory.python"});
    std::string given = std::getenv("GF_TEST_PYTHON");
    std::string venv = repo_.path() + "/.venv";
    ASSERT_EQ(run({given, "-m", "venv", "--without-pip", venv}, "/", environment()).exit_code, 0);
    const std::string where = "import sysconfig; print(sysconfig.get_path('purelib'), end='')";
    site_ = run({venv + "/bin/python", "-c", where}, "/", environment()).out;
    std::string packages = run({given, "-c", where}, "/", environment()).out;
    put("tools.pth", packages);
    fs::create_symlink(fs::path(given).parent_path() / "ruff", venv + "/bin/ruff");
    put("__editable__.corner_shop-0.3.0.pth", repo_.path());
    // What starts with the interpreter and was never compiled, as setuptools has it.
    put("begins_with_it.py", "STARTED = True");
    put("begins_with_it.pth", "import begins_with_it");
    repo_.write(".git/info/exclude", ".venv/\n");
  }
  void put(const std::string& name, const std::string& line) {
    repo_.write(fs::relative(site_ + "/" + name, repo_.path()).string(), line + "\n");
  }
  /// Every file of the user's, with its time.
  std::string files() const {
    std::vector<std::string> all;
    for (const fs::directory_entry& one : fs::recursive_directory_iterator(repo_.path())) {
      std::string path = one.path().string();
      bool gits = path.ends_with("/.git") || path.find("/.git/") != std::string::npos;
      if (one.is_symlink() || gits) continue;
      all.push_back(path + std::to_string(one.last_write_time().time_since_epoch().count()));
    }
    std::sort(all.begin(), all.end());
    std::string text;
    for (const std::string& one : all) text += one + "\n";
    return text;
  }
  std::string site_;
};

TEST_F(EnvironmentTest, AnInstallThatPointsAtTheUsersFilesTestsTheRunsCode) {
  make_installed_shop();
  std::string before = users_place() + files();

  Ran ran = feature("health", kHealth);

  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  EXPECT_EQ(users_place() + files(), before) << "bytecode is written there as little";
  Ran again = factory({"replay", "health"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
}

TEST_F(EnvironmentTest, EnvSaysWhatIsTakenAndWhyAndCleansUp) {
  make_installed_shop();

  Ran shown = factory({"env"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("/.venv/bin/python (.venv)"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("packages: app (app)"), std::string::npos) << shown.out;
  Ran json = factory({"env", "--json"});
  EXPECT_NE(json.out.find("\"source\":\".venv\""), std::string::npos) << json.out;

  Ran cleaned = factory({"env", "--clean"});
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.err;
  EXPECT_EQ(cleaned.out, "removed 0 environments, 0.0 MB\n");
}

TEST_F(EnvironmentTest, ARunIsNotBegunWhereNoEnvironmentFits) {
  make_installed_shop();
  repo_.git({"config", "factory.python", "/nowhere/python"});

  Ran ran = feature("health", kHealth);

  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_NE(ran.err.find("factory.python names '/nowhere/python', which is not there"),
            std::string::npos)
      << ran.err;
  EXPECT_EQ(factory({"log", "--json"}).out, "");
}

}  // namespace
}  // namespace gf::test

// When an overlay is made, refused and cleaned away, and that a project's own tests run in one.
#include <gmock/gmock.h>

#include "unit/env/overlaid.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(OverlayTest, ItIsMadeOnceAndAgainWhenTheEnvironmentChanges) {
  both("src/twice/__init__.py");
  installed("twice.pth", checkout_ + "/src\n");
  ASSERT_GIVES(auto first, prepared());
  ASSERT_DONE(write_file(first.folder + "/mark", ""));

  ASSERT_DONE(prepared());
  EXPECT_TRUE(fs::exists(first.folder + "/mark")) << "nothing has changed";

  installed("extra.pth", checkout_ + "/more\n");
  ASSERT_GIVES(auto second, prepared());
  EXPECT_FALSE(fs::exists(first.folder + "/mark"));
  EXPECT_EQ(second.folder, first.folder);
  fs::remove(second.folder + "/key");
  ASSERT_DONE(write_file(first.folder + "/mark", ""));
  ASSERT_DONE(prepared());
  EXPECT_FALSE(fs::exists(first.folder + "/mark")) << "half an overlay is none";
}

TEST_F(OverlayTest, ARunWhoseTestsWouldTestOtherCodeIsRefused) {
  both("src/twice/__init__.py");
  tree_.erase("src/twice/__init__.py");
  tree_["code/__init__.py"] = "";
  tree_["pyproject.toml"] += "[tool.setuptools.package-dir]\ntwice = \"code\"\n";
  folder_.write("far/twice/__init__.py", "WHO = 'far'\n");
  installed("far.pth", folder_ / "far" + std::string("\n"));

  auto refused = prepared();

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::kConfiguration);
  EXPECT_THAT(refused.error().message, HasSubstr("your tests would test '"));
  EXPECT_THAT(refused.error().message, HasSubstr("/far/twice/__init__.py'"));
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST_F(OverlayTest, CodeOfTheCheckoutThatIsImportedAllTheSameBreaksTheOutcome) {
  both("src/twice/__init__.py");
  installed("twice.pth", checkout_ + "/src\n");
  ASSERT_GIVES(auto ready, prepared());
  record::GateOutcome outcome;
  outcome.status = record::GateOutcome::Status::kPass;

  who(ready, "twice");
  check_imports(ready, outcome);
  EXPECT_EQ(outcome.status, record::GateOutcome::Status::kPass);

  std::string output = run(
      {ready.python, "-c",
       "import sys; sys.path.insert(0, '" + checkout_ + "/src'); import twice; print(twice.WHO)"},
      "/", ready.variables);
  EXPECT_EQ(output, "user\n");
  check_imports(ready, outcome);
  EXPECT_EQ(outcome.status, record::GateOutcome::Status::kBroken);
  EXPECT_EQ(
      outcome.reason,
      "a process imported 1 file of your checkout (first: src/twice/__init__.py); its outcome "
      "is not counted");
}

TEST_F(OverlayTest, WithoutPythonNothingIsMade) {
  tree_ = {{"main.c", ""}};

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(ready.python, "python3");
  EXPECT_TRUE(ready.folder.empty());
  EXPECT_FALSE(fs::exists(folder_ / "cache"));
}

TEST_F(OverlayTest, WhereNothingFitsItIsSaidBeforeAnythingIsSpent) {
  environment_["PATH"] = "/nowhere";
  gates_.resize(1);
  gates_[0].argv = {"python3", "-m", "a_runner_that_nobody_has"};
  gates_[0].stage = "test";

  auto none = prepared();

  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().fault, Fault::kConfiguration);
  EXPECT_THAT(none.error().message, HasSubstr(".venv lacks a_runner_that_nobody_has"));
}

TEST_F(OverlayTest, CleaningTakesWhatHasNoSlotAndAllWhenItIsAsked) {
  both("src/twice/__init__.py");
  ASSERT_DONE(prepared());
  std::string cache = folder_ / "cache/git-factory";
  EXPECT_THAT(kept_in(cache), SizeIs(1));
  EXPECT_GT(kept_in(cache)[0].size_bytes, 0u);
  EXPECT_THAT(clean(cache, false), IsEmpty());

  remove_folder(slot_);
  EXPECT_THAT(clean(cache, false), SizeIs(1));
  EXPECT_THAT(kept_in(cache), IsEmpty());
}

TEST_F(OverlayTest, TheProjectsOwnTestsRunOnTheSlotsCode) {
  const char* given = std::getenv("GF_TEST_PYTHON");
  if (given == nullptr) GTEST_SKIP() << "GF_TEST_PYTHON names no interpreter with pytest";
  both("src/twice/__init__.py");
  both("tests/test_who.py",
       "import subprocess, sys\nimport twice\ndef test_who():\n    assert twice.WHO == 'slot'\n"
       "def test_sub():\n    told = subprocess.run([sys.executable, '-c', "
       "'import twice; print(twice.WHO)'], capture_output=True, text=True)\n"
       "    assert told.stdout == 'slot\\n'\n");
  std::string packages = std::string(
      trim(run({given, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"}, "/")));
  installed("tools.pth", packages + "\n");
  installed("twice.pth", checkout_ + "/src\n");
  std::string before = users_files();

  ASSERT_GIVES(auto ready, prepared());
  std::string output = run({ready.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"},
                           slot_, ready.variables);

  EXPECT_THAT(output, HasSubstr("2 passed"));
  EXPECT_EQ(users_files(), before);
}

TEST_F(OverlayTest, WithoutPytestCovTestsRunAndAreMeasuredByCoverageAlone) {
  const char* given = std::getenv("GF_TEST_PYTHON");
  if (given == nullptr) GTEST_SKIP() << "GF_TEST_PYTHON names no interpreter with pytest";
  both("src/twice/__init__.py",
       "def double(x):\n    return 2 * x\ndef half(x):\n    return x / 2\n");
  both("tests/test_double.py",
       "import twice\ndef test_double():\n    assert twice.double(2) == 4\n");
  std::string packages = std::string(
      trim(run({given, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"}, "/")));
  for (const fs::directory_entry& one : fs::directory_iterator(packages)) {
    std::string name = one.path().filename().string();
    if (!name.starts_with("pytest_cov")) fs::create_symlink(one.path(), site_ + "/" + name);
  }
  gates_.emplace_back();
  gates_[0].stage = "test";
  gates_[0].argv = {"python3", "-m", "pytest", "--cov-branch", "--cov=twice"};

  ASSERT_GIVES(auto ready, prepared());
  std::vector<std::string> argv = {ready.python,       "-m",           "pytest",     "-q", "-p",
                                   "no:cacheprovider", "--cov-branch", "--cov=twice"};
  auto tested = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = argv;
    all.insert(all.end(), more.begin(), more.end());
    return run(all, slot_, ready.variables);
  };
  EXPECT_THAT(tested({"--cov-report=xml:" + (folder_ / "xml"), "tests"}), HasSubstr("1 passed"));
  std::string measured = folder_.read("xml");
  EXPECT_THAT(measured, HasSubstr("<line number=\"2\" hits=\"1\"/>"));
  EXPECT_THAT(measured, HasSubstr("<line number=\"4\" hits=\"0\"/>"));
  EXPECT_FALSE(fs::exists(slot_ + "/.coverage"));

  fs::remove(site_ + "/coverage");
  EXPECT_THAT(tested({"--cov-report=xml:" + (folder_ / "none"), "tests"}), HasSubstr("1 passed"));
  EXPECT_FALSE(fs::exists(folder_ / "none"));
}

}  // namespace
}  // namespace gf::env

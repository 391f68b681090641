// Real virtual environments with an installation of each shape that points at the user's checkout:
// what is imported is the run's code, and nothing of the user's changes.
#include "env/overlay.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/environment.h"
#include "env/place.h"
#include "env/probe.h"
#include "proc/process.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OverlayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    environment_["HOME"] = folder_ / "home";
    environment_["XDG_CACHE_HOME"] = folder_ / "cache";
    const char* given = std::getenv("GF_TEST_PYTHON");
    python_ = given == nullptr ? "python3" : given;
    // As the interpreter that the tests have was made itself: without its packages.
    ASSERT_EQ(run({python_, "-m", "venv", "--without-pip", checkout_ + "/.venv"}, "/"), "");
    site_ = site_of_venv();
  }

  std::string site_of_venv() {
    return std::string(trim(run({checkout_ + "/.venv/bin/python", "-c",
                                 "import sysconfig; print(sysconfig.get_path('purelib'))"},
                                "/")));
  }
  std::string run(std::vector<std::string> argv, const std::string& folder,
                  const Environment& variables = {}) {
    proc::Options options;
    options.argv = std::move(argv);
    options.directory = folder;
    options.environment = environment_;
    options.environment["PYTHONDONTWRITEBYTECODE"] = "1";
    for (const auto& [name, value] : variables) options.environment[name] = value;
    auto ran = proc::run(options, cancel_);
    if (!ran.ok()) return ran.error().message;
    return ran->out + (ran->succeeded() ? "" : ran->err);
  }
  /// The same file in the user's checkout and in the slot; `WHO` says whose it is.
  void both(const std::string& path, const std::string& text = "WHO = '<who>'\n") {
    folder_.write("work/" + path, replace_all(text, "<who>", "user"));
    std::string slots = replace_all(text, "<who>", "slot");
    folder_.write("slot/" + path, slots);
    tree_[path] = slots;
  }
  void installed(const std::string& name, const std::string& text) {
    ASSERT_DONE(write_file(site_ + "/" + name, text));
  }
  void from_folder(const std::string& name, const std::string& folder = {}) {
    std::string info = site_ + "/" + name + "-0.1.dist-info";
    ASSERT_DONE(write_file(info + "/METADATA",
                           "Metadata-Version: 2.1\nName: " + name + "\nVersion: 0.1\n"));
    ASSERT_DONE(write_file(info + "/RECORD", ""));
    ASSERT_DONE(write_file(info + "/direct_url.json",
                           "{\"dir_info\": {\"editable\": true}, \"url\": \"" +
                               url_of_path(folder.empty() ? checkout_ : folder) + "\"}"));
  }
  Result<Ready> prepared() {
    test::MapFacts facts(tree_);
    Settings settings;
    if (!setting_.empty()) settings.add("factory.python", setting_);
    return prepare({facts, settings, gates_, user_, environment_, cancel_, slot_, {}});
  }
  /// Who is imported by the overlay's Python from a folder that holds nothing.
  std::string who(const Ready& ready, const std::string& name, const std::string& folder = "/") {
    return std::string(
        trim(run({ready.python, "-c", "import " + name + "; print(" + name + ".WHO)"}, folder,
                 ready.variables)));
  }
  /// Every file below the user's work tree, with its time: nothing of it may change.
  std::string users_files() const {
    std::vector<std::string> all;
    for (const fs::directory_entry& one : fs::recursive_directory_iterator(checkout_)) {
      if (one.is_symlink()) continue;
      all.push_back(one.path().string() + " " +
                    std::to_string(one.last_write_time().time_since_epoch().count()));
    }
    std::sort(all.begin(), all.end());
    return join(all, "\n");
  }

  test::TempFolder folder_;
  std::string checkout_ = folder_.write("work/README", "").substr(0, (folder_ / "work").size());
  std::string slot_ = folder_.write("slot/README", "").substr(0, (folder_ / "slot").size());
  std::string site_, python_, setting_;
  Environment environment_ = proc::clean_environment(proc::current_environment());
  Checkout user_{checkout_, checkout_ + "/.git"};
  std::vector<gate::Gate> gates_;
  std::map<std::string, std::string> tree_ = {
      {"pyproject.toml", "[project]\nname = \"twice\"\nversion = \"0.1\"\n"}};
  Cancel cancel_;
};

constexpr const char* kFinder =
    "import sys\nfrom importlib.util import spec_from_file_location\n"
    "MAPPING = {'twice': '<root>/twice'}\n"
    "class Finder:\n"
    "    @classmethod\n"
    "    def find_spec(cls, name, path=None, target=None):\n"
    "        if name in MAPPING:\n"
    "            return spec_from_file_location(name, MAPPING[name] + '/__init__.py')\n"
    "def install():\n    sys.meta_path.append(Finder)\n";

TEST_F(OverlayTest, APathFileOfASrcLayoutLeadsToTheSlot) {
  both("src/twice/__init__.py");
  installed("__editable__.twice-0.1.pth", checkout_ + "/src\n");
  from_folder("twice");
  std::string before = users_files();

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
  EXPECT_EQ(who(ready, "twice", checkout_), "slot");
  EXPECT_EQ(trim(run({ready.python, "-I", "-c", "import twice; print(twice.WHO)"}, "/")), "slot");
  EXPECT_EQ(users_files(), before);
  EXPECT_THAT(ready.label, HasSubstr("venv .venv, Python 3."));
  EXPECT_THAT(ready.label, ::testing::Not(HasSubstr(checkout_)));
}

TEST_F(OverlayTest, AFinderOfAFlatLayoutLeadsToTheSlot) {
  both("twice/__init__.py");
  installed("__editable__.twice-0.1.pth",
            "import __editable___twice_0_1_finder; __editable___twice_0_1_finder.install()\n");
  installed("__editable___twice_0_1_finder.py", replace_all(kFinder, "<root>", checkout_));
  from_folder("twice");

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
}

TEST_F(OverlayTest, AMapOfPackageFoldersLeadsToTheSlot) {
  tree_["pyproject.toml"] += "[tool.setuptools.package-dir]\ntwice = \"code\"\n";
  both("code/__init__.py");
  installed("__editable__.twice-0.1.pth",
            "import __editable___twice_0_1_finder; __editable___twice_0_1_finder.install()\n");
  installed("__editable___twice_0_1_finder.py",
            replace_all(kFinder, "<root>/twice", checkout_ + "/code"));

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
}

TEST_F(OverlayTest, ALinkInTheEnvironmentLeadsToTheSlot) {
  both("twice/__init__.py");
  fs::create_directory_symlink(checkout_ + "/twice", site_ + "/twice");
  from_folder("twice");

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
}

TEST_F(OverlayTest, ACopyFromTheCheckoutStandsBehindTheSlot) {
  both("twice/__init__.py");
  installed("twice/__init__.py", "WHO = 'copy'\n");
  from_folder("twice");

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
  std::string told = run({ready.python, "-c",
                          "from importlib.metadata import distribution as d; x = d('twice')\n"
                          "print(x.version, x.read_text('direct_url.json'))"},
                         "/", ready.variables);
  EXPECT_THAT(told, HasSubstr("0.1"));
  EXPECT_THAT(told, HasSubstr(slot_));
}

TEST_F(OverlayTest, NamespacePackagesAndThoseOfOtherFoldersStandTogether) {
  both("src/acme/core/__init__.py");
  installed("acme/other/__init__.py", "WHO = 'elsewhere'\n");
  installed("acme.pth", checkout_ + "/src\n");
  folder_.write("sibling/neighbour/__init__.py", "WHO = 'neighbour'\n");
  installed("neighbour.pth", folder_ / "sibling" + std::string("\n"));

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "acme.core"), "slot");
  EXPECT_EQ(who(ready, "acme.other"), "elsewhere");
  EXPECT_EQ(who(ready, "neighbour"), "neighbour");
}

TEST_F(OverlayTest, AnEggLinkBringsItsMetadata) {
  both("twice/__init__.py");
  installed("twice.egg-link", checkout_ + "\n.\n");
  installed("easy-install.pth", checkout_ + "\n");
  folder_.write("work/twice.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: twice\nVersion: 7\n");

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
  EXPECT_THAT(
      run({ready.python, "-c", "from importlib.metadata import version; print(version('twice'))"},
          "/"),
      HasSubstr("7"));
}

TEST_F(OverlayTest, AnInstallFromAnotherCloneLeadsToTheSlotToo) {
  both("src/twice/__init__.py");
  folder_.write("clone/src/twice/__init__.py", "WHO = 'clone'\n");
  installed("twice.pth", folder_ / "clone/src" + std::string("\n"));
  from_folder("twice", folder_ / "clone");

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
}

TEST_F(OverlayTest, ScriptsAndProgramsAreTheOverlays) {
  both("src/twice/__init__.py");
  installed("twice.pth", checkout_ + "/src\n");
  std::string bin = checkout_ + "/.venv/bin";
  ASSERT_DONE(
      write_file(bin + "/twice", "#!" + bin + "/python3\nimport twice\nprint(twice.WHO)\n"));
  ASSERT_DONE(write_file(bin + "/other", "#!/bin/sh\necho other\n"));
  for (const char* name : {"/twice", "/other"}) fs::permissions(bin + name, fs::perms::owner_all);

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(run({"twice"}, "/", ready.variables), "slot\n");
  EXPECT_EQ(run({"other"}, "/", ready.variables), "other\n");
  EXPECT_EQ(ready.variables.get("VIRTUAL_ENV"), ready.folder);
}

TEST_F(OverlayTest, AFolderWithBlanksAndLettersWorksToo) {
  slot_ = folder_.write("a sl\xc3\xb6t/README", "");
  slot_ = slot_.substr(0, slot_.rfind('/'));
  folder_.write("a sl\xc3\xb6t/src/twice/__init__.py", "WHO = 'slot'\n");
  environment_["XDG_CACHE_HOME"] = folder_ /
                                   "a c\xc3\xa4"
                                   "che";
  environment_["LC_ALL"] = "C.UTF-8";
  tree_["src/twice/__init__.py"] = "";
  folder_.write("work/src/twice/__init__.py", "WHO = 'user'\n");
  installed("twice.pth", checkout_ + "/src\n");
  std::string bin = checkout_ + "/.venv/bin";
  ASSERT_DONE(
      write_file(bin + "/twice", "#!" + bin + "/python3\nimport twice\nprint(twice.WHO)\n"));
  fs::permissions(bin + "/twice", fs::perms::owner_all);

  ASSERT_GIVES(auto ready, prepared());

  EXPECT_EQ(who(ready, "twice"), "slot");
  EXPECT_EQ(run({"twice"}, "/", ready.variables), "slot\n");
}

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

  std::string told = run(
      {ready.python, "-c",
       "import sys; sys.path.insert(0, '" + checkout_ + "/src'); import twice; print(twice.WHO)"},
      "/", ready.variables);
  EXPECT_EQ(told, "user\n");
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
  std::string told = run({ready.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"},
                         slot_, ready.variables);

  EXPECT_THAT(told, HasSubstr("2 passed"));
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

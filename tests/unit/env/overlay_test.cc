// Real virtual environments with an installation of each shape that points at the user's checkout:
// what is imported is the run's code, and nothing of the user's changes.
#include <gmock/gmock.h>

#include "unit/env/overlaid.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

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
  std::string output = run({ready.python, "-c",
                            "from importlib.metadata import distribution as d; x = d('twice')\n"
                            "print(x.version, x.read_text('direct_url.json'))"},
                           "/", ready.variables);
  EXPECT_THAT(output, HasSubstr("0.1"));
  EXPECT_THAT(output, HasSubstr(slot_));
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

}  // namespace
}  // namespace gf::env

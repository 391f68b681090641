// Paths of the user's checkout as paths of the run's worktree.
#include "env/moves.h"

#include <gmock/gmock.h>

namespace gf::env {
namespace {

using ::testing::ElementsAre;

const Moves kMoves = {{{"/home/ada/shop", "/slot"}, {"/home/ada/shop/lib", "/slot/inner"}},
                      {"/home/ada/shop/.venv"}};

TEST(MovesTest, APathBelowAMovedFolderGoesAlongAndNoOther) {
  const std::pair<const char*, const char*> kCases[] = {
      {"/home/ada/shop", "/slot"},
      {"/home/ada/shop/", "/slot"},
      {"/home/ada/shop/src", "/slot/src"},
      {"/home/ada/shop/./src/../src", "/slot/src"},
      {"/home/ada/shop/lib/x", "/slot/inner/x"},
      {"/home/ada/shop/library", "/slot/library"},
      {"/home/ada/shop/.venv/lib/python3.11/site-packages", ""},
      {"/home/ada/shopping/src", ""},
      {"/home/ada", ""},
      {"relative/shop", ""},
  };
  for (const auto& [path, there] : kCases)
    EXPECT_EQ(moved(path, kMoves).value_or(""), there) << path;
}

TEST(MovesTest, InATextOnlyWholePathsAreReplaced) {
  const std::pair<const char*, const char*> kCases[] = {
      {"MAPPING = {'shop': '/home/ada/shop/shop'}", "MAPPING = {'shop': '/slot/shop'}"},
      {"'/home/ada/shop'", "'/slot'"},
      {"'/home/ada/shop-2/x', '/home/ada/shop/lib'", "'/home/ada/shop-2/x', '/slot/inner'"},
      {"'/mnt/home/ada/shop/x'", "'/mnt/home/ada/shop/x'"},
      {"'/home/ada/shop/.venv/lib/x'", "'/home/ada/shop/.venv/lib/x'"},
      {"'/home/ada/shop/.venv2/x'", "'/slot/.venv2/x'"},
      {"'/home/ada/shop\xc3\xa9/x'", "'/home/ada/shop\xc3\xa9/x'"},
      {"", ""},
  };
  for (const auto& [text, there] : kCases) EXPECT_EQ(with_moved(text, kMoves), there) << text;
}

TEST(MovesTest, AnAddressOfAFileIsAPathAndBack) {
  EXPECT_EQ(path_of_url(R"({"dir_info": {"editable": true}, "url": "file:///a%20b/%C3%A9"})"),
            "/a b/\xc3\xa9");
  EXPECT_EQ(path_of_url(R"({"url": "https://example.com/x.tar.gz"})"), "");
  EXPECT_EQ(path_of_url("{}"), "");
  EXPECT_EQ(path_of_url(R"({"url": "file:///a%2"})"), "/a%2");
  EXPECT_EQ(url_of_path("/a b/\xc3\xa9"), "file:///a%20b/%C3%A9");
}

TEST(MovesTest, APathFileHasPathsAndImports) {
  PathFile file =
      read_path_file("# made by hand\n/a/src\r\n\n  \nimport x; x.install()\nimportant\n");

  EXPECT_THAT(file.paths, ElementsAre("/a/src", "important"));
  EXPECT_THAT(file.imports, ElementsAre("import x; x.install()"));
}

TEST(MovesTest, AnOldNamespacePackageIsToldWhereItsFileLay) {
  EXPECT_EQ(import_from("import sys; p = sys._getframe(1).f_locals['sitedir']", "/it's/site"),
            "import sys; p = '/it\\'s/site'");
  EXPECT_EQ(import_from("import x", "/site"), "import x");
}

TEST(MovesTest, AScriptOfTheEnvironmentStartsTheOtherOne) {
  const char* kBody = "import sys\nsys.exit(0)\n";
  struct Case {
    std::string head, bin, there;
  };
  const std::string long_bin = "/" + std::string(130, 'x') + "/bin";
  const Case kCases[] = {
      {"#!/v/bin/python\n", "/o/bin", "#!/o/bin/python\n"},
      {"#!/v/bin/python3.11\n", "/o/bin", "#!/o/bin/python3.11\n"},
      {"#!/bin/sh\n'''exec' \"/v/bin/python3\" \"$0\" \"$@\"\n' '''\n", "/o/bin",
       "#!/o/bin/python3\n"},
      {"#!/v/bin/python\n", "/o o/bin",
       "#!/bin/sh\n'''exec' \"/o o/bin/python\" \"$0\" \"$@\"\n' '''\n"},
      {"#!/v/bin/python\n", long_bin,
       "#!/bin/sh\n'''exec' \"" + long_bin + "/python\" \"$0\" \"$@\"\n' '''\n"},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(script_for(one.head + kBody, "/v/bin", one.bin).value_or(""), one.there + kBody);
  for (const char* other : {"#!/usr/bin/python3\nx\n",
                            "\x7f"
                            "ELF",
                            "#!", "#!/v/bin/python", ""})
    EXPECT_FALSE(script_for(other, "/v/bin", "/o/bin")) << other;
}

TEST(SpecifiersTest, AVersionIsAllowedAsPackagingSaysAndWhatCannotBeReadAllowsAll) {
  struct Case {
    const char* specifiers;
    const char* version;
    bool allowed;
  };
  const Case kCases[] = {
      {"", "3.11.7", true},
      {">=3.9", "3.11.7", true},
      {">=3.9", "3.8.18", false},
      {">=3.9,<3.11", "3.11.0", false},
      {">=3.9, <4", "3.13.0", true},
      {"~=3.8", "3.11.7", true},
      {"~=3.8", "4.0.0", false},
      {"~=3.8.1", "3.9.0", false},
      {"==3.11.*", "3.11.7", true},
      {"==3.11.*", "3.12.0", false},
      {"!=3.11.*", "3.11.7", false},
      {"!=3.9.7,>=3.9", "3.9.8", true},
      {"^3.9", "3.11.7", true},
      {"^3.9", "3.8.0", false},
      {"^3.9", "4.0.0", false},
      {"~3.9", "3.9.2", true},
      {"~3.9", "3.10.0", false},
      {"3.11", "3.11.7", true},
      {">=2.7,!=3.0.*,!=3.1.*", "3.11.7", true},
      {">3.11", "3.11.0", false},
      {"<=3.11", "3.11.7", false},
      {"^2.7 || ^3.9", "3.11.7", true},
      {"^2.7 || ^3.9", "3.8.0", false},
      {"=>nonsense", "3.11.7", true},
      {">=3.13.0rc1", "3.13.0", true},
      {">=3.9", "", true},
  };
  for (const Case& one : kCases)
    EXPECT_EQ(allows(one.specifiers, one.version), one.allowed)
        << one.specifiers << " " << one.version;
}

}  // namespace
}  // namespace gf::env

// What a program without a sandbox of its own is run in.
#include "proc/bubblewrap.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::proc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Bubblewrap, TheMachineIsReadOnlyAndWhatIsWrittenToComesLast) {
  std::string words = join(
      confined({{"/place"}, {"/place/work"}, "/place/work", "/opt/tool"}, {"tool", "-x"}), " ");
  EXPECT_THAT(words, StartsWith("bwrap --ro-bind / / "));
  EXPECT_THAT(words, HasSubstr("--tmpfs /tmp --ro-bind /place /place --bind /place/work /place/work"
                               " --ro-bind-try /opt/tool /opt/tool"));
  EXPECT_THAT(words, HasSubstr("--die-with-parent --new-session"));
  EXPECT_THAT(words, EndsWith("--chdir /place/work -- tool -x"));
}

TEST(Bubblewrap, IsMissedWhereItIsNotInstalled) {
  test::TempFolder empty;
  EXPECT_EQ(against_confinement({{"PATH", empty.path()}}, Cancel()), "it was not found");
}

TEST(Bubblewrap, WhatIsTriedIsWhatIsRun) {
  test::TempFolder folder;
  std::string fake =
      folder.write("bin/bwrap", "#!/bin/sh\nprintf '%s ' \"$@\" >'" + (folder / "words") +
                                    "'\necho 'no permissions' >&2\necho 'more' >&2\nexit 1\n");
  std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
  Environment environment = {{"PATH", (folder / "bin") + ":/usr/bin:/bin"}};

  EXPECT_EQ(against_confinement(environment, Cancel()), "no permissions");

  EXPECT_EQ("bwrap " + folder.read("words"), join(confined({}, {"true"}), " ") + " ");
}

TEST(Bubblewrap, InsideNothingButItsOwnFoldersCanBeWritten) {
  Environment environment = clean_environment(current_environment());
  Options plain;
  plain.argv = {"bwrap", "--ro-bind",     "/",  "/",   "--dev", "/dev", "--proc",
                "/proc", "--unshare-pid", "--", "true"};
  plain.environment = environment;
  auto works = run(plain, Cancel());
  if (!works.ok() || !works->succeeded())
    GTEST_SKIP() << "NOT TESTED, bwrap does not work here: " << (works.ok() ? works->err : "");
  EXPECT_EQ(against_confinement(environment, Cancel()), std::nullopt);
  test::TempFolder folder;
  folder.write("root/work/.keep", "");
  Options options;
  options.argv = confined(
      {{folder / "root"}, {folder / "root/work"}, folder / "root/work", {}},
      {"sh", "-c", "pwd; echo mine >new; echo x >../above; echo x >/tmp/here && ls /tmp | wc -l"});
  options.directory = "/";
  options.environment = environment;
  ASSERT_GIVES(auto outcome, run(options, Cancel()));
  EXPECT_THAT(outcome.out, HasSubstr("root/work\n"));
  EXPECT_EQ(folder.read("root/work/new"), "mine\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "root/above"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/here"));
}

}  // namespace
}  // namespace gf::proc

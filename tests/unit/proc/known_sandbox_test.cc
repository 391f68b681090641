// That a sandbox works is found out once, and again when it may work no more.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "proc/sandbox.h"
#include "proc/sandbox_ground.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::proc {
namespace {

/// A bubblewrap that counts how often it was started.
class KnownSandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Sandbox::choose("bubblewrap", environment_, Cancel()).ok() || sandbox_ground().empty())
      GTEST_SKIP() << "NOT TESTED: no bubblewrap works here";
    real_ = *find_program("bwrap", environment_);
    write("exec '" + real_ + "' \"$@\"");
    environment_["PATH"] = folder_ / "bin:" + environment_.get("PATH");
  }
  void write(const std::string& last) const {
    std::string path = folder_.write(
        "bin/bwrap", "#!/bin/sh\necho >>'" + (folder_ / "started") + "'\n" + last + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  /// As if what was kept had been kept an hour later than bwrap was written.
  Result<Sandbox> choose() const {
    auto chosen = Sandbox::choose("auto", environment_, Cancel(), folder_ / "known");
    std::error_code none;
    std::filesystem::last_write_time(
        folder_ / "known/bubblewrap",
        std::filesystem::file_time_type::clock::now() + std::chrono::hours(1), none);
    return chosen;
  }
  [[nodiscard]] size_t started() const { return folder_.read("started").size(); }
  test::TempFolder folder_;
  Environment environment_ = clean_environment(current_environment());
  std::string real_;
};

TEST_F(KnownSandboxTest, IsTriedOnceAndAgainWhenTheProgramIsAnother) {
  // Until it has settled: what was written a moment ago is none to keep.
  for (int i = 0; i < 50 && !std::filesystem::exists(folder_ / "known/bubblewrap"); ++i)
    ASSERT_DONE(choose());
  size_t before = started();
  ASSERT_DONE(choose());
  EXPECT_EQ(started(), before);
  write("exec '" + real_ + "' \"$@\" # another");
  ASSERT_DONE(choose());
  EXPECT_EQ(started(), before + 1);
}

TEST_F(KnownSandboxTest, OneStartThatFailsHasItTriedAgain) {
  for (int i = 0; i < 50 && !std::filesystem::exists(folder_ / "known/bubblewrap"); ++i)
    ASSERT_DONE(choose());
  ASSERT_GIVES(auto sandbox, choose());
  write("echo 'bwrap: no permissions' >&2; exit 1");
  Options options;
  options.argv = {"/bin/sh", "-c", ":"};
  options.environment = environment_;
  EXPECT_FALSE(sandbox.run(options, {}, Cancel()).ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "known/bubblewrap"));
}

}  // namespace
}  // namespace gf::proc

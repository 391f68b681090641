// How a clone is laid out, and what its files become on disk, changes nothing of what is delivered:
// a run delivers what BUILD and TEST changed, byte for byte and mode for mode, and no other path.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "e2e/factory.h"
#include "e2e/known.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

class KindsOfCheckoutTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    repo_.git({"-C", repo_.folder() / "origin.git", "config", "uploadpack.allowFilter", "true"});
    repo_.git(
        {"-C", repo_.folder() / "origin.git", "config", "uploadpack.allowAnySHA1InWant", "true"});
    place_ = repo_.path();
    ASSERT_NO_FATAL_FAILURE(deliver("plain"));
    wanted_ = change();
    EXPECT_EQ(lines(wanted_).size(), 4U) << wanted_;
  }
  std::string at(Words words) const {
    words.insert(words.begin(), {"git", "-C", place_});
    Ran ran = run(words, place_, environment());
    EXPECT_EQ(ran.exit_code, 0) << join(words, " ") << ": " << ran.err;
    return ran.out;
  }
  /// From here on: the shop as it is at the remote, in a clone made with these options.
  void clone_with(Words options) {
    // One place for all: what its gates said is known there from the first one on.
    place_ = repo_.folder() / "clone";
    fs::remove_all(place_);
    ++clones_;
    options.insert(options.begin(), {"git", "clone", "--quiet"});
    options.insert(options.end(), {"file://" + (repo_.folder() / "origin.git"), place_});
    Ran ran = run(options, repo_.path(), environment());
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    for (const char* name :
         {"user.name", "user.email", "factory.python", "factory.mutation", "factory.test.repeats"})
      at({"config", name, std::string(trim(repo_.git({"config", name})))});
    std::string blob(trim(at({"rev-parse", "HEAD:.gitfactory"})));
    Ran trusted = factory({"trust", "--yes", blob}, place_);
    ASSERT_EQ(trusted.exit_code, 0) << trusted.err;
    if (!fs::exists(cache_of_gates(repo_, place_))) copy_known(repo_, place_, true);
  }
  /// The index as git tells it, and every byte and mode that lies in the user's folder.
  [[nodiscard]] std::string users_files() const {
    std::string all = at({"symbolic-ref", "HEAD"}) + at({"rev-parse", "HEAD"}) +
                      at({"ls-files", "-s", "-v"}) + at({"status", "--porcelain"});
    Words files;
    fs::recursive_directory_iterator file(place_);
    for (; file != fs::recursive_directory_iterator(); ++file) {
      if (file->path().filename() == ".git") {
        file.disable_recursion_pending();
        continue;
      }
      std::string entry = file->path().string() + " ";
      if (file->is_symlink()) {
        entry += fs::read_symlink(file->path()).string();
      } else if (file->is_regular_file()) {
        std::ifstream in(file->path(), std::ios::binary);
        entry += std::to_string(static_cast<int>(file->status().permissions())) +
                 std::string(std::istreambuf_iterator<char>(in), {});
      }
      files.push_back(entry);
    }
    std::sort(files.begin(), files.end());
    return all + join(files, "\n");
  }
  void deliver(const std::string& label) {
    std::string before = users_files();
    // A name of its own: a clone of one branch does not see which are taken at the remote.
    std::string slug = "health-" + std::to_string(clones_);
    Ran ran = factory({"feature", "--again", "--slug", slug, "--model", "scripted/health", kHealth},
                      place_);
    ASSERT_EQ(ran.exit_code, 0) << label << "\n" << ran.err;
    EXPECT_EQ(users_files(), before) << label;
    EXPECT_EQ(at({"fsck", "--no-dangling", "--no-progress"}), "") << label;
  }
  /// Modes, blobs and paths of the change that was delivered last.
  [[nodiscard]] std::string change() const {
    std::string branch = "factory/health-" + std::to_string(clones_);
    return at({"diff-tree", "-r", branch + "^", branch});
  }
  void expect_same_delivery(const std::string& label) {
    ASSERT_NO_FATAL_FAILURE(deliver(label)) << label;
    EXPECT_EQ(change(), wanted_) << label;
  }

  std::string place_, wanted_;
  int clones_ = 0;
};

TEST_F(KindsOfCheckoutTest, HoweverTheCloneIsLaidOutTheSameIsDelivered) {
  struct Case {
    const char* label;
    Words clone;                ///< options of git clone
    std::vector<Words> then{};  ///< what its user did to it
  };
  const Case cases[] = {
      {"sparse, by folders", {}, {{"sparse-checkout", "set", "--cone", "tests"}}},
      {"sparse, with a sparse index",
       {},
       {{"sparse-checkout", "set", "--cone", "--sparse-index", "tests"}}},
      {"sparse, by patterns", {}, {{"sparse-checkout", "set", "--no-cone", "/tests/"}}},
      {"partial, without files", {"--filter=blob:none"}},
      {"partial, without files and folders", {"--filter=tree:0"}},
      {"partial and sparse", {"--filter=blob:none", "--sparse"}},
      {"line ends of Windows", {"-c", "core.autocrlf=true"}},
      {"line ends of Windows on the way in", {"-c", "core.autocrlf=input"}},
      {"an index in two",
       {},
       {{"config", "core.splitIndex", "true"}, {"update-index", "--split-index"}}},
      {"an index for many files",
       {"-c", "feature.manyFiles=true"},
       {{"update-index", "--force-write-index"}}},
      {"modes that do not count", {"-c", "core.fileMode=false"}},
      {"no links", {"-c", "core.symlinks=false"}},
      {"objects of another clone", {"--reference", repo_.path()}},
      {"indexes over packs",
       {},
       {{"repack", "-qad", "--write-midx"}, {"commit-graph", "write", "--no-progress"}}},
      {"settings of a worktree", {"-c", "extensions.worktreeConfig=true"}},
      {"one branch, and its folder elsewhere",
       {"--single-branch", "--separate-git-dir", repo_.folder() / "elsewhere.git"}},
  };
  for (const Case& one : cases) {
    ASSERT_NO_FATAL_FAILURE(clone_with(one.clone)) << one.label;
    for (const Words& words : one.then) at(words);
    ASSERT_NO_FATAL_FAILURE(expect_same_delivery(one.label));
  }
}

}  // namespace
}  // namespace gf::test

#include "e2e/known.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/text.h"
#include "e2e/world.h"
#include "record/exchange.h"

namespace gf::test {
namespace {

namespace fs = std::filesystem;

std::string kept() { return std::string(GF_BUILD_DIR) + "/test-known"; }

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// With the files' times, by which mypy knows them again.
bool copy(const std::string& from, const std::string& to, const char* how = "-a") {
  return run({"cp", how, from, to}, "/", {{"PATH", "/usr/bin:/bin"}}).exit_code == 0;
}

/// The packages of the interpreter with the tools, by name and version.
std::vector<std::string> packages() {
  std::vector<std::string> names;
  const char* python = std::getenv("GF_TEST_PYTHON");
  if (python == nullptr) return names;
  std::error_code failed;
  fs::path libraries = fs::path(python).parent_path().parent_path() / "lib";
  for (const fs::path& version : fs::directory_iterator(libraries, failed)) {
    for (const fs::path& one : fs::directory_iterator(version / "site-packages", failed)) {
      if (one.extension() == ".dist-info") names.push_back(one.string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What decides all that is kept: the program, byte by byte as its time tells, the demo and the
/// tools.
std::string stamp() {
  fs::path program = std::string(GF_BUILD_DIR) + "/cmd/git-factory";
  std::string all = fmt::format("{} {}\n", fs::file_size(program),
                                fs::last_write_time(program).time_since_epoch().count());
  std::vector<std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(GF_SOURCE_DIR "/templates")) {
    if (file.is_regular_file()) files.push_back(file.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) all += file + "\x1e" + text_of(file) + "\x1e";
  for (const std::string& package : packages()) all += package + "\n";
  return record::content_id(all).hex();
}

/// What tools had kept of the base, and the notes of whose it is.
std::vector<std::string> seeds_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& one : fs::directory_iterator(folder)) {
    std::string name = one.path().filename();
    if (name.starts_with("seed-")) names.push_back(name);
  }
  return names;
}

/// The note of whose a seed is, with another base: the fourth of its lines
/// (session/tool_caches.cc).
std::string note_of_base(const std::string& file, std::string_view base) {
  std::vector<std::string> all = lines(text_of(file));
  EXPECT_EQ(all.size(), 5U) << file;
  if (all.size() == 5) all[3] = base;
  std::string note;
  for (const std::string& line : all) note += line + "\n";
  return note;
}

}  // namespace

std::string cache_of_gates(const World& world, const std::string& clone) {
  std::string key = record::content_id(clone + "/.git").short_hex(16);
  return world.folder() / ("cache/git-factory/gates/" + key);
}

void keep_known(const std::string& cache) {
  std::string made = fmt::format("{}.{}", kept(), getpid());
  fs::create_directories(made);
  std::vector<std::string> parts = seeds_in(cache);
  ASSERT_FALSE(parts.empty()) << "no run left what tools had kept of the base";
  for (const char* part : {"outcomes", "times"}) parts.emplace_back(part);
  for (const std::string& part : parts)
    ASSERT_TRUE(copy(cache + "/" + part, made + "/" + part)) << part;
  std::ofstream(made + "/stamp") << stamp();
  fs::remove_all(kept());
  fs::rename(made, kept());
}

bool is_known() { return text_of(kept() + "/stamp") == stamp(); }

void copy_known(const World& world, const std::string& clone, bool outcomes) {
  if (!fs::exists(kept())) return;
  const std::string cache = cache_of_gates(world, clone);
  fs::create_directories(cache);
  Ran head = run({"git", "rev-parse", "HEAD"}, clone, world.environment());
  ASSERT_EQ(head.exit_code, 0) << head.err;
  for (const std::string& seed : seeds_in(kept())) {
    if (seed.ends_with(".of")) {
      std::ofstream(cache + "/" + seed) << note_of_base(kept() + "/" + seed, trim(head.out));
      continue;
    }
    // As links: the product copies from this folder, or removes it, and no tool ever sees it.
    EXPECT_TRUE(copy(kept() + "/" + seed, cache + "/" + seed, "-al"));
  }
  if (!outcomes || !is_known()) return;
  for (const char* part : {"outcomes", "times"})
    EXPECT_TRUE(copy(kept() + "/" + part, cache + "/" + part)) << part;
}

}  // namespace gf::test

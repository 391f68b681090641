// It borrows the objects of the user's repository and has settings of its own; what processes that
// are gone have left is swept away.
#include "session/scratch.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

namespace gf::session {
namespace {

namespace fs = std::filesystem;

/// Never signs, runs no hook of global configuration, is never packed meanwhile.
constexpr const char* kSettings =
    "[user]\n\tname = git-factory\n\temail = git-factory@localhost\n"
    "[commit]\n\tgpgSign = false\n[core]\n\thooksPath = /dev/null\n\tlogAllRefUpdates = false\n"
    "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n";

Error cannot_write(const std::string& path, const std::string& why) {
  return Error{Fault::kEnvironment,
               fmt::format("cannot write to '{}': {}", path, why),
               {},
               "free some space, or set XDG_CACHE_HOME"};
}

/// Folders are named "<process id>-<random>"; those of processes that are no more can go.
void sweep(const std::string& root) {
  std::error_code failed;
  for (fs::directory_iterator at(root, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename().string();
    pid_t owner = 0;
    auto [stop, code] = std::from_chars(name.data(), name.data() + name.size(), owner);
    bool ours =
        code == std::errc() && owner > 0 && stop != name.data() + name.size() && *stop == '-';
    if (ours && kill(owner, 0) != 0 && errno == ESRCH) remove_folder(at->path().string());
  }
}

/// What `git init` wrote there.
Result<std::string> own_settings(const std::string& repository) {
  auto config = read_file(repository + "/config");
  if (!config) return cannot_write(repository, "'git init' left no configuration");
  return *config;
}

}  // namespace

Result<Scratch> Scratch::make(const Context& around) {
  GF_ASSIGN(auto cache, around.setup.environment.cache_folder());
  std::string root = cache + "/replay";
  std::error_code failed;
  fs::create_directories(root, failed);
  if (!failed) fs::permissions(root, fs::perms::owner_all, failed);
  if (failed) return cannot_write(root, failed.message());
  sweep(root);
  Scratch scratch;
  GF_ASSIGN(scratch.folder_, TemporaryFolder::make_in(root, fmt::format("{}-", getpid())));
  std::string repository = scratch.folder() + "/record.git";
  GF_TRY(around.git.run(
      {"init", "--quiet", "--bare", "--template=", "--initial-branch=none", repository}));
  GF_ASSIGN(std::string config, own_settings(repository));
  GF_TRY(write_file(repository + "/config", config + kSettings));
  GF_TRY(
      write_file(repository + "/objects/info/alternates", around.repo.common_dir() + "/objects\n"));
  Setup setup = around.setup;
  setup.directory = repository;
  setup.overrides = {};
  GF_ASSIGN(scratch.context_, Context::open(std::move(setup), false));
  return scratch;
}

}  // namespace gf::session

#include "replay/scratch.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace gf::replay {
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

void remove_quietly(const std::string& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  if (!failed) return;
  // A gate may have taken write access from its own folders.
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code ignored;
    if (at->is_directory(ignored) && !at->is_symlink(ignored))
      fs::permissions(at->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
  }
  fs::remove_all(folder, failed);
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
    if (ours && kill(owner, 0) != 0 && errno == ESRCH) remove_quietly(at->path().string());
  }
}

Result<void> write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << text;
  if (!file.flush()) return cannot_write(path, std::strerror(errno));
  return Done{};
}

}  // namespace

Scratch::Scratch(Scratch&& other) noexcept
    : folder_(std::move(other.folder_)), context_(std::move(other.context_)) {
  other.folder_.clear();
}

Scratch::~Scratch() {
  context_.reset();
  if (!folder_.empty()) remove_quietly(folder_);
}

Result<Scratch> Scratch::make(const session::Context& around) {
  std::string root = session::cache_root(around.setup.environment) + "/replay";
  std::error_code failed;
  fs::create_directories(root, failed);
  if (!failed) fs::permissions(root, fs::perms::owner_all, failed);
  if (failed) return cannot_write(root, failed.message());
  sweep(root);
  std::string pattern = fmt::format("{}/{}-XXXXXX", root, getpid());
  if (mkdtemp(pattern.data()) == nullptr) return cannot_write(root, std::strerror(errno));
  Scratch scratch;
  scratch.folder_ = pattern;
  std::string repository = pattern + "/record.git";
  GF_TRY(around.git.run(
      {"init", "--quiet", "--bare", "--template=", "--initial-branch=none", repository}));
  GF_TRY(write(repository + "/config", kSettings));
  fs::create_directories(repository + "/objects/info", failed);
  GF_TRY(write(repository + "/objects/info/alternates", around.repo.common_dir() + "/objects\n"));
  session::Setup setup = around.setup;
  setup.directory = repository;
  setup.overrides.clear();
  GF_ASSIGN(scratch.context_, session::Context::open(std::move(setup), false));
  return scratch;
}

}  // namespace gf::replay

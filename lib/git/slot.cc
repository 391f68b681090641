#include "git/slot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;
constexpr int kMaxSlots = 256;

/// What every git call in a pooled worktree is told, so that nothing of the user's runs there by
/// accident (hooks, file system monitors), nothing is hidden from it (sparse checkouts, times that
/// do not count) and nothing has to be written into the configuration.
const std::vector<std::string>& our_settings() {
  static const std::vector<std::string> all = {
      "core.hooksPath=/dev/null",  "core.fsmonitor=false",     "core.untrackedCache=true",
      "core.sparseCheckout=false", "core.trustctime=true",     "core.checkStat=default",
      "core.fileMode=true",        "core.symlinks=true",       "core.ignoreCase=false",
      "submodule.recurse=false",   "advice.detachedHead=false"};
  return all;
}

/// Waits until nobody else adds or removes a worktree in this pool: git reads the entries of others
/// while it adds one, and dies of one that is half made ("failed to read .../commondir").
Descriptor alone_in(const std::string& pool) {
  Descriptor lock(
      ::open((pool + "/adding.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.open()) {
    while (flock(lock.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  return lock;
}

std::string first_line(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  std::getline(in, line);
  return line;
}

/// "status" of {"-c", "a.b=c", "status"}.
std::string command_in(const std::vector<std::string>& arguments) {
  size_t at = 0;
  while (at + 2 < arguments.size() && arguments[at] == "-c") at += 2;
  return at < arguments.size() ? arguments[at] : "";
}

}  // namespace

Slot::Slot(Descriptor lock, std::string lock_path, std::string path, std::string common_dir)
    : lock_(std::move(lock)),
      lock_path_(std::move(lock_path)),
      path_(std::move(path)),
      common_dir_(std::move(common_dir)) {}

Result<std::optional<Slot>> Slot::try_take(const std::string& pool, int number,
                                           const std::string& common_dir) {
  std::string path = fmt::format("{}/{}", pool, number);
  std::string lock_path = path + ".lock";
  Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.open()) {
    return Error{Fault::kEnvironment,
                 fmt::format("cannot open '{}': {}", printable(lock_path), std::strerror(errno)),
                 {},
                 "check the rights of this folder, or set XDG_CACHE_HOME"};
  }
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return std::optional<Slot>();
  Slot slot(std::move(lock), lock_path, path, common_dir);
  if (!slot.held()) return std::optional<Slot>();  // deleted between the two calls
  slot.read_record();
  slot.git_dir_ = slot.find_entry();
  return std::optional<Slot>(std::move(slot));
}

std::vector<int> Slot::numbers(const std::string& pool) {
  std::vector<int> all;
  std::error_code failed;
  for (fs::directory_iterator at(pool, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename().string();
    if (!name.ends_with(".lock")) continue;
    int number = 0;
    auto [stop, code] = std::from_chars(name.data(), name.data() + name.size() - 5, number);
    bool whole = code == std::errc() && stop == name.data() + name.size() - 5;
    if (whole && number >= 1 && number <= kMaxSlots) all.push_back(number);
  }
  std::sort(all.begin(), all.end());
  return all;
}

Result<Slot> Slot::take(const Program& git, const std::string& pool, const std::string& common_dir,
                        const Oid& base) {
  std::vector<int> order = numbers(pool);
  // Looked at without the lock: only a preference. Those left clean at the base come first.
  std::string wanted = base.hex() + " clean";
  std::stable_partition(order.begin(), order.end(), [&](int number) {
    return first_line(fmt::format("{}/{}.lock", pool, number)) == wanted;
  });
  std::vector<int> known = order;
  for (int number = 1; number <= kMaxSlots; ++number) {
    if (std::find(known.begin(), known.end(), number) == known.end()) order.push_back(number);
  }
  for (int number : order) {
    GF_ASSIGN(auto slot, try_take(pool, number, common_dir));
    if (!slot) continue;
    GF_ASSIGN(bool work, slot->holds_work(git));
    if (!work) return std::move(*slot);
  }
  return Error{Fault::kTransient,
               fmt::format("all {} pooled worktrees are in use", kMaxSlots),
               {},
               "wait for other runs to end"};
}

bool Slot::held() const {
  struct stat ours {
  }, there{};
  return fstat(lock_.get(), &ours) == 0 && stat(lock_path_.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

void Slot::read_record() {
  std::vector<std::string> words = split(first_line(lock_path_), ' ');
  auto base = Oid::parse(words.front());
  if (!base.ok()) return;
  recorded_ = *base;
  left_clean_ = words.size() == 2 && words[1] == "clean";
  if (words.size() < 3) return;
  if (auto was = Oid::parse(words[2]); was.ok()) was_ = *was;
}

/// Never empty, whenever its writer is killed: what follows the first line is left to nobody.
Result<void> Slot::write_record(const Oid& base, const std::string& state) {
  std::string text = fmt::format("{} {}\n", base.hex(), state);
  auto size = static_cast<ssize_t>(text.size());
  bool written =
      pwrite(lock_.get(), text.data(), text.size(), 0) == size && ftruncate(lock_.get(), size) == 0;
  if (written) return Done{};
  return Error{Fault::kEnvironment,
               fmt::format("cannot write '{}': {}", printable(lock_path_), std::strerror(errno)),
               {},
               "free some space and try again"};
}

/// Found from the repository's side: what the worktree says of itself proves nothing.
std::string Slot::find_entry() const {
  std::error_code failed;
  fs::path link = fs::path(path_) / ".git";
  for (fs::directory_iterator at(common_dir_ + "/worktrees", failed), end; !failed && at != end;
       at.increment(failed)) {
    std::string link_of_entry = first_line((at->path() / "gitdir").string());
    if (link_of_entry.empty()) continue;
    // operator/ keeps an absolute path as it is; relative ones are relative to the entry.
    if ((at->path() / link_of_entry).lexically_normal() == link) return at->path().string();
  }
  return {};
}

std::optional<Oid> Slot::head() const {
  auto id = Oid::parse(trim(first_line(git_dir_ + "/HEAD")));
  if (!id.ok()) return std::nullopt;
  return *id;
}

Result<bool> Slot::holds_work(const Program& git) const {
  auto at = head();
  // Git writes zeros first where it adds a worktree.
  if (!at || at->is_zero() || *at == recorded_ || *at == was_) return false;
  GF_ASSIGN(auto answer, git.ask({"for-each-ref", "--count=1", "--contains", at->hex()}));
  return answer.exit_code != 0 || trim(answer.out).empty();
}

Result<Answer> Slot::ask(const Program& git, const std::vector<std::string>& arguments,
                         const std::string& input,
                         const std::map<std::string, std::string>& environment) const {
  std::vector<std::string> all = {"-C", path_, "--git-dir=" + git_dir_, "--work-tree=" + path_};
  for (const std::string& setting : our_settings()) all.insert(all.end(), {"-c", setting});
  all.insert(all.end(), arguments.begin(), arguments.end());
  return git.ask(all, input, environment);
}

Result<std::string> Slot::run(const Program& git, const std::vector<std::string>& arguments,
                              const std::string& input,
                              const std::map<std::string, std::string>& environment) const {
  GF_ASSIGN(auto answer, ask(git, arguments, input, environment));
  if (answer.exit_code == 0) return std::move(answer.out);
  return Error{Fault::kEnvironment,
               fmt::format("git {} failed in the pooled worktree", command_in(arguments)),
               printable(clipped_middle(answer.err, 4000)),
               {}};
}

Result<void> Slot::mend_link() const {
  Disk disk(path_);
  std::string wanted = "gitdir: " + git_dir_ + "\n";
  GF_ASSIGN(auto found, disk.look(".git"));
  if (found && found->kind == EntryKind::kBlob) {
    GF_ASSIGN(auto written, disk.read(".git"));
    if (written == wanted) return Done{};
  }
  return disk.write(".git", EntryKind::kBlob, wanted);
}

Result<bool> Slot::is_clean(const Program& git) const {
  GF_ASSIGN(auto status,
            ask(git, {"status", "--porcelain", "-z", "--untracked-files=normal",
                      "--ignored=traditional", "--no-renames", "--ignore-submodules=all"}));
  return status.exit_code == 0 && status.out.empty();
}

Result<bool> Slot::repair(const Program& git, const Oid& base) const {
  // A branch that a person checked out here is theirs: the reset moves our HEAD alone.
  if (!head()) GF_TRY(ask(git, {"update-ref", "--no-deref", "HEAD", base.hex()}));
  GF_ASSIGN(auto reset, ask(git, {"reset", "--quiet", "--hard", base.hex()}));
  if (reset.exit_code != 0) {
    // An index that cannot be read, or cannot be brought to the base, is made anew.
    std::error_code ignored;
    fs::remove(git_dir_ + "/index", ignored);
    GF_ASSIGN(reset, ask(git, {"reset", "--quiet", "--hard", base.hex()}));
  }
  if (reset.exit_code != 0) return false;
  GF_ASSIGN(auto clean, ask(git, {"clean", "-ffdxq"}));
  if (clean.exit_code != 0) return false;
  return is_clean(git);
}

Result<void> Slot::put_at(const Program& git, const Oid& base) {
  bool left_here = left_clean_ && recorded_ == base && head() == base;
  std::optional<Oid> was = head();
  GF_TRY(write_record(base, was && *was != base ? "used " + was->hex() : "used"));
  GF_TRY(go_to(git, base, left_here));
  return was && *was != base ? write_record(base, "used") : Done{};
}

Result<void> Slot::go_to(const Program& git, const Oid& base, bool left_here) {
  std::error_code failed;
  if (!git_dir_.empty() && fs::is_directory(fs::symlink_status(path_, failed))) {
    GF_TRY(mend_link());
    // The slot is ours, so nobody works on this index: its lock was left by a git that was killed.
    fs::remove(git_dir_ + "/index.lock", failed);
    bool good = false;
    if (left_here) {
      GF_ASSIGN(good, is_clean(git));
    }
    if (!good) {
      GF_ASSIGN(good, repair(git, base));
    }
    if (good) return Done{};
  }
  return add(git, base);
}

Result<void> Slot::add(const Program& git, const Oid& base) {
  fs::path at(path_);
  GF_TRY(Disk(at.parent_path().string()).remove(at.filename().string()));
  // Twice -f: an entry of ours whose folder is gone, locked or not, is taken over. No branch is
  // made; the files come by the reset, with our settings.
  std::vector<std::string> add = {"-c",       "core.hooksPath=/dev/null",
                                  "worktree", "add",
                                  "-f",       "-f",
                                  "--detach", "--no-checkout",
                                  "--quiet",  path_,
                                  base.hex()};
  Answer added;
  {
    Descriptor alone = alone_in(at.parent_path().string());
    GF_ASSIGN(added, git.ask(add));
    if (added.exit_code != 0) {
      // Once more: a person may have been adding one in the same moment.
      GF_ASSIGN(added, git.ask(add));
    }
  }
  git_dir_ = find_entry();
  bool good = false;
  if (added.exit_code == 0 && !git_dir_.empty()) {
    // git copies the user's sparse patterns into a new worktree; ours is whole.
    std::error_code ignored;
    fs::remove(git_dir_ + "/info/sparse-checkout", ignored);
    GF_TRY(mend_link());
    GF_ASSIGN(added, ask(git, {"reset", "--quiet", "--hard", base.hex()}));
    good = added.exit_code == 0;
  }
  if (good) return Done{};
  GF_TRY(remove(git));
  return Error{
      Fault::kEnvironment, "cannot add a worktree to work in",
      printable(clipped_middle(added.err, 4000)),
      "check the free space and the rights of '" + printable(at.parent_path().string()) + "'"};
}

Result<void> Slot::leave_clean(const Oid& base) { return write_record(base, "clean"); }

Result<void> Slot::remove(const Program& git) {
  fs::path at(path_);
  Descriptor alone = alone_in(at.parent_path().string());
  GF_TRY(git.ask({"worktree", "remove", "--force", "--force", path_}));
  // git leaves the folder when it knows of no such worktree, and both when the '.git' file is odd.
  GF_TRY(Disk(at.parent_path().string()).remove(at.filename().string()));
  // With the last entry git removes their folder, too.
  std::error_code failed;
  if (!git_dir_.empty() && fs::exists(fs::symlink_status(git_dir_, failed))) {
    fs::path entry(git_dir_);
    GF_TRY(Disk(entry.parent_path().string()).remove(entry.filename().string()));
  }
  git_dir_.clear();
  return Done{};
}

void Slot::lock_entry(const std::string& reason) const {
  // Where `git worktree lock` writes it: a process less for the same file.
  if (git_dir_.empty()) return;
  std::ofstream(git_dir_ + "/locked", std::ios::binary | std::ios::trunc) << reason << "\n";
}

void write_in_place(const std::string& file, const std::string& text) {
  Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
  ssize_t written = out.open() ? ::pwrite(out.get(), text.data(), text.size(), 0) : 0;
  (void)written;
}

}  // namespace gf::git

#include "git/repo.h"

#include <fmt/format.h>

#include <filesystem>
#include <random>
#include <thread>

#include "base/text.h"
#include "git/handle.h"
#include "git/settings.h"

namespace gf::git {
namespace {

/// Eight writers on a busy machine took more than five seconds once.
constexpr Milliseconds kPatience{30000};

std::string without_slash(const char* path) {
  std::string text = path == nullptr ? "" : path;
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool config_flag(git_repository* repo, const char* name) {
  ConfigHandle config;
  int value = 0;
  if (git_repository_config_snapshot(Out(config), repo) < 0) return false;
  return git_config_get_bool(&value, config.get(), name) == 0 && value != 0;
}

bool has_promisor(git_repository* repo) {
  auto found = has_setting(repo, [](std::string_view name) {
    bool of_remote = name.starts_with("remote.") &&
                     (name.ends_with(".promisor") || name.ends_with(".partialclonefilter"));
    return of_remote || name == "extensions.partialclone";
  });
  return found.value_or(false);
}

Error no_repository(const std::string& path) {
  return {Fault::kUser,
          fmt::format("not a git repository: '{}'", printable(path)),
          {},
          "run it inside one, or name one with -C"};
}

}  // namespace

Repo::Repo(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Repo::Repo(Repo&&) noexcept = default;
Repo& Repo::operator=(Repo&&) noexcept = default;
Repo::~Repo() = default;

Result<Repo> Repo::discover(const std::string& path) {
  ensure_libgit2();
  auto impl = std::make_unique<Impl>();
  int code = git_repository_open_ext(Out(impl->repo), path.c_str(), 0, nullptr);
  if (code == GIT_ENOTFOUND) return no_repository(path);
  if (code < 0) return from_git(code, "cannot open the repository");
  return Repo(std::move(impl));
}

Result<Repo> Repo::open(const std::string& path) {
  ensure_libgit2();
  auto impl = std::make_unique<Impl>();
  int code = git_repository_open_ext(Out(impl->repo), path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH,
                                     nullptr);
  if (code == GIT_ENOTFOUND) return no_repository(path);
  if (code < 0) return from_git(code, fmt::format("cannot open '{}'", printable(path)));
  return Repo(std::move(impl));
}

std::string Repo::git_dir() const { return without_slash(git_repository_path(impl_->repo.get())); }
std::string Repo::common_dir() const {
  return without_slash(git_repository_commondir(impl_->repo.get()));
}

std::optional<std::string> Repo::workdir() const {
  const char* path = git_repository_workdir(impl_->repo.get());
  if (path == nullptr) return std::nullopt;
  return without_slash(path);
}

Result<Shape> Repo::shape() const {
  git_repository* repo = impl_->repo.get();
  Shape shape;
  shape.bare = git_repository_is_bare(repo) == 1;
  shape.shallow = git_repository_is_shallow(repo) == 1;
  shape.sparse = config_flag(repo, "core.sparsecheckout");
  shape.partial = has_promisor(repo);
  shape.unborn = git_repository_head_unborn(repo) == 1;
  shape.detached = git_repository_head_detached(repo) == 1;
  ReferenceHandle head;
  if (!shape.unborn && git_repository_head(Out(head), repo) == 0 && !shape.detached) {
    shape.head_branch = git_reference_shorthand(head.get());
  }
  GF_ASSIGN(auto tip, resolve_commit("HEAD"));
  if (!tip) return shape;
  GF_ASSIGN(auto info, commit(*tip));
  GF_ASSIGN(auto modules, entry_at(info.tree, ".gitmodules"));
  shape.has_submodules = modules.has_value();
  GF_ASSIGN(auto attributes, entry_at(info.tree, ".gitattributes"));
  if (attributes && attributes->kind == EntryKind::kBlob) {
    constexpr size_t kMostLooked = 1u << 20;
    GF_ASSIGN(size_t size, blob_size(attributes->id));
    // One that is too large to look through may have a filter: git does such a tree right.
    shape.lfs = size > kMostLooked;
    if (!shape.lfs) {
      GF_ASSIGN(auto text, read_blob(attributes->id, kMostLooked));
      shape.lfs = text.find("filter=") != std::string::npos;
    }
  }
  return shape;
}

void Repo::set_environment(Environment environment) { impl_->environment = std::move(environment); }

const Environment& Repo::environment() const { return impl_->environment; }

Result<Signature> Repo::identity(Timestamp now) const {
  ConfigHandle config;
  if (int code = git_repository_config_snapshot(Out(config), impl_->repo.get()); code < 0) {
    return from_git(code, "cannot read the configuration");
  }
  auto setting = [&](const char* name) {
    const char* value = nullptr;
    return git_config_get_string(&value, config.get(), name) == 0 && value != nullptr
               ? std::string(value)
               : "";
  };
  Signature who;
  who.name = impl_->environment.get("GIT_AUTHOR_NAME");
  who.email = impl_->environment.get("GIT_AUTHOR_EMAIL");
  if (who.name.empty()) who.name = setting("user.name");
  if (who.email.empty()) who.email = setting("user.email");
  who.when = now;
  if (who.name.empty() || who.email.empty()) {
    return Error{
        Fault::kConfiguration,
        "git does not know who you are",
        {},
        "run 'git config --global user.name <name>' and 'git config --global user.email <mail>'"};
  }
  return who;
}

std::optional<std::string> Repo::remote_url(const std::string& remote) const {
  RemoteHandle found;
  if (git_remote_lookup(Out(found), impl_->repo.get(), remote.c_str()) < 0) return std::nullopt;
  const char* url = git_remote_url(found.get());
  return url == nullptr ? std::nullopt : std::optional<std::string>(url);
}

void Repo::set_durable(bool durable) {
  ensure_libgit2();
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, durable ? 1 : 0);
}

Result<void> until_won(const std::string& what, const std::function<Result<bool>()>& attempt) {
  using Steady = std::chrono::steady_clock;
  Steady::time_point start = Steady::now();
  thread_local std::minstd_rand die{std::random_device{}()};
  while (true) {
    GF_ASSIGN(bool won, attempt());
    if (won) return Done{};
    if (Steady::now() - start > kPatience) {
      return Error{
          Fault::kTransient,
          fmt::format("{}: others kept writing for {} s", what, kPatience.count() / 1000),
          {},
          "a '.lock' file left in .git/refs by a crashed program would do this; try again"};
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500 + die() % 11500));
  }
}

}  // namespace gf::git

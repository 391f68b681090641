#include "proc/view.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "proc/process.h"
#include "proc/work.h"

namespace gf::proc {
namespace {

namespace fs = std::filesystem;

/// Where people keep what is theirs, and where sockets of the machine's services lie.
constexpr std::array kHidden = {"/home",  "/root",           "/run",      "/tmp", "/var/tmp",
                                "/media", "/var/lib/docker", "/var/spool"};
/// Keys of the machine, which root may read.
constexpr std::array kMasked = {"/etc/shadow",      "/etc/gshadow",        "/etc/shadow-",
                                "/etc/gshadow-",    "/etc/sudoers",        "/etc/krb5.keytab",
                                "/etc/ssl/private", "/etc/docker/key.json"};
/// Toolchains and what they have installed or fetched to run (browsers, models), below a home. No
/// folder here holds what a person wrote.
constexpr std::array kToolchains = {".pyenv",
                                    ".rbenv",
                                    ".nodenv",
                                    ".nvm",
                                    ".volta",
                                    ".asdf",
                                    ".rustup",
                                    ".cargo",
                                    ".bun",
                                    ".deno",
                                    ".sdkman",
                                    ".ghcup",
                                    ".goenv",
                                    ".jenv",
                                    ".juliaup",
                                    ".npm-global",
                                    ".virtualenvs",
                                    ".poetry",
                                    "go/pkg",
                                    "go/bin",
                                    "sdk",
                                    "miniconda3",
                                    "miniforge3",
                                    "anaconda3",
                                    "mambaforge",
                                    ".local/bin",
                                    ".local/lib",
                                    ".local/pipx",
                                    ".local/share/uv",
                                    ".local/share/pipx",
                                    ".local/share/mise",
                                    ".local/share/rtx",
                                    ".local/share/fnm",
                                    ".local/share/pnpm",
                                    ".local/share/virtualenvs",
                                    ".local/share/pypoetry",
                                    ".local/share/hatch",
                                    ".cache/pypoetry/virtualenvs",
                                    ".cache/node/corepack",
                                    ".config/go",
                                    ".conda/envs",
                                    ".cache/ms-playwright",
                                    ".cache/puppeteer",
                                    ".cache/Cypress",
                                    ".cache/selenium",
                                    ".cache/huggingface/hub",
                                    ".cache/torch/hub",
                                    "nltk_data",
                                    ".m2/repository",
                                    ".gem/ruby",
                                    ".local/share/gem"};
/// Keys that lie among them.
constexpr std::array kKeys = {".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials",
                              ".local/share/uv/credentials", ".npm-global/.npmrc"};
/// Programs that other programs start by name.
constexpr std::array kUsual = {"python3", "python", "node", "npm",       "npx",   "pnpm",
                               "yarn",    "bun",    "go",   "cargo",     "rustc", "java",
                               "ruby",    "uv",     "git",  "make",      "gcc",   "cc",
                               "sh",      "bash",   "perl", "pre-commit"};

std::string real(const std::string& path) {
  std::error_code failed;
  fs::path found = fs::canonical(path, failed);
  return failed ? std::string() : found.string();
}

bool is_folder(const std::string& path) {
  std::error_code failed;
  return fs::is_directory(path, failed);
}

class ViewMaker {
 public:
  explicit ViewMaker(const Environment& environment) : environment_(environment) {
    for (const char* folder : kHidden) hide(folder);
    view_.home = real(environment.get("HOME"));
    // A home that is the machine itself, as some containers have it, hides nothing.
    if (view_.home == "/" || !hide(view_.home)) view_.home.clear();
  }

  void show(const std::string& path, std::vector<std::string>& list) {
    if (path.empty() || path[0] != '/') return;
    std::string found = real(path);
    if (found.empty() || found == "/") return;
    bool written = &list == &view_.writable;
    if (!written && is_root_of_hidden(found)) return;  // never a home as a whole
    bool into = written || is_hidden(found);
    if (into && std::find(list.begin(), list.end(), found) == list.end()) list.push_back(found);
    std::string plain = fs::path(path).lexically_normal().string();
    while (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
    if (plain != found) add_link(plain);
  }
  void readable(const std::string& path) { show(path, view_.readable); }
  /// What a policy shows by its very name, also where it is a key.
  void meant(const std::string& path) {
    readable(path);
    meant_.push_back(real(path));
  }
  void writable(const std::string& path) { show(path, view_.writable); }

  /// The program at `path`, along all links: each place with what belongs to it.
  void program(std::string path) {
    for (int hops = 0; hops < 16 && !path.empty(); ++hops) {
      folder_of_programs(fs::path(path).parent_path().string());
      std::error_code failed;
      fs::path next = fs::read_symlink(path, failed);
      if (failed) return;
      path = next.is_absolute() ? next.string()
                                : (fs::path(path).parent_path() / next).lexically_normal().string();
    }
  }

  void path_variable() {
    for (const std::string& folder : split(environment_.get("PATH"), ':'))
      folder_of_programs(folder);
    for (const char* name : kUsual) {
      if (auto found = find_program(name, environment_)) program(*found);
    }
  }

  void toolchains() {
    std::set<std::string> homes;
    for (const std::string& home : {view_.home, std::string("/root")}) {
      if (!home.empty() && homes.insert(home).second) toolchains_in(home);
    }
  }

  /// Toolchains and libraries that lie elsewhere, where the program's own variables say so.
  void variables() {
    for (const auto& [name, value] : environment_) {
      if (!names_places(name)) continue;
      for (const std::string& path : split(value, ':')) {
        if (!is_written(real(path))) readable(path);
      }
      if (name == "CARGO_HOME") {
        for (const char* key : {"/credentials", "/credentials.toml"}) mask(real(value) + key);
      }
    }
    // Sources of a person's lie beside these.
    for (const std::string& path : split(environment_.get("GOPATH"), ':')) {
      if (path.empty() || is_written(real(path))) continue;
      readable(path + "/pkg");
      readable(path + "/bin");
    }
  }

  View made() {
    for (const char* path : kMasked) mask(path);
    std::error_code failed;
    for (fs::directory_iterator at("/etc/ssh", failed), end; !failed && at != end;
         at.increment(failed)) {
      std::string name = at->path().filename().string();
      if (name.starts_with("ssh_host_") && !name.ends_with(".pub")) mask(at->path().string());
    }
    std::erase_if(view_.masked, [&](const std::string& path) {
      return std::find(meant_.begin(), meant_.end(), real(path)) != meant_.end();
    });
    std::erase_if(view_.links, [&](const auto& link) { return is_shown(link.first); });
    return std::move(view_);
  }

 private:
  bool hide(const std::string& folder) {
    std::string found = real(folder);
    if (found.empty() || found == "/" || !is_folder(found)) return false;
    for (const char* whole : {"/usr", "/bin", "/lib", "/etc", "/proc", "/dev", "/sys"}) {
      if (lies_in(whole, found)) return false;
    }
    if (std::find(view_.hidden.begin(), view_.hidden.end(), found) == view_.hidden.end())
      view_.hidden.push_back(found);
    return true;
  }

  [[nodiscard]] bool is_hidden(const std::string& path) const {
    return std::any_of(view_.hidden.begin(), view_.hidden.end(),
                       [&](const std::string& folder) { return lies_in(path, folder); });
  }

  [[nodiscard]] bool is_written(const std::string& path) const {
    return std::any_of(view_.writable.begin(), view_.writable.end(),
                       [&](const std::string& folder) { return lies_in(path, folder); });
  }

  /// It lies in something that is seen as it is, links and all.
  [[nodiscard]] bool is_shown(const std::string& path) const {
    auto inmost = [&](const std::vector<std::string>& folders) {
      size_t longest = 0;
      for (const std::string& folder : folders) {
        if (lies_in(path, folder)) longest = std::max(longest, folder.size());
      }
      return longest;
    };
    return std::max(inmost(view_.readable), inmost(view_.writable)) > inmost(view_.hidden);
  }

  void mask(const std::string& path) {
    std::error_code failed;
    if (fs::exists(path, failed)) view_.masked.push_back(path);
  }

  /// The first link on the way to `path`, where it lies in what is hidden.
  void add_link(const std::string& path) {
    fs::path so_far = "/";
    for (const fs::path& part : fs::path(path).relative_path()) {
      so_far /= part;
      std::error_code failed;
      fs::path target = fs::read_symlink(so_far, failed);
      if (failed) continue;
      bool known = std::any_of(view_.links.begin(), view_.links.end(),
                               [&](const auto& link) { return link.first == so_far.string(); });
      std::string parent = real(so_far.parent_path().string());
      if (!known && is_hidden(parent))
        view_.links.emplace_back(parent + "/" + part.string(), target.string());
    }
  }

  /// A folder of PATH: with what lies beside it where that is its toolchain.
  void folder_of_programs(const std::string& folder) {
    std::string found = real(folder);
    if (found.empty() || !is_hidden(found) || is_root_of_hidden(found)) return;
    std::string above = fs::path(found).parent_path().string();
    bool toolchain = false;
    for (const char* sign :
         {"/lib", "/lib64", "/libexec", "/pyvenv.cfg", "/versions", "/toolchains"})
      toolchain = toolchain || fs::exists(above + sign);
    bool open = toolchain && !is_root_of_hidden(above) && !above.ends_with("/.local");
    readable(open ? above : found);
    if (folder != found) add_link(folder);
  }

  [[nodiscard]] bool is_root_of_hidden(const std::string& path) const {
    return path == view_.home || fs::path(path).parent_path() == "/home" ||
           std::find(view_.hidden.begin(), view_.hidden.end(), path) != view_.hidden.end();
  }

  void toolchains_in(const std::string& home) {
    for (const char* name : kToolchains) {
      std::string path = home + "/" + name;
      if (fs::path(path).lexically_normal() == home) continue;
      if (is_folder(path)) readable(path);
    }
    for (const char* name : kKeys) mask(home + "/" + name);
  }

  const Environment& environment_;
  View view_;
  std::vector<std::string> meant_;
};

using Paths = std::vector<std::string>;

/// `folder`, or what of it is neither in nor around one of `apart`.
void add_outside(const std::string& folder, const Paths& apart, Paths& all) {
  bool around = std::any_of(apart.begin(), apart.end(),
                            [&](const std::string& one) { return lies_in(one, folder); });
  if (!around) all.push_back(folder);
  if (!around || std::find(apart.begin(), apart.end(), folder) != apart.end()) return;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::string path = at->path().string();
    std::error_code unread;
    if (!at->is_symlink(unread) && path != "/dev") add_outside(path, apart, all);
  }
}

}  // namespace

bool lies_in(const std::string& path, const std::string& folder) {
  return path == folder || folder == "/" ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

View view_for(const Policy& policy, const Environment& environment, const std::string& program) {
  ViewMaker maker(environment);
  maker.toolchains();
  maker.path_variable();
  maker.program(program);
  for (const std::string& path : policy.readable) maker.meant(path);
  // Who finds servers by name reads where to ask, which systemd and NetworkManager keep in /run.
  if (policy.network == Network::kFull) maker.readable("/etc/resolv.conf");
  for (const std::string& path : policy.writable) maker.writable(path);
  maker.variables();
  return maker.made();
}

std::vector<std::string> all_readable(const View& view) {
  Paths all, apart = view.hidden;
  apart.insert(apart.end(), view.masked.begin(), view.masked.end());
  add_outside("/", apart, all);
  for (const std::string& path : view.readable) add_outside(path, view.masked, all);
  return all;
}

}  // namespace gf::proc

#include "env/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/files.h"
#include "base/text.h"
#include "env/guard.h"
#include "env/manifest.h"
#include "env/measure.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

/// Raised when an overlay of older making will not do any more.
constexpr std::string_view kScheme = "overlay 1";
constexpr size_t kLargestScript = 1u << 16;

Error cannot_make(const std::string& folder, const std::string& why) {
  return Error{Fault::kEnvironment,
               fmt::format("cannot write to '{}': {}", folder, why),
               {},
               "free some space, or set XDG_CACHE_HOME"};
}

Result<void> link(const std::string& target, const fs::path& place) {
  std::error_code failed;
  fs::create_symlink(target, place, failed);
  if (failed) return cannot_make(place.parent_path().string(), failed.message());
  return Done{};
}

/// python, python3 and python3.N: scripts name any of them.
Result<void> make_programs(const Interpreter& interpreter, const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder / "bin", failed);
  if (failed) return cannot_make(folder.string(), failed.message());
  std::vector<std::string> parts = split(interpreter.version, '.');
  std::string minor = parts.size() < 2 ? "3" : parts[0] + "." + parts[1];
  for (const std::string& name :
       {std::string("python"), std::string("python3"), "python" + minor}) {
    if (!fs::exists(folder / "bin" / name)) GF_TRY(link(interpreter.base, folder / "bin" / name));
  }
  std::string home = fs::path(interpreter.base).parent_path().string();
  return write_file((folder / "pyvenv.cfg").string(),
                    fmt::format("home = {}\ninclude-system-site-packages = false\nversion = {}\n",
                                home, interpreter.version));
}

bool is_nobodys(const std::string& name) {
  return name.starts_with("python") || name.starts_with("activate") ||
         name.starts_with("Activate") || name.starts_with("deactivate") || name.starts_with(".");
}

/// Console scripts start the overlay's Python; other programs are linked, for who looks beside it.
Result<void> take_scripts(const Interpreter& interpreter, const fs::path& folder) {
  const std::string& from = interpreter.scripts;
  bool systems = from == "/usr/bin" || from == "/bin" || from == "/usr/sbin";
  if (systems || from.empty()) return Done{};
  std::string bin = (folder / "bin").string();
  std::error_code failed;
  for (fs::directory_iterator at(from, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename().string();
    std::error_code unread;
    if (is_nobodys(name) || !at->is_regular_file(unread)) continue;
    bool runs = (at->status(unread).permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (!runs) continue;
    std::optional<std::string> script;
    if (at->file_size(unread) <= kLargestScript && !unread) {
      std::string text = beginning_of(at->path().string(), kLargestScript);
      script = script_for(text, from, bin);
    }
    fs::path place = folder / "bin" / name;
    if (!script) {
      GF_TRY(link(at->path().string(), place));
      continue;
    }
    GF_TRY(write_file(place.string(), *script));
    fs::permissions(place, fs::perms::owner_all, unread);
  }
  return Done{};
}

/// sys.path of the overlay as it comes together: what is moved stands before what is not.
struct Paths {
  std::vector<std::string> moved, kept;
};

void take_path(const std::string& line, const Site& site, const Moves& moves, Paths& paths) {
  std::string path = (fs::path(site.path) / line).lexically_normal().string();
  auto there = moved(path, moves);
  // setuptools' strict mode: links to the checkout's files, in a folder that git does not have.
  if (there && there->find("/build/__editable__.") != std::string::npos) return;
  (there ? paths.moved : paths.kept).push_back(there.value_or(path));
}

/// The loader of a meson-python install builds in a folder that the slot does not have: the project
/// is installed into the overlay instead.
bool is_left_out(const std::string& name) {
  return name.find("_editable_loader") != std::string::npos;
}

Result<void> take_path_files(const Site& site, const Moves& moves, const fs::path& place,
                             Paths& paths) {
  for (const std::string& name : site.path_files) {
    PathFile file = read_path_file(read_file(site.path + "/" + name).value_or(""));
    for (const std::string& line : file.paths) take_path(line, site, moves, paths);
    std::string imports;
    for (const std::string& line : file.imports) {
      if (!is_left_out(line)) imports += import_from(with_moved(line, moves), site.path) + "\n";
    }
    if (!imports.empty()) GF_TRY(write_file((place / name).string(), imports));
  }
  return Done{};
}

/// An .egg-link names the checkout, where its metadata lies: git does not have that.
Result<void> take_egg_link(const Site& site, const std::string& name, const Moves& moves,
                           const fs::path& place, Paths& paths) {
  std::vector<std::string> entries = lines(read_file(site.path + "/" + name).value_or(""));
  if (entries.empty() || !moved(entries[0], moves)) return Done{};
  take_path(entries[0], site, moves, paths);
  std::string own = plain_name(name.substr(0, name.size() - std::string_view(".egg-link").size()));
  std::error_code failed;
  for (fs::directory_iterator at(entries[0], failed), end; !failed && at != end;
       at.increment(failed)) {
    std::string info = at->path().filename().string();
    if (!info.ends_with(".egg-info") || plain_name(info.substr(0, info.size() - 9)) != own)
      continue;
    std::error_code uncopied;
    fs::copy(at->path(), place / info, fs::copy_options::recursive, uncopied);
    if (uncopied) return cannot_make(place.string(), uncopied.message());
  }
  return Done{};
}

Result<void> take_info(const Site& site, const FromFolder& from, const Moves& moves,
                       const fs::path& place) {
  auto there = moved(from.folder, moves);
  if (!there) return Done{};
  fs::path source = fs::path(site.path) / from.info;
  std::error_code failed;
  if (fs::exists(place / from.info, failed)) return Done{};  // the first on the path is the one
  fs::copy(source, place / from.info, fs::copy_options::recursive, failed);
  if (failed) return cannot_make(place.string(), failed.message());
  fs::remove(place / from.info / "RECORD", failed);
  auto url = read_file((source / "direct_url.json").string());
  if (!url) return Done{};
  return write_file((place / from.info / "direct_url.json").string(),
                    replace_all(*url, url_of_path(from.folder), url_of_path(*there)));
}

Result<void> take_site(const Site& site, const Ground& ground, const fs::path& place,
                       Paths& paths) {
  const Moves& moves = ground.moves;
  paths.kept.push_back(site.path);
  GF_TRY(take_path_files(site, moves, place, paths));
  for (const std::string& name : site.finders) {
    auto text = read_file(site.path + "/" + name);
    if (text) GF_TRY(write_file((place / name).string(), with_moved(*text, moves)));
  }
  for (const std::string& name : site.links) {
    std::error_code failed;
    fs::path target = fs::read_symlink(fs::path(site.path) / name, failed);
    auto there = moved((fs::path(site.path) / target).string(), moves);
    if (!failed && there) GF_TRY(link(*there, place / name));
  }
  for (const std::string& name : site.egg_links) {
    GF_TRY(take_egg_link(site, name, moves, place, paths));
  }
  const std::vector<std::string>& anew = ground.installed_anew;
  for (const FromFolder& from : site.from_folders) {
    bool is_anew = std::find(anew.begin(), anew.end(), plain_name(from.name)) != anew.end();
    if (!is_anew) GF_TRY(take_info(site, from, moves, place));
  }
  return Done{};
}

}  // namespace

void move_other_clones(const std::vector<Site>& sites, const std::vector<std::string>& names,
                       const std::vector<std::string>& folders, const std::string& slot,
                       Moves& moves) {
  for (const Site& site : sites) {
    for (const FromFolder& from : site.from_folders) {
      auto found = std::find(names.begin(), names.end(), plain_name(from.name));
      if (found == names.end() || moved(from.folder, moves)) continue;
      const std::string& folder = folders[static_cast<size_t>(found - names.begin())];
      moves.folders.push_back({from.folder, folder.empty() ? slot : slot + "/" + folder});
    }
  }
}

std::string overlay_key(const Ground& ground) {
  std::vector<std::string> all = {std::string(kScheme),
                                  ground.interpreter.base,
                                  ground.interpreter.version,
                                  ground.interpreter.scripts,
                                  ground.slot,
                                  lacks_measuring(ground.interpreter) ? "measured" : ""};
  all.insert(all.end(), ground.roots.begin(), ground.roots.end());
  for (const Move& move : ground.moves.folders) all.push_back(move.from + " " + move.to);
  for (const Site& site : ground.sites) all.push_back(site.stamp);
  return record::content_id(join(all, "\x1e")).hex();
}

std::string site_of(const Ground& ground, const std::string& folder) {
  return folder + "/" + ground.interpreter.site_below;
}

Result<void> make_overlay(const Ground& ground, const std::string& folder) {
  remove_folder(folder);
  fs::path place = site_of(ground, folder);
  std::error_code failed;
  fs::create_directories(place, failed);
  if (failed) return cannot_make(folder, failed.message());
  GF_TRY(make_programs(ground.interpreter, folder));
  GF_TRY(take_scripts(ground.interpreter, folder));
  Paths paths;
  for (const Site& site : ground.sites) GF_TRY(take_site(site, ground, place, paths));
  paths.moved.insert(paths.moved.end(), ground.roots.begin(), ground.roots.end());
  paths.moved.insert(paths.moved.end(), paths.kept.begin(), paths.kept.end());
  // First by its name: import lines of later ones need these folders.
  GF_TRY(write_file((place / "00_slot.pth").string(), join(paths.moved, "\n") + "\n"));
  if (lacks_measuring(ground.interpreter)) GF_TRY(write_measuring(place.string()));
  return write_guard(ground.moves, folder, place.string());
}

}  // namespace gf::env

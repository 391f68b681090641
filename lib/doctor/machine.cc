// Programs, libraries, disk.
#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "doctor/inside.h"
#include "git/library.h"
#include "proc/sandbox.h"
#include "session/context.h"
#include "session/sandbox.h"
#include "session/templates.h"

namespace gf::doctor {
namespace {

constexpr double kLittle = 1.0, kFew = 5.0;  // GB

/// "2.39.5" -> {2, 39}; what is not a number counts as 0.
std::pair<int, int> version_of(const std::string& text) {
  std::vector<std::string> parts = split(text, '.');
  auto number = [&](size_t at) {
    int value = 0;
    if (at < parts.size())
      std::from_chars(parts[at].data(), parts[at].data() + parts[at].size(), value);
    return value;
  };
  return {number(0), number(1)};
}

void look_at_git(const session::Setup& setup, Checks& checks) {
  git::Program git(session::git_runner(setup.environment, *setup.cancel), setup.directory);
  auto version_text = git.version();
  if (!version_text.ok()) {
    checks.push_back(bad("git", "the program 'git' cannot be run: " + version_text.error().message,
                         "install git 2.36 or newer"));
    return;
  }
  std::pair<int, int> version = version_of(*version_text);
  if (version < std::pair(2, 31)) {
    checks.push_back(bad("git", *version_text + " is too old", "install git 2.36 or newer"));
  } else if (version < std::pair(2, 36)) {
    checks.push_back(note("git",
                          *version_text + " leaves objects unflushed where a crash may lose them",
                          "install git 2.36 or newer"));
  } else {
    checks.push_back(good("git", *version_text));
  }
  std::string library = git::library_version();
  checks.push_back(version_of(library) < std::pair(1, 5)
                       ? bad("libgit2", library + " is too old", "install libgit2 1.5 or newer")
                       : good("libgit2", library));
}

void look_at_self(const session::Setup& setup, Checks& checks) {
  session::Templates templates(setup.data_dir, nullptr, "");
  auto prompt = templates.text("prompts/plan.md");
  if (!prompt.ok()) {
    checks.push_back(
        bad("git-factory",
            fmt::format("{}; prompts and schemas are not at '{}'", setup.version, setup.data_dir),
            "install it again, or set GIT_FACTORY_DATA to its templates"));
    return;
  }
  // Hooks run 'git factory', and git looks for it on PATH.
  auto found = proc::find_program("git-factory", setup.environment);
  if (!found) {
    checks.push_back(note("git-factory", setup.version + ", and not on PATH: git does not find it",
                          "add the folder of git-factory to PATH"));
    return;
  }
  checks.push_back(good("git-factory", setup.version + ", " + *found));
}

/// Gigabytes that may be written where `path` is; nothing when that cannot be asked.
std::optional<double> free_at(std::filesystem::path path) {
  std::error_code failed;
  while (!std::filesystem::exists(path, failed) && path.has_parent_path() &&
         path != path.parent_path()) {
    path = path.parent_path();
  }
  struct statvfs about {};
  if (statvfs(path.c_str(), &about) != 0) return std::nullopt;
  return static_cast<double>(about.f_bavail) * static_cast<double>(about.f_frsize) / 1e9;
}

/// Why nothing can be put below `folder`, which need not be there yet; empty: it can.
std::string locked(const std::string& folder) {
  std::filesystem::path at = folder;
  std::error_code failed;
  while (at.has_relative_path() && !std::filesystem::exists(at, failed)) at = at.parent_path();
  if (!std::filesystem::is_directory(at, failed)) return at.string() + " is no folder";
  auto tried = TemporaryFolder::make_in(at.string(), "git-factory-doctor-");
  return tried.ok() ? "" : tried.error().message;
}

}  // namespace

void look_at_sandbox(const session::Setup& setup, const Settings& settings, Checks& checks) {
  auto wanted = settings.choice(session::kSandboxKey, session::kSandboxAsItComes,
                                {"auto", "bubblewrap", "landlock", "none"});
  if (!wanted.ok()) return checks.push_back(failed("sandbox", wanted.error()));
  auto sandbox =
      proc::Sandbox::choose(*wanted, proc::clean_environment(setup.environment), *setup.cancel);
  if (!sandbox.ok()) {
    return checks.push_back(bad("sandbox", sandbox.error().message, sandbox.error().hint));
  }
  std::string text = session::to_text(session::Holder{*sandbox, {}, {}, true, {}});
  if (!sandbox->holds()) {
    return checks.push_back(note("sandbox", text,
                                 "git config factory.sandbox auto, unless you would run the "
                                 "tests of these repositories yourself"));
  }
  // Holes that are needed, in a few words; the record names who held a gate.
  text += "; environments are made with the network, index addresses and their keys";
  const std::string& why = sandbox->passed_over();
  if (!why.empty()) text += fmt::format(" ({})", why);
  checks.push_back(sandbox->gaps(proc::Network::kNone).empty()
                       ? good("sandbox", text)
                       : note("sandbox", text,
                              why.empty() ? "set factory.sandbox to auto" : proc::way_out(why)));
}

void look_at_programs(const session::Setup& setup, Checks& checks) {
  look_at_self(setup, checks);
  look_at_git(setup, checks);
  auto ctags = proc::find_program("ctags", setup.environment);
  checks.push_back(ctags ? good("ctags", *ctags)
                         : note("ctags", "not found; models see no outlines of files",
                                "install universal-ctags"));
}

void look_at_room(const Patient& patient, Checks& checks) {
  const session::Setup& setup = patient.context.setup;
  std::vector<std::pair<std::string, std::string>> places = {
      {"disk", patient.context.repo.common_dir()}};
  auto cache = setup.environment.cache_folder();
  if (cache.ok()) {
    places.emplace_back("cache disk", *cache);
  } else {
    checks.push_back(failed("cache disk", cache.error()));
  }
  for (const auto& [name, folder] : places) {
    auto gigabytes = free_at(folder);
    if (!gigabytes) {
      checks.push_back(note(name, "cannot ask how much room there is at " + folder, ""));
      continue;
    }
    std::string text = fmt::format("{:.1f} GB free at {}", *gigabytes, folder);
    std::string shut = name == "cache disk" ? locked(folder) : "";
    if (!shut.empty() && *gigabytes >= kLittle) {
      checks.push_back(bad(name, shut, "set XDG_CACHE_HOME to a folder of yours"));
    } else if (*gigabytes < kLittle) {
      checks.push_back(bad(name, text, "free some space; worktrees and records need it"));
    } else if (*gigabytes < kFew) {
      checks.push_back(note(name, text, "free some space before a batch"));
    } else {
      checks.push_back(good(name, text));
    }
  }
}

}  // namespace gf::doctor

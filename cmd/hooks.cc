// git factory hooks install|uninstall|status: the door of this repository.
#include "hooks/hooks.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"

namespace gf::cmd {
namespace {

struct HooksOptions {
  std::vector<std::string> names;
  bool shared = false;
};

/// What fits the kind of repository, unless the user names some.
std::vector<std::string> wanted(const HooksOptions& options, const hooks::Place& place) {
  if (!options.names.empty()) return options.names;
  return {place.bare ? "pre-receive" : "pre-push"};
}

std::string hook_text(const hooks::Hook& hook) {
  std::string text =
      fmt::format("{:<12} {:<10} {}", hook.name, hooks::name_of(hook.state), hook.path);
  if (!hook.manager.empty()) text += " (" + hook.manager + ")";
  if (!hook.chained.empty()) text += ", then " + hook.chained;
  return printable(text) + "\n";
}

const char* hint_for(const hooks::Hook& hook, const hooks::Place& place) {
  if (place.off) return "core.hooksPath switches hooks off here";
  if (hook.state == hooks::State::kOff) return "it is not executable: git leaves it out";
  return "put it there with 'git factory hooks install'";
}

bool stands(const hooks::Hook& hook) {
  return hook.state == hooks::State::kOurs || hook.state == hooks::State::kCalls;
}

Result<int> status(const HooksOptions& options, const Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto place, hooks::place_of(context->repo, context->git));
  std::vector<std::string> needed = wanted(options, place);
  std::vector<std::string> shown = options.names.empty() ? hooks::all_names() : options.names;
  bool good = true;
  std::string text;
  for (const std::string& name : shown) {
    bool need = std::find(needed.begin(), needed.end(), name) != needed.end();
    GF_ASSIGN(auto hook, hooks::look(place, name));
    // In a clone nobody expects a server's hooks, and the other way round.
    if (!need && hook.state != hooks::State::kOurs && hook.state != hooks::State::kCalls) continue;
    text += console.json ? hooks::to_json(hook).dump() + "\n" : hook_text(hook);
    if (need && !stands(hook)) {
      good = false;
      if (!console.json) text += fmt::format("             hint: {}\n", hint_for(hook, place));
    }
  }
  if (!console.print(text)) return kFailed;
  return good ? kYes : kNo;
}

Result<int> tell(const hooks::Change& change, bool installing, const Console& console) {
  if (!change.advice.empty()) {
    console.say(printable(change.advice));
    return kNo;
  }
  if (console.json) {
    record::Json json = hooks::to_json(change.hook);
    json.set("changed", change.changed);
    return console.print(json.dump() + "\n") ? kYes : kFailed;
  }
  const char* what = installing       ? (change.changed ? "installed" : "there already")
                     : change.changed ? "taken away"
                                      : "not there";
  std::string text = fmt::format("{}: {}", change.hook.name, what);
  if (installing) text += ", " + change.hook.path;
  if (!change.hook.chained.empty()) text += "; then " + change.hook.chained;
  if (!installing && change.changed && change.hook.state != hooks::State::kMissing)
    text += "; the hook that was there before is back";
  return console.print(printable(text) + "\n") ? kYes : kFailed;
}

Result<int> change(const HooksOptions& options, bool installing, const Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto place, hooks::place_of(context->repo, context->git));
  std::vector<std::string> names = wanted(options, place);
  if (!installing && options.names.empty()) names = hooks::all_names();
  int worst = kYes;
  for (const std::string& name : names) {
    if (!place.bare && installing && name != "pre-push") {
      console.say(fmt::format(
          "warning: {} runs where others push to, and this repository has a work tree", name));
    }
    auto done = installing ? hooks::install(place, {name, program_folder(), options.shared})
                           : hooks::uninstall(place, name);
    if (!done.ok()) return done.error();
    bool nothing = !installing && !done->changed && done->advice.empty();
    if (nothing && options.names.empty()) continue;
    GF_ASSIGN(int answer, tell(*done, installing, console));
    worst = std::max(worst, answer);
  }
  return worst;
}

}  // namespace

std::string program_folder() {
  std::error_code failed;
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failed);
  bool called_so = !failed && self.filename() == "git-factory";
  return called_so ? self.parent_path().string() : "";
}

Run bind_hooks(Arguments& arguments) {
  auto options = std::make_shared<HooksOptions>();
  auto add = [&](const char* name, const char* help, const Run& run) {
    Arguments own = arguments.command(name, help, run);
    own.add("hooks", options->names, "pre-push, pre-receive, update; default: what fits");
    return own;
  };
  Arguments installing =
      add("install", "Let git ask for a verdict: pre-push in a clone, pre-receive on a server",
          [options](Console& console) { return change(*options, true, console); });
  installing.add("--shared", options->shared,
                 "Also when core.hooksPath is for all your repositories");
  add("uninstall", "Take our hooks away and put back what was there",
      [options](Console& console) { return change(*options, false, console); });
  add("status", "Say which hooks are there and whom they call",
      [options](Console& console) { return status(*options, console); });
  return {};
}

}  // namespace gf::cmd

// git factory init: preparing a repository.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "hooks/hooks.h"
#include "setup/code_claims.h"
#include "setup/models.h"
#include "setup/projects_text.h"
#include "setup/setup.h"

namespace gf::cmd {
namespace {

std::string sharing(store::Share share, const std::string& remote) {
  if (share == store::Share::kNone) return fmt::format("nothing of the record leaves this machine");
  std::string text = fmt::format(
      "each push of a run sends to '{}': specs, verdicts, gate outcomes, costs", remote);
  if (share == store::Share::kFull)
    text +=
        "; and every prompt and answer, so that a clone can replay (withhold them with "
        "--share=summary)";
  return text;
}

struct InitOptions {
  std::string share;
  bool dry_run = false, hooks = false, no_hooks = false, no_try = false;
};

/// The pre-push hook: installed when it is wanted, offered on a terminal, told of otherwise.
Result<std::string> settle_hook(session::Context& context, const InitOptions& options,
                                const Console& console) {
  GF_ASSIGN(auto place, hooks::place_of(context.repo, context.git));
  GF_ASSIGN(auto hook, hooks::look(place, "pre-push"));
  if (hook.state == hooks::State::kOurs || hook.state == hooks::State::kCalls)
    return fmt::format("pre-push asks for a verdict ({})", hook.path);
  std::string hint = "not installed; 'git factory hooks install' has pushes ask for a verdict";
  if (options.no_hooks || options.dry_run || place.off) return hint;
  if (!options.hooks) {
    GF_ASSIGN(auto wanted,
              console.ask("Ask for a verdict before each push (pre-push hook)?", Enter::kYes));
    if (!wanted.value_or(false)) return hint;
  }
  GF_ASSIGN(auto done, hooks::install(place, {"pre-push", program_folder(), false}));
  if (!done.advice.empty()) return "not installed:\n" + done.advice;
  std::string text = "installed, " + done.hook.path;
  return done.hook.chained.empty() ? text : text + "; then " + done.hook.chained;
}

std::string init_text(const setup::Preparation& found, bool dry_run) {
  std::string text =
      fmt::format("base:      {} ({})\n", found.base.name, found.base.commit.short_hex());
  text += setup::projects_text(found) + setup::gates_text(found);
  text +=
      fmt::format("python:    {}\nchangelog: {}\nremote:    {}\nforge:     {} ({})\n", found.python,
                  found.changelog, found.remote.value_or("none"), found.forge, found.forge_why);
  const char* file = found.file_exists ? (found.file_trusted ? "is there, left as it is"
                                                             : "is there, left as it is, and not "
                                                               "trusted; see 'git factory trust'")
                     : dry_run         ? "would be written"
                                       : "written; commit it";
  text += fmt::format(".gitfactory: {}\n", file);
  text += "sharing:   " +
          sharing(found.remote ? found.share : store::Share::kNone, found.remote.value_or("")) +
          "\n";
  for (const std::string& spec : found.refspecs) {
    text += fmt::format("fetch:     {} {}\n", dry_run ? "would add" : "added", spec);
  }
  for (const std::string& spec : found.leftover) {
    text += fmt::format("fetch:     {} {}\n", dry_run ? "would remove" : "removed", spec);
  }
  return text;
}

/// Who would be asked, or the shortest way to somebody. Nothing where that is not known yet: the
/// file that may say it is not trusted, which is told already.
std::string model_text(session::Context& context, const Console& console) {
  auto config = setup::settings_for_runs(context);
  if (!config.ok()) return {};
  std::vector<std::string> builders = model::references_for(config->settings(), "build"),
                           reviewers = model::references_for(config->settings(), "review");
  if (builders.empty()) {
    model::ShortestWay way = model::shortest_way(console.setup.environment, context.cancel());
    return fmt::format("model:     none yet; {}\n           {}\n", way.found, way.command);
  }
  std::string text = "model:     " + builders.front();
  if (!reviewers.empty() && reviewers.front() != builders.front())
    text += ", reviewed by " + reviewers.front();
  return text + "\n";
}

/// Trying the gates runs code of the repository: somebody else's only where the user says so, which
/// holds for runs too.
Result<bool> may_try(session::Context& context, setup::Preparation& found, const Console& console) {
  GF_ASSIGN(auto settings, context.git.settings());
  if (!session::stranger_in(settings)) return true;
  GF_ASSIGN(auto code, setup::code_claims(context));
  console.say(setup::text_of(code));
  GF_ASSIGN(auto answer, console.ask("May this code run here?", Enter::kNo));
  if (answer.value_or(false)) {
    GF_TRY(session::let_run(context.git));
    return true;
  }
  found.notes.emplace_back(
      "the gates were not tried: 'git factory trust' (without a terminal '--yes') says that this "
      "code "
      "may run here, and 'git factory doctor' tries them then");
  return false;
}

Result<int> init(const InitOptions& options, Console& console) {
  std::optional<store::Share> share;
  if (!options.share.empty()) {
    auto asked = store::parse_share(options.share);
    if (!asked.ok()) return Error{Fault::kUsage, asked.error().message, {}, asked.error().hint};
    share = *asked;
  }
  GF_ASSIGN(auto context, session::Context::open(console.setup, true));
  GF_ASSIGN(auto found, setup::look(*context, share));
  // A file that is there proposes nothing new; and a dry run makes no worktree and no environment.
  bool tries = !options.no_try && !options.dry_run && !found.file_exists;
  if (tries) {
    GF_ASSIGN(tries, may_try(*context, found, console));
  }
  if (tries) {
    Result<void> tried =
        setup::try_gates(*context, found, [&](const std::string& line) { console.say(line); });
    GF_TRY(context->cancel().check());
    if (!tried.ok()) found.notes.push_back("the gates were not tried: " + tried.error().message);
  }
  if (!options.dry_run) GF_TRY(setup::prepare(*context, found));
  console.print(printable(init_text(found, options.dry_run)));
  console.print(printable(model_text(*context, console)));
  GF_ASSIGN(auto hook, settle_hook(*context, options, console));
  console.print(printable("hooks:     " + hook) + "\n");
  if (options.dry_run && !found.file_exists) console.print("\n" + printable(found.file));
  return kYes;
}

}  // namespace

Run bind_init(Arguments& arguments) {
  auto options = std::make_shared<InitOptions>();
  arguments.add("--share", options->share,
                "What a push of the record sends: none, summary or full; default: as before, else "
                "full");
  arguments.add("--dry-run", options->dry_run, "Change nothing, show what would be done");
  arguments.add("--no-try", options->no_try, "Propose gates without trying them on the base");
  Option with = arguments.add("--hooks", options->hooks, "Install the pre-push hook unasked");
  arguments.add("--no-hooks", options->no_hooks, "Do not ask about hooks").excludes(with);
  return [options](Console& console) { return init(*options, console); };
}

}  // namespace gf::cmd

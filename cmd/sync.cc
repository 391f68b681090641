// git factory sync [<remote>]: the record of this clone and of a remote become one.
#include "store/sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"

namespace gf::cmd {
namespace {

struct SyncOptions {
  std::string remote, share;
  bool repair = false;
};

Result<std::string> remote_named(const session::Context& context, const session::Config& config,
                                 const std::string& name) {
  if (name.empty()) {
    GF_ASSIGN(auto found, session::find_remote(context, config, context.shape.head_branch));
    if (found) return *found;
    return Error{Fault::kUser,
                 "there is no remote to share the record with",
                 {},
                 "add one with 'git remote add origin <url>'"};
  }
  GF_ASSIGN(auto remotes, context.git.remotes());
  if (std::find(remotes.begin(), remotes.end(), name) != remotes.end()) return name;
  return Error{
      Fault::kUser, fmt::format("'{}' is no remote", printable(name)), {}, "see 'git remote -v'"};
}

/// What plain `git fetch` will not bring, and how to mend that. Nothing here stops a sync: it names
/// its refs itself.
void hint_at_refspecs(const session::Config& config, const std::string& remote,
                      const Console& console) {
  bool record = false, every_branch = false, any = false;
  for (const std::string& spec : config.all("remote." + remote + ".fetch")) {
    any = true;
    record = record || spec.find("refs/factory/ledger/") != std::string::npos;
    every_branch = every_branch || spec.find("refs/heads/*") != std::string::npos;
  }
  if (!record) {
    console.say(
        fmt::format("hint: plain 'git fetch {}' does not bring the record; 'git factory "
                    "init' sets that up",
                    remote));
  }
  if (any && !every_branch) {
    console.say(
        fmt::format("hint: this clone follows single branches of '{0}'; delivered ones "
                    "come with 'git remote set-branches {0} \"*\" && git fetch {0}'",
                    remote));
  }
}

std::string sync_text(const store::Synced& done, const std::string& remote) {
  auto runs = [](int count) { return counted(static_cast<size_t>(count), "run"); };
  if (done.received == 0 && done.sent == 0 && done.rebuilt == 0 && done.joined == 0) {
    if (done.refs_sent == 0) return fmt::format("{}: nothing new here or there\n", remote);
    return fmt::format("{}: {} sent, no new runs\n", remote,
                       counted(static_cast<size_t>(done.refs_sent), "ref"));
  }
  std::string text = fmt::format("{}: {} received, {} sent{}", remote, runs(done.received),
                                 runs(done.sent), done.by_inbox ? " to its inbox" : "");
  if (done.folded > 0) text += fmt::format(", {} taken out of the inbox", runs(done.folded));
  if (done.rebuilt > 0) text += fmt::format(", notes of {} made anew", runs(done.rebuilt));
  if (done.rounds > 1) text += fmt::format(", in {} rounds", done.rounds);
  return text + "\n";
}

Result<int> repair(session::Context& context, const Console& console) {
  GF_ASSIGN(int ledger, context.store->rebuild_ledger(store::Look::kAll));
  GF_ASSIGN(int notes, context.store->rebuild_notes(store::Look::kAll));
  record::Json json = record::Json::object({{"ledger", ledger}, {"notes", notes}});
  std::string text = ledger + notes == 0
                         ? std::string("nothing was missing\n")
                         : fmt::format("{} put back into the ledger, notes of {} made anew\n",
                                       counted(static_cast<size_t>(ledger), "run"),
                                       counted(static_cast<size_t>(notes), "run"));
  console.print(console.json ? json.dump() + "\n" : text);
  return kYes;
}

Result<int> sync(const SyncOptions& options, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  if (options.repair) return repair(*context, console);
  // Without the tracked file: what leaves this machine is decided here and not by what was cloned.
  GF_ASSIGN(auto config, session::Config::load(context->repo, context->git, Oid(),
                                               console.setup.overrides, true));
  store::SyncWish wish;
  GF_ASSIGN(wish.remote, remote_named(*context, config, options.remote));
  auto word = options.share.empty() ? config.find("remote." + wish.remote + ".factoryShare")
                                    : std::optional<std::string>(options.share);
  if (!word) word = config.find("factory.share");
  std::optional<store::Share> share;
  if (word) {
    GF_ASSIGN(share, store::parse_share(*word));
  }
  if (share == store::Share::kNone) {
    GF_ASSIGN(int rebuilt, context->store->rebuild_notes());
    store::Synced done;
    done.rebuilt = rebuilt;
    console.print(console.json ? to_json(done, wish).dump() + "\n"
                               : fmt::format("{}: the record stays here (factory.share is none)\n",
                                             wish.remote));
    return kYes;
  }
  wish.send = share.value_or(store::Share::kNone);
  wish.take = share.value_or(store::Share::kFull);
  wish.by_inbox = config.get("factory.writer", "") == "ci";
  GF_ASSIGN(auto done,
            store::sync(*context->store, context->repo, context->git, context->clock(), wish));
  console.print(console.json ? to_json(done, wish).dump() + "\n" : sync_text(done, wish.remote));
  if (console.quiet) return kYes;
  for (const std::string& warning : done.warnings) console.say("warning: " + printable(warning));
  if (!share) {
    console.say(
        "hint: nothing was sent: factory.share is not set; choose with 'git factory init "
        "--share=full|summary|none'");
  }
  hint_at_refspecs(config, wish.remote, console);
  return kYes;
}

}  // namespace

Run bind_sync(Arguments& arguments) {
  auto options = std::make_shared<SyncOptions>();
  arguments.add("remote", options->remote, "The remote; default: the one pull requests go to");
  arguments.add("--share", options->share, "Send none, summary or full, this time");
  arguments.add("--repair", options->repair,
                "Make lost ledger entries and notes anew from what is here, and contact nobody");
  return [options](Console& console) { return sync(*options, console); };
}

}  // namespace gf::cmd

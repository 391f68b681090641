#include "setup/setup.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "env/environment.h"
#include "line/forge_place.h"
#include "proc/jail.h"
#include "session/facts.h"
#include "session/keys.h"
#include "session/trust.h"
#include "setup/config_text.h"
#include "setup/environments.h"
#include "stage/changelog.h"
#include "store/store.h"

namespace gf::setup {
namespace {

constexpr const char* kFile = ".gitfactory";
constexpr size_t kMaxFile = 1u << 20;
constexpr size_t kWithout = 4;  // projects without an environment

/// Which interpreter the project's environment has, for people.
Result<std::string> python_for(session::Context& context, const session::Config& config,
                               const record::TreeFacts& facts, const gate::Found& gates) {
  GF_ASSIGN(auto all, environments_of(context, config.settings(), facts, gates));
  if (all.size() == 1 && all[0].folder.empty()) return env::to_text(all[0].found);
  std::vector<std::string> without;
  for (const ProjectEnvironment& one : all) {
    if (!one.found.interpreter) without.push_back(one.folder.empty() ? "." : one.folder);
  }
  std::string text = counted(all.size(), "environment");
  if (!without.empty()) {
    size_t more = without.size() > kWithout ? without.size() - kWithout : 0;
    if (more > 0) without.resize(kWithout);
    text += fmt::format("; none fits for {}{}", join(without, ", "),
                        more == 0 ? "" : fmt::format(" and {} more", more));
  }
  return text + "; see 'git factory env'";
}

/// The forge to use: what the remote speaks of where this version can talk to it, else the one that
/// needs no server.
Result<void> find_forge(session::Context& context, const session::Config& config,
                        Preparation& found) {
  GF_ASSIGN(auto chosen,
            forge::choose_forge(line::forge_place(context, config.settings(), found.remote)));
  found.forge = chosen.forge->name();
  found.forge_why = chosen.why;
  return Done{};
}

/// What `init` would still have to set at the remote, and what a wider share left there.
Result<void> compare_refspecs(session::Context& context, Preparation& found) {
  GF_ASSIGN(auto settings, context.git.settings());
  std::string key = fmt::format("remote.{}.fetch", *found.remote);
  auto is_set = [&](const std::string& spec) {
    return std::any_of(settings.begin(), settings.end(), [&](const git::Setting& setting) {
      return setting.key == key && setting.value == spec;
    });
  };
  std::vector<std::string> wanted = store::Store::fetch_refspecs(*found.remote, found.share);
  for (const std::string& spec : wanted) {
    if (!is_set(spec)) found.refspecs.push_back(spec);
  }
  for (const std::string& spec : store::Store::fetch_refspecs(*found.remote, store::Share::kFull)) {
    bool kept = std::find(wanted.begin(), wanted.end(), spec) != wanted.end();
    if (!kept && is_set(spec)) found.leftover.push_back(spec);
  }
  return Done{};
}

Result<std::string> work_tree(const session::Context& context) {
  std::optional<std::string> folder = context.repo.workdir();
  if (folder) return *folder;
  return Error{Fault::kUser, "this is a bare repository", {}, "run it in a clone with a work tree"};
}

/// What a key that this version does not read looks like: a later one may read it, and the trust
/// that is given now holds then too.
session::Key::Claim likely_claim(std::string_view key) {
  using enum session::Key::Claim;
  std::string name = lower(parts_of(key).name);
  if (name.ends_with("command") || name.ends_with("program")) return kRuns;
  if (lower(key).starts_with("factory.verify")) return kDecides;
  if (name.ends_with("url") || name.ends_with("model")) return kContacts;
  return name.ends_with("share") || name.ends_with("environment") ? kSends : kNone;
}

/// What a setting of a tracked file does beyond setting something; empty: nothing.
std::string claim_of(const git::Setting& setting) {
  const session::Key* known = session::find_key(setting.key);
  std::string_view does =
      session::name_of(known != nullptr ? known->claim : likely_claim(setting.key));
  if (does.empty()) return {};
  // One line each: a value with a line end in it must not look like another claim.
  return fmt::format("{:<9} {} = {}", does, setting.key, replace_all(setting.value, "\n", "\\n"));
}

Result<std::vector<std::string>> claims_of(const session::Context& context, const Oid& blob) {
  GF_ASSIGN(auto settings, context.git.settings_of_blob(blob));
  std::vector<std::string> claims;
  for (const git::Setting& setting : settings) {
    std::string claim = claim_of(setting);
    if (!claim.empty()) claims.push_back(std::move(claim));
  }
  return claims;
}

/// Compares with the newest content that was trusted, as far as it can still be read.
Result<void> compare_with_trusted(const session::Context& context, Claims& claims) {
  GF_ASSIGN(auto settings, context.git.settings());
  for (const git::Setting& setting : settings) {
    if (setting.key != "factory.trusted" || setting.scope != "local") continue;
    auto blob = Oid::parse(setting.value);
    if (blob.ok() && *blob != claims.blob && context.repo.exists(*blob)) claims.before = *blob;
  }
  if (!claims.before) return Done{};
  auto old = claims_of(context, *claims.before);
  if (!old.ok()) {
    claims.before.reset();
    return Done{};
  }
  auto without = [](const std::vector<std::string>& all, const std::vector<std::string>& known) {
    std::vector<std::string> rest;
    for (const std::string& line : all) {
      if (std::find(known.begin(), known.end(), line) == known.end()) rest.push_back(line);
    }
    return rest;
  };
  claims.added = without(claims.lines, *old);
  claims.removed = without(*old, claims.lines);
  return Done{};
}

Result<Claims> claims_in(const session::Context& context, const Oid& blob) {
  Claims claims;
  claims.blob = blob;
  GF_ASSIGN(claims.text, context.repo.read_blob(blob, kMaxFile));
  GF_ASSIGN(claims.lines, claims_of(context, blob));
  GF_ASSIGN(claims.trusted, session::is_trusted(context.git, blob));
  GF_TRY(compare_with_trusted(context, claims));
  return claims;
}

/// Also by the first digits of its id.
Result<Oid> blob_named(const session::Context& context, const std::string& name) {
  GF_ASSIGN(auto said, context.git.ask({"rev-parse", "--verify", "--quiet", name + "^{blob}"}));
  if (said.exit_code == 0 && !name.starts_with('-')) return Oid::parse(trim(said.out));
  return Error{
      Fault::kUser,
      fmt::format("there is no commit or content '{}' here", printable(clipped(name, 100))),
      {},
      "name a commit that has a .gitfactory, or the id that a refusal names"};
}

}  // namespace

Result<Preparation> look(session::Context& context, std::optional<store::Share> share) {
  Preparation found;
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides, true));
  if (share) {
    found.share = *share;
  } else {
    GF_ASSIGN(found.share, store::parse_share(config.get("factory.share", "full")));
  }
  GF_ASSIGN(found.base, session::find_base(context, config.settings(), std::nullopt));
  session::GitFacts facts(context.repo, context.git, found.base.tree);
  GF_ASSIGN(auto here, gate::find_gates(facts, config.settings(), "python3"));
  GF_ASSIGN(found.python, python_for(context, config, facts, here));
  found.projects = std::move(here.projects);
  found.gates = std::move(here.gates);
  found.notes = gate::detection_notes(facts, found.projects);
  found.changelog = stage::detect_changelog(facts).why;
  GF_ASSIGN(found.remote, session::find_remote(context, config, found.base.name));
  GF_TRY(find_forge(context, config, found));
  if (found.remote) GF_TRY(compare_refspecs(context, found));
  found.file = config_text(found);
  GF_ASSIGN(auto folder, work_tree(context));
  GF_ASSIGN(auto jail, proc::Jail::open(folder));
  GF_ASSIGN(auto there, jail.read(kFile, kMaxFile));
  found.file_exists = there.has_value();
  if (there) {
    GF_ASSIGN(found.file_trusted, session::is_trusted(context.git, record::content_id(*there)));
  }
  return found;
}

Result<void> prepare(session::Context& context, const Preparation& found) {
  GF_ASSIGN(auto folder, work_tree(context));
  if (!found.file_exists) {
    GF_ASSIGN(auto jail, proc::Jail::open(folder));
    GF_TRY(jail.write(kFile, found.file));
    // Who writes it has seen it: trusted from the start, until it changes. In a clone of somebody
    // else's the tools that it names run code that nobody was asked about yet.
    GF_ASSIGN(auto blob, context.repo.write_blob(found.file));
    GF_ASSIGN(auto settings, context.git.settings());
    if (!session::stranger_in(settings)) GF_TRY(trust(context, blob));
  }
  GF_TRY(session::settle(context.git));
  if (!found.remote) return Done{};
  std::string key = fmt::format("remote.{}.fetch", *found.remote);
  for (const std::string& spec : found.refspecs) {
    GF_TRY(context.git.set_config(key, spec, true));
  }
  for (const std::string& spec : found.leftover) {
    GF_TRY(context.git.run({"config", "--local", "--fixed-value", "--unset-all", key, spec}));
  }
  return context.git.set_config("factory.share", std::string(store::name_of(found.share)));
}

Result<std::optional<Claims>> tracked_claims(session::Context& context) {
  std::optional<std::string> content;
  if (auto folder = context.repo.workdir()) {
    GF_ASSIGN(auto jail, proc::Jail::open(*folder));
    GF_ASSIGN(content, jail.read(kFile, kMaxFile));
  }
  std::optional<Oid> blob;
  if (content) {
    GF_ASSIGN(blob, context.repo.write_blob(*content));
  } else {
    GF_ASSIGN(auto base, session::find_base(context, {}, std::nullopt));
    GF_ASSIGN(blob, session::tracked_config(context.repo, base.tree));
  }
  if (!blob) return std::optional<Claims>();
  GF_ASSIGN(auto claims, claims_in(context, *blob));
  return std::optional<Claims>(std::move(claims));
}

Result<Claims> claims_named(session::Context& context, const std::string& name) {
  GF_ASSIGN(auto commit, context.repo.resolve_commit(name));
  if (!commit) {
    GF_ASSIGN(auto blob, blob_named(context, name));
    return claims_in(context, blob);
  }
  GF_ASSIGN(auto info, context.repo.commit(*commit));
  GF_ASSIGN(auto blob, session::tracked_config(context.repo, info.tree));
  if (blob) return claims_in(context, *blob);
  return Error{Fault::kUser,
               fmt::format("'{}' has no {}", printable(clipped(name, 100)), kFile),
               {},
               "name a commit that has one"};
}

Result<void> trust(session::Context& context, const Oid& blob) {
  GF_ASSIGN(bool already, session::is_trusted(context.git, blob));
  if (already) return Done{};
  return context.git.set_config("factory.trusted", blob.hex(), true);
}

}  // namespace gf::setup

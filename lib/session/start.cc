#include "session/start.h"

#include <fmt/format.h>

#include <charconv>
#include <future>

#include "base/text.h"
#include "git/apart.h"
#include "git/promised.h"

namespace gf::session {
namespace {

constexpr const char* kBranches = "refs/heads/";
/// Of remotes whose own configuration tracks nothing.
constexpr const char* kFetched = "refs/factory/fetched/";

/// What a base's name stands for.
struct Named {
  std::string name;                   ///< for people and for the pull request: "main"
  std::optional<Oid> fixed;           ///< no branch: taken as it is
  std::optional<RefName> local;       ///< of a branch that is here
  std::string remote, remote_branch;  ///< empty; else "origin", "refs/heads/main"
};

Result<size_t> number_in(std::string_view text) {
  size_t number = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc()) return number;
  return Error{Fault::kInternal, "git counted in words", {}, {}};
}

/// Counted by this process; a history that is cut off (a shallow clone) only git can count.
Result<Apart> apart(const Context& context, const Oid& here, const Oid& there) {
  if (auto both = git::apart(context.repo, here, there); both.ok())
    return Apart{both->first, both->second};
  GF_ASSIGN(auto text, context.git.run({"rev-list", "--count", "--left-right",
                                        here.hex() + "..." + there.hex(), "--"}));
  std::vector<std::string> counts = split(trim(text), '\t');
  if (counts.size() != 2) return Error{Fault::kInternal, "git counted in one number", {}, {}};
  Apart both;
  GF_ASSIGN(both.here, number_in(counts[0]));
  GF_ASSIGN(both.there, number_in(counts[1]));
  return both;
}

/// Where the branch goes to and comes from: its own upstream, else its name at the usual remote.
Result<void> add_remote(const Context& context, const Config& config, Named& named) {
  std::string section = "branch." + named.name + ".";
  auto remote = config.find(section + "remote"), merge = config.find(section + "merge");
  GF_ASSIGN(auto remotes, context.git.remotes());
  bool known = remote && std::find(remotes.begin(), remotes.end(), *remote) != remotes.end();
  if (known && merge && merge->starts_with(kBranches)) {
    named.remote = *remote;
    named.remote_branch = *merge;
    return Done{};
  }
  GF_ASSIGN(auto usual, find_remote(context, config, named.name));
  if (!usual) return Done{};
  named.remote = *usual;
  named.remote_branch = kBranches + named.name;
  return Done{};
}

std::vector<std::string> refspecs_of(const Config& config, const std::string& remote) {
  return config.all("remote." + remote + ".fetch");
}

/// The ref that keeps what the remote has, in this clone.
RefName kept_as(const Config& config, const Named& named) {
  auto own = tracking_ref(refspecs_of(config, named.remote), named.remote_branch);
  if (own) return *own;
  return RefName::known(fmt::format("{}{}/{}", kFetched, named.remote,
                                    named.remote_branch.substr(std::string(kBranches).size())));
}

/// "origin/main" of a remote there is.
Result<std::optional<Named>> of_a_remote(const Context& context, const std::string& name) {
  GF_ASSIGN(auto remotes, context.git.remotes());
  for (const std::string& remote : remotes) {
    if (!name.starts_with(remote + "/") || name.size() == remote.size() + 1) continue;
    Named named;
    named.name = name.substr(remote.size() + 1);
    named.remote = remote;
    named.remote_branch = kBranches + named.name;
    if (RefName::parse(named.remote_branch).ok()) return std::optional<Named>(std::move(named));
  }
  return std::optional<Named>();
}

/// A name that stands for something here or in what is known of a remote.
Result<std::optional<Named>> meaning(const Context& context, const Config& config,
                                     const std::string& name) {
  Named named;
  named.name = name;
  auto branch = RefName::parse(kBranches + name);
  if (branch.ok()) {
    GF_ASSIGN(auto here, context.repo.read_ref(*branch));
    if (here) {
      named.local = *branch;
      GF_TRY(add_remote(context, config, named));
      return std::optional<Named>(std::move(named));
    }
  }
  GF_ASSIGN(auto remote, of_a_remote(context, name));
  if (remote) return remote;
  GF_ASSIGN(named.fixed, context.repo.resolve_commit(name));
  if (named.fixed) {
    if (name.starts_with(kBranches)) named.name = name.substr(std::string(kBranches).size());
    return std::optional<Named>(std::move(named));
  }
  if (!branch.ok()) return std::optional<Named>();
  GF_TRY(add_remote(context, config, named));
  if (named.remote.empty()) return std::optional<Named>();
  return std::optional<Named>(std::move(named));
}

/// Two runs that fetch at once meet at the ref; the second one finds what the first one brought.
bool met_another(const Error& error) {
  return error.detail.find("cannot lock ref") != std::string::npos ||
         error.message.find("cannot lock ref") != std::string::npos;
}

/// Brings the one branch and no tag, and follows none of the refspecs that may write elsewhere.
Result<void> fetch(const Context& context, const Named& named, const RefName& to) {
  const std::vector<std::string> options = {"--refmap=", "--no-prune", "--no-auto-gc"};
  const std::vector<std::string> refspecs = {"+" + named.remote_branch + ":" + to.str()};
  Result<void> fetched = context.git.fetch(named.remote, refspecs, options);
  if (!fetched.ok() && met_another(fetched.error()))
    fetched = context.git.fetch(named.remote, refspecs, options);
  return fetched;
}

/// As fetch(), where most of the time there is nothing to bring: listing takes git less, and a
/// branch that stands where it was seen last needs no more.
Result<void> fetch_if_moved(const Context& context, const Named& named, const RefName& to) {
  GF_ASSIGN(auto known, context.repo.read_ref(to));
  if (!known) return fetch(context, named, to);
  GF_ASSIGN(auto listed, context.git.listed(named.remote, named.remote_branch));
  bool stands = listed == fmt::format("{}\t{}\n", known->hex(), named.remote_branch);
  return stands ? Result<void>(Done{}) : fetch(context, named, to);
}

/// How a remote is asked.
using Asking = Result<void> (*)(const Context&, const Named&, const RefName&);

/// Both tips of a branch; what could not be asked is a note. Null: nobody is asked.
Result<Tips> tips_of(const Context& context, const Config& config, const Named& named,
                     Asking asking, std::vector<std::string>& notes) {
  Tips tips;
  tips.branch = named.name;
  if (named.local) {
    GF_ASSIGN(tips.here, context.repo.read_ref(*named.local));
  }
  if (named.remote.empty()) return tips;
  tips.remote = named.remote;
  RefName kept = kept_as(config, named);
  GF_ASSIGN(bool wanted, config.flag("factory.fetch", true));
  if (wanted && asking != nullptr) {
    Result<void> fetched = asking(context, named, kept);
    if (!fetched.ok() && fetched.error().fault == Fault::kCancelled) return fetched.error();
    if (!fetched.ok())
      notes.push_back(fmt::format("'{}' was not fetched from '{}': {}", named.name, named.remote,
                                  fetched.error().message));
  }
  GF_ASSIGN(tips.there, context.repo.read_ref(kept));
  if (tips.here && tips.there && *tips.here != *tips.there) {
    GF_ASSIGN(tips.apart, apart(context, *tips.here, *tips.there));
  }
  return tips;
}

Result<Diverged> wish_for(const Config& config) {
  std::string word = lower(config.get("factory.diverged", "remote"));
  if (word == "remote") return Diverged::kRemote;
  if (word == "local") return Diverged::kLocal;
  if (word == "stop") return Diverged::kStop;
  return Error{Fault::kConfiguration,
               fmt::format("factory.diverged is '{}'", printable(clipped(word, 60))),
               {},
               "it is one of remote, local, stop"};
}

Result<LeftOut> status_of(const Context& context) {
  LeftOut found;
  // Without its locks git refreshes no index.
  GF_ASSIGN(auto text, context.git.run({"--no-optional-locks", "status", "--porcelain", "-z",
                                        "--no-renames", "--untracked-files=normal"}));
  for (const std::string& entry : split(text, '\0')) {
    if (entry.size() < 3) continue;
    ++(entry.starts_with("??") ? found.untracked : found.changed);
  }
  return found;
}

Result<void> add_branch(const Context& context, const Oid& base, LeftOut& left_out) {
  GF_ASSIGN(auto head, context.repo.resolve_commit("HEAD"));
  if (!head || *head == base) return Done{};
  left_out.branch = context.shape.head_branch.empty() ? "HEAD" : context.shape.head_branch;
  GF_ASSIGN(Apart both, apart(context, base, *head));
  left_out.commits = both.there;
  return Done{};
}

std::string commits(size_t count) { return counted(count, "commit"); }

Error neither(const Tips& tips) {
  return Error{
      Fault::kUser,
      fmt::format("'{0}' here has {1} that '{2}/{0}' lacks, and lacks {3} of its",
                  printable(tips.branch), commits(tips.apart.here), tips.remote, tips.apart.there),
      {},
      fmt::format("bring them together, or choose with factory.diverged or '--base={}/{}'",
                  tips.remote, printable(tips.branch))};
}

/// The base's name and meaning; one that only the remote may know is still to be asked for.
Result<Named> named_base(const Context& context, const Config& config,
                         const std::optional<std::string>& wanted) {
  auto found = find_base(context, config.settings(), wanted);
  std::optional<std::string> name = wanted ? wanted : config.find("factory.base");
  if (found.ok()) name = found->name;
  if (!name) return found.error();
  GF_ASSIGN(auto named, meaning(context, config, *name));
  if (!named) return found.error();
  return std::move(*named);
}

}  // namespace

Result<Chosen> choose(const Tips& tips, Diverged wish) {
  const std::string& name = tips.branch;
  std::string remote = tips.remote + "/" + name;
  auto from_here = [&](const std::string& more) {
    return Chosen{*tips.here, fmt::format("{} at {}{}", name, tips.here->short_hex(), more)};
  };
  auto from_there = [&](const std::string& more) {
    return Chosen{*tips.there, fmt::format("{} at {}{}", remote, tips.there->short_hex(), more)};
  };
  if (!tips.there) return from_here(tips.remote.empty() ? "" : ", which " + tips.remote + " lacks");
  if (!tips.here) return from_there("");
  if (*tips.here == *tips.there) return from_here(", as " + tips.remote + " has it");
  const auto& [here, there] = tips.apart;
  if (here == 0) return from_there(fmt::format(", {} ahead of {} here", commits(there), name));
  if (there == 0) {
    return from_here(
        fmt::format(", {} ahead of {}: they will be in the pull request", commits(here), remote));
  }
  if (wish == Diverged::kStop) return neither(tips);
  if (wish == Diverged::kLocal)
    return from_here(fmt::format(", which lacks {} of {}", commits(there), remote));
  return from_there(fmt::format(", which lacks {} of {} here", commits(here), name));
}

std::optional<RefName> tracking_ref(const std::vector<std::string>& refspecs,
                                    std::string_view branch_ref) {
  for (std::string_view spec : refspecs) {
    if (spec.starts_with("+")) spec.remove_prefix(1);
    size_t colon = spec.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view from = spec.substr(0, colon), to = spec.substr(colon + 1);
    std::string ref;
    if (size_t star = from.find('*'); star != std::string_view::npos) {
      std::string_view head = from.substr(0, star), tail = from.substr(star + 1);
      size_t hole = to.find('*');
      bool fits = branch_ref.size() >= head.size() + tail.size() && branch_ref.starts_with(head) &&
                  branch_ref.ends_with(tail) && hole != std::string_view::npos;
      if (!fits) continue;
      std::string_view middle =
          branch_ref.substr(head.size(), branch_ref.size() - head.size() - tail.size());
      ref =
          std::string(to.substr(0, hole)) + std::string(middle) + std::string(to.substr(hole + 1));
    } else if (from == branch_ref) {
      ref = std::string(to);
    }
    if (!ref.starts_with("refs/remotes/")) continue;
    if (auto parsed = RefName::parse(ref); parsed.ok()) return *parsed;
  }
  return std::nullopt;
}

std::string to_text(const LeftOut& left_out) {
  std::vector<std::string> parts;
  if (left_out.changed > 0)
    parts.push_back(counted(left_out.changed, "file") + " with uncommitted changes");
  if (left_out.untracked > 0) parts.push_back(counted(left_out.untracked, "untracked path"));
  if (left_out.commits > 0)
    parts.push_back(fmt::format("{} of '{}'", commits(left_out.commits), left_out.branch));
  return parts.empty() ? std::string() : "left out: " + join(parts, ", ");
}

Result<Start> find_start(const Context& context, const Config& config,
                         const std::optional<std::string>& wanted, Ask ask) {
  GF_ASSIGN(auto wish, wish_for(config));
  GF_ASSIGN(auto named, named_base(context, config, wanted));
  // What git says of the work tree is found out while the remote is asked.
  constexpr auto kIfPossible = std::launch::async | std::launch::deferred;
  auto status = std::async(kIfPossible, [&context] { return status_of(context); });
  Start start;
  Chosen chosen;
  if (named.fixed) {
    chosen = {*named.fixed, fmt::format("{} at {}", named.name, named.fixed->short_hex())};
  } else {
    GF_ASSIGN(auto tips,
              tips_of(context, config, named, ask == Ask::kRemote ? fetch : nullptr, start.notes));
    if (!tips.here && !tips.there) {
      return Error{Fault::kUser,
                   fmt::format("there is no commit named '{}' to start from",
                               printable(wanted.value_or(named.name))),
                   {},
                   "name one with --base, or set factory.base"};
    }
    GF_ASSIGN(chosen, choose(tips, wish));
  }
  GF_ASSIGN(size_t fetched, complete(context, chosen.commit));
  if (fetched > 0)
    start.notes.push_back(fmt::format("this is a partial clone: {} of {} came from its remote",
                                      counted(fetched, "object"), chosen.commit.short_hex()));
  GF_ASSIGN(auto info, context.repo.commit(chosen.commit));
  start.base = {named.name, chosen.commit, info.tree};
  start.description = std::move(chosen.description);
  auto left_out = status.get();
  if (!left_out.ok() && left_out.error().fault == Fault::kCancelled) return left_out.error();
  if (!left_out.ok())
    start.notes.push_back("what stays out is not known: " + left_out.error().message);
  LeftOut out = left_out.ok() ? *left_out : LeftOut{};
  GF_TRY(add_branch(context, chosen.commit, out));
  start.left_out = to_text(out);
  return start;
}

Result<std::optional<Base>> find_newer(const Context& context, const Config& config,
                                       const Base& base, Ask ask) {
  GF_ASSIGN(auto named, meaning(context, config, base.name));
  if (!named || named->fixed) return std::optional<Base>();
  std::vector<std::string> notes;
  GF_ASSIGN(auto tips, tips_of(context, config, *named,
                               ask == Ask::kRemote ? fetch_if_moved : nullptr, notes));
  std::optional<Oid> tip = ask == Ask::kRemote ? tips.there : tips.here;
  if (!tip) tip = tips.there ? tips.there : tips.here;
  if (!tip || *tip == base.commit) return std::optional<Base>();
  GF_ASSIGN(auto between, tips.here == base.commit && tips.there == tip
                              ? Result<Apart>(tips.apart)
                              : apart(context, base.commit, *tip));
  if (between.here > 0 || between.there == 0) return std::optional<Base>();
  // An approved change is not held up by a remote that is gone since it was listed.
  if (auto whole = complete(context, *tip); !whole.ok()) {
    if (whole.error().fault == Fault::kCancelled) return whole.error();
    return std::optional<Base>();
  }
  GF_ASSIGN(auto info, context.repo.commit(*tip));
  return std::optional<Base>(Base{base.name, *tip, info.tree});
}

Result<size_t> complete(const Context& context, const Oid& commit) {
  if (!context.shape.partial) return size_t{0};
  return git::fetch_promised(context.git, commit);
}

}  // namespace gf::session

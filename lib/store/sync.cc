// Fetch, join, push, in a loop while somebody else is faster (GITMODEL 4.7).
#include "store/sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "base/text.h"
#include "git/push_few.h"
#include "store/months.h"
#include "store/names.h"

namespace gf::store {
namespace {

constexpr int kRounds =
    12;  ///< then the inbox: publishing takes a bounded time whoever else is busy

/// Where `ref` of ours is mirrored.
RefName tracking_of(const std::string& remote, const std::string& ref) {
  constexpr std::string_view notes = "refs/notes/", own = "refs/factory/";
  if (ref.starts_with(notes))
    return RefName::known("refs/notes/remotes/" + remote + "/" + ref.substr(notes.size()));
  return RefName::known(kTracking + remote + "/" + ref.substr(own.size()));
}

struct Outgoing {
  std::string ref;
  Oid id, there;  ///< ours, and what the remote has (zero: nothing)
};

class Passage {
 public:
  Passage(Store& store, git::Repo& repo, const git::Program& git, const Clock& clock,
          const SyncWish& wish)
      : store_(store), repo_(repo), git_(git), clock_(clock), wish_(wish) {}

  Result<Synced> run();

 private:
  Result<bool> fetch();  ///< false: another process of this clone is fetching too
  Result<void> take_in();
  Result<std::vector<Outgoing>> outgoing() const;
  /// The runs that these ledger refs bring to the remote.
  Result<std::vector<RunId>> runs_in(const std::vector<Outgoing>& all) const;
  Result<git::PushResult> push(const std::vector<Outgoing>& all);
  Result<void> refused(const git::PushResult& said);
  Result<bool> push_unseen();
  Result<void> push_inbox();
  Result<void> empty_inbox();
  void pause(int round) const;

  Store& store_;
  git::Repo& repo_;
  const git::Program& git_;
  const Clock& clock_;
  const SyncWish& wish_;
  Synced done_;
  std::set<RunId> sent_;
};

Result<bool> Passage::fetch() {
  std::vector<std::string> specs = Store::fetch_refspecs(wish_.remote, wish_.take);
  specs.push_back(fmt::format("+{}*:{}{}/inbox/*", kInbox, kTracking, wish_.remote));
  if (wish_.take == Share::kFull) {
    specs.push_back(fmt::format("+{}*:{}{}/inbox-replay/*", kInboxReplay, kTracking, wish_.remote));
  }
  GF_ASSIGN(auto shape, repo_.shape());
  // The record of a partial clone is fetched whole: libgit2 asks no remote for what is missing.
  // What the remote lost must not look as if it were there still: it is sent again.
  std::vector<std::string> options = {"--prune"};
  if (shape.partial) options.emplace_back("--no-filter");
  auto fetched = git_.fetch(wish_.remote, specs, options);
  if (fetched.ok()) return true;
  std::string errors = fetched.error().message + "\n" + fetched.error().detail;
  if (errors.find("cannot lock ref") != std::string::npos) return false;
  return fetched.error();
}

Result<void> Passage::take_in() {
  GF_ASSIGN(auto before, month_trees(repo_, kLedger));
  GF_ASSIGN(int moved, store_.join(wish_.remote));
  done_.joined += moved;
  GF_ASSIGN(int folded, store_.fold_inbox(wish_.remote));
  done_.folded += folded;
  GF_ASSIGN(auto after, month_trees(repo_, kLedger));
  for (const auto& [month, tree] : after) {
    GF_ASSIGN(auto fresh, runs_beyond(repo_, tree, before[month], News::kStates));
    for (const RunId& id : fresh) done_.received += sent_.contains(id) ? 0 : 1;
  }
  GF_ASSIGN(int restored, store_.rebuild_ledger());
  GF_ASSIGN(int rebuilt, store_.rebuild_notes());
  done_.rebuilt += restored + rebuilt;
  return Done{};
}

Result<std::vector<Outgoing>> Passage::outgoing() const {
  std::vector<Outgoing> all;
  for (const std::string& ref : store_.refs_to_share(wish_.send)) {
    GF_ASSIGN(auto here, repo_.read_ref(RefName::known(ref)));
    GF_ASSIGN(auto there, repo_.read_ref(tracking_of(wish_.remote, ref)));
    if (here && here != there) all.push_back({ref, *here, there.value_or(Oid())});
  }
  return all;
}

Result<std::vector<RunId>> Passage::runs_in(const std::vector<Outgoing>& all) const {
  std::vector<RunId> runs;
  for (const Outgoing& one : all) {
    if (!one.ref.starts_with(kLedger)) continue;
    GF_ASSIGN(auto here, tree_of_commit(repo_, one.id));
    GF_ASSIGN(auto there, tree_of_commit(repo_, one.there));
    GF_ASSIGN(auto fresh, runs_beyond(repo_, here, there, News::kStates));
    runs.insert(runs.end(), fresh.begin(), fresh.end());
  }
  return runs;
}

Result<git::PushResult> Passage::push(const std::vector<Outgoing>& all) {
  std::vector<std::string> specs;
  // By id: what is sent is what was compared, even when a run is sealed meanwhile.
  for (const Outgoing& one : all) specs.push_back(one.id.hex() + ":" + one.ref);
  GF_ASSIGN(auto runs, runs_in(all));
  // Where the remote has each of the refs, it lacks what came to them since.
  bool few = runs.size() <= 1 && std::none_of(all.begin(), all.end(), [](const Outgoing& one) {
               return one.there.is_zero();
             });
  GF_ASSIGN(auto pushed,
            few ? git::push_few(git_, wish_.remote, specs) : git_.push(wish_.remote, specs));
  if (!pushed.pushed) return pushed;
  sent_.insert(runs.begin(), runs.end());
  done_.refs_sent += static_cast<int>(all.size());
  for (const Outgoing& one : all) {
    // git does this itself only where the fetch refspecs are configured. Losing to another process
    // is fine: it saw a later state.
    GF_TRY(repo_.compare_and_swap(tracking_of(wish_.remote, one.ref), one.there, one.id,
                                  "factory: pushed"));
  }
  return pushed;
}

/// A server says the same for each ref: its lines, each once, in one.
std::string once_each(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string& line : split(text, '\n')) {
    // git's own, with a name of a ref in each.
    bool general = line.find("hook declined") != std::string::npos && !lines.empty();
    bool known = std::find(lines.begin(), lines.end(), line) != lines.end();
    if (!line.empty() && !general && !known) lines.push_back(line);
  }
  return join(lines, "; ");
}

/// The remote's settings or hooks said no. What is not there after another look is what it refuses.
Result<void> Passage::refused(const git::PushResult& said) {
  GF_TRY(fetch());
  GF_ASSIGN(auto left, outgoing());
  bool notes = false, refs = false;
  for (const Outgoing& one : left) (one.ref.starts_with("refs/notes/") ? notes : refs) = true;
  std::string why = clipped(once_each(said.remote_text), 300);
  if (!refs && !notes) return Done{};
  if (!refs) {
    done_.warnings.push_back(fmt::format(
        "'{}' takes no notes (refs/notes/*): {}; the ledger is there, and notes are made anew from "
        "it",
        wish_.remote, why));
    return Done{};
  }
  return Error{Fault::kEnvironment,
               fmt::format("'{}' takes no refs of its own kind ({}): {}", wish_.remote,
                           notes ? "refs/factory/* and refs/notes/*" : "refs/factory/*", why),
               {},
               fmt::format("keep the record here: 'git config remote.{}.factoryShare none', or "
                           "'git config factory.share none' for every remote",
                           wish_.remote)};
}

Result<void> Passage::push_inbox() {
  GF_ASSIGN(auto left, outgoing());
  GF_ASSIGN(auto runs, runs_in(left));
  std::vector<std::string> specs;
  for (const RunId& id : runs) {
    GF_ASSIGN(auto parcel, store_.inbox_parcel(id, wish_.send == Share::kFull));
    for (const auto& [ref, commit] : parcel) specs.push_back(commit.hex() + ":" + ref);
  }
  if (specs.empty()) return Done{};
  GF_ASSIGN(auto pushed, git_.push(wish_.remote, specs));
  if (!pushed.pushed) return refused(pushed);
  done_.by_inbox = true;
  sent_.insert(runs.begin(), runs.end());
  return Done{};
}

/// What was folded and is in the remote's months now is taken out of its inbox, each ref only from
/// the value that was folded.
Result<void> Passage::empty_inbox() {
  std::vector<std::string> words = {"push", "--porcelain", "--no-follow-tags"}, specs;
  std::vector<std::pair<RefName, Oid>> mirrored;
  for (const char* kind : {"inbox/", "inbox-replay/"}) {
    std::string prefix = kTracking + wish_.remote + "/" + kind;
    GF_ASSIGN(auto refs, repo_.refs(prefix));
    for (const auto& [ref, tip] : refs) {
      auto id = RunId::parse(ref.str().substr(prefix.size()));
      if (!id.ok()) continue;
      GF_ASSIGN(bool in, store_.is_sealed(*id));
      if (!in) continue;
      std::string there = "refs/factory/" + (kind + id->str());
      words.push_back(fmt::format("--force-with-lease={}:{}", there, tip.hex()));
      specs.push_back(":" + there);
      mirrored.emplace_back(ref, tip);
    }
  }
  if (specs.empty()) return Done{};
  words.insert(words.end(), {"--", wish_.remote});
  words.insert(words.end(), specs.begin(), specs.end());
  GF_ASSIGN(auto answer, git_.ask(words));
  if (answer.out.find("prohibited") != std::string::npos ||
      answer.out.find("declined") != std::string::npos) {
    done_.warnings.push_back(fmt::format(
        "'{}' lets nobody delete refs; its inbox (refs/factory/inbox/*) stays full", wish_.remote));
  }
  // Somebody else may have been there before: then they are gone as well.
  for (const auto& [ref, tip] : mirrored) GF_TRY(repo_.delete_ref(ref, tip));
  return Done{};
}

void Passage::pause(int round) const {
  auto longest = std::min<uint32_t>(20u << std::min(round, 6), 1000u);
  std::this_thread::sleep_for(Milliseconds(5 + clock_.random() % longest));
}

/// True when the remote is as it was last seen, and has what we have now.
Result<bool> Passage::push_unseen() {
  if (!wish_.push_first || wish_.by_inbox || wish_.send == Share::kNone) return false;
  GF_ASSIGN(auto all, outgoing());
  bool known =
      std::any_of(all.begin(), all.end(), [](const Outgoing& one) { return !one.there.is_zero(); });
  if (!known) return false;
  ++done_.rounds;
  GF_ASSIGN(auto pushed, push(all));
  return pushed.pushed;
}

Result<Synced> Passage::run() {
  GF_ASSIGN(bool settled, push_unseen());
  while (!settled && done_.rounds < kRounds) {
    if (done_.rounds > 0) pause(done_.rounds);
    ++done_.rounds;
    GF_ASSIGN(bool fetched, fetch());
    if (!fetched) continue;
    GF_TRY(take_in());
    if (wish_.by_inbox) {
      settled = true;
      GF_TRY(push_inbox());
      break;
    }
    GF_ASSIGN(auto all, outgoing());
    if (!all.empty()) {
      GF_ASSIGN(auto pushed, push(all));
      if (!pushed.pushed && pushed.rejected) continue;
      if (!pushed.pushed) GF_TRY(refused(pushed));
    }
    settled = true;
    if (wish_.send != Share::kNone) GF_TRY(empty_inbox());
  }
  if (!settled && wish_.send != Share::kNone) {
    GF_TRY(push_inbox());
    done_.warnings.push_back(fmt::format(
        "'{}' was busy for {} rounds; the runs lie in its inbox until the next sync of anybody",
        wish_.remote, kRounds));
  }
  done_.sent = static_cast<int>(sent_.size());
  return done_;
}

}  // namespace

Result<Synced> sync(Store& store, git::Repo& repo, const git::Program& git, const Clock& clock,
                    const SyncWish& wish) {
  GF_ASSIGN(auto shape, repo.shape());
  if (shape.shallow) {
    return Error{Fault::kUser,
                 "this is a shallow clone, in which the record's history may be cut",
                 {},
                 fmt::format("complete it with 'git fetch --unshallow {}'", wish.remote)};
  }
  return Passage(store, repo, git, clock, wish).run();
}

record::Json to_json(const Synced& done, const SyncWish& wish) {
  return record::Json::object({{"remote", wish.remote},
                               {"share", name_of(wish.send)},
                               {"rounds", done.rounds},
                               {"received", done.received},
                               {"sent", done.sent},
                               {"refs_sent", done.refs_sent},
                               {"joined", done.joined},
                               {"folded", done.folded},
                               {"rebuilt", done.rebuilt},
                               {"inbox", done.by_inbox},
                               {"warnings", record::Json::strings(done.warnings)}});
}

}  // namespace gf::store

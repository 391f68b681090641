// The door of the room: opening, beginning, sharing.
#include "store/store.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "git/notes.h"
#include "store/inside.h"

namespace gf::store {

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(git::Repo& repo, const Clock& clock, record::Redactor redactor) {
  Store store(std::make_unique<Impl>(Impl{&repo, &clock, std::move(redactor)}));
  GF_TRY(store.impl_->repair());
  return store;
}

std::unique_ptr<ActiveRun::Impl> Store::Impl::active(const RunId& id) const {
  auto active = std::make_unique<ActiveRun::Impl>();
  active->repo = repo;
  active->clock = clock;
  active->redactor = redactor;
  active->ref = active_ref(id);
  return active;
}

Result<ActiveRun> Store::begin(const record::RunRecord& run,
                               const std::optional<record::Spec>& spec) {
  auto active = impl_->active(run.id);
  active->run = run;
  // The base is kept alive from the first commit on: its branch may go while the run lasts.
  if (impl_->repo->exists(run.base)) {
    active->stage_commit = run.base;
  }
  ActiveRun made(std::move(active));
  made.put_run(run);
  if (spec) made.put_spec(*spec);
  GF_TRY(made.save());
  return made;
}

ActiveRun Store::rehearse(const record::RunRecord& run) {
  auto active = impl_->active(run.id);
  active->run = run;
  active->is_rehearsal = true;
  return ActiveRun(std::move(active));
}

Result<ActiveRun> Store::reopen(const RunId& id) {
  auto active = impl_->active(id);
  GF_TRY(active->load());
  return ActiveRun(std::move(active));
}

Result<void> Store::note_gates(const Oid& tree, const record::Json& line,
                               const std::string& signature) {
  record::Json kept = redacted(line, impl_->redactor);
  if (!signature.empty()) kept.set("signature", signature);
  return git::Notes(*impl_->repo, RefName::known(kGatesNotes))
      .add_lines({{tree, kept.dump()}}, writer(*impl_->repo, *impl_->clock),
                 fmt::format("factory: gates passed on {}", tree.short_hex()));
}

Result<int> Store::join(const std::string& remote) {
  return join_all(*impl_->repo, *impl_->clock, remote);
}

Result<Share> parse_share(std::string_view word) {
  for (Share share : {Share::kNone, Share::kSummary, Share::kFull}) {
    if (word == name_of(share)) return share;
  }
  return Error{Fault::kConfiguration,
               fmt::format("'{}' is no way to share", printable(word)),
               {},
               "use none, summary or full"};
}

std::string_view name_of(Share share) {
  constexpr std::string_view kNames[] = {"none", "summary", "full"};
  return kNames[static_cast<size_t>(share)];
}

std::vector<std::string> Store::refs_to_share(Share share) const {
  std::vector<std::string> names;
  if (share == Share::kNone) return names;
  auto add_below = [&](const char* prefix) {
    auto refs = impl_->repo->refs(prefix);
    if (!refs.ok()) return;
    for (const auto& [ref, tip] : *refs) names.push_back(ref.str());
  };
  add_below(kLedger);
  std::vector<const char*> all(std::begin(kNotes), std::end(kNotes));
  all.push_back(kGatesNotes);
  for (const char* notes : all) {
    auto tip = impl_->repo->read_ref(RefName::known(notes));
    if (tip.ok() && tip->has_value()) names.emplace_back(notes);
  }
  if (share == Share::kFull) add_below(kReplay);
  return names;
}

std::vector<std::string> Store::fetch_refspecs(const std::string& remote, Share share) {
  if (share == Share::kNone) return {};
  std::vector<std::string> specs = {
      fmt::format("+refs/factory/ledger/*:refs/factory/remotes/{}/ledger/*", remote),
      fmt::format("+refs/notes/factory/*:refs/notes/remotes/{}/factory/*", remote),
      // A glob that happens to match one ref: an exact name that is missing would
      // make every `git fetch` fail.
      fmt::format("+refs/factory/pulls*:refs/factory/remotes/{}/pulls*", remote)};
  if (share == Share::kFull)
    specs.push_back(fmt::format("+refs/factory/replay/*:refs/factory/remotes/{}/replay/*", remote));
  return specs;
}

}  // namespace gf::store

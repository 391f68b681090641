#include "batch/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "record/run.h"
#include "session/context.h"
#include "store/names.h"

namespace gf::batch {
namespace {

using record::Json;

constexpr int kClaimVersion = 1;
constexpr const char* kClaimFile = "claim.json";
constexpr int kFetches = 20;  ///< while another process of this clone is fetching
constexpr int kPuts = 4;      ///< while nobody has moved it, or its own side has

std::string_view name_of(Claim::State state) {
  switch (state) {
    case Claim::State::kHeld:
      return "held";
    case Claim::State::kReleased:
      return "released";
    case Claim::State::kEnded:
      return "ended";
  }
  return "held";
}

Error no_claim(const std::string& what) { return {Fault::kBadData, what, {}, {}}; }

/// Whoever may push may have written it: only what a claim can say is read.
Result<void> check(const Claim& claim) {
  bool ended = claim.state == Claim::State::kEnded;
  if (ended != !claim.status.empty())
    return no_claim("the claim's state and status do not go together");
  auto status = record::run_status_of(claim.status);
  if (ended && (!status || *status == record::RunStatus::kRunning))
    return no_claim(
        fmt::format("'{}' is no outcome of a request", printable(clipped(claim.status, 60))));
  if (!claim.branch.empty() && !claim.branch.starts_with("refs/heads/"))
    return no_claim("the claim names no branch");
  if (!claim.branch.empty()) GF_TRY(RefName::parse(claim.branch));
  if (claim.is_delivered() && (claim.branch.empty() || claim.run.empty()))
    return no_claim("the claim tells of a delivery without a run and a branch");
  return Done{};
}

Result<Claim> claim_at(const git::Repo& repo, const Oid& tip) {
  GF_ASSIGN(auto commit, repo.commit(tip));
  GF_ASSIGN(auto file, repo.entry_at(commit.tree, kClaimFile));
  if (!file) return Error{Fault::kBadData, "the claim has no claim.json", {}, {}};
  GF_ASSIGN(auto text, repo.read_blob(file->id));
  GF_ASSIGN(auto json, Json::parse(text));
  GF_ASSIGN(auto claim, claim_from_json(json));
  claim.tip = tip;
  return claim;
}

}  // namespace

Json to_json(const Claim& claim) {
  Json json = Json::object({{"v", kClaimVersion},
                            {"state", name_of(claim.state)},
                            {"job", claim.job},
                            {"host", claim.host},
                            {"beat", claim.beat}});
  if (!claim.holder.empty()) json.set("holder", claim.holder);
  if (!claim.status.empty()) json.set("status", claim.status);
  if (!claim.why.empty()) json.set("why", claim.why);
  if (!claim.run.empty()) json.set("run", claim.run.str());
  if (!claim.branch.empty()) json.set("branch", claim.branch);
  if (!claim.head.is_zero()) json.set("head", claim.head.hex());
  if (claim.together) json.set("together", true);
  return json;
}

Result<Claim> claim_from_json(const Json& json) {
  if (json.get_int("v") > kClaimVersion)
    return Error{Fault::kBadData,
                 fmt::format("the claim was made by a newer version ({})", json.get_int("v")),
                 {},
                 "use that version of git-factory"};
  Claim claim;
  std::string state = json.get_string("state");
  if (state == name_of(Claim::State::kEnded)) {
    claim.state = Claim::State::kEnded;
  } else if (state == name_of(Claim::State::kReleased)) {
    claim.state = Claim::State::kReleased;
  } else if (state != name_of(Claim::State::kHeld)) {
    return Error{
        Fault::kBadData, fmt::format("'{}' is no state of a claim", printable(state)), {}, {}};
  }
  claim.job = json.get_string("job");
  claim.host = json.get_string("host");
  claim.holder = json.get_string("holder");
  claim.beat = static_cast<int>(json.get_int("beat"));
  claim.status = json.get_string("status");
  claim.why = json.get_string("why");
  claim.branch = json.get_string("branch");
  claim.together = json.get_bool("together");
  if (json.has("run")) {
    GF_ASSIGN(claim.run, RunId::parse(json.get_string("run")));
  }
  if (json.has("head")) {
    GF_ASSIGN(claim.head, Oid::parse(json.get_string("head")));
  }
  GF_TRY(check(claim));
  return claim;
}

std::string draw_holder(const Clock& clock) {
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", clock.random(), clock.random(), clock.random(),
                     clock.random());
}

RefName Claims::ref_of(const std::string& slug) const {
  return RefName::known(kClaims + batch_ + "/" + slug);
}

std::string Claims::tracking() const {
  return fmt::format("{}{}/claims/{}/", store::kTracking, remote_, batch_);
}

/// A job, its heartbeat and its run fetch into one clone: who finds a lock comes again.
Result<void> Claims::fetch_refs(const std::string& slug) const {
  for (int attempt = 0;; ++attempt) {
    auto fetched = context_.git.fetch(
        remote_, {fmt::format("+{}{}/{}*:{}{}*", kClaims, batch_, slug, tracking(), slug)},
        {"--prune"});
    if (fetched.ok()) return fetched;
    std::string said = fetched.error().message + "\n" + fetched.error().detail;
    if (said.find("cannot lock ref") == std::string::npos || attempt == kFetches) return fetched;
    std::this_thread::sleep_for(Milliseconds(20 + context_.clock().random() % 100));
  }
}

Result<Seen> Claims::fetch() const {
  GF_TRY(fetch_refs(""));
  Seen seen;
  GF_ASSIGN(auto refs, context_.repo.refs(tracking()));
  for (const auto& [ref, tip] : refs) {
    std::string slug = ref.str().substr(tracking().size());
    auto claim = claim_at(context_.repo, tip);
    if (claim.ok()) {
      seen.claims.emplace(std::move(slug), std::move(claim).value());
    } else {
      seen.unreadable.emplace(std::move(slug), claim.error().message);
    }
  }
  return seen;
}

Result<std::optional<Claim>> Claims::fetch(const std::string& slug) const {
  GF_TRY(fetch_refs(slug));
  GF_ASSIGN(auto tip, context_.repo.read_ref(RefName::known(tracking() + slug)));
  if (!tip) return std::optional<Claim>();
  auto claim = claim_at(context_.repo, *tip);
  if (!claim.ok()) return claim.error().because_of(fmt::format("read the claim of '{}'", slug));
  return std::optional<Claim>(std::move(claim).value());
}

Result<Oid> Claims::write(const std::string& slug, const Claim& claim) {
  git::Repo& repo = context_.repo;
  GF_ASSIGN(auto blob, repo.write_blob(to_json(claim).pretty()));
  GF_ASSIGN(auto tree, repo.update_tree(Oid(), {{kClaimFile, blob, git::EntryKind::kBlob}}));
  GF_ASSIGN(auto who, repo.identity(context_.clock().now()));
  std::vector<Oid> parents;
  if (!claim.tip.is_zero()) parents.push_back(claim.tip);
  return repo.write_commit(tree, parents, who, who,
                           fmt::format("factory: claim {}/{}\n", batch_, slug));
}

Result<bool> Claims::put(const std::string& slug, Claim& claim) {
  Claim next = claim;
  std::string refusal;
  for (int attempt = 0; attempt < kPuts; ++attempt) {
    GF_ASSIGN(auto commit, write(slug, next));
    std::string ref = ref_of(slug).str();
    // A first claim stands on nothing, so an unforced push of it moves no ref that is there.
    auto answer = next.tip.is_zero() ? context_.git.push(remote_, {commit.hex() + ":" + ref})
                                     : context_.git.push_following(remote_, next.tip, commit, ref);
    refusal = answer.ok() ? answer->remote_text : answer.error().message;
    bool put = answer.ok() && answer->pushed;
    std::optional<Claim> there;
    if (!put) {
      GF_ASSIGN(there, fetch(slug));
      put = there && there->tip == commit;
    }
    if (put) {
      next.tip = commit;
      claim = std::move(next);
      return true;
    }
    bool unmoved = there ? there->tip == next.tip : next.tip.is_zero();
    if (unmoved) continue;
    if (!there || there->holder != claim.holder || claim.holder.empty()) return false;
    next.tip = there->tip;
    next.beat = std::max(next.beat, there->beat);
    if (!there->head.is_zero() && next.head.is_zero()) {
      next.head = there->head;
      next.branch = there->branch;
      next.run = there->run;
      next.together = there->together;
    }
  }
  return Error{Fault::kTransient,
               fmt::format("'{}' takes no claim: {}", remote_, printable(refusal)),
               {},
               "a batch on more than one machine needs a remote that takes refs/factory/*"};
}

}  // namespace gf::batch

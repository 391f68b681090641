#include "batch/claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "store/names.h"

namespace gf::batch {
namespace {

using record::Json;

constexpr int kClaimVersion = 1;
constexpr const char* kClaimFile = "claim.json";

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
  if (!claim.status.empty()) json.set("status", claim.status);
  if (!claim.why.empty()) json.set("why", claim.why);
  if (!claim.run.empty()) json.set("run", claim.run.str());
  if (!claim.branch.empty()) json.set("branch", claim.branch);
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
  claim.beat = static_cast<int>(json.get_int("beat"));
  claim.status = json.get_string("status");
  claim.why = json.get_string("why");
  claim.branch = json.get_string("branch");
  if (json.has("run")) {
    GF_ASSIGN(claim.run, RunId::parse(json.get_string("run")));
  }
  return claim;
}

RefName Claims::ref_of(const std::string& slug) const {
  return RefName::known(kClaims + batch_ + "/" + slug);
}

Result<std::map<std::string, Claim>> Claims::fetch() const {
  std::string here = fmt::format("{}{}/claims/{}/", store::kTracking, remote_, batch_);
  GF_TRY(context_.git.fetch(remote_, {fmt::format("+{}{}/*:{}*", kClaims, batch_, here)},
                            {"--prune"}));
  std::map<std::string, Claim> claims;
  GF_ASSIGN(auto refs, context_.repo.refs(here));
  for (const auto& [ref, tip] : refs) {
    std::string slug = ref.str().substr(here.size());
    auto claim = claim_at(context_.repo, tip);
    if (!claim.ok()) return claim.error().because_of(fmt::format("read the claim of '{}'", slug));
    claims.emplace(std::move(slug), std::move(claim).value());
  }
  return claims;
}

Result<bool> Claims::put(const std::string& slug, Claim& claim) {
  GF_ASSIGN(bool put, put_once(slug, claim));
  if (put || claim.unsure.empty()) return put;
  GF_ASSIGN(auto there, fetch());
  auto found = there.find(slug);
  bool ours = found != there.end() && std::find(claim.unsure.begin(), claim.unsure.end(),
                                                found->second.tip) != claim.unsure.end();
  if (!ours) return false;
  claim.tip = found->second.tip;
  claim.unsure.clear();
  return put_once(slug, claim);
}

Result<bool> Claims::put_once(const std::string& slug, Claim& claim) {
  git::Repo& repo = context_.repo;
  GF_ASSIGN(auto blob, repo.write_blob(to_json(claim).pretty()));
  GF_ASSIGN(auto tree, repo.update_tree(Oid(), {{kClaimFile, blob, git::EntryKind::kBlob}}));
  GF_ASSIGN(auto who, repo.identity(context_.clock().now()));
  std::vector<Oid> parents;
  if (!claim.tip.is_zero()) parents.push_back(claim.tip);
  GF_ASSIGN(auto commit, repo.write_commit(tree, parents, who, who,
                                           fmt::format("factory: claim {}/{}\n", batch_, slug)));
  std::string ref = ref_of(slug).str();
  // A first claim stands on nothing, so an unforced push of it moves no ref that is there.
  auto answer = claim.tip.is_zero() ? context_.git.push(remote_, {commit.hex() + ":" + ref})
                                    : context_.git.push_following(remote_, claim.tip, commit, ref);
  if (!answer.ok()) claim.unsure.push_back(commit);
  GF_ASSIGN(auto pushed, std::move(answer));
  if (pushed.pushed) {
    claim.tip = commit;
    claim.unsure.clear();
  }
  if (pushed.pushed || pushed.rejected) return pushed.pushed;
  claim.unsure.push_back(commit);
  return Error{Fault::kUser,
               fmt::format("'{}' takes no claim: {}", remote_, printable(pushed.remote_text)),
               {},
               "a batch on more than one machine needs a remote that takes refs/factory/*"};
}

}  // namespace gf::batch

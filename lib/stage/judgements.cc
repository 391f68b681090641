// How judgements are made of findings, and what a stage may answer instead of doing its work.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "stage/parts.h"

namespace gf::stage {
namespace {

/// By the rules before there were owners: the run ended.
Judgement ended_for(const std::vector<std::string>& missing) {
  Judgement judgement =
      judged(Judgement::Kind::kStop, "the spec does not say: " + join(missing, "; "), missing);
  judgement.failure = record::FailureClass::kRefused;
  return judgement;
}

/// Older answers have a line of text, newer ones say what it is about and what shows it.
std::vector<Finding> missing_in(const record::Json& answer) {
  std::vector<Finding> all;
  for (const record::Json& item : answer.get("missing").items()) {
    Finding finding;
    finding.kind = FindingKind::kMissing;
    finding.text = item.is_object() ? item.get_string("what") : item.as_string().value_or("");
    finding.about = item.get_strings("about");
    std::string evidence = item.get_string("evidence");
    if (!finding.about.empty()) finding.text = join(finding.about, ", ") + ": " + finding.text;
    if (!evidence.empty()) finding.text += " (shown by: " + evidence + ")";
    all.push_back(std::move(finding));
  }
  return all;
}

std::vector<Claim> not_mine_in(const Input& in, const record::Json& answer) {
  std::vector<Claim> claims;
  if (in.feedback.empty()) return claims;  // there is nothing that could be somebody else's
  for (const record::Json& item : answer.get("not_mine").items()) {
    claims.push_back({static_cast<size_t>(std::max<int64_t>(0, item.get_int("finding"))),
                      owner_named(item.get_string("whose")), item.get_string("why")});
  }
  return claims;
}

}  // namespace

OwnerFacts owner_facts(const Input& in) { return {in.test_paths, in.changed, in.rules}; }

std::vector<Finding> findings_of(FindingKind kind, const std::vector<std::string>& lines) {
  std::vector<Finding> findings;
  for (const std::string& line : lines) findings.push_back(finding_of(kind, line));
  return findings;
}

Judgement sent_to_owners(const Input& in, std::string_view stage, std::string reason,
                         std::vector<Finding> findings) {
  OwnerFacts facts = owner_facts(in);
  Judgement judgement = judged(Judgement::Kind::kAgain, std::move(reason));
  std::optional<Owner> first;
  bool for_user = false;
  for (Finding& finding : findings) {
    finding.owner = owner_of(finding, stage, facts);
    for (Owner owner :
         {Owner::kPlan, Owner::kScout, Owner::kBuild, Owner::kTest, Owner::kReview, Owner::kUser}) {
      bool before = finding.kind == FindingKind::kCoverage && owner == Owner::kUser &&
                    in.rules < Rules::kMeasured;  // nobody could say that measuring is broken
      if (!before && may_mend(owner, finding, facts)) finding.menders.push_back(owner);
    }
    for_user = for_user || finding.owner == Owner::kUser;
    if (!first || finding.owner < *first) first = finding.owner;
    judgement.feedback.push_back(finding.text);
  }
  judgement.findings = std::move(findings);
  if (for_user) {
    judgement.kind = Judgement::Kind::kStop;
    judgement.failure = record::FailureClass::kConfiguration;
  } else if (first && name_of(*first) != stage) {
    judgement.kind = Judgement::Kind::kBack;
    judgement.back_to = std::string(name_of(*first));
  }
  return judgement;
}

std::optional<Judgement> objections(const Input& in, std::string_view stage, const Output& out) {
  std::vector<Finding> missing = missing_in(out.json);
  if (in.rules < Rules::kOwners) {
    if (missing.empty()) return std::nullopt;
    return ended_for(out.json.get_strings("missing"));
  }
  if (!missing.empty()) {
    std::string reason = "the spec does not say: " + missing.front().text;
    return sent_to_owners(in, stage, std::move(reason), std::move(missing));
  }
  std::vector<Claim> claims = not_mine_in(in, out.json);
  if (claims.empty()) return std::nullopt;
  Judgement judgement = judged(Judgement::Kind::kBack, {});
  for (const Claim& claim : claims) {
    judgement.feedback.push_back(fmt::format("finding {} is not {}'s but {}'s: {}", claim.finding,
                                             stage, name_of(claim.whose), claim.why));
  }
  judgement.reason = judgement.feedback.front();
  judgement.claims = std::move(claims);
  return judgement;
}

std::optional<Judgement> malformed(const Input& in, std::string_view stage, const Output& out) {
  if (out.schema_violations.empty()) return std::nullopt;
  std::string reason = "the answer does not have the asked form: " + out.schema_violations.front();
  if (in.rules < Rules::kOwners)
    return judged(Judgement::Kind::kAgain, std::move(reason), out.schema_violations);
  return sent_to_owners(in, stage, std::move(reason),
                        findings_of(FindingKind::kForm, out.schema_violations));
}

}  // namespace gf::stage

// Reading a run's folder and asking whether its parts agree with each other.
#include "verify/evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::verify {
namespace {

constexpr size_t kMaxEvidence = 16u << 20;

Refusal no(Reason reason, std::string text, std::string hint) {
  return {State::kNo, reason, std::move(text), std::move(hint)};
}

Refusal unreadable(const std::string& what, const Error& error) {
  return {State::kUnsure, Reason::kUnreadable, fmt::format("{}: {}", what, error.message),
          error.hint.empty() ? "fetch the record again with 'git fetch'" : error.hint};
}

constexpr const char* kFetchHint =
    "fetch the record ('git factory init' once, then 'git fetch'), or push it together with the "
    "branch";

/// The number in "stage-07-review.json" orders them, and so do the names.
std::vector<std::string> stage_files(const std::map<std::string, Oid>& files,
                                     const std::string& stage) {
  std::vector<std::string> names;
  for (const auto& [name, id] : files) {
    if (name.starts_with("stage-") && name.ends_with("-" + stage + ".json")) names.push_back(name);
  }
  return names;
}

Result<record::Json> json_of(const git::Repo& repo, const Oid& blob) {
  GF_ASSIGN(auto text, repo.read_blob(blob, kMaxEvidence));
  return record::Json::parse(text);
}

Result<record::StageRecord> stage_of(const git::Repo& repo, const Oid& blob) {
  GF_ASSIGN(auto json, json_of(repo, blob));
  return record::stage_from_json(json);
}

std::string model_of(const record::StageRecord& stage) {
  return stage.provider.empty() ? stage.model_answered
                                : stage.provider + "/" + stage.model_answered;
}

std::optional<Refusal> names_agree(const RunId& id, const Approval& approval) {
  const record::Verdict& verdict = approval.verdict;
  if (verdict.run != id) {
    return no(Reason::kWrongRun,
              fmt::format("the verdict kept for {} is about {}", id.str(), verdict.run.str()),
              "somebody changed the record; fetch it from a place you trust");
  }
  if (approval.run.id != id) {
    return no(Reason::kWrongRun,
              fmt::format("the record kept for {} is of {}", id.str(), approval.run.id.str()),
              "somebody changed the record; fetch it from a place you trust");
  }
  if (!verdict.approved) {
    std::string why = verdict.reasons.empty() ? "" : ": " + clipped(verdict.reasons.front(), 200);
    return no(Reason::kRejected, fmt::format("the review of {} rejected it{}", id.str(), why),
              "see 'git factory show " + id.id8() + "'");
  }
  auto spec = approval.files.find("spec.json");
  if (spec == approval.files.end() || spec->second != verdict.spec) {
    return no(Reason::kWrongSpec,
              fmt::format("the verdict is about spec {}, the run's is {}", verdict.spec.short_hex(),
                          spec == approval.files.end() ? "missing" : spec->second.short_hex()),
              "the spec was changed after the review; run the feature again");
  }
  if (verdict.base != approval.run.base) {
    return no(Reason::kWrongBase,
              fmt::format("the verdict is about base {}, the run's is {}", verdict.base.short_hex(),
                          approval.run.base.short_hex()),
              "somebody changed the record; fetch it from a place you trust");
  }
  bool other_tree = !approval.run.tree.is_zero() && approval.run.tree != verdict.tree;
  if (other_tree || verdict.tree.is_zero()) {
    return no(Reason::kConflictingRecords,
              fmt::format("the verdict approves tree {}, the run delivered {}",
                          verdict.tree.short_hex(), approval.run.tree.short_hex()),
              "somebody changed the record; fetch it from a place you trust");
  }
  if (approval.run.status == record::RunStatus::kRejected) {
    return no(Reason::kConflictingRecords, "the verdict approves and the run ended as rejected",
              "somebody changed the record; fetch it from a place you trust");
  }
  return std::nullopt;
}

/// A verdict is a stage's result: that stage has to say the same, and who answered decides who
/// reviewed.
Result<std::optional<Refusal>> judge_stages(const git::Repo& repo, Approval& approval) {
  const record::Verdict& verdict = approval.verdict;
  std::vector<std::string> reviews = stage_files(approval.files, "review");
  if (reviews.empty()) {
    return std::optional(no(Reason::kNoVerdict, "there is a verdict but no review was recorded",
                            "somebody changed the record; fetch it from a place you trust"));
  }
  GF_ASSIGN(auto review, stage_of(repo, approval.files.at(reviews.back())));
  if (review.status != record::StageStatus::kPass) {
    return std::optional(no(Reason::kConflictingRecords,
                            fmt::format("the verdict approves tree {}, the last review did not "
                                        "pass tree {}",
                                        verdict.tree.short_hex(), review.tree_in.short_hex()),
                            "somebody changed the record; fetch it from a place you trust"));
  }
  if (review.tree_in != verdict.tree) {
    GF_ASSIGN(auto refused, judge_move(repo, approval, review.tree_in));
    if (refused) return refused;
  }
  if (model_of(review) != verdict.reviewer) {
    return std::optional(
        no(Reason::kConflictingRecords,
           fmt::format("the verdict names the reviewer '{}', the review was answered by '{}'",
                       verdict.reviewer, model_of(review)),
           "somebody changed the record; fetch it from a place you trust"));
  }
  approval.same_model = verdict.same_model_as_builder;
  for (const std::string& name : stage_files(approval.files, "build")) {
    GF_ASSIGN(auto build, stage_of(repo, approval.files.at(name)));
    if (model_of(build) == verdict.reviewer) approval.same_model = true;
  }
  for (const auto& [stage, models] : approval.run.models) {
    if (models != approval.run.models.begin()->second || models.find(',') != std::string::npos)
      approval.had_a_choice = true;
  }
  return std::optional<Refusal>();
}

}  // namespace

Result<const Judged*> Records::of(const RunId& run) {
  auto found = known_.find(run);
  if (found == known_.end()) {
    auto judged = [&]() -> Result<Judged> {
      GF_ASSIGN(auto places, places_of(run));
      return read(run, places);
    }();
    // Not being able to read one run's record is an answer about that run, not about the others.
    if (!judged.ok()) judged = Judged(unreadable("the record of " + run.str(), judged.error()));
    found = known_.emplace(run, std::move(judged).value()).first;
  }
  return &found->second;
}

Result<const std::vector<Judged>*> Records::before(const RunId& run) {
  auto found = before_.find(run);
  if (found != before_.end()) return &found->second;
  std::vector<Judged> all;
  GF_ASSIGN(auto places, places_of(run));
  while (!places.empty() && places.front().answers > 0) {
    GF_ASSIGN(places, places_of(run, places.front().answers));
    if (places.empty()) break;
    auto judged = read(run, places);
    if (judged.ok()) all.push_back(std::move(judged).value());
  }
  return &before_.emplace(run, std::move(all)).first->second;
}

Result<Judged> Records::read(const RunId& id, const std::vector<Place>& places) {
  if (places.empty()) {
    return Judged(
        no(Reason::kNoRecord, fmt::format("there is no record of {} here", id.str()), kFetchHint));
  }
  Approval approval;
  approval.where = places.front().ref;
  GF_ASSIGN(auto entries, repo_.read_tree(places.front().folder));
  for (const git::TreeEntry& entry : entries) {
    if (entry.kind == git::EntryKind::kBlob) approval.files.emplace(entry.name, entry.id);
  }
  for (const Place& place : places) {
    GF_ASSIGN(auto others, repo_.read_tree(place.folder));
    for (const git::TreeEntry& other : others) {
      auto ours = approval.files.find(other.name);
      bool decides = other.name == "review.json" || other.name == "spec.json" ||
                     other.name == "review.sig" || other.name.starts_with("gate-");
      bool differs = decides && ours != approval.files.end() && ours->second != other.id;
      if (!differs && !other.name.starts_with("conflict-")) continue;
      return Judged(no(Reason::kConflictingRecords,
                       fmt::format("{} and {} disagree about {} of {}", places.front().ref,
                                   place.ref, other.name, id.str()),
                       "one of them was forged or broken; see both with 'git show <ref>:<path>'"));
    }
  }
  auto verdict = approval.files.find("review.json");
  if (verdict == approval.files.end()) {
    return Judged(no(Reason::kNoVerdict, fmt::format("{} was never reviewed", id.str()),
                     "see 'git factory show " + id.id8() + "'"));
  }
  auto run = approval.files.find("run.json");
  if (run == approval.files.end()) {
    return Judged(no(Reason::kNoRecord, fmt::format("the record of {} has no run.json", id.str()),
                     kFetchHint));
  }
  approval.verdict_blob = verdict->second;
  GF_ASSIGN(auto run_json, json_of(repo_, run->second));
  GF_ASSIGN(approval.run, record::run_from_json(run_json));
  GF_ASSIGN(auto verdict_json, json_of(repo_, verdict->second));
  GF_ASSIGN(approval.verdict, record::verdict_from_json(verdict_json));
  if (auto refusal = names_agree(id, approval)) return Judged(*refusal);
  GF_ASSIGN(auto of_stages, judge_stages(repo_, approval));
  if (of_stages) return Judged(*of_stages);
  GF_ASSIGN(auto of_gates, judge_gates(repo_, approval));
  if (of_gates) return Judged(*of_gates);
  return Judged(std::move(approval));
}

}  // namespace gf::verify

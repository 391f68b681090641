// What a run delivered, said in the words of in-toto and SLSA, for programs that know nothing of
// git-factory. Fields: https://in-toto.io/Statement/v1, https://slsa.dev/provenance/v1.
#include <fmt/format.h>

#include "base/text.h"
#include "record/gate.h"
#include "verify/evidence.h"

namespace gf::verify {
namespace {

using record::Json;

constexpr const char* kBuildType = "urn:git-factory:run:v1";
constexpr const char* kBuilder = "urn:git-factory";
constexpr size_t kMaxAttested = 64u << 20;

Json digest(const char* kind, const Oid& id) { return Json::object({{kind, id.hex()}}); }

/// The record's files, each by its blob; a gate with what it said.
Result<Json> byproducts(const git::Repo& repo, const Approval& approval) {
  Json all = Json::array();
  for (const auto& [name, blob] : approval.files) {
    bool gate = name.starts_with("gate-");
    bool attested = gate || name.starts_with("review.") || name == "spec.json" ||
                    name == "run.json" || name == "metrics.json";
    if (!attested) continue;
    Json one = Json::object({{"name", name}, {"digest", digest("gitBlob", blob)}});
    if (gate) {
      GF_ASSIGN(auto text, repo.read_blob(blob, kMaxAttested));
      GF_ASSIGN(auto json, Json::parse(text));
      one.set("annotations", Json::object({{"gate", json.get_string("gate")},
                                           {"status", json.get_string("status")},
                                           {"gitTree", json.get_string("tree")},
                                           {"toolVersion", json.get_string("tool_version")}}));
    }
    all.push(std::move(one));
  }
  return all;
}

Json strings_of(const std::map<std::string, std::string>& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map) json.set(key, value);
  return json;
}

}  // namespace

Result<Json> attestation(const git::Repo& repo, const RunId& id, const std::string& uri) {
  std::vector<Question> nothing;
  Records records(repo, nothing);
  GF_ASSIGN(const Judged* judged, records.of(id));
  if (const auto* refusal = std::get_if<Refusal>(judged)) {
    return Error{
        Fault::kUser, fmt::format("nothing to attest: {}", refusal->text), {}, refusal->hint};
  }
  const auto& approval = std::get<Approval>(*judged);
  const record::RunRecord& run = approval.run;
  const record::Verdict& verdict = approval.verdict;
  if (run.head.is_zero()) {
    return Error{Fault::kUser,
                 fmt::format("{} delivered nothing", id.str()),
                 {},
                 "see 'git factory show " + id.id8() + "'"};
  }
  auto located = [&uri](Json json) {
    if (!uri.empty()) json.set("uri", uri);
    return json;
  };
  Json subjects = Json::array();
  subjects.push(located(Json::object({{"name", run.branch.empty() ? "commit" : run.branch},
                                      {"digest", digest("gitCommit", run.head)}})));
  subjects.push(
      located(Json::object({{"name", "tree"}, {"digest", digest("gitTree", verdict.tree)}})));
  Json dependencies = Json::array();
  dependencies.push(located(
      Json::object({{"name", run.base_name}, {"digest", digest("gitCommit", verdict.base)}})));
  auto spec = approval.files.find("spec.json");
  Json definition = Json::object(
      {{"buildType", kBuildType},
       {"externalParameters",
        Json::object({{"request", run.request}, {"base", run.base_name}, {"slug", run.slug}})},
       {"internalParameters",
        Json::object({{"models", strings_of(run.models)},
                      {"policy", strings_of(run.policy)},
                      {"reviewer", verdict.reviewer},
                      {"patchId", verdict.patch_id},
                      {"spec", spec == approval.files.end() ? "" : spec->second.hex()}})},
       {"resolvedDependencies", dependencies}});
  GF_ASSIGN(auto files, byproducts(repo, approval));
  Json metadata = Json::object({{"invocationId", id.str()}, {"startedOn", iso8601(run.started)}});
  if (run.ended != Timestamp{}) metadata.set("finishedOn", iso8601(run.ended));
  Json details = Json::object(
      {{"builder", Json::object({{"id", kBuilder},
                                 {"version", Json::object({{"git-factory", run.tool_version}})}})},
       {"metadata", metadata},
       {"byproducts", files}});
  return Json::object(
      {{"_type", "https://in-toto.io/Statement/v1"},
       {"subject", subjects},
       {"predicateType", "https://slsa.dev/provenance/v1"},
       {"predicate", Json::object({{"buildDefinition", definition}, {"runDetails", details}})}});
}

}  // namespace gf::verify

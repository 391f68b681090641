#include "record/spec.h"

#include <array>

#include "record/reader.h"

namespace gf::record {
namespace {

constexpr std::array<std::string_view, 12> kMembers = {"v",
                                                       "title",
                                                       "intent",
                                                       "request",
                                                       "touchpoints",
                                                       "introduces",
                                                       "acceptance_criteria",
                                                       "constraints",
                                                       "out_of_scope",
                                                       "assumptions",
                                                       "changelog",
                                                       ""};

Json to_json(const Criterion& criterion) {
  Json then = Json::array();
  for (const Observation& seen : criterion.then) {
    then.push(Json::object(
        {{"observable", seen.observable}, {"op", seen.op}, {"expected", seen.expected}}));
  }
  return Json::object({{"id", criterion.id},
                       {"kind", criterion.kind},
                       {"given", criterion.given},
                       {"when", criterion.when},
                       {"then", then},
                       {"source", criterion.source},
                       {"authorises", Json::strings(criterion.authorises)}});
}

Result<Criterion> criterion_from_json(const Json& json) {
  Reader in(json, "criterion", Spec::kVersion);
  Criterion criterion;
  criterion.id = in.text("id");
  criterion.kind = in.text("kind");
  criterion.given = in.text("given");
  criterion.when = in.text("when");
  for (const Json& item : in.list("then")) {
    Reader seen(item, "then", Spec::kVersion);
    criterion.then.push_back({seen.text("observable"), seen.text("op"), item.get("expected")});
    GF_TRY(seen.done());
  }
  criterion.source = in.text("source");
  criterion.authorises = in.strings("authorises");
  GF_TRY(in.done());
  return criterion;
}

}  // namespace

Json to_json(const Spec& spec) {
  Json json = spec.unknown.is_object() ? spec.unknown : Json::object();
  Json criteria = Json::array(), assumptions = Json::array();
  for (const Criterion& criterion : spec.acceptance_criteria) criteria.push(to_json(criterion));
  for (const Assumption& assumption : spec.assumptions) {
    assumptions.push(Json::object({{"id", assumption.id}, {"text", assumption.text}}));
  }
  json.set("v", spec.v);
  json.set("title", spec.title);
  json.set("intent", spec.intent);
  json.set("request", spec.request);
  json.set("touchpoints", Json::strings(spec.touchpoints));
  json.set("introduces", Json::strings(spec.introduces));
  json.set("acceptance_criteria", criteria);
  json.set("constraints", Json::strings(spec.constraints));
  json.set("out_of_scope", Json::strings(spec.out_of_scope));
  json.set("assumptions", assumptions);
  json.set("changelog",
           Json::object({{"section", spec.changelog.section}, {"entry", spec.changelog.entry}}));
  return json;
}

Result<Spec> spec_from_json(const Json& json) {
  Reader in(json, "spec", Spec::kVersion);
  GF_TRY(in.done());
  Spec spec;
  spec.v = static_cast<int>(json.get_int("v", 1));
  spec.title = in.text("title");
  spec.intent = in.text("intent");
  spec.request = in.text("request");
  spec.touchpoints = in.strings("touchpoints");
  spec.introduces = in.strings("introduces");
  for (const Json& item : in.list("acceptance_criteria")) {
    GF_ASSIGN(auto criterion, criterion_from_json(item));
    spec.acceptance_criteria.push_back(std::move(criterion));
  }
  spec.constraints = in.strings("constraints");
  spec.out_of_scope = in.strings("out_of_scope");
  for (const Json& item : in.list("assumptions")) {
    Reader assumption(item, "assumption", Spec::kVersion);
    spec.assumptions.push_back({assumption.text("id"), assumption.text("text")});
    GF_TRY(assumption.done());
  }
  Json changelog = in.object("changelog");
  spec.changelog.section = changelog.get_string("section");
  spec.changelog.entry = changelog.get_string("entry");
  GF_TRY(in.done());
  spec.unknown = json;
  for (std::string_view member : kMembers) spec.unknown.erase(member);
  return spec;
}

}  // namespace gf::record

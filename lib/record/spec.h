// The spec: what a request was compiled to. Format: man/git-factory-spec.5, DESIGN 3.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "record/json.h"

namespace gf::record {

/// One thing that can be seen from outside: `status` `equals` `404`.
struct Observation {
  std::string observable;  ///< legal ones depend on the criterion's kind
  std::string op;          ///< equals, contains, matches, absent, ...
  Json expected;
};

struct Criterion {
  std::string id;    ///< "AC2"
  std::string kind;  ///< http, cli, call, raise, state, log, doc, keep
  std::string given;
  std::string when;  ///< exactly one action
  std::vector<Observation> then;
  std::string source;                   ///< the words of the request, or an assumption's id
  std::vector<std::string> authorises;  ///< existing tests it may change
};

struct Assumption {
  std::string id;  ///< "A1"
  std::string text;
};

struct Spec {
  static constexpr int kVersion = 1;
  int v = kVersion;
  std::string title;
  std::string intent;
  std::string request;  ///< verbatim
  std::vector<std::string> touchpoints;
  std::vector<std::string> introduces;
  std::vector<Criterion> acceptance_criteria;
  std::vector<std::string> constraints;
  std::vector<std::string> out_of_scope;
  std::vector<Assumption> assumptions;
  struct {
    std::string section;  ///< "Added", "Fixed", ...
    std::string entry;    ///< one line
  } changelog;
  Json unknown;  ///< members this version does not know, kept as they were
};

Json to_json(const Spec& spec);
/// Reads any version up to ours; a newer one, or a member of a wrong type, is an Error that names
/// it.
Result<Spec> spec_from_json(const Json& json);
/// The spec as people read it: headings, one table row an observation. Deterministic.
std::string to_markdown(const Spec& spec);

}  // namespace gf::record

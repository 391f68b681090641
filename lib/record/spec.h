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
  Json expected;           ///< of any type; null where the operation compares with nothing
};

/// What has to hold of the finished work, in a form that a test can show.
struct Criterion {
  std::string id;                       ///< "AC2"; tests carry it
  std::string kind;                     ///< http, cli, call, raise, state, log, doc, keep
  std::string given;                    ///< what holds before; empty: nothing in particular
  std::string when;                     ///< exactly one action
  std::vector<Observation> then;        ///< all of them have to be seen
  std::string source;                   ///< the words of the request, or an assumption's id
  std::vector<std::string> authorises;  ///< existing tests it may change; usually none
};

/// What PLAN took for granted where the request leaves it open.
struct Assumption {
  std::string id;    ///< "A1"
  std::string text;  ///< one sentence
};

/// What the change's line in the changelog says. Empty: there will be none.
struct ChangelogEntry {
  std::string section;  ///< "Added", "Fixed", ...
  std::string entry;    ///< one line
};

/// spec.json. Its blob id is what a verdict approves, so it is never written anew once kept. A list
/// that is empty says that there are none.
struct Spec {
  static constexpr int kVersion = 1;
  int v = kVersion;                            ///< of the format it was written in
  std::string title;                           ///< one line, imperative
  std::string intent;                          ///< what it is good for, a few sentences
  std::string request;                         ///< verbatim
  std::vector<std::string> touchpoints;        ///< existing paths that will change
  std::vector<std::string> introduces;         ///< paths that will be new
  std::vector<Criterion> acceptance_criteria;  ///< in order of their ids
  std::vector<std::string> constraints;        ///< what must hold all along
  std::vector<std::string> out_of_scope;       ///< what is not asked for
  std::vector<Assumption> assumptions;         ///< in order of their ids
  ChangelogEntry changelog;
  Json unknown;  ///< members this version does not know, kept as they were; else null or {}
};

Json to_json(const Spec& spec);
/// Reads any version up to ours; a newer one, or a member of a wrong type, is an Error that names
/// it.
Result<Spec> spec_from_json(const Json& json);
/// The spec as people read it: headings, one table row an observation. Deterministic.
std::string to_markdown(const Spec& spec);

}  // namespace gf::record

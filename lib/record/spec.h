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
  Json expected;           ///< of any type; null where the operator compares with nothing
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
  /// Asks for nothing new: what it describes is so today and has to stay. Kind `keep` says the
  /// same.
  bool unchanged = false;
  /// Rows of a table, each an object: "<name>" in given, when and expected stands for its member
  /// `name`. All rows have the same members. None: the criterion is said once.
  std::vector<Json> cases = {};
};

/// Does it ask only that something stays?
[[nodiscard]] inline bool keeps(const Criterion& criterion) {
  return criterion.unchanged || criterion.kind == "keep";
}
/// The criterion once for each of its cases, with the case's values in the place of "<name>";
/// itself when it has none. An `expected` that is "<name>" alone becomes the value with its type.
std::vector<Criterion> each_case(const Criterion& criterion);

/// What PLAN took for granted where the request leaves it open.
struct Assumption {
  std::string id;           ///< "A1"
  std::string text;         ///< one sentence
  std::string source = {};  ///< who says so, "answered by Ada"; empty: PLAN itself
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
  std::vector<std::string> touchpoints;        ///< existing paths that will change: T1, T2, ...
  std::vector<std::string> introduces;         ///< paths, routes, names that will be new
  std::vector<Criterion> acceptance_criteria;  ///< in order of their ids
  std::vector<std::string> constraints;        ///< what must hold all along: C1, C2, ...
  std::vector<std::string> out_of_scope;       ///< what is not asked for: O1, O2, ...
  std::vector<Assumption> assumptions;         ///< in order of their ids
  ChangelogEntry changelog;
  Json unknown;  ///< members this version does not know, kept as they were; else null or {}
};

/// The lists whose items bind and are judged by number. What an item is called follows from its
/// place, so that it needs no member of its own and old specs have the same names: "C2" is the
/// second constraint, "T1" the first touchpoint, "O1" the first thing out of scope.
enum class Listed : char { kConstraint = 'C', kTouchpoint = 'T', kOutOfScope = 'O' };
/// `index` counts from 0.
std::string id_of(Listed list, size_t index);

Json to_json(const Spec& spec);
/// Reads any version up to ours; a newer one, or a member of a wrong type, is an Error that names
/// it.
Result<Spec> spec_from_json(const Json& json);
/// The spec for a forge: Markdown that shows every text as it was written, whatever is in it.
/// Deterministic, as the next.
std::string to_markdown(const Spec& spec);
/// Text in Markdown that shows the same: nothing in it becomes structure, mentions or links
/// anybody. Of several lines each is shown on its own; `lead` begins every one but the first.
std::string in_markdown(std::string_view text, std::string_view lead = "");
/// The same for models and terminals: no character is escaped, so what is read is what is meant.
/// Not safe to be rendered as Markdown; lines of a text are indented below its own.
std::string to_plain_text(const Spec& spec);

}  // namespace gf::record

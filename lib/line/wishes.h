// What a run was asked to do beside its request, and how its record keeps that.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "line/course.h"
#include "record/run.h"
#include "record/spec.h"
#include "session/config.h"

namespace gf::line {

/// Whether a person says yes to the spec before anything is built.
enum class Approval { kNotWanted, kWanted, kGiven };

/// Wishes of the command line. Kept in RunRecord::policy as texts, so that readers of the record
/// show them without knowing what they mean; a run that goes on, or is replayed, reads them back.
struct Wishes {
  bool plan_only = false;
  bool no_pr = false;
  bool draft = false;
  Approval approval = Approval::kNotWanted;
  /// Start from this one instead of asking for it. The record keeps that one was given; the spec
  /// itself is the record's.
  std::optional<record::Spec> spec;
  std::string issue;                  ///< the address of the issue that asks for it; may be empty
  std::string batch;                  ///< runs of one name are counted together; empty: of none
  session::Config::Settings options;  ///< given as options; they beat all configuration
  Rules rules = kNewestRules;         ///< by which the run goes to its end
  /// The tags that tell what is released in the changelog, as the run found them; nothing: it has
  /// not looked yet.
  std::optional<std::vector<std::string>> changelog_tags;
};

/// Writes all but the spec itself into the run's policy; what else is there stays.
void keep(const Wishes& wishes, record::RunRecord& run);
/// Reads them back. A record that names no rules has the first ones. `spec` is left empty.
Wishes wishes_of(const record::RunRecord& run);
/// Where the run began: its base, or the one it had before its change was put onto a newer one.
Oid first_base(const record::RunRecord& run);
/// The tip of the base's branch that was seen at delivery, where it had moved; nothing else.
std::optional<Oid> moved_base(const record::RunRecord& run);
/// The tip was seen; run.base stays what it is.
void keep_moved_base(record::RunRecord& run, const Oid& tip);
/// The change was put there: `base` and `tree` are the run's base from now on.
void keep_new_base(record::RunRecord& run, const Oid& base, const Oid& tree);

/// Gates that the run goes without, and why, by name: detected ones that did not work on the base.
std::map<std::string, std::string> gates_left_out(const record::RunRecord& run);
void keep_gates_left_out(record::RunRecord& run, const std::map<std::string, std::string>& gates);

/// Was a spec given? Then it is taken from the record, and no model is asked for one.
bool spec_was_given(const record::RunRecord& run);

}  // namespace gf::line

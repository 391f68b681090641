// Everything a run needs, looked at one by one, with what to do about each. Page:
// git-factory-doctor(1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/json.h"
#include "session/context.h"

namespace gf::doctor {

enum class Health {
  kGood,
  kNote,  ///< runs work; something could be better, or is as it is on purpose
  kBad,   ///< no run comes through like this
};
std::string_view name_of(Health health);

struct Check {
  std::string name;  ///< "git", "repository", "gate ruff"; the same in every version
  Health health = Health::kGood;
  std::string text;  ///< what was found, one line
  std::string hint;  ///< what to do; empty where there is nothing to do
};
record::Json to_json(const Check& check);

struct Wish {
  bool offline = false;  ///< ask no remote and no model
  bool gates = true;     ///< run the gates on the base; as long as they take
};

/// Always has an answer, also where there is no repository or one that cannot be read. Runs `git`,
/// asks tools their version, runs the gates on the base as a run does before its first question
/// (line/trial.h; `offline` as with factory.install=offline), and unless `offline` asks the remote
/// and the configured models whether they are there (no tokens are spent). Runs nothing that an
/// untrusted .gitfactory names. What is under way is told to `setup.sink`.
std::vector<Check> examine(const session::Setup& setup, const Wish& wish);

}  // namespace gf::doctor

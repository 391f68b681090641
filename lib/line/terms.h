// The terms of a run, for people: who answers, what it may spend, where its record goes.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "line/assignment.h"

namespace gf::line {

struct Terms {
  std::string models;  ///< "a/b", or "plan, build a/b; review c/d"; empty: nobody is asked
  std::string budget;  ///< "$1.00, 40 calls"; empty: no cap of the run's own
  std::string record;  ///< "full to origin", "stays here"

  /// "a/b  budget $1.00  record full to origin"
  [[nodiscard]] std::string text() const;
};

/// `models`: by stage, as Dialogue::configured() has them. An Error names a cap that is no number.
Result<Terms> terms_of(const Assignment& assignment,
                       const std::map<std::string, std::string>& models);

}  // namespace gf::line

// Which commits a push brings in. For this room's .cc files.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "verify/verify.h"

namespace gf::verify {

/// The commits that the questions bring in and `target` does not reach: parents before children.
struct Incoming {
  std::vector<Oid> order;
  std::map<Oid, std::vector<Oid>> parents;  ///< as far as they are incoming too, or known

  /// Those that reach `tip` and not `old_tip`, in `order`.
  [[nodiscard]] std::vector<Oid> between(const Oid& old_tip, const Oid& tip) const;

 private:
  [[nodiscard]] std::set<size_t> reached_from(const Oid& tip) const;
  friend Result<Incoming> incoming(const git::Program&, const std::vector<Oid>&, const Oid&);
  std::map<Oid, size_t> place_;
};

/// One git process, whatever the number of tips. Grafts and replaced objects are not followed.
Result<Incoming> incoming(const git::Program& git, const std::vector<Oid>& tips, const Oid& target);

}  // namespace gf::verify

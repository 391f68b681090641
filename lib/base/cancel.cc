#include "base/cancel.h"

namespace gf {

Result<void> Cancel::check() const {
  if (requested()) return Error{Fault::kCancelled, "stopped on request", {}, {}};
  return Done{};
}

}  // namespace gf

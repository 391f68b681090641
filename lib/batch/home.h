// What jobs on other machines made, fetched from the remote that they sent it to.
#pragma once

#include <string>

#include "batch/orders.h"
#include "batch/report.h"
#include "session/context.h"

namespace gf::batch {

/// Fetches the record and the delivered branches from `remote` (into refs/factory/fetched/), makes
/// the rows from them, and tries the merges. What the remote no longer has is told in
/// `report.unknown`. An Error: the record could not be fetched or read.
Result<void> bring_home(session::Context& context, const Orders& orders, const std::string& remote,
                        Report& report);

}  // namespace gf::batch

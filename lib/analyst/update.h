// Bringing the index up to date with the ledger. For this room's .cc files.
#pragma once

#include <string>

#include "analyst/index.h"
#include "store/ledger.h"

namespace gf::analyst {

/// `git_dir` is where the repository's objects are.
Result<Index::Changes> update(db::Database& database, store::Ledger& ledger,
                              const std::string& git_dir, const Index::Options& options);

}  // namespace gf::analyst

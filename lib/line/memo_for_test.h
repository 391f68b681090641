// What TEST is told of SCOUT's memo.
#pragma once

#include "line/entitlement.h"

namespace gf::line {

/// The memo without what it tells of code, and with what TEST may do with the files of tests that
/// it names: by test_scope(), which judges what TEST writes. Its tests go into new files: a file
/// that it may not change is left out of those that tests belong to, and said to be none where the
/// memo's words name it. Where none is left, one beside the first of them is named.
stage::Brief memo_for_test(const Showing& showing, stage::Brief brief);

}  // namespace gf::line

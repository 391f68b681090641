// Where a value parts from its schema, at the deepest place and in words that help to mend it. For
// this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "record/json.h"

namespace gf::record {

/// The keywords that our schemas use: type, enum, const, properties, required,
/// additionalProperties, items, minItems, maxItems, minLength, minimum, maximum. Others are not
/// looked at, so this may find nothing in a value that is not valid.
std::vector<std::string> places_that_differ(const Json& schema, const Json& value);

}  // namespace gf::record

// Does a JSON value have the shape a JSON Schema (draft 7) asks for?
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "record/json.h"

namespace gf::record {

/// One line per violation, each with the JSON pointer of the value ("/acceptance_criteria/0/then:
/// ..."); empty when `value` is valid. At most 20. Fails only when `schema` itself is no schema.
Result<std::vector<std::string>> schema_violations(const Json& schema, const Json& value);

}  // namespace gf::record

// Does a JSON value have the shape a JSON Schema (draft 7) asks for?
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "record/json.h"

namespace gf::record {

/// One line for each thing that is wrong, all of them at once: the JSON pointer of the deepest
/// place, what stood there, and what is allowed:
///   /spec/acceptance_criteria/0/then/1/op: is "equal"; did you mean "equals"? allowed: "equals",
///   ... /spec/titel: no such member; did you mean 'title'? /spec/intent: is missing (string: What
///   and why.)
/// Empty when `value` is valid. At most 20, the last of which says how many were left out. Fails
/// only when `schema` itself is no schema.
Result<std::vector<std::string>> schema_violations(const Json& schema, const Json& value);

/// `value` with a list of one where the schema asks for a list of strings and a single string
/// stands: a slip of models that changes no meaning. What is no schema changes nothing.
Json with_lists(const Json& schema, const Json& value);

}  // namespace gf::record

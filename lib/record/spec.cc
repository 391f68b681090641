// The spec as JSON.
#include "record/spec.h"

#include "record/described_json.h"

namespace gf::record {

Json to_json(const Spec& spec) { return written(spec); }
Result<Spec> spec_from_json(const Json& json) { return read_record<Spec>(json); }

}  // namespace gf::record

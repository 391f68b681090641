// Records without the secrets in their text.
#pragma once

#include "record/json.h"
#include "record/redact.h"

namespace gf::record {

struct RunRecord;

/// The text values of `json` without secrets, its shape untouched: what every record goes through
/// before it is an object. A value beside a telling key is judged with the key. Doing it twice
/// changes nothing.
Json redacted(const Json& json, const Redactor& redactor);

/// The run with every text in it redacted, whatever member holds it: for what is made of a run's
/// members and not of its JSON, as a commit's message is.
RunRecord redacted(RunRecord run, const Redactor& redactor);

}  // namespace gf::record

// Refs of the record: they only grow. For this room's .cc files.
#pragma once

#include "verify/verify.h"

namespace gf::verify {

/// A finding about the ref itself and no commit on it.
Finding about_ref(const Question& question, State state, Reason reason, std::string text,
                  std::string hint = {});

/// Refs that hold records and no code of the repository's own.
bool is_record_ref(const std::string& ref);

/// The answer for one such ref: nothing that was recorded may be lost or changed.
Result<Finding> judge_record_ref(const git::Repo& repo, const Question& question);

}  // namespace gf::verify

// The request that an issue is, and the questions that go back into it. Pure.
#pragma once

#include <string>
#include <vector>

#include "forge/forge.h"
#include "line/rework.h"

namespace gf::intake {

/// What people see of a Markdown text: without HTML comments and invisible characters, with the
/// line ends and the encoding of a request.
std::string as_seen(const std::string& text);

/// Title and description; then, where `said` has questions of ours, what trusted people have
/// answered since. As the record would keep it but for secrets.
std::string request_of(const forge::Issue& issue, const std::vector<forge::Said>& said,
                       const line::Trust& trust);

/// The comment with what a run asks, numbered, with what was proposed; the same questions are the
/// same text.
std::string questions_comment(const std::vector<std::string>& questions,
                              const std::vector<std::string>& likeliest);

}  // namespace gf::intake

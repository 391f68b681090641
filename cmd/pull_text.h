// A pull request as `pr` and `show` print it. Not yet safe for a terminal.
#pragma once

#include <string>
#include <vector>

#include "forge/landed.h"
#include "record/json.h"

namespace gf::cmd {

/// A request and what became of it.
struct SeenPull {
  forge::PullRequest request;
  forge::Standing standing;
};

/// All of it: what it asks for, its comments, the text for mail.
std::string pull_text(const SeenPull& pull);
/// A line each, aligned; "#3  merged  title  branch  2026-11-21".
std::string pull_lines(const std::vector<SeenPull>& pulls);
/// The request's document (git-factory-record(5)) with "state" as it is now, "why" and "tip".
record::Json pull_json(const SeenPull& pull);

}  // namespace gf::cmd

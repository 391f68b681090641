// A pull request as `pr` and `show` print it, safe for a terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forge/landed.h"
#include "markdown.h"
#include "record/json.h"

namespace gf::cmd {

/// A request and what became of it.
struct SeenPull {
  forge::PullRequest request;
  forge::Standing standing;
};

/// All of it: what it asks for, its comments, the text for mail. Body and comments are Markdown,
/// which stays as it is where nobody looks (`look` is nothing).
std::string pull_text(const SeenPull& pull, const std::optional<Look>& look);
/// A line each, aligned; "#3  merged  title  branch  2026-11-21".
std::string pull_lines(const std::vector<SeenPull>& pulls);
/// The request's document (git-factory-record(5)) with "state" as it is now, "why" and "tip".
record::Json pull_json(const SeenPull& pull);

}  // namespace gf::cmd

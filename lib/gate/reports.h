// Readers of what tools print. For this room's .cc files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/gate.h"

namespace gf::gate {

/// Takes out of a message what differs between machines and days: folders, addresses, durations.
class Scrubber {
 public:
  Scrubber(std::string worktree, std::string scratch, std::string python_prefix);
  [[nodiscard]] std::string operator()(std::string_view text) const;
  /// A path as the tree names it.
  [[nodiscard]] std::string path(std::string_view path) const;
  /// Names one more folder of this machine.
  void also(const std::string& folder, const std::string& with);
  [[nodiscard]] const std::string& worktree() const { return worktree_; }

 private:
  std::vector<std::pair<std::string, std::string>> replacements_;
  std::string worktree_;
};

// Each fills findings, tests, counts or coverage. False: the text is not such a report.
bool read_ruff_json(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_ruff_format(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// With --output json mypy ends with 1 for notes as for errors: are there notes and nothing else?
bool has_mypy_notes_alone(std::string_view text);
bool read_mypy(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_isort(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_pyright(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_pyrefly(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_pre_commit_run(std::string_view text, const Scrubber& scrub,
                         record::GateOutcome& outcome);
bool read_text(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// Of a hook that said no to a commit of the paths `staged`: places in them, else the lines that
/// name one of them, else its last words as one finding about no file.
void read_hook(std::string_view text, const std::vector<std::string>& staged, const Scrubber& scrub,
               record::GateOutcome& outcome);
bool read_junit(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_cobertura(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_sarif(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
bool read_lcov(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// A path a line, of files that are not laid out as the tool would (gofmt -l, prettier
/// --list-different, rustfmt -l).
bool read_paths(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
/// Commands to GitHub's runner: "::error title=rule,file=a.ts,line=3,...::message" (biome).
bool read_github_commands(std::string_view text, const Scrubber& scrub,
                          record::GateOutcome& outcome);

void add_finding(record::GateOutcome& outcome, record::Finding finding);
/// Lines of one file, and whether they ran; what ran once did run.
void add_lines(const std::map<int, bool>& ran, record::FileCoverage& file);

/// Reads what pytest prints where it ends without a report because a conftest.py could not be
/// imported: that file did not collect, which is about the tree. False: it ended for another
/// reason.
bool read_conftest_failure(std::string_view err, const Scrubber& scrub,
                           record::GateOutcome& outcome);

}  // namespace gf::gate

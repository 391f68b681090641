// What a hook of git's says of a commit: anybody's program in anybody's form.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

constexpr size_t kWordsLines = 30;    ///< the last ones of what it printed
constexpr size_t kWordsBytes = 1500;  ///< of one finding
/// pre-commit says so under each hook that failed.
constexpr std::string_view kPreCommitHook = "- hook id: ";

bool in_a_name(char c) {
  return c == '_' || c == '-' || c == '.' || c == '/' || (c >= '0' && c <= '9') ||
         (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Does `line` name this very path, and not one that ends or begins so?
bool tells_of(std::string_view line, std::string_view path) {
  for (size_t at = line.find(path); at != std::string_view::npos; at = line.find(path, at + 1)) {
    std::string_view before = line.substr(0, at), behind = line.substr(at + path.size());
    bool begins = before.empty() || !in_a_name(before.back()) || before.ends_with("/");
    // A full stop or a colon may end a sentence or begin a place.
    bool ends = behind.empty() || !in_a_name(behind.front()) ||
                (behind.front() == '.' && (behind.size() == 1 || behind[1] == ' '));
    if (begins && ends) return true;
  }
  return false;
}

/// Its last lines as one; what it said first seldom says why it said no.
std::string words_of(std::string_view text) {
  std::vector<std::string> said;
  for (const std::string& line : lines(text)) {
    if (!trim(line).empty()) said.emplace_back(trim(line));
  }
  if (said.size() > kWordsLines) said.erase(said.begin(), said.end() - kWordsLines);
  return join(said, "; ");
}

}  // namespace

void read_hook(std::string_view text, const std::vector<std::string>& staged, const Scrubber& scrub,
               record::GateOutcome& outcome) {
  if (text.find(kPreCommitHook) != std::string_view::npos) {
    read_pre_commit_run(text, scrub, outcome);
    return;
  }
  record::GateOutcome told;
  read_text(text, scrub, told);
  std::set<std::string_view> known(staged.begin(), staged.end());
  // "12:30:05: done" has the form of a place.
  for (record::Finding& finding : told.findings) {
    if (known.contains(finding.path)) add_finding(outcome, std::move(finding));
  }
  if (!outcome.findings.empty()) return;
  for (const std::string& path : staged) {
    for (const std::string& line : lines(text)) {
      if (!tells_of(line, path)) continue;
      std::string words(clipped(trim(line), kWordsBytes));
      add_finding(outcome, {path, 0, "", scrub(words), "error"});
      break;
    }
  }
  if (!outcome.findings.empty()) return;
  std::string words = scrub(clipped(words_of(text), kWordsBytes));
  add_finding(outcome, {"", 0, "", words.empty() ? "says no, and not why" : words, "error"});
}

}  // namespace gf::gate

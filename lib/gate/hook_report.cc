// What a hook of git's says of a commit: anybody's program in anybody's form.
#include <algorithm>

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

/// A frame around words, or a rule between them, tells nothing.
bool tells_anything(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// In a box there is a banner, as long as there is anything outside of it.
std::vector<std::string> outside_of_boxes(const std::vector<std::string>& said) {
  std::vector<std::string> outside;
  std::copy_if(said.begin(), said.end(), std::back_inserter(outside),
               [](const std::string& line) { return !line.starts_with("\u2502"); });
  return outside.empty() ? said : outside;
}

/// Its last lines as one; what it said first seldom says why it said no.
std::string words_of(std::string_view text) {
  std::vector<std::string> said;
  for (const std::string& line : lines(text)) {
    if (tells_anything(trim(line))) said.emplace_back(trim(line));
  }
  said = outside_of_boxes(said);
  size_t bytes = 0, kept = 0;
  for (auto line = said.rbegin(); line != said.rend() && kept < kWordsLines; ++line, ++kept) {
    bytes += line->size() + 2;
    if (bytes > kWordsBytes && kept > 0) break;
  }
  said.erase(said.begin(), said.end() - static_cast<std::ptrdiff_t>(kept));
  return clipped(join(said, "; "), kWordsBytes);
}

/// The staged path that `path` is, seen from a folder that the hook went to; empty: none, or more
/// than one could be.
std::string staged_as(std::string_view path, const std::vector<std::string>& staged) {
  std::string found;
  while (path.starts_with("./")) path.remove_prefix(2);
  for (const std::string& one : staged) {
    if (one == path) return one;
    bool below =
        path.size() < one.size() && one.ends_with(path) && one[one.size() - path.size() - 1] == '/';
    if (!below || path.empty()) continue;
    if (!found.empty()) return {};
    found = one;
  }
  return found;
}

}  // namespace

void read_hook(std::string_view text, const std::vector<std::string>& staged, const Scrubber& scrub,
               record::GateOutcome& outcome) {
  if (text.find(kPreCommitHook) != std::string_view::npos) {
    read_pre_commit_run(text, scrub, outcome);
    return;
  }
  record::GateOutcome parsed;
  read_text(text, scrub, parsed);
  // "12:30:05: done" has the form of a place.
  for (record::Finding& finding : parsed.findings) {
    finding.path = staged_as(finding.path, staged);
    if (!finding.path.empty()) add_finding(outcome, std::move(finding));
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
  std::string words = scrub(words_of(text));
  add_finding(outcome, {"", 0, "", words.empty() ? "says no, and not why" : words, "error"});
}

}  // namespace gf::gate

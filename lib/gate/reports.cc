// What ruff, mypy and compilers print, as findings.
#include "gate/reports.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "record/json.h"

namespace gf::gate {
namespace {

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "   --> docs/api.md:122:25", as ruff since 0.15 names the file of a hunk that it would write
/// otherwise: the path; empty: it is no such line.
std::string pointed_at(std::string_view line) {
  constexpr std::string_view kArrow = "--> ";
  std::string_view rest = trim(line);
  if (!rest.starts_with(kArrow)) return {};
  rest.remove_prefix(kArrow.size());
  for (int part = 0; part < 2; ++part) {
    size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == rest.size()) break;
    std::string_view digits = rest.substr(colon + 1);
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return is_digit(c); })) break;
    rest = rest.substr(0, colon);
  }
  return std::string(rest);
}

}  // namespace

void add_finding(record::GateOutcome& outcome, record::Finding finding) {
  ++outcome.findings_total;
  if (finding.severity == "error") ++outcome.counts.failed;
  outcome.findings.push_back(std::move(finding));
}

bool read_ruff_json(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  auto json = record::Json::parse(text);
  if (!json.ok() || !json->is_array()) return false;
  for (const record::Json& item : json->items()) {
    record::Finding finding;
    finding.path = scrub.path(item.get_string("filename"));
    finding.line = static_cast<int>(item.get("location").get_int("row"));
    finding.rule = item.get_string("code", "syntax");
    finding.message = scrub(item.get_string("message"));
    add_finding(outcome, std::move(finding));
  }
  return true;
}

bool read_ruff_format(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  bool any = false, unformatted = false;
  std::set<std::string> pointed;
  for (const std::string& line : lines(text)) {
    if (unformatted) {
      std::string path = pointed_at(line);
      if (!path.empty() && pointed.insert(path).second)
        add_finding(outcome, {scrub.path(path), 0, "format",
                              "is not formatted as ruff format writes it", "error"});
      any = any || !path.empty();
    }
    unformatted = line.starts_with("unformatted: ");
    constexpr std::string_view kWould = "Would reformat: ", kBlacks = "would reformat ";
    bool black = line.starts_with(kBlacks);
    if (black || line.starts_with(kWould)) {
      std::string path = line.substr(black ? kBlacks.size() : kWould.size());
      add_finding(outcome, {scrub.path(path), 0, "format",
                            black ? "is not formatted as black writes it"
                                  : "is not formatted as ruff format writes it",
                            "error"});
      any = true;
    }
    if (line.find("file") != std::string::npos) any = true;
    // error: Failed to parse app/x.py:3:7: Expected an expression
    constexpr std::string_view kUnparsed = "error: Failed to parse ";
    if (line.starts_with(kUnparsed)) {
      record::GateOutcome parsed;
      read_text(std::string_view(line).substr(kUnparsed.size()), scrub, parsed);
      for (record::Finding& finding : parsed.findings) {
        finding.rule = "syntax";
        add_finding(outcome, std::move(finding));
        any = true;
      }
    }
  }
  return any;
}

namespace {

/// "error: ", or "error[rule] " as ty writes it, in front of a message: taken off.
void take_severity(std::string_view& rest, record::Finding& finding) {
  for (std::string_view severity : {"error", "warning", "note"}) {
    if (!rest.starts_with(severity)) continue;
    std::string_view behind = rest.substr(severity.size());
    size_t close = behind.find(']');
    if (behind.starts_with(':')) {
      finding.severity = severity;
      rest = trim(behind.substr(1));
    } else if (behind.starts_with('[') && close != std::string_view::npos) {
      finding.severity = severity;
      finding.rule = behind.substr(1, close - 1);
      rest = trim(behind.substr(close + 1));
    }
    return;
  }
}

}  // namespace

bool read_text(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  for (const std::string& line : lines(text)) {
    // file:line[:column]: [severity:] message [ [rule]]
    size_t first = line.find(':');
    if (first == std::string::npos || first == 0 || first + 1 >= line.size() ||
        !is_digit(line[first + 1]))
      continue;
    size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    record::Finding finding;
    finding.path = scrub.path(line.substr(0, first));
    finding.line = number(line.substr(first + 1, second - first - 1));
    std::string_view rest = std::string_view(line).substr(second + 1);
    size_t third = rest.find(':');
    if (!rest.empty() && is_digit(rest[0]) && third != std::string_view::npos)
      rest.remove_prefix(third + 1);
    rest = trim(rest);
    take_severity(rest, finding);
    size_t open = rest.rfind('[');
    if (finding.rule.empty() && rest.ends_with("]") && open != std::string_view::npos) {
      finding.rule = rest.substr(open + 1, rest.size() - open - 2);
      rest = trim(rest.substr(0, open));
    }
    finding.message = scrub(rest);
    if (finding.severity != "note") add_finding(outcome, std::move(finding));
  }
  return true;
}

bool read_mypy(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  std::string plain;
  for (const std::string& line : lines(text)) {
    auto json = record::Json::parse(line);
    if (!json.ok() || !json->is_object()) {
      plain += line + "\n";  // syntax errors come as text even with --output json
      continue;
    }
    record::Finding finding;
    finding.path = scrub.path(json->get_string("file"));
    finding.line = static_cast<int>(json->get_int("line"));
    finding.rule = json->get_string("code");
    finding.message = scrub(json->get_string("message"));
    finding.severity = json->get_string("severity", "error");
    if (finding.severity != "note") add_finding(outcome, std::move(finding));
  }
  return read_text(plain, scrub, outcome);
}

bool has_mypy_notes_alone(std::string_view text) {
  std::vector<std::string> printed = lines(trim(text));
  return !printed.empty() &&
         std::all_of(printed.begin(), printed.end(), [](const std::string& line) {
           auto json = record::Json::parse(line);
           return json.ok() && json->is_object() && json->get_string("severity") == "note";
         });
}

bool read_conftest_failure(std::string_view err, const Scrubber& scrub,
                           record::GateOutcome& outcome) {
  constexpr std::string_view kStart = "ImportError while loading conftest '";
  size_t at = err.find(kStart);
  if (at == std::string_view::npos) return false;
  std::string_view rest = err.substr(at + kStart.size());
  size_t end = rest.find('\'');
  if (end == std::string_view::npos) return false;
  record::TestResult file;
  file.id = scrub.path(rest.substr(0, end));
  file.status = record::TestStatus::kError;
  file.cause = "collection";
  file.message = clipped(scrub(err.substr(at)), 2000);
  outcome.tests.push_back(std::move(file));
  ++outcome.counts.errors;
  return true;
}

bool read_paths(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  for (const std::string& line : lines(text)) {
    std::string_view path = trim(line);
    if (path.empty() || path.find(": ") != std::string_view::npos) continue;
    add_finding(outcome, {scrub.path(path), 0, "format",
                          "is not laid out as the formatter writes it", "error"});
  }
  return true;
}

bool read_github_commands(std::string_view text, const Scrubber& scrub,
                          record::GateOutcome& outcome) {
  for (const std::string& line : lines(text)) {
    std::string_view row = trim(line);
    size_t end = row.find("::", 2);
    if (!row.starts_with("::") || end == std::string_view::npos) continue;
    std::string_view head = row.substr(2, end - 2);
    record::Finding finding;
    finding.severity = head.substr(0, head.find(' '));
    if (finding.severity == "notice") finding.severity = "note";
    for (const std::string& part :
         split(head.substr(std::min(head.size(), finding.severity.size() + 1)), ',')) {
      std::string_view word = trim(part);
      std::string_view value = word.substr(std::min(word.size(), word.find('=') + 1));
      if (word.starts_with("title=")) finding.rule = value;
      if (word.starts_with("file=")) finding.path = scrub.path(value);
      if (word.starts_with("line=")) finding.line = number(value);
    }
    finding.message = scrub(replace_all(row.substr(end + 2), "%0A", "\n"));
    if (finding.severity != "note" && finding.severity != "debug")
      add_finding(outcome, std::move(finding));
  }
  return true;
}

}  // namespace gf::gate

// What Python's other checkers print, as findings.
#include <array>

#include "base/text.h"
#include "gate/reports.h"
#include "record/json.h"

namespace gf::gate {

bool read_isort(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  for (const std::string& line : lines(text)) {
    constexpr std::string_view kBegins = "ERROR: ", kEnds = " Imports are incorrectly sorted";
    size_t end = line.find(kEnds);
    if (!line.starts_with(kBegins) || end == std::string::npos) continue;
    std::string path = line.substr(kBegins.size(), end - kBegins.size());
    add_finding(outcome,
                {scrub.path(path), 0, "imports", "imports are not as isort sorts them", "error"});
  }
  return true;
}

bool read_pyright(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  auto json = record::Json::parse(text);
  if (!json.ok() || !json->get("generalDiagnostics").is_array()) return false;
  for (const record::Json& item : json->get("generalDiagnostics").items()) {
    record::Finding finding;
    finding.path = scrub.path(item.get_string("file"));
    finding.line = static_cast<int>(item.get("range").get("start").get_int("line")) + 1;
    finding.rule = item.get_string("rule", "syntax");
    finding.message = scrub(replace_all(item.get_string("message"), "\n", " "));
    finding.severity = item.get_string("severity", "error");
    if (finding.severity == "error" || finding.severity == "warning")
      add_finding(outcome, std::move(finding));
  }
  return true;
}

bool read_pyrefly(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  auto json = record::Json::parse(text);
  if (!json.ok() || !json->get("errors").is_array()) return false;
  for (const record::Json& item : json->get("errors").items()) {
    record::Finding finding;
    finding.path = scrub.path(item.get_string("path"));
    finding.line = static_cast<int>(item.get_int("line"));
    finding.rule = item.get_string("name");
    finding.message = scrub(item.get_string("concise_description"));
    finding.severity = item.get_string("severity", "error");
    if (finding.severity == "error" || finding.severity == "warn")
      add_finding(outcome, std::move(finding));
  }
  return true;
}

}  // namespace gf::gate

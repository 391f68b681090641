// SARIF 2.1.0, the form in which checkers of any language can tell findings.
#include <string>

#include "base/text.h"
#include "gate/reports.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::Json;

/// "file:///w/src/a.c", "src/a.c".
std::string path_of(std::string uri, const Scrubber& scrub) {
  constexpr std::string_view kScheme = "file://";
  if (uri.starts_with(kScheme)) uri.erase(0, kScheme.size());
  return scrub.path(replace_all(uri, "%20", " "));
}

/// The level that a rule has where a result says none.
std::string level_of(const Json& result, const Json& driver) {
  std::string own = result.get_string("level");
  if (!own.empty()) return own;
  for (const Json& rule : driver.get("rules").items()) {
    if (rule.get_string("id") != result.get_string("ruleId")) continue;
    return rule.get("defaultConfiguration").get_string("level", "warning");
  }
  return "warning";
}

/// Somebody said that it is no finding, or it was one of an older run.
bool is_put_aside(const Json& result) {
  return result.get("suppressions").size() > 0 || result.get_string("baselineState") == "absent";
}

}  // namespace

bool read_sarif(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome) {
  auto json = Json::parse(text);
  if (!json.ok() || !json->has("runs")) return false;
  for (const Json& run : json->get("runs").items()) {
    Json driver = run.get("tool").get("driver");
    for (const Json& result : run.get("results").items()) {
      record::Finding finding;
      finding.severity = level_of(result, driver);
      if (finding.severity == "none" || is_put_aside(result)) continue;
      finding.rule = result.get_string("ruleId");
      finding.message = scrub(result.get("message").get_string("text"));
      auto places = result.get("locations").items();
      if (!places.empty()) {
        Json place = places[0].get("physicalLocation");
        finding.path = path_of(place.get("artifactLocation").get_string("uri"), scrub);
        finding.line = static_cast<int>(place.get("region").get_int("startLine"));
      }
      if (finding.severity != "note") add_finding(outcome, std::move(finding));
    }
  }
  return true;
}

}  // namespace gf::gate

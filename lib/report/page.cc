#include "report/page.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "report/html.h"
#include "report/sections.h"

namespace gf::report {
namespace {

using record::Json;

/// Where Debian's libjs-chart.js has it.
constexpr const char* kSystemCharts = "/usr/share/javascript/chart.js/chart.min.js";
/// Nothing is asked for when the page is opened, whatever a text in it tries.
constexpr const char* kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'";

Result<std::string> part(const std::string& path) {
  if (auto text = read_file(path)) return *text;
  return Error{Fault::kEnvironment,
               fmt::format("there is no '{}'", printable(path)),
               {},
               "install git-factory again with ./install.sh"};
}

std::string span_of(const Json& data) {
  std::string since = data.get_string("since"), until = data.get_string("until");
  if (since.empty() && until.empty()) return "all runs";
  if (until.empty()) return "runs since " + since;
  return since.empty() ? "runs until " + until : "runs from " + since + " to " + until;
}

std::string about_all(const Json& data) {
  Json totals = data.get("totals");
  if (totals.get_int("runs") + totals.get_int("planned") + totals.get_int("reviewed") == 0)
    return "<p>No run has ended " +
           std::string(data.has("since") || data.has("until") ? "in this time" : "yet") + ".</p>\n";
  return headline(data) + over_time(data) + failures(data) + models(data);
}

std::string details(const Json& data) {
  std::string text;
  std::vector<Json> runs = data.get("details").items();
  for (const Json& run : runs) text += run_in_detail(run);
  for (const Json& run : data.get("unreadable").items())
    text += fmt::format("<p>Run <code>{}</code> could not be read: {}</p>\n",
                        escaped(run.get_string("run")), isolated(run.get_string("why")));
  if (text.empty()) return text;
  std::string rest = data.has("totals")
                         ? fmt::format(
                               "<p class=\"words\">The newest {}; <code>git factory report "
                               "&lt;run&gt;</code> shows any other.</p>\n",
                               runs.size())
                         : "";
  return "<section aria-labelledby=\"h-details\"><h2 id=\"h-details\">Runs in detail</h2>\n" +
         rest + text + "</section>\n";
}

std::string head(const std::string& title, const Parts& parts) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<title>{}</title>\n"
      "<style>\n{}</style>\n</head>\n",
      kPolicy, title, parts.style);
}

std::string scripts(const Json& data, const Parts& parts) {
  std::string json =
      fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n", embedded(data));
  // Of single runs there is no chart: their bars are drawn in the tables.
  if (parts.charts.empty() || !data.has("totals")) return json;
  return json + "<script>\n" + parts.charts + "\n</script>\n<script>\n" + parts.script +
         "</script>\n";
}

}  // namespace

Result<Parts> parts_in(const std::string& data_dir) {
  Parts parts;
  GF_ASSIGN(parts.style, part(data_dir + "/report/report.css"));
  GF_ASSIGN(parts.script, part(data_dir + "/report/report.js"));
  for (const std::string& path : {data_dir + "/report/chart.min.js", std::string(kSystemCharts)}) {
    if (parts.charts.empty()) parts.charts = read_file(path).value_or("");
  }
  return parts;
}

std::string to_html(const Json& data, const Parts& parts) {
  std::string repository = data.get_string("repository");
  std::string title = "Factory report" + (repository.empty() ? "" : ": " + escaped(repository));
  std::string about =
      data.has("totals") ? span_of(data) : counted(data.get("details").size(), "run");
  std::string charts =
      parts.charts.empty()
          ? "<p class=\"words\">Without charts: Chart.js is not installed where this page was made "
            "(Debian: libjs-chart.js). The tables hold all that they would show.</p>\n"
          : "<noscript><p class=\"words\">Charts are drawn by a script; the tables hold all that "
            "they "
            "would show.</p></noscript>\n";
  std::string made = data.get_string("made");
  return head(title, parts) + "<body>\n<header>\n<p class=\"kicker\">git factory report</p>\n<h1>" +
         (repository.empty() ? "The record" : isolated(repository)) + "</h1>\n<p class=\"facts\">" +
         escaped(about) + " · made " + moment(made) + " UTC</p>\n" +
         (data.has("totals") ? charts : "") + "</header>\n<main>\n" +
         (data.has("totals") ? about_all(data) : "") + details(data) +
         "</main>\n<footer><p>Made by git-factory " + escaped(data.get_string("tool_version")) +
         " from the record in this repository’s refs. A script reads the same facts from the JSON "
         "in "
         "<code>&lt;script id=\"data\"&gt;</code>, or from <code>git factory --json "
         "report</code>.</p></footer>\n" +
         scripts(data, parts) + "</body>\n</html>\n";
}

}  // namespace gf::report

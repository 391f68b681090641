// What the page says of all runs.
#include "report/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "report/html.h"

namespace gf::report {
namespace {

using record::Json;

/// Runs whose rows a browser lays out when it opens the page; the others when they are unfolded.
constexpr size_t kRowsAtOnce = 200;

/// A figure for a chart: shown when a script has drawn it, since the table below says the same.
std::string chart(const char* name, const char* says) {
  return fmt::format(
      "<figure class=\"chart\" hidden><div><canvas id=\"chart-{}\" role=\"img\" "
      "aria-label=\"{}\"></canvas></div></figure>\n",
      name, says);
}

/// A large figure; what stands in brackets behind it is small.
std::string figure(const std::string& text) {
  size_t bracket = text.find(" (");
  if (bracket == std::string::npos) return text;
  return text.substr(0, bracket) + " <small>" + text.substr(bracket + 1) + "</small>";
}

std::string tile(const std::string& name, const std::string& figure, const std::string& more) {
  return fmt::format(
      "<div class=\"tile\"><dt>{}</dt><dd><strong>{}</strong><span>{}</span></dd></div>\n", name,
      figure, more);
}

std::string run_name(const Json& run) {
  return fmt::format("{} <code>{}</code>", isolated(run.get_string("slug")),
                     escaped(run.get_string("id8")));
}

std::string yes(const Json& run, const char* name) { return run.get_int(name) > 0 ? "yes" : "no"; }

std::string folded(const std::string& title, const std::string& body) {
  if (body.empty()) return {};
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", title, body);
}

std::string periods_table(const Json& periods) {
  const std::string unit = periods.get_string("unit");
  Table table("Runs by " + unit, {{unit == "day"    ? "day"
                                   : unit == "week" ? "week from"
                                                    : "month from"},
                                  {"runs", true},
                                  {"delivered", true},
                                  {"other outcomes"},
                                  {"dollars", true}});
  for (const Json& row : periods.get("rows").items()) {
    if (row.get_int("runs") == 0) continue;
    std::vector<std::string> others;
    for (const auto& [status, count] : row.get("outcomes").members()) {
      if (status != "delivered")
        others.push_back(fmt::format("{} {}", escaped(status), count.as_int().value_or(0)));
    }
    table.row({escaped(row.get_string("from")), whole(row.get_int("runs")),
               whole(row.get("outcomes").get_int("delivered")),
               others.empty() ? "–" : join(others, ", "), money(row.get("cost_usd"), "")});
  }
  return table.html();
}

std::string runs_table(const std::string& caption, std::span<const Json> runs) {
  Table table(caption, {{"run"},
                        {"started (UTC)"},
                        {"outcome"},
                        {"dollars", true},
                        {"time to PR", true},
                        {"attempts", true},
                        {"first run"},
                        {"clean run"},
                        {"pull request, or why not"}});
  for (const Json& run : runs) {
    std::string stage = run.get_string("failed_stage");
    std::string ended = run.get_string("pull_request");
    if (ended.empty()) ended = (stage.empty() ? "" : stage + ": ") + run.get_string("reason");
    table.row({run_name(run), moment(run.get_string("started")), badge(run.get_string("status")),
               money(run.get("cost_usd"), run.get_string("cost_basis")),
               duration(run.get("time_to_pr_ms")), whole(run.get_int("attempts")),
               yes(run, "first_run"), yes(run, "clean_run"), isolated(clipped(ended, 160))});
  }
  return table.html();
}

/// All of them: those that are not shown at once are folded up, which needs no script to open.
std::string runs_tables(const Json& data) {
  const std::vector<Json> runs = data.get("runs").items();
  const std::span<const Json> all(runs);
  const size_t shown = std::min(runs.size(), kRowsAtOnce);
  return runs_table("Runs, newest first", all.first(shown)) +
         folded(counted(runs.size() - shown, "older run"),
                runs_table("Older runs, newest first", all.subspan(shown)));
}

std::string stages_table(const Json& data) {
  Table table("Stages", {{"stage"},
                         {"attempts", true},
                         {"did not pass", true},
                         {"ended a run", true},
                         {"dollars", true},
                         {"time", true}});
  for (const Json& row : data.get("stages").items()) {
    table.row({escaped(row.get_string("stage")), whole(row.get_int("attempts")),
               whole(row.get_int("failed")), whole(row.get_int("ended_runs")),
               money(row.get("cost_usd"), row.get_string("basis")), duration(row.get("wall_ms"))});
  }
  return table.html();
}

std::string causes_table(const Json& data) {
  Table table("Causes", {{"stage"},
                         {"cause"},
                         {"class"},
                         {"runs", true},
                         {"attempts", true},
                         {"ended a run", true},
                         {"for example"}});
  for (const Json& row : data.get("causes").get("rows").items()) {
    table.row({escaped(row.get_string("stage")), isolated(clipped(row.get_string("cause"), 240)),
               escaped(row.get_string("failure")), whole(row.get_int("runs")),
               whole(row.get_int("attempts")), whole(row.get_int("ended_runs")),
               fmt::format("{} <code>{}</code>", isolated(row.get_string("example_slug")),
                           escaped(row.get_string("example")))});
  }
  return table.html();
}

std::string gates_table(const Json& data) {
  Table table("Gates", {{"gate"},
                        {"stage"},
                        {"runs", true},
                        {"passed", true},
                        {"failed", true},
                        {"broken", true},
                        {"time", true}});
  for (const Json& row : data.get("gates").items()) {
    table.row({isolated(row.get_string("gate")), escaped(row.get_string("stage")),
               whole(row.get_int("runs")), whole(row.get_int("passed")),
               whole(row.get_int("failed")), whole(row.get_int("broken")),
               duration(row.get("wall_ms"))});
  }
  return table.html();
}

/// The cell, marked when the model leads in it.
std::string lead(const Json& model, const char* name, const std::string& text) {
  for (const std::string& best : model.get_strings("best")) {
    if (best == name) return "<strong>" + text + "</strong> <span class=\"lead\">leads</span>";
  }
  return text;
}

std::string share(const Json& model, const char* name) {
  return lead(model, name, rate(model.get(name))) + " <small>" + interval(model.get(name)) +
         "</small>";
}

}  // namespace

std::string headline(const Json& data) {
  Json totals = data.get("totals");
  Json dearest = totals.get("dearest");
  std::string tiles =
      tile("Runs", whole(totals.get_int("runs")),
           whole(totals.get_int("delivered")) + " delivered") +
      tile("Success rate", rate(totals.get("success")), interval(totals.get("success"))) +
      tile("First run", rate(totals.get("first_run")), interval(totals.get("first_run"))) +
      tile("Clean run", rate(totals.get("clean_run")), interval(totals.get("clean_run"))) +
      tile("Dollars per feature", figure(money(totals.get("per_feature"))),
           money(totals.get("per_feature_with_failures")) + " with the runs that failed") +
      tile("Time to PR", duration(totals.get("median_time_to_pr_ms")),
           "median; mean " + duration(totals.get("mean_time_to_pr_ms"))) +
      tile("Spent", figure(money(totals.get("spent"))),
           money(totals.get("wasted")) + " on runs that delivered nothing") +
      tile("Dearest delivered", dearest.is_null() ? "–" : money(dearest.get("cost")),
           dearest.is_null() ? "none cost anything"
                             : isolated(dearest.get_string("slug")) + ", " +
                                   duration(dearest.get("time_to_pr_ms")));
  std::string notes;
  auto note = [&](const std::string& text) { notes += "<li>" + text + "</li>\n"; };
  if (int64_t n = totals.get_int("unpriced"))
    note(whole(n) + " of unknown price: a sum that holds them is not known either");
  if (int64_t n = totals.get_int("planned"))
    note(whole(n) + " that only planned: not counted in the rates");
  if (int64_t n = totals.get_int("reviewed"))
    note(whole(n) + " that only reviewed a revision: not counted in the rates");
  if (int64_t n = totals.get_int("incomplete"))
    note(whole(n) + " in part unreadable here: counted with what the ledger's commit tells");
  return "<section aria-labelledby=\"h-sums\"><h2 id=\"h-sums\">In figures</h2>\n<dl "
         "class=\"tiles\">\n" +
         tiles +
         "</dl>\n<p class=\"words\"><b>First run</b>: requests whose first run delivered. <b>Clean "
         "run</b>: runs that delivered without repeating a stage. Behind a share: the count, and "
         "the "
         "interval in which the true rate lies 95 times in 100 (Wilson).</p>\n" +
         (notes.empty() ? "" : "<ul class=\"words\">\n" + notes + "</ul>\n") + "</section>\n";
}

std::string over_time(const Json& data) {
  int64_t left_out = data.get_int("runs_left_out");
  std::string rest =
      left_out > 0
          ? fmt::format(
                "<p class=\"words\">The newest {} of {} runs; {} older ones are left "
                "out of this page, and of no sum. <code>git factory metrics --csv"
                "</code> has them all.</p>\n",
                whole(static_cast<int64_t>(data.get("runs").size())),
                whole(left_out + static_cast<int64_t>(data.get("runs").size())), whole(left_out))
          : "";
  return "<section aria-labelledby=\"h-runs\"><h2 id=\"h-runs\">Runs over time</h2>\n" +
         chart("runs", "Runs by outcome, and dollars, over time; the table below has the numbers") +
         folded("By " + data.get("periods").get_string("unit"),
                periods_table(data.get("periods"))) +
         runs_tables(data) + rest + "</section>\n";
}

std::string failures(const Json& data) {
  Json totals = data.get("totals");
  std::string text =
      "<section aria-labelledby=\"h-failures\"><h2 id=\"h-failures\">Failures</h2>\n";
  if (data.get("causes").get("rows").size() == 0)
    text += "<p>Every attempt of every stage passed.</p>\n";
  text += chart("stages", "Attempts that did not pass, by stage; the table below has the numbers");
  text += "<h3>By stage</h3>\n" + stages_table(data);
  std::string causes = causes_table(data);
  if (!causes.empty()) {
    text +=
        "<h3>By cause</h3>\n<p class=\"words\">Failures of one stage are one cause when their "
        "reasons differ in numbers, paths, quoted names and ids alone.</p>\n" +
        causes;
    if (int64_t n = data.get("causes").get_int("left_out"))
      text += fmt::format(
          "<p class=\"words\">{} rarer causes are left out; <code>git factory "
          "retro</code> tells more.</p>\n",
          whole(n));
  }
  std::string gates = gates_table(data);
  if (!gates.empty()) text += "<h3>Gates</h3>\n" + gates;
  return text + "</section>\n";
}

std::string models(const Json& data) {
  Table table("Models side by side", {{"model"},
                                      {"runs", true},
                                      {"delivered", true},
                                      {"first run", true},
                                      {"clean run", true},
                                      {"dollars per feature", true},
                                      {"time to PR, median", true},
                                      {"tokens in / out", true}});
  for (const Json& model : data.get("models").items()) {
    table.row({isolated(model.get_string("model")), whole(model.get_int("runs")),
               whole(model.get_int("delivered")), share(model, "first_run"),
               share(model, "clean_run"),
               lead(model, "per_feature_usd",
                    model.get_int("delivered") == 0
                        ? "–"
                        : money(model.get("per_feature_usd"), model.get_string("cost_basis"))),
               lead(model, "median_time_to_pr_ms", duration(model.get("median_time_to_pr_ms"))),
               whole(model.get_int("tokens_in")) + " / " + whole(model.get_int("tokens_out"))});
  }
  std::string rows = table.html();
  if (rows.empty()) return {};
  return "<section aria-labelledby=\"h-models\"><h2 id=\"h-models\">Models side by side</h2>\n"
         "<p class=\"words\">A run counts for the model that BUILD asked last. Dollars are of the "
         "whole "
         "run, failed ones included. A rate leads where its interval shares nothing with the "
         "others’; equal values have no leader.</p>\n" +
         chart("models",
               "First-run rate of each model with its 95% interval; the table below has the "
               "numbers") +
         rows + "</section>\n";
}

}  // namespace gf::report

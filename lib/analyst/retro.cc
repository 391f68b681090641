#include "analyst/retro.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyst/retro_runs.h"
#include "base/text.h"

namespace gf::analyst {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// One word of a reason: a path, a number and an object id differ from case to case.
std::string plain_word(const std::string& word) {
  if (word.find('/') != std::string::npos) return "<path>";
  bool hex = word.size() >= 7;
  bool digits = false;
  for (char c : word) {
    hex = hex && (is_digit(c) || (c >= 'a' && c <= 'f'));
    digits = digits || is_digit(c);
  }
  if (hex && digits) return "<id>";
  // F401 is a rule and AC2 a criterion: letters first keep their digits, except a criterion's.
  if (word.starts_with("AC") && word.size() > 2 && is_digit(word[2])) return "AC<n>";
  return is_digit(word[0]) ? "<n>" : word;
}

struct Failure {
  std::string stage, cause, failure, sample;
  std::vector<size_t> runs;
  int64_t attempts = 0;
  int64_t ended = 0;  ///< runs that it ended
};

Result<std::vector<Failure>> failures_of(Index& index, const RetroRuns& runs,
                                         const Window& window) {
  GF_ASSIGN(auto rows,
            index.database().prepare(
                "SELECT r.id, s.stage, s.failure, s.reason, r.failed_stage=s.stage FROM run_rows r "
                "JOIN stage_rows s ON s.run=r.n WHERE s.status<>'pass' AND r.day BETWEEN ?1 AND ?2 "
                "ORDER BY r.id, s.seq"));
  GF_TRY(rows.bind({window.from, window.to}));
  std::map<std::pair<std::string, std::string>, Failure> grouped;
  for (;;) {
    GF_ASSIGN(bool more, rows.step());
    if (!more) break;
    auto run = runs.by_id.find(rows.text(0));
    if (run == runs.by_id.end()) continue;
    std::string reason = rows.text(3);
    Failure& failure = grouped[{rows.text(1), cause_of(reason)}];
    failure.stage = rows.text(1);
    failure.cause = cause_of(reason);
    failure.failure = rows.text(2);
    if (failure.sample.empty()) failure.sample = reason;
    if (failure.runs.empty() || failure.runs.back() != run->second)
      failure.runs.push_back(run->second);
    ++failure.attempts;
    failure.ended += rows.integer(4);
  }
  std::vector<Failure> all;
  for (auto& [key, failure] : grouped) all.push_back(std::move(failure));
  std::stable_sort(all.begin(), all.end(), [](const Failure& a, const Failure& b) {
    return std::pair(a.runs.size(), a.attempts) > std::pair(b.runs.size(), b.attempts);
  });
  return all;
}

std::string how_it_went(const RetroRuns& runs, const Report& report) {
  std::map<std::string, std::vector<size_t>> by_status;
  std::vector<size_t> delivered, first_try;
  for (size_t i = 0; i < runs.all.size(); ++i) {
    by_status[runs.all[i].status].push_back(i);
    if (runs.all[i].delivered) delivered.push_back(i);
    if (runs.all[i].first_try) first_try.push_back(i);
  }
  const Totals& all = report.totals;
  std::string text = "## How it went\n\n";
  text += fmt::format("- Delivered {}: {}.\n", to_text(rate_of(all.delivered, all.runs)),
                      runs.cite(delivered));
  text += fmt::format("- Clean, no stage repeated, {}: {}.\n",
                      to_text(rate_of(all.first_try, all.runs)), runs.cite(first_try));
  for (const auto& [status, which] : by_status) {
    if (status != "delivered")
      text += fmt::format("- Ended as {}: {}: {}.\n", status, which.size(), runs.cite(which));
  }
  std::vector<size_t> wasted;
  for (size_t i = 0; i < runs.all.size(); ++i) {
    if (!runs.all[i].delivered && runs.all[i].counted) wasted.push_back(i);
  }
  text += fmt::format("- Spent {}{} in all; {} of it on runs that delivered nothing ({}).\n",
                      record::to_text(all.cost), all.cost.basis == "scripted" ? " (scripted)" : "",
                      record::to_text(all.wasted), runs.cite(wasted));
  return text + "\nIn brackets: the share, and its 95% interval (Wilson).\n";
}

Result<std::string> where_it_failed(const Report& report, const std::vector<Failure>& failures,
                                    const RetroRuns& runs) {
  std::map<std::string, std::set<size_t>> by_stage;
  std::map<std::string, int64_t> ended;
  for (const Failure& failure : failures) {
    by_stage[failure.stage].insert(failure.runs.begin(), failure.runs.end());
    ended[failure.stage] += failure.ended;
  }
  std::string text = "\n## What failed where\n\n";
  if (failures.empty()) return text + "Every attempt of every stage passed.\n";
  text += "| stage | did not pass | of attempts | ended runs | runs |\n|---|---:|---:|---:|---|\n";
  record::Json stages = to_json(report.stages);
  for (const record::Json& stage : stages.items()) {
    std::string name = stage.get_string("stage");
    if (stage.get_int("failed") == 0) continue;
    std::vector<size_t> which(by_stage[name].begin(), by_stage[name].end());
    text += fmt::format("| {} | {} | {} | {} | {} |\n", in_markdown(name), stage.get_int("failed"),
                        stage.get_int("attempts"), stage.get_int("ended_runs"), runs.cite(which));
  }
  return text;
}

std::string line_of(const Failure& failure, const RetroRuns& runs) {
  std::string times = counted(static_cast<size_t>(failure.attempts), "attempt");
  return fmt::format(
      "- {}, {} ({}): {}\n  for example: {}\n", in_markdown(failure.stage),
      failure.runs.size() > 1 ? counted(failure.runs.size(), "run") + ", " + times : times,
      failure.failure, runs.cite(failure.runs), in_markdown(failure.sample));
}

std::string shared_causes(const std::vector<Failure>& failures, const RetroRuns& runs) {
  constexpr size_t kMost = 15;
  std::string shared, repeated, once;
  size_t n_shared = 0, n_repeated = 0, n_once = 0;
  for (const Failure& failure : failures) {
    if (failure.runs.size() > 1) {
      if (++n_shared <= kMost) shared += line_of(failure, runs);
    } else if (failure.attempts > 1) {
      if (++n_repeated <= kMost) repeated += line_of(failure, runs);
    } else if (++n_once <= kMost) {
      once += line_of(failure, runs);
    }
  }
  auto rest = [](size_t count) {
    return count > kMost ? fmt::format("- and {} more\n", count - kMost) : std::string();
  };
  std::string text = "\n## Failures that share a cause\n\n";
  text +=
      "Failures of one stage are one cause when their reasons differ in numbers, paths, quoted "
      "names and ids alone.\n\n";
  text += shared.empty() ? "No cause was seen in more than one run.\n" : shared + rest(n_shared);
  if (!repeated.empty()) text += "\nMore than once in one run:\n\n" + repeated + rest(n_repeated);
  if (!once.empty()) text += "\nSeen once:\n\n" + once + rest(n_once);
  return text;
}

Result<std::string> shared_findings(Index& index, const RetroRuns& runs, const Window& window) {
  GF_ASSIGN(auto rows,
            index.database().prepare(
                "SELECT g.gate, f.rule, r.id, count(*) FROM run_rows r JOIN gate_rows g ON "
                "g.run=r.n AND NOT g.base JOIN finding_rows f ON f.gate=g.n WHERE r.day BETWEEN ?1 "
                "AND ?2 GROUP BY g.gate, f.rule, r.id ORDER BY g.gate, f.rule, r.id"));
  GF_TRY(rows.bind({window.from, window.to}));
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> by_rule;
  for (;;) {
    GF_ASSIGN(bool more, rows.step());
    if (!more) break;
    auto run = runs.by_id.find(rows.text(2));
    if (run != runs.by_id.end()) by_rule[{rows.text(0), rows.text(1)}].push_back(run->second);
  }
  std::vector<std::pair<std::pair<std::string, std::string>, std::vector<size_t>>> sorted(
      by_rule.begin(), by_rule.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::string text;
  for (size_t i = 0; i < sorted.size() && i < 10; ++i) {
    text += fmt::format("- {} {}: {}: {}\n", in_markdown(sorted[i].first.first),
                        in_markdown(sorted[i].first.second),
                        counted(sorted[i].second.size(), "run"), runs.cite(sorted[i].second));
  }
  if (text.empty()) return text;
  return "\nRules that what was built broke, the base's own findings left out:\n\n" + text;
}

std::string extremes(const RetroRuns& runs) {
  std::string text = "\n## Dearest, slowest, most repeated\n\n";
  auto top = [&](const char* title, auto key, auto shown) {
    std::vector<size_t> order(runs.all.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    size_t most = std::min<size_t>(3, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<long>(most), order.end(),
                      [&](size_t a, size_t b) {
                        return std::pair(key(runs.all[a]), b) > std::pair(key(runs.all[b]), a);
                      });
    std::vector<std::string> parts;
    for (size_t i = 0; i < most; ++i)
      parts.push_back(fmt::format("{} ({})", runs.cite({order[i]}), shown(runs.all[order[i]])));
    text += fmt::format("- {}: {}\n", title, join(parts, ", "));
  };
  bool priced = std::any_of(runs.all.begin(), runs.all.end(),
                            [](const RetroRun& run) { return run.pico.value_or(0) > 0; });
  if (priced)
    top(
        "Dearest", [](const RetroRun& run) { return run.pico.value_or(-1); },
        [](const RetroRun& run) {
          return record::to_text(record::Cost{run.pico, ""});
        });
  top(
      "Slowest", [](const RetroRun& run) { return run.wall.count(); },
      [](const RetroRun& run) {
        return fmt::format("{:.1f} s", static_cast<double>(run.wall.count()) / 1000);
      });
  top(
      "Most stage attempts", [](const RetroRun& run) { return run.attempts; },
      [](const RetroRun& run) { return std::to_string(run.attempts); });
  return text;
}

Result<std::string> what_is_not_known(Index& index, const Report& report, const Window& window) {
  GF_ASSIGN(int64_t silent, index.database().integer(
                                "SELECT count(*) FROM run_rows WHERE replay='' AND day BETWEEN ?1 "
                                "AND ?2",
                                {window.from, window.to}));
  GF_ASSIGN(auto troubles, index.troubles(5));
  std::string text;
  if (report.totals.unpriced > 0)
    text += fmt::format("- The price of {}: sums with them are unknown.\n",
                        counted(static_cast<size_t>(report.totals.unpriced), "run"));
  if (silent > 0)
    text += fmt::format("- The prompts of {}, whose exchanges are not in this clone.\n",
                        counted(static_cast<size_t>(silent), "run"));
  for (const std::string& line : troubles) text += "- Skipped: " + in_markdown(line) + "\n";
  return text.empty() ? text : "\n## What is not known here\n\n" + text;
}

}  // namespace

std::string cause_of(const std::string& reason) {
  std::string cause, word;
  auto end_word = [&] {
    if (!word.empty()) cause += plain_word(word);
    word.clear();
  };
  for (size_t i = 0; i < reason.size(); ++i) {
    char c = reason[i];
    bool opens = c == '"' || c == '\'' || c == '`';
    // An apostrophe inside a word is none.
    size_t close = opens && word.empty() ? reason.find(c, i + 1) : std::string::npos;
    if (close != std::string::npos) {
      cause += "<name>";
      i = close;
    } else if (is_word(c) || ((c == '/' || c == '.' || c == '-') && i + 1 < reason.size() &&
                              is_word(reason[i + 1]))) {
      word += c;
    } else {
      end_word();
      cause += c;
    }
  }
  end_word();
  return cause;
}

Result<std::string> retro(Index& index, const Window& window) {
  GF_ASSIGN(auto runs, runs_of(index, window));
  if (runs.all.empty()) return std::string("No run has ended in that time.\n");
  GF_ASSIGN(auto report, collect(index, 1, window));
  GF_ASSIGN(auto failures, failures_of(index, runs, window));
  std::string first = runs.all.front().id.substr(0, 8), last = runs.all.back().id.substr(0, 8);
  auto day = [](const std::string& text) {
    return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6);
  };
  std::string text = fmt::format(
      "# Retrospective: {}, {} to {}\n\nFrom the record alone. What is said names the runs it "
      "rests on; `git factory show <run>` shows each.\n\n",
      counted(runs.all.size(), "run"), day(first), day(last));
  text += how_it_went(runs, report);
  GF_ASSIGN(auto where, where_it_failed(report, failures, runs));
  text += where + shared_causes(failures, runs);
  GF_ASSIGN(auto findings, shared_findings(index, runs, window));
  GF_ASSIGN(auto changes, changes_between(index, runs, window));
  GF_ASSIGN(auto unknown, what_is_not_known(index, report, window));
  return text + findings + changes + extremes(runs) + unknown;
}

}  // namespace gf::analyst

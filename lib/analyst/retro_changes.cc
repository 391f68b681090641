// What was changed between runs (versions, prompts, models, gates, settings), and the numbers of
// the runs under each value.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyst/retro_runs.h"
#include "base/text.h"

namespace gf::analyst {
namespace {

constexpr size_t kMostValues = 8;

/// One thing that can change, and what it was in each run that tells.
struct Thing {
  std::string name;
  std::vector<std::string> values;                ///< in order of first use
  std::vector<std::pair<size_t, size_t>> of_run;  ///< run, value

  void add(size_t run, const std::string& value) {
    auto found = std::find(values.begin(), values.end(), value);
    if (found == values.end()) found = values.insert(values.end(), value);
    of_run.emplace_back(run, static_cast<size_t>(found - values.begin()));
  }
};

using Things = std::map<std::string, Thing>;

void note(Things& things, const std::string& name, size_t run, const std::string& value) {
  if (value.empty()) return;
  Thing& thing = things[name];
  thing.name = name;
  // A value for every run (a path with the run's name in it) is no change worth telling.
  if (thing.values.size() <= 200) thing.add(run, value);
}

/// Rows of run, what, value.
Result<void> note_rows(Index& index, const RetroRuns& runs, const Window& window, Things& things,
                       const std::string& prefix, const char* sql) {
  GF_ASSIGN(auto rows, index.database().prepare(sql));
  GF_TRY(rows.bind({window.from, window.to}));
  for (;;) {
    GF_ASSIGN(bool more, rows.step());
    if (!more) return Done{};
    auto run = runs.by_id.find(rows.text(0));
    if (run != runs.by_id.end()) note(things, prefix + rows.text(1), run->second, rows.text(2));
  }
}

Result<Things> things_of(Index& index, const RetroRuns& runs, const Window& window) {
  Things things;
  for (size_t i = 0; i < runs.all.size(); ++i) {
    const RetroRun& run = runs.all[i];
    note(things, "git-factory", i, run.tool);
    if (run.spec_version) note(things, "spec format", i, std::to_string(*run.spec_version));
    auto policy = record::Json::parse(run.policy);
    if (!policy.ok()) continue;
    for (const auto& [name, value] : policy->members())
      note(things, "setting " + name, i, value.as_string().value_or(""));
  }
  GF_TRY(note_rows(index, runs, window, things, "model of ",
                   "SELECT r.id, s.stage, min(s.provider||'/'||s.model) FROM run_rows r JOIN "
                   "stage_rows s ON s.run=r.n WHERE s.provider<>'' AND r.day BETWEEN ?1 AND ?2 "
                   "GROUP BY r.id, s.stage ORDER BY r.id"));
  GF_TRY(note_rows(index, runs, window, things, "prompt of ",
                   "SELECT r.id, s.stage, substr(min(s.prompt),1,10) FROM run_rows r JOIN "
                   "exchange_rows s ON s.run=r.n WHERE r.day BETWEEN ?1 AND ?2 "
                   "GROUP BY r.id, s.stage ORDER BY r.id"));
  GF_TRY(note_rows(index, runs, window, things, "gate ",
                   "SELECT r.id, g.gate, max(g.tool) FROM run_rows r JOIN gate_rows g ON g.run=r.n "
                   "WHERE r.day BETWEEN ?1 AND ?2 GROUP BY r.id, g.gate ORDER BY r.id"));
  GF_TRY(note_rows(index, runs, window, things, "gates",
                   "SELECT id, '', group_concat(gate, ', ') FROM (SELECT DISTINCT r.id AS id, "
                   "g.gate AS gate FROM run_rows r JOIN gate_rows g ON g.run=r.n WHERE g.base AND "
                   "r.day BETWEEN ?1 AND ?2 ORDER BY r.id, g.gate) GROUP BY id ORDER BY id"));
  return things;
}

struct Numbers {
  Rate success, first_try;
  std::vector<size_t> runs;
  std::string cost;
  double attempts = 0;
};

Numbers numbers_of(const RetroRuns& runs, const Thing& thing, size_t value) {
  Numbers numbers;
  int64_t counted_runs = 0, delivered = 0, first = 0, attempts = 0, pico = 0;
  bool priced = true;
  for (const auto& [run, its] : thing.of_run) {
    if (its != value) continue;
    numbers.runs.push_back(run);
    const RetroRun& one = runs.all[run];
    if (!one.counted) continue;
    ++counted_runs;
    delivered += one.delivered ? 1 : 0;
    first += one.first_try ? 1 : 0;
    attempts += one.attempts;
    priced = priced && one.pico.has_value() &&
             !__builtin_add_overflow(pico, one.pico.value_or(0), &pico);
  }
  numbers.success = rate_of(delivered, counted_runs);
  numbers.first_try = rate_of(first, counted_runs);
  if (counted_runs > 0) {
    numbers.attempts = static_cast<double>(attempts) / static_cast<double>(counted_runs);
    numbers.cost = priced ? record::to_text(record::Cost{pico / counted_runs, ""}) : "unpriced";
  }
  return numbers;
}

/// The other things whose value in this run is not the one of the run before that tells it.
std::string together_with(const Things& things, const Thing& thing, size_t run) {
  std::vector<std::string> others;
  for (const auto& [name, other] : things) {
    if (&other == &thing || other.values.size() < 2) continue;
    for (size_t i = 1; i < other.of_run.size(); ++i) {
      if (other.of_run[i].first == run && other.of_run[i].second != other.of_run[i - 1].second)
        others.push_back(in_markdown(name));
    }
  }
  if (others.size() > 6) {
    size_t more = others.size() - 6;
    others.resize(6);
    others.push_back(fmt::format("{} more", more));
  }
  return join(others, ", ");
}

std::string compared(const Numbers& before, const Numbers& now) {
  if (before.success.of == 0 || now.success.of == 0) return "nothing to compare";
  if (apart(before.success, now.success)) return "success rates differ by more than chance";
  if (apart(before.first_try, now.first_try)) return "clean-run rates differ by more than chance";
  return "the intervals overlap: no difference can be told from chance";
}

std::string paragraph_of(const Things& things, const Thing& thing, const RetroRuns& runs) {
  std::string text = fmt::format(
      "\n### {}\n\n| value | runs | success | clean run | attempts/run | $/run | which |\n"
      "|---|---:|---|---|---:|---|---|\n",
      in_markdown(thing.name));
  size_t from = thing.values.size() > kMostValues ? thing.values.size() - kMostValues : 0;
  std::vector<Numbers> numbers;
  for (size_t value = 0; value < thing.values.size(); ++value)
    numbers.push_back(numbers_of(runs, thing, value));
  for (size_t value = from; value < thing.values.size(); ++value) {
    const Numbers& its = numbers[value];
    text += fmt::format("| {} | {} | {} | {} | {:.1f} | {} | {} |\n",
                        in_markdown(thing.values[value], 60), its.runs.size(), to_text(its.success),
                        to_text(its.first_try), its.attempts, its.cost, runs.cite(its.runs, 3));
  }
  text += "\n";
  for (size_t value = std::max<size_t>(from, 1); value < thing.values.size(); ++value) {
    size_t run = numbers[value].runs.front();
    std::string others = together_with(things, thing, run);
    text += fmt::format("- {} since {}: {}{}.\n", in_markdown(thing.values[value], 60),
                        runs.cite({run}), compared(numbers[value - 1], numbers[value]),
                        others.empty() ? "" : "; changed in the same run: " + others);
  }
  return text;
}

}  // namespace

std::string in_markdown(const std::string& text, size_t most) {
  std::string clean = replace_all(printable(clipped(text, most)), "\n", " ");
  for (const char* special : {"|", "`", "<", "*", "["})
    clean = replace_all(clean, special, std::string("\\") + special);
  return clean;
}

std::string RetroRuns::cite(const std::vector<size_t>& which, size_t most) const {
  if (which.empty()) return "none";
  std::vector<std::string> parts;
  for (size_t i = 0; i < which.size() && i < most; ++i)
    parts.push_back(fmt::format("{} `{}`", in_markdown(all[which[i]].slug, 40), all[which[i]].id8));
  std::string text = join(parts, ", ");
  return which.size() > most ? text + fmt::format(" and {} more", which.size() - most) : text;
}

Result<RetroRuns> runs_of(Index& index, const Window& window) {
  GF_ASSIGN(auto rows, index.database().prepare(
                           "SELECT id, id8, slug, status, tool, policy, spec_v, pico, first_try, "
                           "attempts, wall_ms FROM run_rows WHERE day BETWEEN ?1 AND ?2 "
                           "ORDER BY id"));
  GF_TRY(rows.bind({window.from, window.to}));
  RetroRuns runs;
  for (;;) {
    GF_ASSIGN(bool more, rows.step());
    if (!more) return runs;
    RetroRun run;
    run.id = rows.text(0);
    run.id8 = rows.text(1);
    run.slug = rows.text(2);
    run.status = rows.text(3);
    run.tool = rows.text(4);
    run.policy = rows.text(5);
    if (!rows.is_null(6)) run.spec_version = rows.integer(6);
    if (!rows.is_null(7)) run.pico = rows.integer(7);
    run.first_try = rows.integer(8) != 0;
    run.attempts = rows.integer(9);
    run.wall = Milliseconds(rows.integer(10));
    run.delivered = run.status == "delivered";
    run.counted = run.status != "planned" && run.status != "reviewed";
    runs.by_id[run.id] = runs.all.size();
    runs.all.push_back(std::move(run));
  }
}

Result<std::string> changes_between(Index& index, const RetroRuns& runs, const Window& window) {
  GF_ASSIGN(auto things, things_of(index, runs, window));
  std::string text =
      "\n## What was changed, and the numbers under each value\n\nValues in order of their first "
      "use. A difference is called one only when the 95% intervals do not overlap, and it is no "
      "cause: what changed in the same run is told.\n";
  std::vector<std::string> constant;
  bool any = false;
  for (const auto& [name, thing] : things) {
    if (thing.values.size() < 2) {
      constant.push_back(in_markdown(name) + " " + in_markdown(thing.values[0], 60));
    } else if (thing.values.size() > 200) {
      text += fmt::format("\n{} has another value in nearly every run.\n", in_markdown(name));
    } else {
      any = true;
      text += paragraph_of(things, thing, runs);
    }
  }
  if (!any) text += "\nNothing that the record tells of was changed between these runs.\n";
  if (!constant.empty()) text += "\nThe same in all runs: " + join(constant, "; ") + ".\n";
  return text;
}

}  // namespace gf::analyst

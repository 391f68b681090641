#include "analyst/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "analyst/metrics.h"
#include "analyst/table.h"
#include "base/text.h"
#include "store/names.h"

namespace gf::analyst {
namespace {

std::string text_in(const Table& table, const std::vector<db::Value>& row, const char* name) {
  const auto* found = std::get_if<std::string>(&table.cell(row, name));
  return found == nullptr ? std::string() : *found;
}

/// Counts of one kind.
struct Tally {
  int64_t right = 0, of = 0;
};

struct Sums {
  Calibration calibration;
  std::map<std::pair<bool, std::string>, Tally> kinds;  ///< by whether it is good, and its name
};

void count(const std::string& answer, bool good, const std::string& kind, Sums& sums) {
  bool approved = answer == "approved", named = answer == "named", other = answer == "otherwise";
  if (!approved && !named && !other) {
    sums.calibration.unanswered += 1;
    return;
  }
  Tally& tally = sums.kinds[{good, kind}];
  tally.of += 1;
  tally.right += (good ? approved : named) ? 1 : 0;
  sums.calibration.otherwise += !good && other ? 1 : 0;
}

record::Cost cost_in(const Table& table, const std::vector<db::Value>& row) {
  const auto* pico = std::get_if<int64_t>(&table.cell(row, "pico"));
  return {pico == nullptr ? std::nullopt : std::optional<int64_t>(*pico),
          text_in(table, row, "basis")};
}

Calibration summed(Sums sums) {
  Calibration all = std::move(sums.calibration);
  Tally planted, good;
  for (const auto& [key, tally] : sums.kinds) {
    Tally& both = key.first ? good : planted;
    both.right += tally.right;
    both.of += tally.of;
    all.kinds.push_back({key.second, key.first, rate_of(tally.right, tally.of)});
  }
  all.planted = rate_of(planted.right, planted.of);
  all.good = rate_of(good.right, good.of);
  return all;
}

}  // namespace

Result<std::vector<Calibration>> calibrations(Index& index) {
  // The last review of each run, the newest run first.
  std::string sql = fmt::format(
      "SELECT r.policy, r.ended, r.pico, r.basis, s.provider || '/' || s.model AS reviewer, "
      "s.model "
      "FROM run_rows r JOIN stage_rows s ON s.run=r.n WHERE r.slug >= '{0}' AND r.slug < "
      "'{0}~' AND r.status='reviewed' AND s.stage='review' ORDER BY r.id DESC, s.seq DESC",
      store::kCalibrationSlug);
  GF_ASSIGN(auto statement, index.database().prepare(sql));
  GF_ASSIGN(auto table, read_table(statement, SIZE_MAX));
  std::vector<Sums> all;
  std::set<std::string> seen;
  for (const auto& row : table.rows) {
    auto policy = record::Json::parse(text_in(table, row, "policy"));
    if (!policy.ok()) continue;
    std::string one = policy->get_string(store::kCalibrationCase);
    if (one.empty() || !seen.insert(one).second) continue;
    std::string reviewer = text_in(table, row, "reviewer");
    std::string prompt = policy->get_string(store::kCalibrationPrompt);
    auto sums = std::find_if(all.begin(), all.end(), [&](const Sums& before) {
      return before.calibration.reviewer == reviewer && before.calibration.prompt == prompt;
    });
    if (sums == all.end()) {
      sums = all.insert(all.end(), Sums());
      sums->calibration.reviewer = reviewer;
      sums->calibration.prompt = prompt;
      sums->calibration.newest = text_in(table, row, "ended");
      sums->calibration.scripted = text_in(table, row, "model") == "scripted";
    }
    bool good = policy->get_string(store::kCalibrationExpects) == "approve";
    sums->calibration.cost = sums->calibration.cost + cost_in(table, row);
    sums->calibration.cases.push_back(one);
    count(policy->get_string(store::kCalibrationAnswer), good,
          policy->get_string(store::kCalibrationKind), *sums);
  }
  std::vector<Calibration> found;
  for (Sums& sums : all) found.push_back(summed(std::move(sums)));
  return found;
}

const Calibration* calibration_of(const std::vector<Calibration>& all, const std::string& reviewer,
                                  const std::string& prompt) {
  auto found = std::find_if(all.begin(), all.end(), [&](const Calibration& one) {
    return one.reviewer == reviewer && one.prompt == prompt;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string in_short(const Calibration& calibration) {
  const Rate &planted = calibration.planted, &good = calibration.good;
  return fmt::format("{} of {} planted faults named, {} of {} good changes approved{}",
                     planted.hits, planted.of, good.hits, good.of,
                     calibration.scripted ? " (scripted)" : "");
}

std::string to_text(const Calibration& calibration) {
  std::string text =
      fmt::format("{}, prompt {}, {}{}\n", calibration.reviewer, calibration.prompt.substr(0, 10),
                  calibration.newest, calibration.scripted ? " (scripted)" : "");
  text += fmt::format("  planted faults named (sensitivity): {}\n", to_text(calibration.planted));
  for (const Calibration::Kind& kind : calibration.kinds)
    if (!kind.good) text += fmt::format("    {}: {}\n", kind.name, to_text(kind.right));
  text += fmt::format("  good changes approved (specificity): {}\n", to_text(calibration.good));
  if (calibration.otherwise > 0)
    text += fmt::format("  rejected for something else, and counted as missed: {}\n",
                        calibration.otherwise);
  if (calibration.unanswered > 0)
    text += fmt::format("  no answer in the asked form: {}\n",
                        counted(static_cast<size_t>(calibration.unanswered), "case"));
  return text + fmt::format("  spent on it: {}\n", money(calibration.cost));
}

record::Json to_json(const Calibration& calibration) {
  record::Json kinds = record::Json::object();
  for (const Calibration::Kind& kind : calibration.kinds) kinds.set(kind.name, to_json(kind.right));
  return record::Json::object({{"reviewer", calibration.reviewer},
                               {"prompt", calibration.prompt},
                               {"newest", calibration.newest},
                               {"scripted", calibration.scripted},
                               {"sensitivity", to_json(calibration.planted)},
                               {"specificity", to_json(calibration.good)},
                               {"kinds", std::move(kinds)},
                               {"otherwise", calibration.otherwise},
                               {"unanswered", calibration.unanswered},
                               {"cost", record::to_json(calibration.cost)}});
}

}  // namespace gf::analyst

// Stages that ask the same models are named together.
#include "line/terms.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/budget.h"
#include "line/delivery.h"
#include "record/run.h"

namespace gf::line {
namespace {

/// Stages that ask the same are told together, in the line's order.
std::string models_text(const std::map<std::string, std::string>& models) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;  // (model, its stages)
  for (const std::string& stage : model_stages()) {
    auto model = models.find(stage);
    if (model == models.end()) continue;
    auto same = std::find_if(groups.begin(), groups.end(),
                             [&](const auto& group) { return group.first == model->second; });
    if (same == groups.end()) {
      groups.push_back({model->second, {stage}});
    } else {
      same->second.push_back(stage);
    }
  }
  if (groups.size() == 1) return groups.front().first;
  std::vector<std::string> parts;
  for (const auto& [model, stages] : groups) parts.push_back(join(stages, ", ") + " " + model);
  return join(parts, "; ");
}

std::string budget_text(const Budget& budget) {
  std::vector<std::string> caps;
  if (budget.pico_usd) {
    std::string dollars = record::to_text(record::Cost{*budget.pico_usd, ""});
    caps.push_back(dollars.ends_with("00") ? dollars.substr(0, dollars.size() - 2) : dollars);
  }
  if (budget.tokens) caps.push_back(fmt::format("{} tokens", *budget.tokens));
  if (budget.calls) caps.push_back(counted(static_cast<size_t>(*budget.calls), "call"));
  if (budget.wall) caps.push_back(fmt::format("{} s", budget.wall->count() / 1000));
  return join(caps, ", ");
}

}  // namespace

std::string Terms::text() const {
  std::vector<std::string> parts;
  if (!models.empty()) parts.push_back(models);
  parts.push_back(budget.empty() ? "no budget" : "budget " + budget);
  parts.push_back("record " + record);
  return join(parts, "  ");
}

Result<Terms> terms_of(const Assignment& assignment,
                       const std::map<std::string, std::string>& models) {
  GF_ASSIGN(auto budget, budget_from(assignment.config, "factory."));
  store::Share share = share_of(assignment);
  std::string record = "stays here";
  if (share != store::Share::kNone)
    record = fmt::format("{} to {}", store::name_of(share), *assignment.remote);
  return Terms{models_text(models), budget_text(budget), record};
}

}  // namespace gf::line

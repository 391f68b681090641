// git factory models [check]: who would be asked, what that costs, and whether they answer.
#include "setup/models.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"

namespace gf::cmd {
namespace {

using record::Json;

/// Dollars for a million tokens, of 10^-12 dollars for one.
std::string for_a_million(int64_t pico) {
  return fmt::format("${}.{:02}", pico / 1'000'000, pico % 1'000'000 / 10'000);
}

std::string price_of(const model::Description& about) {
  if (about.local) return "local";
  if (!about.input_pico || !about.output_pico) return about.price_basis;
  return fmt::format("{} in, {} out a million ({})", for_a_million(*about.input_pico),
                     for_a_million(*about.output_pico), about.price_basis);
}

/// All but the stage: stages that would ask the same are told together.
std::string row_text(const setup::ModelRow& row) {
  std::string text = fmt::format("{}  {:<32}", row.place, row.reference);
  if (!row.about.address.empty()) text += "  " + row.about.address;
  if (row.about.context_window > 0) text += fmt::format("  context {}", row.about.context_window);
  if (!row.about.kind.empty()) text += "  " + price_of(row.about);
  if (!row.about.key_from.empty()) text += "  key from " + row.about.key_from;
  if (!row.problem.empty()) text += "\n     cannot answer: " + row.problem;
  if (!row.problem.empty() && !row.mend.empty()) text += "\n     hint: " + row.mend;
  return "  " + text + "\n";
}

std::string chains_text(const std::vector<setup::ModelRow>& rows) {
  std::vector<std::pair<std::string, std::string>> stages, chains;  // (stage or stages, its rows)
  for (const setup::ModelRow& row : rows) {
    if (stages.empty() || stages.back().first != row.stage) stages.emplace_back(row.stage, "");
    stages.back().second += row_text(row);
  }
  for (const auto& [stage, text] : stages) {
    auto same = std::find_if(chains.begin(), chains.end(),
                             [&, &chain = text](const auto& one) { return one.second == chain; });
    if (same == chains.end()) {
      chains.emplace_back(stage, text);
    } else {
      same->first += ", " + stage;
    }
  }
  std::string all;
  for (const auto& [names, text] : chains) all += names + "\n" + text;
  return all;
}

std::string proposals_text(const std::vector<model::Proposal>& proposals, const Console& console) {
  if (proposals.empty()) {
    model::ShortestWay way = model::shortest_way(console.setup.environment, *console.setup.cancel);
    return fmt::format("{}\n  {}\n", way.found, way.command);
  }
  std::string text;
  for (const model::Proposal& proposal : proposals) {
    text += "found: " + proposal.found + "\n";
    for (const std::string& command : proposal.commands) text += "  " + command + "\n";
  }
  return text;
}

Result<int> list(Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto config, setup::settings_for_runs(*context));
  GF_ASSIGN(auto rows, setup::configured_models(*context, config));
  std::vector<model::Proposal> proposals =
      model::proposals(console.setup.environment, *console.setup.cancel);
  if (console.json) {
    Json all = Json::array(), found = Json::array();
    for (const setup::ModelRow& row : rows) all.push(setup::to_json(row));
    for (const model::Proposal& proposal : proposals) {
      found.push(Json::object(
          {{"found", proposal.found}, {"commands", Json::strings(proposal.commands)}}));
    }
    console.print(Json::object({{"models", all}, {"proposals", found}}).dump() + "\n");
    return kYes;
  }
  std::string text = chains_text(rows);
  bool trouble = rows.empty();
  for (const setup::ModelRow& row : rows) trouble = trouble || !row.problem.empty();
  if (rows.empty()) text += "no model is configured\n";
  if (trouble) text += "\n" + proposals_text(proposals, console);
  console.print(printable(text));
  return kYes;
}

std::string duration_text(Milliseconds took) {
  if (took < std::chrono::seconds(1)) return fmt::format("{} ms", took.count());
  return fmt::format("{:.1f} s", static_cast<double>(took.count()) / 1000);
}

std::string check_text(const setup::ModelCheck& row) {
  if (!row.answers) {
    std::string hint = row.mend.empty() ? "" : fmt::format("    hint: {}\n", row.mend);
    return fmt::format("{}  no: {}\n{}", row.reference, row.failure, hint);
  }
  auto mark = [](bool good) { return good ? "yes" : "no"; };
  std::string text = fmt::format(
      "{}  answers in {} as {}, structured output {}, tools {}, usage {}, {}/{} tokens {}\n",
      row.reference, duration_text(row.duration), row.answered, mark(row.structured),
      mark(row.tools), row.usage ? "reported" : "not told", row.used.input_total.value_or(0),
      row.used.output_total.value_or(0), record::to_text(row.cost));
  if (!row.failure.empty()) text += "    " + row.failure + "\n";
  return text;
}

Result<int> check(Console& console, const std::vector<std::string>& only) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto config, setup::settings_for_runs(*context));
  GF_ASSIGN(auto rows, setup::check_models(*context, config, only));
  if (rows.empty()) {
    model::ShortestWay way = model::shortest_way(console.setup.environment, *console.setup.cancel);
    return Error{Fault::kConfiguration, "no model is configured", "here: " + way.found,
                 way.command};
  }
  bool good = true;
  Json all = Json::array();
  std::string text;
  for (const setup::ModelCheck& row : rows) {
    good = good && row.answers && row.structured && row.tools;
    all.push(setup::to_json(row));
    text += check_text(row);
  }
  console.print(console.json ? all.dump() + "\n" : printable(text));
  return good ? kYes : kNo;
}

}  // namespace

Run bind_models(Arguments& arguments) {
  auto only = std::make_shared<std::vector<std::string>>();
  Arguments checking =
      arguments.command("check", "Ask each model tiny questions and say what works",
                        [only](Console& console) { return check(console, *only); });
  checking.add("model", *only, "Check these instead of the configured ones")
      .type("<provider>/<model>");
  return list;
}

}  // namespace gf::cmd

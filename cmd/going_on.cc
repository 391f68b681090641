#include "going_on.h"

#include <fmt/format.h>

#include "arguments.h"
#include "base/text.h"
#include "live_view.h"
#include "model/prices.h"
#include "record/dollars.h"
#include "run_text.h"

namespace gf::cmd {

Error no_spec(Error error) {
  if (error.hint.empty())
    error.hint = "write one as git-factory-spec(5) and 'git factory spec schema' say";
  return error;
}

Option add_model(Arguments& arguments, std::vector<std::string>& models) {
  return arguments
      .add("--model", models, "Use <stage>=<provider>/<model>, or one for all; may be repeated")
      .type("<ref>")
      .repeated();
}

Result<void> add_models(const std::vector<std::string>& models,
                        session::Config::Settings& settings) {
  for (const std::string& model : models) {
    size_t equals = model.find('=');
    std::string stage = equals == std::string::npos ? "" : model.substr(0, equals);
    std::string reference = equals == std::string::npos ? model : model.substr(equals + 1);
    if (reference.find('/') == std::string::npos) {
      return Error{Fault::kUsage,
                   fmt::format("'{}' is no model", printable(model)),
                   {},
                   "write <stage>=<provider>/<model> or <provider>/<model>"};
    }
    settings.add(stage.empty() ? "factory.model" : "factory." + stage + ".model", reference);
  }
  return Done{};
}

Result<void> add_budget(const std::string& budget, session::Config::Settings& settings,
                        const std::string& key) {
  if (budget.empty()) return Done{};
  if (!model::pico_dollars(trim(budget))) {
    std::string option = key == "factory.budgetUsd" ? "--budget" : "--batch-budget";
    return Error{Fault::kUsage,
                 fmt::format("{} is '{}'", option, printable(budget)),
                 {},
                 fmt::format("write dollars, such as {} 0.25", option)};
  }
  settings.add(key, budget);
  return Done{};
}

std::function<bool(const record::Spec&)> ask_person(const Console& console, View& view) {
  return [&](const record::Spec& spec) {
    view.leave();
    console.say(printable(record::to_plain_text(spec)));
    if (!console.terminal) return false;
    auto answer = console.ask("build this?", Enter::kNo);
    return answer.ok() && answer->value_or(false);  // the line notices a wish to stop by itself
  };
}

Result<int> conclude(const Console& console, const Result<record::RunRecord>& result) {
  if (!result.ok()) {
    Error error = result.error();
    if (error.fault == Fault::kCancelled) {
      error.message = "everything up to the last finished step is kept";
      error.hint = "go on with 'git factory resume', or end it with 'git factory abort'";
    }
    return error;
  }
  if (console.json) {
    console.print(record::in_dollars(record::to_json(*result)).dump() + "\n");
  } else {
    console.print(printable(result_text(*result)));
    bool opened = result->status == record::RunStatus::kDelivered && !result->pull_request.empty();
    if (opened && !console.quiet)
      console.say(fmt::format("next: git factory pr show {0}, git factory pr checkout {0}",
                              printable(replace_all(result->pull_request, "#", ""))));
  }
  bool good = result->status == record::RunStatus::kDelivered ||
              result->status == record::RunStatus::kPlanned;
  return good ? kYes : kNo;
}

}  // namespace gf::cmd

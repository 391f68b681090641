#include "setup/models.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/model_context.h"
#include "record/schema.h"

namespace gf::setup {
namespace {

using record::Json;

constexpr int64_t kTinyAnswer = 256;
constexpr int kMostTries = 12;  ///< a request has fewer parts that can be left out
const std::vector<std::string> kModelStages = {"plan", "scout", "build", "test", "review"};

record::ModelRequest question(const std::string& text) {
  record::ModelRequest request;
  request.stage = "check";
  request.max_output_tokens = kTinyAnswer;
  request.messages.push_back({record::Message::Role::kUser, text, {}, {}, {}});
  return request;
}

Json ok_schema() {
  return Json::object({{"type", "object"},
                       {"properties", Json::object({{"ok", Json::object({{"type", "boolean"}})}})},
                       {"required", Json::strings({"ok"})},
                       {"additionalProperties", false}});
}

/// Asks until the server takes the form of the request; the failure of `what` goes into `row`.
Result<std::optional<record::ModelAnswer>> answer_to(const std::string& what,
                                                     model::Provider& provider,
                                                     const record::ModelRequest& request,
                                                     const Cancel& cancel, ModelCheck& row) {
  for (int tries = 0; tries < kMostTries; ++tries) {
    GF_ASSIGN(auto reply, provider.ask(request, cancel));
    GF_TRY(cancel.check());
    if (reply.paid) {
      row.used = row.used + reply.paid->usage;
      row.cost = row.cost + reply.paid->cost;
    }
    if (reply.answer) {
      row.used = row.used + reply.answer->usage;
      row.cost = row.cost + reply.answer->cost;
      row.answered = reply.answer->model;
      return reply.answer;
    }
    if (reply.again == model::Reply::Again::kAtOnce) continue;
    if (row.failure.empty())
      row.failure = fmt::format("{}{}: {}", what, record::name_of(reply.failure), reply.text);
    break;
  }
  return std::optional<record::ModelAnswer>();
}

Result<void> check_one(model::Provider& provider, const session::Context& context,
                       ModelCheck& row) {
  Stopwatch watch(context.clock());
  GF_ASSIGN(auto word, answer_to("", provider, question("Answer with the single word: ready"),
                                 context.cancel(), row));
  row.answers = word.has_value();
  row.usage = word && word->usage.source == "reported";
  row.duration = watch.elapsed();
  if (!row.answers) return Done{};
  record::ModelRequest object = question("Answer with the JSON object {\"ok\": true} and no more.");
  object.schema = ok_schema();
  GF_ASSIGN(auto structured,
            answer_to("structured output: ", provider, object, context.cancel(), row));
  if (structured) {
    if (auto json = record::json_in_prose(structured->message.content)) {
      GF_ASSIGN(auto violations, record::schema_violations(object.schema, *json));
      row.structured = violations.empty();
    }
  }
  record::ModelRequest call = question("Call the tool 'note' once, with the text 'hello'.");
  Json text = Json::object({{"type", "string"}, {"description", "What to note."}});
  call.tools.push_back({"note", "Writes a note.",
                        Json::object({{"type", "object"},
                                      {"properties", Json::object({{"text", text}})},
                                      {"required", Json::strings({"text"})},
                                      {"additionalProperties", false}})});
  GF_ASSIGN(auto called, answer_to("tools: ", provider, call, context.cancel(), row));
  row.tools = called && !called->message.tool_calls.empty() &&
              called->message.tool_calls[0].name == "note" &&
              called->message.tool_calls[0].malformed.empty();
  return Done{};
}

}  // namespace

Result<session::Config> settings_for_runs(session::Context& context) {
  GF_ASSIGN(auto early,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides));
  // Without a base there is no tracked file to read either.
  auto base = session::find_base(context, early.settings(), std::nullopt);
  if (!base.ok()) return early;
  return session::Config::load(context.repo, context.git, base->tree, context.setup.overrides);
}

Result<std::vector<ModelRow>> configured_models(session::Context& context,
                                                const session::Config& config) {
  model::Context made = line::model_context(context, config);
  GF_ASSIGN(made.shared, model::make_shared(made.settings, made.data_dir, made.environment));
  std::map<std::string, ModelRow> known;
  std::vector<ModelRow> rows;
  for (const std::string& stage : kModelStages) {
    int place = 0;
    for (const std::string& name : model::references_for(config.settings(), stage)) {
      ModelRow row;
      if (auto seen = known.find(name); seen != known.end()) {
        row = seen->second;
      } else {
        row.reference = name;
        auto reference = model::Reference::parse(name);
        auto provider = reference.ok()
                            ? model::make_provider(*reference, made)
                            : Result<std::unique_ptr<model::Provider>>(reference.error());
        if (provider.ok()) {
          row.about = (*provider)->describe();
          row.problem = (*provider)->problem().value_or("");
          row.mend = (*provider)->mend();
        } else {
          row.problem = provider.error().message;
          row.mend = provider.error().hint;
        }
        known[name] = row;
      }
      row.stage = stage;
      row.place = ++place;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Result<std::vector<ModelCheck>> check_models(session::Context& context,
                                             const session::Config& config,
                                             const std::vector<std::string>& only) {
  model::Context made = line::model_context(context, config);
  GF_ASSIGN(made.shared, model::make_shared(made.settings, made.data_dir, made.environment));
  std::vector<ModelCheck> rows;
  auto row_of = [&rows](const std::string& name) -> ModelCheck& {
    for (ModelCheck& row : rows) {
      if (row.reference == name) return row;
    }
    rows.push_back({});
    rows.back().reference = name;
    return rows.back();
  };
  for (const std::string& name : only) row_of(name);
  if (only.empty()) {
    for (const std::string& stage : kModelStages) {
      for (const std::string& name : model::references_for(config.settings(), stage))
        row_of(name).stages.push_back(stage);
    }
  }
  for (ModelCheck& row : rows) {
    GF_TRY(context.cancel().check());
    auto reference = model::Reference::parse(row.reference);
    if (!reference.ok()) {
      row.failure = reference.error().message;
      row.mend = reference.error().hint;
      continue;
    }
    auto provider = model::make_provider(*reference, made);
    std::optional<std::string> problem;
    if (provider.ok()) problem = (*provider)->problem();
    if (!provider.ok() || problem) {
      row.failure = problem.value_or(provider.ok() ? "" : provider.error().message);
      row.mend = provider.ok() ? (*provider)->mend() : provider.error().hint;
      continue;
    }
    GF_TRY(check_one(**provider, context, row));
  }
  return rows;
}

Json to_json(const ModelRow& row) {
  Json json = Json::object({{"stage", row.stage},
                            {"place", row.place},
                            {"model", row.reference},
                            {"kind", row.about.kind},
                            {"address", row.about.address},
                            {"key_from", row.about.key_from},
                            {"context_window", row.about.context_window},
                            {"max_output", row.about.max_output},
                            {"local", row.about.local},
                            {"price_basis", row.about.price_basis},
                            {"problem", row.problem},
                            {"mend", row.mend}});
  if (row.about.input_pico) json.set("input_pico_usd", *row.about.input_pico);
  if (row.about.output_pico) json.set("output_pico_usd", *row.about.output_pico);
  return json;
}

Json to_json(const ModelCheck& row) {
  return Json::object({{"model", row.reference},
                       {"stages", Json::strings(row.stages)},
                       {"answers", row.answers},
                       {"structured", row.structured},
                       {"tools", row.tools},
                       {"usage", row.usage},
                       {"answered", row.answered},
                       {"failure", row.failure},
                       {"mend", row.mend},
                       {"used", record::to_json(row.used)},
                       {"cost", record::to_json(row.cost)},
                       {"duration_ms", static_cast<int64_t>(row.duration.count())}});
}

}  // namespace gf::setup

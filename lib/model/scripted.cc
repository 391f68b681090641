// Answers from files that ship with the project. Always called "scripted", never by a model's name.
#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "model/kinds.h"

namespace gf::model {
namespace {

constexpr size_t kScriptedBytesPerToken = 4;

class Scripted : public Provider {
 public:
  Scripted(Reference reference, std::string folder)
      : reference_(std::move(reference)), folder_(std::move(folder)) {}

  Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) override {
    GF_TRY(cancel.check());
    std::string name = fmt::format("{}.{}.{}.json", request.stage, request.attempt, request.turn);
    Reply reply;
    auto text = read_file(folder_ + "/" + name);
    if (!text) {
      reply.failure = record::ModelFailure::kConfig;
      reply.text = fmt::format("the script '{}' has no answer '{}'", reference_.model, name);
      return reply;
    }
    auto json = record::Json::parse(*text);
    if (!json.ok()) {
      reply.failure = record::ModelFailure::kBadOutput;
      reply.text = fmt::format("'{}': {}", name, json.error().message);
      return reply;
    }
    record::ModelAnswer answer;
    answer.provider = "scripted";
    answer.model = "scripted";
    answer.message.role = record::Message::Role::kAssistant;
    record::Json content = json->get("content");
    if (!content.is_null()) answer.message.content = content.as_string().value_or(content.dump());
    answer.message.tool_calls = tool_calls_from(json->get("tool_calls"));
    answer.finish = answer.message.tool_calls.empty() ? "stop" : "tool_calls";
    if (auto usage = record::usage_from_json(json->get("usage"));
        usage.ok() && usage->input_total) {
      answer.usage = *usage;
      answer.usage.source = "scripted";
    } else {
      // Nobody counted tokens: four bytes are taken for one, and the record says that it is an
      // estimate.
      answer.usage.input_total =
          static_cast<int64_t>(record::to_json(request).dump().size() / kScriptedBytesPerToken);
      answer.usage.output_total = static_cast<int64_t>(
          record::to_json(answer.message).dump().size() / kScriptedBytesPerToken);
      answer.usage.source = "estimated";
    }
    answer.cost = record::Cost{0, "scripted"};
    reply.answer = std::move(answer);
    return reply;
  }

  std::optional<std::string> problem() override {
    if (std::filesystem::is_directory(folder_)) return std::nullopt;
    return fmt::format("there is no script '{}'", reference_.model);
  }
  [[nodiscard]] std::string mend() const override {
    return "name a folder of templates/demo/answers, such as scripted/health";
  }
  [[nodiscard]] const Reference& reference() const override { return reference_; }
  [[nodiscard]] WorstCase worst_case(const record::ModelRequest&) const override {
    return {0, 0, 0};
  }

 private:
  Reference reference_;
  std::string folder_;
};

}  // namespace

std::vector<record::ToolCall> tool_calls_from(const record::Json& list) {
  std::vector<record::ToolCall> calls;
  for (const record::Json& item : list.items()) {
    record::ToolCall call;
    call.id = item.get_string("id", fmt::format("call-{}", calls.size() + 1));
    call.name = item.get_string("name");
    call.arguments = item.get("arguments");
    if (call.arguments.is_null())
      call.arguments = record::Json::object();  // a tool without arguments
    if (auto text = call.arguments.as_string()) {
      auto parsed = record::Json::parse(*text);
      bool object = parsed.ok() && parsed->is_object();
      if (!object) call.malformed = clipped(*text, 2000);
      call.arguments = object ? std::move(parsed).value() : record::Json::object();
    } else if (!call.arguments.is_object()) {
      call.malformed = call.arguments.dump();
      call.arguments = record::Json::object();
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

Result<std::unique_ptr<Provider>> make_scripted(const Reference& reference,
                                                const Context& context) {
  if (slug_from(reference.model, 100) != reference.model) {
    return Error{Fault::kConfiguration,
                 fmt::format("'{}' is no script's name", printable(reference.model)),
                 {},
                 "name a folder of templates/demo/answers, such as scripted/health"};
  }
  std::string root = provider_setting(context, reference, "path").value_or("demo/answers");
  if (!root.starts_with("/")) root = context.data_dir + "/" + root;
  return std::unique_ptr<Provider>(
      std::make_unique<Scripted>(reference, root + "/" + reference.model));
}

}  // namespace gf::model

// Which models are meant, and how each kind of provider is made.
#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "model/kinds.h"
#include "model/presets.h"
#include "model/provider.h"

namespace gf::model {
namespace {

using Make = Result<std::unique_ptr<Provider>> (*)(const Reference&, const Context&);
struct Kind {
  std::string_view name;
  Make make;
};
/// Every kind of provider. A dialect over HTTP is one more row.
constexpr std::array kKinds = {
    Kind{"command", make_command}, Kind{"cli", make_cli},       Kind{"scripted", make_scripted},
    Kind{"ollama", make_ollama},   Kind{"openai", make_openai}, Kind{"anthropic", make_anthropic},
};

constexpr int64_t kFewestBytesPerToken = 2;

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
  size_t slash = text.find('/');
  bool good = slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
              text.front() != '-' && is_utf8(text);
  for (char c : text) good = good && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (!good) {
    return Error{Fault::kConfiguration,
                 fmt::format("'{}' names no model", printable(clipped(text, 100))),
                 {},
                 "write <provider>/<model>, for example command/my-model"};
  }
  return Reference{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

std::string provider_key(const Reference& reference, std::string_view name) {
  return fmt::format("factory.provider.{}.{}", reference.provider, name);
}

std::optional<std::string> provider_setting(const Context& context, const Reference& reference,
                                            std::string_view name) {
  return context.settings.text(provider_key(reference, name));
}

Result<int64_t> number_setting(const Context& context, const Reference& reference,
                               std::string_view name, int64_t fallback, int64_t low, int64_t high) {
  return context.settings.number(provider_key(reference, name), fallback, low, high);
}

proc::Environment environment_of_program(const Context& context, const Reference& reference,
                                         std::vector<std::string> own) {
  for (std::string& name : context.settings.all(provider_key(reference, "environment")))
    own.push_back(std::move(name));
  return proc::clean_environment(context.environment, own);
}

Result<std::unique_ptr<Provider>> make_provider(const Reference& reference,
                                                const Context& context) {
  std::string kind = provider_setting(context, reference, "kind").value_or(reference.provider);
  if (find_preset(kind) != nullptr) kind = "cli";
  std::vector<std::string> names;
  for (const Kind& known : kKinds) {
    if (known.name == kind) return known.make(reference, context);
    names.emplace_back(known.name);
  }
  return Error{Fault::kConfiguration,
               fmt::format("'{}' is no kind of provider", printable(kind)),
               {},
               fmt::format("set factory.provider.{}.kind to one of: {}", reference.provider,
                           join(names, ", "))};
}

int64_t most_tokens(const record::ModelRequest& request) {
  size_t bytes = request.schema.is_null() ? 0 : request.schema.dump().size();
  for (const record::Message& message : request.messages)
    bytes += record::canonical(message)->text.size();
  for (const record::ToolSpec& tool : request.tools) bytes += record::to_json(tool).dump().size();
  return static_cast<int64_t>(bytes) / kFewestBytesPerToken + 1;
}

Description Provider::describe() const {
  Description about;
  about.kind = reference().provider;
  return about;
}

WorstCase Provider::worst_case(const record::ModelRequest& request) const {
  return {most_tokens(request), request.max_output_tokens, std::nullopt};
}

std::vector<std::string> references_for(const Settings& settings, std::string_view stage) {
  std::vector<std::string> own = settings.all(fmt::format("factory.{}.model", stage));
  return own.empty() ? settings.all("factory.model") : own;
}

}  // namespace gf::model

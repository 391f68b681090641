// Which models are meant, and how each kind of provider is made.
#include <fmt/format.h>

#include <array>
#include <charconv>

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

constexpr int64_t kBytesPerToken = 2;

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

std::optional<std::string> setting(const Settings& settings, std::string_view key) {
  std::optional<std::string> found;
  for (const auto& [name, value] : settings) {
    if (lower(name) == lower(key)) found = value;
  }
  return found;
}

std::optional<std::string> provider_setting(const Context& context, const Reference& reference,
                                            std::string_view name) {
  return setting(context.settings, fmt::format("factory.provider.{}.{}", reference.provider, name));
}

Result<int64_t> number_setting(const Context& context, const Reference& reference,
                               std::string_view name, int64_t fallback, int64_t low, int64_t high) {
  auto text = provider_setting(context, reference, name);
  if (!text) return fallback;
  int64_t value = 0;
  auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  bool good = code == std::errc() && end == text->data() + text->size();
  if (!good || value < low || value > high) {
    return Error{
        Fault::kConfiguration,
        fmt::format("factory.provider.{}.{} is '{}'", reference.provider, name, printable(*text)),
        {},
        fmt::format("set it to a whole number from {} to {}", low, high)};
  }
  return value;
}

proc::Environment environment_of_program(const Context& context, const Reference& reference,
                                         std::vector<std::string> own) {
  std::string named = fmt::format("factory.provider.{}.environment", reference.provider);
  for (const auto& [key, value] : context.settings) {
    if (lower(key) == lower(named)) own.push_back(value);
  }
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
  return static_cast<int64_t>(bytes) / kBytesPerToken + 1;
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
  std::vector<std::string> own, general;
  for (const auto& [key, value] : settings) {
    if (lower(key) == fmt::format("factory.{}.model", stage)) own.push_back(value);
    if (lower(key) == "factory.model") general.push_back(value);
  }
  return own.empty() ? general : own;
}

}  // namespace gf::model

// How each kind of provider is made. For this room's .cc files.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/provider.h"

namespace gf::model {

Result<std::unique_ptr<Provider>> make_command(const Reference& reference, const Context& context);
Result<std::unique_ptr<Provider>> make_cli(const Reference& reference, const Context& context);
Result<std::unique_ptr<Provider>> make_scripted(const Reference& reference, const Context& context);
Result<std::unique_ptr<Provider>> make_ollama(const Reference& reference, const Context& context);
Result<std::unique_ptr<Provider>> make_openai(const Reference& reference, const Context& context);
Result<std::unique_ptr<Provider>> make_anthropic(const Reference& reference,
                                                 const Context& context);

/// "factory.provider.<name>.<setting>"
std::string provider_key(const Reference& reference, std::string_view name);
/// The value of that key.
std::optional<std::string> provider_setting(const Context& context, const Reference& reference,
                                            std::string_view name);

/// The same as a whole number in a range; else an Error that names it.
Result<int64_t> number_setting(const Context& context, const Reference& reference,
                               std::string_view name, int64_t fallback, int64_t low, int64_t high);

/// What a provider's program sees: what every child may see, the variables of `own`, and those that
/// factory.provider.<name>.environment names.
proc::Environment environment_of_program(const Context& context, const Reference& reference,
                                         std::vector<std::string> own);

/// Reads a `tool_calls` list; arguments given as a string are parsed, what does not parse is kept.
std::vector<record::ToolCall> tool_calls_from(const record::Json& list);

}  // namespace gf::model

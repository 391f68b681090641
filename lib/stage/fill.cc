// Prompt templates: filled once, with data fenced.
#include <fmt/format.h>

#include "base/text.h"
#include "stage/stage.h"

namespace gf::stage {

Result<std::string> fill(std::string_view prompt_template,
                         const std::map<std::string, std::string>& values) {
  std::string text;
  while (true) {
    size_t open = prompt_template.find("{{");
    text.append(prompt_template.substr(0, open));
    if (open == std::string_view::npos) return text;
    size_t close = prompt_template.find("}}", open);
    if (close == std::string_view::npos) {
      return Error{Fault::kConfiguration,
                   "a prompt template has '{{' without '}}'",
                   {},
                   "mend the template"};
    }
    std::string name(trim(prompt_template.substr(open + 2, close - open - 2)));
    auto value = values.find(name);
    if (value == values.end()) {
      return Error{Fault::kConfiguration,
                   fmt::format("a prompt template asks for '{}', which this stage does not have",
                               printable(name)),
                   {},
                   "mend the template"};
    }
    text += value->second;
    prompt_template.remove_prefix(close + 2);
  }
}

std::string fenced(std::string_view label, std::string_view text) {
  size_t longest = 2, run = 0;
  for (char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  std::string fence(longest + 1, '`');
  std::string body = to_utf8(text);
  if (!body.empty() && body.back() != '\n') body += '\n';
  return fmt::format("{}{}\n{}{}\n", fence, label, body, fence);
}

}  // namespace gf::stage

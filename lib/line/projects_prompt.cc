// A line a project, with its languages and what it is built on.
#include "line/projects_prompt.h"

#include <fmt/format.h>

#include "base/text.h"
#include "stage/stage.h"

namespace gf::line {

std::string projects_prompt(const std::vector<gate::Project>& projects) {
  if (!gate::are_several(projects)) return {};
  constexpr size_t kMost = 40;
  auto named = [](const std::string& folder) {
    return folder.empty() ? std::string("the root") : printable(folder) + "/";
  };
  std::string text;
  for (size_t i = 0; i < projects.size() && i < kMost; ++i) {
    const gate::Project& one = projects[i];
    std::vector<std::string> needs;
    for (const std::string& folder : one.needs) needs.push_back(named(folder));
    text += named(one.folder);
    if (!one.languages.empty()) text += fmt::format(" ({})", join(one.languages, ", "));
    if (!needs.empty()) text += ", built on " + join(needs, ", ");
    text += "\n";
  }
  if (projects.size() > kMost) text += fmt::format("and {} more\n", projects.size() - kMost);
  return "Its projects; each has gates and an environment of its own, and a run uses those that "
         "its "
         "change concerns:\n" +
         stage::fenced("", text);
}

}  // namespace gf::line

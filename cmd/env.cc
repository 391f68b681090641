// git factory env: which Python environment a run's tools are started in.
#include <algorithm>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "setup/environments.h"

namespace gf::cmd {
namespace {

Result<int> environments(bool clean, const Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  if (clean) {
    GF_ASSIGN(auto removed, setup::clean_environments(*context));
    return console.print(printable(setup::to_text(removed))) ? kYes : kFailed;
  }
  GF_ASSIGN(auto found, setup::look_at_environments(*context));
  std::string text =
      console.json ? setup::to_json(found).dump() + "\n" : printable(setup::to_text(found));
  if (!console.print(text)) return kFailed;
  bool all = std::all_of(found.projects.begin(), found.projects.end(),
                         [](const auto& one) { return one.found.interpreter.has_value(); });
  return all ? kYes : kNo;
}

}  // namespace

Run bind_env(Arguments& arguments) {
  auto clean = std::make_shared<bool>(false);
  arguments.add("--clean", *clean, "Remove the environments that were made");
  return [clean](Console& console) { return environments(*clean, console); };
}

}  // namespace gf::cmd

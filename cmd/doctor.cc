// git factory doctor: is everything there that a run needs?
#include "doctor/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"

namespace gf::cmd {
namespace {

std::string one_line(const std::string& text) { return printable(replace_all(text, "\n", " ")); }

/// Gates take their time: on a terminal each is told as it begins.
session::Setup telling(const Console& console) {
  session::Setup setup = console.setup;
  if (!console.terminal || console.json || console.quiet) return setup;
  setup.sink = [&console](const session::Event& event) {
    if (console.setup.sink) console.setup.sink(event);
    if (event.kind == "gate.begin")
      console.say(fmt::format("running {} on the base ...", one_line(event.text)));
  };
  return setup;
}

Result<int> doctor(const doctor::Wish& wish, const Console& console) {
  std::vector<doctor::Check> checks = doctor::examine(telling(console), wish);
  GF_TRY(console.setup.cancel->check());
  size_t width = 0, bad = 0;
  for (const doctor::Check& check : checks) width = std::max(width, check.name.size());
  width = std::min<size_t>(width, 28);
  std::string text;
  for (const doctor::Check& check : checks) {
    bad += check.health == doctor::Health::kBad ? 1 : 0;
    if (console.json) {
      text += doctor::to_json(check).dump() + "\n";
      continue;
    }
    if (console.quiet && check.health == doctor::Health::kGood) continue;
    text += fmt::format("{:<4}  {:<{}}  {}\n", doctor::name_of(check.health), one_line(check.name),
                        width, one_line(check.text));
    if (!check.hint.empty() && check.health != doctor::Health::kGood)
      text += fmt::format("{:{}}hint: {}\n", "", width + 8, one_line(check.hint));
  }
  if (!console.print(text)) return kFailed;
  return bad == 0 ? kYes : kNo;
}

}  // namespace

Run bind_doctor(Arguments& arguments) {
  struct Options {
    doctor::Wish wish;
    bool no_gates = false;
  };
  auto options = std::make_shared<Options>();
  arguments.add("--offline", options->wish.offline, "Ask no remote and no model");
  arguments.add("--no-gates", options->no_gates, "Do not run the gates on the base");
  return [options](Console& console) {
    options->wish.gates = !options->no_gates;
    return doctor(options->wish, console);
  };
}

}  // namespace gf::cmd

#include "line/faults.h"

#include <fmt/format.h>

#include "base/text.h"
#include "record/spec.h"

namespace gf::line {

Faults faults_in(const record::GateOutcome& outcome) {
  Faults faults;
  faults.noticed = outcome.counts.passed;
  for (const record::Finding& one : outcome.findings)
    (one.rule == kNotTriedRule ? faults.not_tried : faults.survivors).push_back(one);
  return faults;
}

std::string survivors_text(const Faults& faults) {
  std::string text;
  for (const record::Finding& one : faults.survivors)
    text +=
        fmt::format("mutation: {}:{} {}\n", printable(one.path), one.line, printable(one.message));
  for (const record::Finding& one : faults.not_tried)
    text += fmt::format("mutation: {}\n", printable(one.message));
  return text;
}

std::string mutation_text(const Faults& faults) {
  std::string text;
  if (!faults.survivors.empty()) {
    size_t tried = faults.survivors.size() + static_cast<size_t>(faults.noticed);
    text = fmt::format("{} of {} in the changed lines noticed by tests; not noticed:\n\n",
                       faults.noticed, counted(tried, "small fault"));
  }
  for (const record::Finding& one : faults.survivors)
    text += fmt::format(
        "- {}\n", record::in_markdown(fmt::format("{}:{}: {}", one.path, one.line, one.message)));
  for (const record::Finding& one : faults.not_tried)
    text += fmt::format("- {}\n", record::in_markdown(one.message));
  return text;
}

}  // namespace gf::line

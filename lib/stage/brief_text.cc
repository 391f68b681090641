// SCOUT's memo as a person would write it down.
#include <fmt/format.h>

#include "base/text.h"
#include "stage/stage.h"

namespace gf::stage {
namespace {

std::string in_a_line(std::string_view label, const std::vector<std::string>& items) {
  return items.empty() ? "" : fmt::format("{}: {}\n", label, join(items, ", "));
}

std::string below(std::string_view label, const std::vector<std::string>& items) {
  return items.empty() ? "" : fmt::format("{}:\n- {}\n", label, join(items, "\n- "));
}

}  // namespace

std::string brief_text(const Brief& brief) {
  std::vector<std::string> reuse, places;
  for (const Brief::Reuse& item : brief.reuse)
    reuse.push_back(fmt::format("{} in {}: {}", item.symbol, item.path, item.why));
  for (const Brief::Place& item : brief.places)
    places.push_back(fmt::format("{}:{}-{}: {}", item.path, item.first, item.last, item.why));
  std::string notes(trim(brief.notes)), test_notes(trim(brief.test_notes));
  return in_a_line("Files to change", brief.files) + in_a_line("New files", brief.new_files) +
         below("Places to know", places) + below("To be used again", reuse) +
         below("How things are done here", brief.conventions) +
         in_a_line("Tests of this belong to", brief.test_files) +
         (brief.test_command.empty() ? "" : "They are run by: " + brief.test_command + "\n") +
         (notes.empty() ? "" : "Notes: " + notes + "\n") +
         (test_notes.empty() ? "" : "Notes for tests: " + test_notes + "\n");
}

}  // namespace gf::stage

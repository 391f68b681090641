#include "stage/marks.h"

#include <fmt/format.h>

namespace gf::stage {

std::string heading_of(std::string_view what, const Input::Files& files, std::string_view instead) {
  size_t free = 0, to_add = 0, to_read = 0;
  for (const auto& file : files) {
    std::string_view name = file.first;
    bool reads = name.ends_with(kToRead) || name.ends_with(kForItsForm);
    ++(reads ? to_read : name.ends_with(kToAddTo) ? to_add : free);
  }
  if (free > 0 && to_add + to_read == 0)
    return fmt::format("{}, as they are now; you may change all of them:\n", what);
  if (free > 0)
    return fmt::format("{}, as they are now; you may change those that are not marked:\n", what);
  std::string may = to_add == 0 ? "None of these is yours to change."
                    : to_read == 0
                        ? "Each is yours to add to, and no more."
                        : "Those marked 'to add to' are yours to add to, and no more; the "
                          "others are not yours to change.";
  return fmt::format("{}, as they are now. {}{}{}\n", what, may, instead.empty() ? "" : " ",
                     instead);
}

}  // namespace gf::stage

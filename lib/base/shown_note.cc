#include "base/shown_note.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf {

std::string shown_note(size_t shown, size_t all, std::string_view besides) {
  if (shown >= all) return {};
  std::string count = shown == 0 ? "no line" : counted(shown, "line");
  return fmt::format(
      "[{} of {} {} shown{}; read_file has {}]\n", count, all, shown > 1 ? "are" : "is", besides,
      shown == 0 ? (all == 1 ? "it" : "them") : (all - shown == 1 ? "the other" : "the others"));
}

}  // namespace gf

#include "open_index.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::cmd {

Result<analyst::Index> open_index(const session::Context& context, const Console& console) {
  analyst::Index::Options options;
  options.cancel = &context.cancel();
  bool drawn = false;
  if (console.terminal && !console.quiet) {
    options.progress = [&](size_t done, size_t all) {
      drawn = true;
      console.say(fmt::format("\rReading the record: {}% ({}/{})", 100 * done / all, done, all) +
                  (done < all ? "\r" : "\n"));
    };
  }
  GF_ASSIGN(auto index, analyst::Index::open(context.repo, options));
  if (console.quiet) return index;
  if (index.changes().in_memory && index.changes().read > 1000) {
    console.say("warning: the index cannot be kept here and was made in memory");
  }
  GF_ASSIGN(auto troubles, index.troubles(5));
  for (const std::string& line : troubles)
    console.say("warning: skipped: " + replace_all(printable(line), "\n", " "));
  return index;
}

}  // namespace gf::cmd

// git factory gc: takes away what can be made again and was not used for some time.
#include "upkeep/gc.h"

#include <memory>

#include "arguments.h"
#include "command.h"
#include "door.h"

namespace gf::cmd {

Run bind_gc(Arguments& arguments) {
  auto wish = std::make_shared<upkeep::GcWish>();
  auto all = std::make_shared<bool>(false);
  arguments.add("-n,--dry-run", wish->dry_run, "Only say what would be removed");
  auto days = arguments.add("--days", wish->days, "Keep what was used in so many days; default: 14")
                  .type("<n>")
                  .between(0, 36500);
  arguments.add("--all", *all, "Keep nothing because it was used not long ago").excludes(days);
  return [wish, all](Console& console) -> Result<int> {
    if (*all) wish->days = 0;
    GF_ASSIGN(auto context, session::Context::open(console.setup, false));
    GF_ASSIGN(auto items, upkeep::collect_garbage(*context, *wish));
    console.print(console.json ? upkeep::to_json(items).dump() + "\n"
                               : upkeep::to_text(items, wish->dry_run));
    return kYes;
  };
}

}  // namespace gf::cmd

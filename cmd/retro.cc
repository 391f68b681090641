// git factory retro: a retrospective from the record alone.
#include "analyst/retro.h"

#include <memory>

#include "arguments.h"
#include "command.h"
#include "dates.h"
#include "open_index.h"
#include "pager.h"

namespace gf::cmd {

Run bind_retro(Arguments& arguments) {
  struct Options {
    std::string since, until;
  };
  auto options = std::make_shared<Options>();
  arguments.add("--since", options->since, "Only runs started on this day or later (UTC)");
  arguments.add("--until", options->until, "Only runs started on this day or before (UTC)");
  return [options](Console& console) -> Result<int> {
    GF_ASSIGN(auto context, session::Context::open(console.setup, false));
    analyst::Window window;
    if (!options->since.empty()) {
      GF_ASSIGN(auto since, git_date(context->git, options->since));
      window.from = day_of(since);
    }
    if (!options->until.empty()) {
      GF_ASSIGN(auto until, git_date(context->git, options->until));
      window.to = day_of(until);
    }
    GF_ASSIGN(auto index, open_index(*context, console));
    GF_ASSIGN(auto text, analyst::retro(index, window));
    if (console.json) {
      record::Json json = record::Json::object({{"v", 1}, {"markdown", text}});
      console.print(json.dump() + "\n");
      return kYes;
    }
    GF_ASSIGN(auto look, look_of_output(*context));
    Pager pager(*context, console);
    console.print(look ? read_markdown(text, *look) : text);
    return kYes;
  };
}

}  // namespace gf::cmd

// git factory batch: several requests at once, each in a run of its own.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "batch/begin.h"
#include "batch/runner.h"
#include "batch_view.h"
#include "command.h"
#include "door.h"
#include "going_on.h"
#include "paths.h"
#include "record/dollars.h"

namespace gf::cmd {
namespace {

constexpr const char* kNewest = "(newest)";  // no batch is named that

struct BatchOptions {
  std::string file, resume, base;
  batch::Wish wish;
};

Result<batch::Orders> orders_of(BatchOptions options, const session::Context& context) {
  if (!options.resume.empty()) {
    batch::Again again{options.resume, options.wish.at_once, options.wish.budget};
    if (options.resume == kNewest) again.name.reset();
    return batch::find_batch(context, again);
  }
  if (options.file.empty())
    return Error{Fault::kUsage,
                 "say which file has the requests",
                 {},
                 "git factory batch <file>, or --resume"};
  if (!options.base.empty()) options.wish.base = options.base;
  GF_ASSIGN(auto text, read_stream(options.file));
  auto entries = batch::read_entries(text);
  if (!entries.ok()) return entries.error().because_of("read " + stream_name(options.file));
  return batch::begin_batch(context, *entries, options.wish);
}

Result<int> run_batch(const BatchOptions& options, Console& console) {
  session::Config::Settings checked;
  GF_TRY(add_models(options.wish.models, checked));
  GF_TRY(add_budget(options.wish.budget, checked));
  GF_ASSIGN(auto context, session::Context::open(console.setup, true));
  GF_ASSIGN(auto orders, orders_of(options, *context));
  std::string name = orders.name;
  auto report = [&] {
    std::unique_ptr<BatchView> view = make_batch_view(console);
    return batch::run_batch(*context, std::move(orders), program_folder() + "/git-factory",
                            view->listener());
  }();
  if (!report.ok()) return report.error();
  console.print(console.json ? record::in_dollars(batch::to_json(*report)).dump() + "\n"
                             : batch::to_text(*report));
  std::string way_on = fmt::format("go on with 'git factory batch --resume={}'", name);
  if (context->cancel().requested())
    return Error{Fault::kCancelled, "everything up to the last finished step is kept", {}, way_on};
  if (report->stopped() && !console.quiet) console.say("hint: " + way_on);
  return report->all_delivered() ? kYes : kNo;
}

}  // namespace

Run bind_batch(Arguments& arguments) {
  auto options = std::make_shared<BatchOptions>();
  batch::Wish& wish = options->wish;
  auto resume =
      arguments
          .add("--resume", options->resume,
               "Go on with a batch that was stopped, as it was begun; default: the newest")
          .type("<batch>")
          .alone_means(kNewest);
  auto begins = [&](Option option) { resume.excludes(option); };
  begins(arguments.add("file", options->file, "The requests; '-' reads standard input"));
  arguments.add("-j,--jobs", wish.at_once, "How many runs go on at once; default: 4").type("<n>");
  begins(arguments.add("--name", wish.name, "Name of the batch; default: one is made")
             .type("<batch>"));
  begins(
      arguments.add("--serial-overlaps", wish.serial_overlaps,
                    "Of two whose specs declare one path, the later begins on the other's branch"));
  begins(arguments.add("--base", options->base, "Start from this branch or commit"));
  begins(add_model(arguments, wish.models));
  arguments.add("--budget", wish.budget, "Spend at most this many dollars in all").type("<usd>");
  begins(arguments.add("--no-pr", wish.no_pr, "Make the branches, push and open nothing"));
  begins(arguments.add("--again", wish.again,
                       "Begin also requests that were delivered or wait already"));
  begins(arguments.add("--draft", wish.draft, "Open the pull requests as drafts"));
  return [options](Console& console) { return run_batch(*options, console); };
}

}  // namespace gf::cmd

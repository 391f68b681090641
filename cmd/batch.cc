// git factory batch: several requests at once, each in a run of its own.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "batch/begin.h"
#include "batch/dispatch.h"
#include "batch/job.h"
#include "batch/runner.h"
#include "batch_view.h"
#include "command.h"
#include "door.h"
#include "going_on.h"
#include "paths.h"
#include "record/dollars.h"

namespace gf::cmd {
namespace {

constexpr const char* kNewest = "(newest)";   // no batch is named that
constexpr const char* kCodeAlone = "(code)";  // --trusted without a file

struct BatchOptions {
  std::string file, resume, base;
  batch::Wish wish;
  // --- A job of a batch on other machines ---
  std::string job, from, as, in_place_of, trusted, orders;
};

std::string own_program() { return program_folder() + "/git-factory"; }

/// Without the tracked file: where work is sent, and as what, is not for what was cloned to say.
Result<session::Config> own_config(const session::Context& context) {
  return session::Config::load(context.repo, context.git, Oid(), context.setup.overrides, true);
}

/// Who runs it, as it was asked for or configured, and what jobs send home.
Result<void> find_runner(const session::Context& context, batch::Wish& wish) {
  GF_ASSIGN(auto config, own_config(context));
  if (wish.runner.empty()) wish.runner = config.get("factory.batch.runner", "");
  GF_ASSIGN(const batch::Engine* engine, batch::engine_named(wish.runner));
  if (engine == nullptr) {
    wish.runner.clear();
    return Done{};
  }
  wish.share = config.get("factory.share", "");
  if (wish.share == "summary" || wish.share == "full") return Done{};
  return Error{Fault::kUser,
               "other machines have to send the record home, and factory.share does not let them",
               {},
               "git factory init --share=summary, or --share=full"};
}

Result<std::string> shared_remote(const session::Context& context, const std::string& base_name) {
  GF_ASSIGN(auto config, own_config(context));
  GF_ASSIGN(auto remote, session::find_remote(context, config, base_name));
  if (remote) return *remote;
  return Error{Fault::kUser,
               "there is no remote that other machines could clone",
               {},
               "add one with 'git remote add origin <url>'"};
}

Result<batch::Report> on_engine(session::Context& context, batch::Orders orders,
                                const batch::Engine& engine, const batch::Listener& listener) {
  GF_ASSIGN(auto config, own_config(context));
  GF_ASSIGN(auto remote, shared_remote(context, orders.base_name));
  return batch::dispatch_batch(context, std::move(orders), engine, remote, config.settings(),
                               listener);
}

/// What an engine starts on whatever machine: all words of its command are ours.
Result<int> run_one_job(const BatchOptions& options, Console& console) {
  batch::JobWish wish;
  size_t slash = options.job.find('/');
  wish.batch = options.job.substr(0, slash);
  wish.slug = slash == std::string::npos ? "" : options.job.substr(slash + 1);
  if (slug_from(wish.batch) != wish.batch || slug_from(wish.slug) != wish.slug ||
      options.from.empty())
    return Error{Fault::kUsage,
                 "a job is one request of a batch, and of a repository",
                 {},
                 "git factory batch --job=<batch>/<slug> --from=<url>"};
  wish.url = options.from;
  wish.name = options.as;
  wish.trusted = !options.trusted.empty();
  if (options.trusted != kCodeAlone) wish.trusted_file = options.trusted;
  if (!options.orders.empty()) {
    GF_ASSIGN(wish.orders, Oid::parse(options.orders));
  }
  if (!options.in_place_of.empty()) {
    GF_ASSIGN(wish.in_place_of, Oid::parse(options.in_place_of));
  }
  std::unique_ptr<BatchView> view = make_batch_view(console);
  GF_ASSIGN(auto done, batch::run_job(console.setup, wish, own_program(), view->listener()));
  console.print(options.job + ": " + printable(done.text) + "\n");
  if (console.setup.cancel->requested())
    return Error{Fault::kCancelled, "everything up to the last finished step is kept", {}, {}};
  return done.stopped ? kNo : kYes;
}

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
  GF_TRY(find_runner(context, options.wish));
  GF_ASSIGN(auto text, read_stream(options.file));
  auto entries = batch::read_entries(text);
  if (!entries.ok()) return entries.error().because_of("read " + stream_name(options.file));
  return batch::begin_batch(context, *entries, options.wish);
}

Result<int> run_batch(const BatchOptions& options, Console& console) {
  if (!options.job.empty()) return run_one_job(options, console);
  session::Config::Settings checked;
  GF_TRY(add_models(options.wish.models, checked));
  GF_TRY(add_budget(options.wish.budget, checked));
  GF_ASSIGN(auto context, session::Context::open(console.setup, true));
  GF_ASSIGN(auto orders, orders_of(options, *context));
  std::string name = orders.name;
  GF_ASSIGN(const batch::Engine* engine, batch::engine_named(orders.runner));
  auto report = [&] {
    std::unique_ptr<BatchView> view = make_batch_view(console);
    return engine == nullptr
               ? batch::run_batch(*context, std::move(orders), own_program(), view->listener())
               : on_engine(*context, std::move(orders), *engine, view->listener());
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
  begins(arguments
             .add("--runner", wish.runner,
                  "Run each request as a job of an engine; default: factory.batch.runner, local")
             .type("<name>"));
  begins(arguments
             .add("--job", options->job, "Internal: run one request of a batch; engines start this")
             .type("<batch>/<slug>"));
  arguments.add("--from", options->from, "Internal, with --job: the repository to clone")
      .type("<url>");
  arguments.add("--as", options->as, "Internal, with --job: what its engine calls this job")
      .type("<id>");
  arguments
      .add("--in-place-of", options->in_place_of,
           "Internal, with --job: the claim that it may take")
      .type("<commit>");
  arguments.add("--orders", options->orders, "Internal, with --job: the orders that were submitted")
      .type("<commit>");
  arguments
      .add("--trusted", options->trusted,
           "Internal, with --job: who submitted it trusts the code, and this .gitfactory")
      .type("<blob>")
      .alone_means(kCodeAlone);
  return [options](Console& console) { return run_batch(*options, console); };
}

}  // namespace gf::cmd

// git factory log: the runs this clone knows, newest first.
#include "analyst/log.h"

#include <fmt/format.h>

#include <memory>
#include <set>

#include "analyst/log_format.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "dates.h"
#include "pager.h"
#include "paths.h"
#include "record/dollars.h"
#include "stage/stage.h"

namespace gf::cmd {
namespace {

struct LogOptions {
  std::optional<size_t> count;
  size_t skip = 0;
  bool oneline = false, zero = false, no_colour = false;
  std::string since, until, format, colour, date = "iso";
  analyst::LogWish wish;
};

/// How runs are written, one after the other.
class Printer {
 public:
  static Result<Printer> make(const LogOptions& options, const Console& console,
                              analyst::LogStyle style) {
    Printer printer;
    printer.console_ = &console;
    printer.style_ = std::move(style);
    printer.end_ = options.zero ? std::string(1, '\0') : "\n";
    std::string format = options.oneline ? "oneline" : options.format;
    if (format.starts_with("format:")) {
      printer.format_ = format.substr(7);
      printer.between_ = true;
    } else if (format.starts_with("tformat:")) {
      printer.format_ = format.substr(8);
    } else if (format.find('%') != std::string::npos) {
      printer.format_ = format;
    } else if (format == "oneline") {
      printer.kind_ = Kind::kOneline;
    } else if (!format.empty() && format != "medium") {
      return Error{Fault::kUsage,
                   fmt::format("'{}' is no format", printable(format)),
                   {},
                   "oneline, medium, or text with placeholders: --format='%h %s'"};
    }
    if (format.find('%') != std::string::npos || format.find(':') != std::string::npos)
      printer.kind_ = Kind::kFormat;
    return printer;
  }

  bool print(const store::Summary& run) {
    std::string text;
    if (console_->json) {
      text = printable(record::in_dollars(analyst::to_json(run)).dump()) + end_;
    } else if (kind_ == Kind::kOneline) {
      text = analyst::oneline(run, style_) + end_;
    } else if (kind_ == Kind::kFormat && between_) {
      text = (first_ ? "" : end_) + analyst::formatted(run, format_, style_);
    } else if (kind_ == Kind::kFormat) {
      text = analyst::formatted(run, format_, style_) + end_;
    } else {
      text = analyst::medium(run, style_) + end_;
    }
    first_ = false;
    return console_->print(text);
  }

 private:
  enum class Kind { kMedium, kOneline, kFormat };
  const Console* console_ = nullptr;
  analyst::LogStyle style_;
  Kind kind_ = Kind::kMedium;
  std::string format_, end_;
  bool between_ = false, first_ = true;
};

Result<int> log(LogOptions options, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  analyst::LogWish& wish = options.wish;
  if (!options.since.empty()) {
    GF_ASSIGN(wish.since, git_date(context->git, options.since));
  }
  if (!options.until.empty()) {
    GF_ASSIGN(wish.until, git_date(context->git, options.until));
  }
  for (std::string& path : wish.paths) {
    GF_ASSIGN(path, from_root(*context, path));
  }
  GF_ASSIGN(auto filter, analyst::LogFilter::make(context->repo, *context->store, wish));
  analyst::LogStyle style;
  style.date = options.date;
  style.now = context->clock().now();
  GF_ASSIGN(style.colour,
            wants_colour(*context, options.no_colour ? std::string("never") : options.colour));
  GF_ASSIGN(auto printer, Printer::make(options, console, style));
  size_t shown = 0, found = 0;
  bool any = false;
  {
    Pager pager(*context, console);
    auto show = [&](const store::Summary& run) {
      any = true;
      if (filter.is_past(run) || context->cancel().requested()) return false;
      if (options.count && shown >= *options.count) return false;
      if (!filter.wants(run) || ++found <= options.skip) return true;
      ++shown;
      return printer.print(run);
    };
    bool more = true;
    if (options.count.value_or(1) > 0) {
      GF_ASSIGN(auto active, context->store->active_runs());
      std::set<RunId> going_on;
      for (const store::Summary& run : active) going_on.insert(run.id);
      for (size_t i = 0; more && i < active.size(); ++i) more = show(active[i]);
      // One that was answered goes on after an end that the ledger has.
      auto show_ended = [&](const store::Summary& run) {
        return going_on.contains(run.id) || show(run);
      };
      if (more) GF_TRY(context->store->walk(show_ended));
    }
  }
  GF_TRY(context->cancel().check());
  if (filter.unknown() > 0)
    console.say(fmt::format(
        "warning: {} could not be looked into: what they changed is not in this clone\nhint: fetch "
        "it with 'git factory sync'",
        counted(static_cast<size_t>(filter.unknown()), "run")));
  bool asked_all = found == 0 && !options.count && !console.json && !console.quiet;
  if (asked_all && !any) {
    console.say(
        "there is no run here yet\nhint: in a clone, 'git factory init' and 'git fetch' bring the "
        "record; 'git factory feature \"<request>\"' starts a run");
  } else if (asked_all && console.terminal) {
    console.say("no such run");
  }
  return kYes;
}

void bind_filters(Arguments& arguments, LogOptions& options) {
  arguments.add("--since,--after", options.since, "Runs started after this date");
  arguments.add("--until,--before", options.until, "Runs started before this date");
  arguments.add("--author", options.wish.authors, "Runs whose author matches this pattern");
  arguments.add("--grep", options.wish.greps,
                "Runs whose title, slug, reason or request matches this pattern");
  arguments.add("-i,--regexp-ignore-case", options.wish.ignore_case, "Patterns ignore case");
  arguments.add("-E,--extended-regexp", options.wish.extended, "Patterns are extended ones");
  arguments.add("-F,--fixed-strings", options.wish.fixed, "Patterns are plain text");
  std::vector<std::string> stages;
  for (const stage::Stage& stage : stage::all_stages()) stages.emplace_back(stage.name);
  arguments.add("--stage", options.wish.stages, "Runs in which this stage did not pass at once")
      .one_of(stages);
  arguments.add("--outcome", options.wish.outcomes,
                "delivered, rejected, failed, needs-answers, cancelled, planned, reviewed, waiting "
                "or running");
  arguments.add("--model", options.wish.models, "Runs in which this model answered a stage");
  arguments.add("--batch", options.wish.batches, "Runs of this batch").type("<batch>").repeated();
  arguments.add("paths", options.wish.paths, "Runs whose change touches one of these");
}

}  // namespace

Run bind_log(Arguments& arguments) {
  auto options = std::make_shared<LogOptions>();
  arguments.add("-n,--max-count", options->count, "Show at most this many runs");
  arguments.add_digits(options->count);
  arguments.add("--skip", options->skip, "Leave this many out first");
  bind_filters(arguments, *options);
  arguments.add("--oneline", options->oneline, "One line a run");
  arguments.add("--format,--pretty", options->format, "oneline, medium, or placeholders: '%h %s'");
  arguments.add("--date", options->date, "How dates are shown")
      .one_of({"iso", "short", "unix", "relative"});
  arguments.add("-z", options->zero, "End each run with a zero byte instead of a newline");
  arguments.add("--color", options->colour, "always, never or auto")
      .one_of({"always", "never", "auto"})
      .alone_means("always");
  arguments.add("--no-color", options->no_colour, "No colours");
  return [options](Console& console) { return log(*options, console); };
}

}  // namespace gf::cmd

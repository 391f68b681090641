// git factory export [<run>...]: runs as OpenTelemetry traces, one line of OTLP/JSON each, or sent
// to a collector.
#include <fmt/format.h>

#include <memory>

#include "analyst/otlp.h"
#include "analyst/otlp_send.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "runs_named.h"

namespace gf::cmd {
namespace {

struct ExportOptions {
  std::vector<std::string> runs;
  std::string otlp;
  bool all = false, prompts = false;
};

Result<std::vector<RunId>> chosen(const store::Store& store, const ExportOptions& options) {
  std::vector<RunId> ids;
  if (options.all) {
    GF_TRY(store.walk([&](const store::Summary& run) {
      ids.push_back(run.id);
      return true;
    }));
    return ids;
  }
  if (options.runs.empty()) return runs_named(store, {"@"});
  return runs_named(store, options.runs);
}

/// The remote's address without name and password; paths of this machine are nobody's business.
std::string public_url(const session::Context& context) {
  auto config = session::Config::load(context.repo, context.git, Oid(), {}, true);
  if (!config.ok()) return {};
  auto remote = session::find_remote(context, *config, context.shape.head_branch);
  if (!remote.ok() || !*remote) return {};
  std::string url = config->get("remote." + **remote + ".url", "");
  size_t scheme = url.find("://");
  if (scheme == std::string::npos || url.starts_with("file:")) return {};
  size_t slash = url.find('/', scheme + 3), at = url.rfind('@', slash);
  if (at != std::string::npos && at > scheme) url.erase(scheme + 3, at - scheme - 2);
  return url.substr(0, url.find_first_of("?#"));
}

/// Where traces go: a line each on standard output, or a collector.
class Sent {
 public:
  Sent(const session::Context& context, Console& console) : context_(context), console_(console) {}

  Result<void> to(const std::string& endpoint) {
    if (endpoint.empty()) return Done{};
    GF_ASSIGN(collector_, analyst::collector_at(endpoint, console_.setup.environment));
    return Done{};
  }

  /// False: nobody reads any more.
  Result<bool> add(const record::Json& trace) {
    if (!collector_) return console_.print(trace.dump() + "\n");
    GF_ASSIGN(auto taken,
              analyst::send_trace(*collector_, trace, context_.clock(), context_.cancel()));
    ++count_;
    refused_ += taken.refused;
    if (!taken.why.empty()) console_.say("warning: the collector says: " + taken.why);
    return true;
  }

  [[nodiscard]] bool whole() const { return refused_ == 0; }
  void tell() const {
    if (!collector_ || console_.quiet) return;
    std::string refused;
    if (refused_ > 0) refused = fmt::format("; it refused {} of their spans", refused_);
    console_.say(fmt::format("sent {} to {}{}", counted(count_, "run"), net::shown(collector_->url),
                             refused));
  }

 private:
  const session::Context& context_;
  Console& console_;
  std::optional<analyst::Collector> collector_;
  size_t count_ = 0;
  int64_t refused_ = 0;
};

Result<int> export_runs(const ExportOptions& options, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  Sent sent(*context, console);
  GF_TRY(sent.to(options.otlp));
  GF_ASSIGN(auto ids, chosen(*context->store, options));
  analyst::OtlpWish wish{options.prompts, public_url(*context)};
  int missing = 0;
  for (const RunId& id : ids) {
    auto run = context->store->load(id);
    if (!run.ok()) {
      ++missing;
      console.say(fmt::format("warning: run {}: {}", id.str(), printable(run.error().message)));
      continue;
    }
    GF_ASSIGN(bool read, sent.add(analyst::otlp_trace(*run, wish)));
    if (!read) break;
  }
  sent.tell();
  return missing == 0 && sent.whole() ? kYes : kNo;
}

}  // namespace

Run bind_export(Arguments& arguments) {
  auto options = std::make_shared<ExportOptions>();
  arguments.add("runs", options->runs, "The runs; default: the newest");
  arguments.add("--all", options->all, "Export every run that this clone knows");
  arguments
      .add("--otlp", options->otlp, "Send them to the OpenTelemetry collector there, by OTLP/HTTP")
      .type("<endpoint>");
  arguments.add("--prompts", options->prompts,
                "Export what was asked and answered too, word for word");
  return [options](Console& console) { return export_runs(*options, console); };
}

}  // namespace gf::cmd

// git factory report [<run>...]: one page about the record, that opens from the disk.
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "arguments.h"
#include "base/files.h"
#include "base/text.h"
#include "command.h"
#include "dates.h"
#include "open_index.h"
#include "report/page.h"
#include "runs_named.h"

namespace gf::cmd {
namespace {

struct ReportOptions {
  std::vector<std::string> runs;
  std::string since, until, output = "factory-report.html";
};

Result<record::Json> data_of(const ReportOptions& options, session::Context& context,
                             const Console& console) {
  gf::report::Wish wish;
  wish.repository = gf::report::name_of(context.repo);
  wish.version = console.setup.version;
  wish.made = context.clock().now();
  if (!options.runs.empty()) {
    GF_ASSIGN(auto ids, runs_named(*context.store, options.runs));
    return gf::report::collect(*context.store, wish, ids);
  }
  if (!options.since.empty()) {
    GF_ASSIGN(auto since, git_date(context.git, options.since));
    wish.window.from = day_of(since);
  }
  if (!options.until.empty()) {
    GF_ASSIGN(auto until, git_date(context.git, options.until));
    wish.window.to = day_of(until);
  }
  GF_ASSIGN(auto index, open_index(context, console));
  return gf::report::collect(index, *context.store, wish);
}

/// `named`: as the user wrote it. What stands at `path` already stays what it is: a link, a pipe
/// and a device are written to, and only a file is replaced. No folder is made: its name may be a
/// slip.
Result<void> write_page(const std::string& path, const std::string& named,
                        const std::string& page) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path real = fs::weakly_canonical(path, failed);
  if (failed) real = path;
  fs::file_status there = fs::status(real, failed);
  if (fs::is_directory(there)) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is a folder", printable(named)),
                 {},
                 "name a file in it with -o"};
  }
  if (!fs::is_directory(real.parent_path(), failed)) {
    return Error{Fault::kUser,
                 fmt::format("there is no folder '{}'", printable(real.parent_path().string())),
                 {},
                 "make it, or name another file with -o"};
  }
  if (!fs::exists(there) || fs::is_regular_file(there)) return write_file(real.string(), page);
  std::ofstream out(real, std::ios::binary);
  if (out.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) return Done{};
  return Error{Fault::kEnvironment,
               fmt::format("cannot write '{}': {}", printable(named),
                           std::generic_category().message(errno)),
               {},
               "free some space, or check who may write there"};
}

Result<int> make_report(const ReportOptions& options, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto parts, gf::report::parts_in(console.setup.data_dir));
  GF_ASSIGN(auto data, data_of(options, *context, console));
  for (const record::Json& run : data.get("unreadable").items())
    console.say("warning: " + printable(run.get_string("run") + ": " + run.get_string("why")));
  int status = data.get("unreadable").size() == 0 ? kYes : kNo;
  if (console.json) return console.print(data.dump() + "\n") ? status : kFailed;
  std::string page = gf::report::to_html(data, parts);
  if (options.output == "-") return console.print(page) ? status : kFailed;
  std::string path = std::filesystem::path(console.setup.directory) / options.output;
  GF_TRY(write_page(path, options.output, page));
  return console.print(options.output + "\n") ? status : kFailed;
}

}  // namespace

Run bind_report(Arguments& arguments) {
  auto options = std::make_shared<ReportOptions>();
  Option runs =
      arguments.add("runs", options->runs, "Only these runs, each in detail; default: all runs");
  arguments.add("--since", options->since, "Only runs started on this day or later (UTC)")
      .excludes(runs);
  arguments.add("--until", options->until, "Only runs started on this day or before (UTC)")
      .excludes(runs);
  arguments.add("-o,--output", options->output, "The file to write; - is standard output")
      .type("<file>")
      .shows_default();
  return [options](Console& console) { return make_report(*options, console); };
}

}  // namespace gf::cmd

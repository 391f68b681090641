// What every command gets, and the list of commands.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "session/context.h"

namespace CLI {
class App;
}

namespace gf::cmd {

/// Exit statuses, as DESIGN 9 has them.
enum Exit : int {
  kYes = 0,
  kNo = 1,
  kUnsure = 125,
  kFailed = 128,
  kUsage = 129,
  kInterrupted = 130,
  kOurBug = 255,
};

/// Where a command speaks: results on standard output, everything else on standard error.
struct Console {
  session::Setup setup;  ///< for the engine, without a sink
  bool json = false;
  bool quiet = false;
  bool terminal = false;  ///< standard error is one, and may be drawn on
  std::string program;    ///< how we were called

  /// Writes to standard output; false when it is gone (a pager was closed).
  bool print(std::string_view text) const;
  void say(std::string_view text) const;  ///< to standard error
};

using Run = std::function<Result<int>(Console&)>;

/// One command: its name, one line of help, and how it declares its options. `bind` returns what
/// to run once the options are read.
struct Command {
  std::string_view name;
  std::string_view help;
  Run (*bind)(CLI::App& app);
};

/// Written out, in the order in which help shows them.
std::span<const Command> all_commands();

Run bind_init(CLI::App& app);
Run bind_trust(CLI::App& app);
Run bind_feature(CLI::App& app);
Run bind_plan(CLI::App& app);
Run bind_spec(CLI::App& app);
Run bind_resume(CLI::App& app);
Run bind_abort(CLI::App& app);
Run bind_log(CLI::App& app);
Run bind_show(CLI::App& app);
Run bind_why(CLI::App& app);
Run bind_export(CLI::App& app);
Run bind_replay(CLI::App& app);
Run bind_sync(CLI::App& app);
Run bind_models(CLI::App& app);
Run bind_metrics(CLI::App& app);
Run bind_verify(CLI::App& app);
Run bind_attest(CLI::App& app);
Run bind_query(CLI::App& app);
Run bind_retro(CLI::App& app);
Run bind_demo(CLI::App& app);

/// The exit status that an error asks for.
int exit_status(const Error& error);
/// "fatal: ..." with detail and hint, safe for a terminal.
std::string told(const Error& error);

}  // namespace gf::cmd

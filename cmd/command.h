// What every command gets, and the list of commands.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "session/context.h"

namespace gf::cmd {

class Arguments;

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

/// What Enter alone answers to a question.
enum class Enter { kYes, kNo };

/// Where a command speaks: results on standard output, everything else on standard error.
struct Console {
  session::Setup setup;  ///< for the engine, without a sink
  bool json = false;
  bool quiet = false;
  bool terminal = false;        ///< standard error is one, and may be drawn on
  std::string program;          ///< how we were called
  mutable int lost_reason = 0;  ///< errno of the first output that could not be written

  /// Writes to standard output; false when it is gone (a pager was closed).
  bool print(std::string_view text) const;
  void say(std::string_view text) const;  ///< to standard error
  /// Asks on standard error and waits for a line of standard input. Nothing where one of them is no
  /// terminal: nobody could see the question, or answer it. An input that ends is a no, and Ctrl-C
  /// an Error of kCancelled.
  Result<std::optional<bool>> ask(std::string_view question, Enter enter) const;
  /// The same for a line of text, without its end. Nothing also when the input ends.
  Result<std::optional<std::string>> ask_line(std::string_view prompt) const;
  /// Is somebody there to be asked?
  [[nodiscard]] bool person_there() const;
};

using Run = std::function<Result<int>(Console&)>;

/// One command: its name, one line of help, and how it declares its options. `bind` returns what
/// to run once the options are read; nothing where one of its own commands has to be named.
struct Command {
  std::string_view name;
  std::string_view help;
  Run (*bind)(Arguments& arguments);
};

/// Written out, in the order in which help shows them.
std::span<const Command> all_commands();

Run bind_init(Arguments& arguments);
Run bind_trust(Arguments& arguments);
Run bind_feature(Arguments& arguments);
Run bind_batch(Arguments& arguments);
Run bind_intake(Arguments& arguments);
Run bind_plan(Arguments& arguments);
Run bind_spec(Arguments& arguments);
Run bind_resume(Arguments& arguments);
Run bind_abort(Arguments& arguments);
Run bind_answer(Arguments& arguments);
Run bind_rework(Arguments& arguments);
Run bind_pr(Arguments& arguments);
Run bind_log(Arguments& arguments);
Run bind_show(Arguments& arguments);
Run bind_why(Arguments& arguments);
Run bind_export(Arguments& arguments);
Run bind_replay(Arguments& arguments);
Run bind_sync(Arguments& arguments);
Run bind_models(Arguments& arguments);
Run bind_metrics(Arguments& arguments);
Run bind_validate(Arguments& arguments);
Run bind_test(Arguments& arguments);
Run bind_review(Arguments& arguments);
Run bind_verify(Arguments& arguments);
Run bind_attest(Arguments& arguments);
Run bind_query(Arguments& arguments);
Run bind_report(Arguments& arguments);
Run bind_retro(Arguments& arguments);
Run bind_demo(Arguments& arguments);

/// The file of this name; '-' is standard input to its end, again the same.
Result<std::string> read_stream(const std::string& path);

/// Prints a pull request, named "#3" or "3".
Result<int> show_pull(const std::string& named, const Console& console);

/// The exit status that an error asks for.
int exit_status(const Error& error);
/// "fatal: ..." with detail and hint, safe for a terminal.
std::string message_of(const Error& error);

}  // namespace gf::cmd

#include "pager.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "git/settings.h"
#include "proc/process.h"

namespace gf::cmd {
namespace {

/// git set a pager up already: `pager.factory` in the user's configuration.
bool in_use(const session::Context& context) {
  std::string in_use = context.setup.environment.get("GIT_PAGER_IN_USE");
  return in_use == "true" || in_use == "1";
}

/// A program that is not there. What a shell has to make sense of is left to it.
bool is_missing(const std::string& pager, const session::Context& context) {
  bool plain = pager.find_first_of("|&;<>()$`\\\"'*?[#~=%\n") == std::string::npos;
  std::string program = pager.substr(0, pager.find(' '));
  return plain && !proc::find_program(program, context.setup.environment);
}

bool may_set_colour(const session::Context& context) {
  auto git = proc::find_program("git", context.setup.environment);
  return !git || git::may_have_settings(context.repo, "color", *git);
}

}  // namespace

Pager::Pager(const session::Context& context, const Console& console) {
  if (console.json || isatty(STDOUT_FILENO) == 0 || in_use(context)) return;
  auto named = context.git.run({"var", "GIT_PAGER"});
  std::string pager(named.ok() ? trim(*named) : std::string_view());
  int ends[2] = {-1, -1};
  if (pager.empty() || pager == "cat" || is_missing(pager, context) ||
      ::pipe2(ends, O_CLOEXEC) != 0)
    return;
  std::fflush(stdout);
  child_ = ::fork();
  if (child_ == 0) {
    ::dup2(ends[0], STDIN_FILENO);
    // As git does: leave at once what fits, keep colours, do not clear the screen.
    ::setenv("LESS", "FRX", 0);
    ::setenv("LV", "-c", 0);
    ::execl("/bin/sh", "sh", "-c", pager.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  if (child_ > 0) ::dup2(ends[1], STDOUT_FILENO);
  ::close(ends[0]);
  ::close(ends[1]);
}

Pager::~Pager() {
  if (child_ < 0) return;
  std::fflush(stdout);
  // The pager sees the end only when nobody holds the pipe.
  int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nothing >= 0) ::dup2(nothing, STDOUT_FILENO);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> run_in_front(const std::vector<std::string>& words) {
  constexpr int kNotThere = 127;
  std::vector<std::string> copies = words;
  std::vector<char*> pointers;
  for (std::string& word : copies) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::fflush(stdout);
  pid_t child = ::fork();
  if (child == 0) {
    ::execvp(pointers[0], pointers.data());
    ::_exit(kNotThere);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == kNotThere)) return std::nullopt;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

Result<bool> wants_colour(const session::Context& context, const std::string& choice) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  bool terminal = isatty(STDOUT_FILENO) != 0 || in_use(context);
  if (terminal && context.setup.environment.get("TERM") == "dumb") terminal = false;
  if (choice == "auto") return terminal;
  // color.ui = always colours files too. A git that is started only to say that there is no such
  // setting costs as much as half of the log.
  if (!terminal && !may_set_colour(context)) return false;
  GF_ASSIGN(auto answer, context.git.ask({"config", "--get-colorbool", "color.factory",
                                          terminal ? "true" : "false"}));
  return trim(answer.out) == "true";
}

bool messages_in_colour(const Console& console) {
  if (!console.terminal || !console.setup.environment.get("NO_COLOR").empty()) return false;
  auto context = session::Context::open(console.setup, false);
  if (!context.ok()) return false;
  auto answer = (*context)->git.ask({"config", "--get-colorbool", "color.factory", "true"});
  return answer.ok() && trim(answer->out) == "true";
}

std::pair<size_t, size_t> terminal_size(int descriptor) {
  winsize size{};
  bool has_size = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
  return has_size ? std::pair<size_t, size_t>(size.ws_col, size.ws_row)
                  : std::pair<size_t, size_t>(80, 24);
}

size_t terminal_columns(int descriptor) { return terminal_size(descriptor).first; }

Result<std::optional<Look>> look_of_output(const session::Context& context) {
  constexpr size_t kWidest = 120;  // longer lines are hard to read
  if (isatty(STDOUT_FILENO) == 0 && !in_use(context)) return std::optional<Look>();
  Look look;
  look.width = std::min(terminal_columns(STDOUT_FILENO), kWidest);
  GF_ASSIGN(look.colour, wants_colour(context, ""));
  return std::optional(look);
}

}  // namespace gf::cmd

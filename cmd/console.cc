// Speaking: results, messages, errors.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "base/files.h"
#include "base/text.h"
#include "command.h"

namespace gf::cmd {
namespace {

/// What is typed up to Enter; nothing when the input ends. A signal does not always interrupt what
/// waits here, so the wish to stop is looked for again and again.
Result<std::optional<std::string>> typed_line(const Cancel& cancel) {
  constexpr int kLookMs = 100;
  pollfd terminal{STDIN_FILENO, POLLIN, 0};
  std::string line;
  while (true) {
    GF_TRY(cancel.check());
    if (poll(&terminal, 1, kLookMs) <= 0) continue;
    char typed = 0;
    if (read(STDIN_FILENO, &typed, 1) != 1) return std::optional<std::string>();
    if (typed == '\n') return std::optional(std::move(line));
    line += typed;
  }
}

/// Its end comes once, and a command that is begun anew after a question has to read the same.
const std::string& standard_input() {
  static const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  return text;
}

}  // namespace

Result<std::string> read_stream(const std::string& path) {
  if (path == "-") return standard_input();
  auto text = read_file(path);
  if (text) return *text;
  return Error{
      Fault::kUser, fmt::format("cannot read '{}'", printable(path)), {}, "check its name"};
}

bool Console::print(std::string_view text) const {
  size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  bool whole = std::fflush(stdout) == 0 && written == text.size();
  if (!whole && lost_reason == 0) lost_reason = errno;
  return whole;
}

void Console::say(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
  if (!text.ends_with('\n')) std::fputc('\n', stderr);
}

Result<std::optional<bool>> Console::ask(std::string_view question, Enter enter) const {
  if (!person_there()) return std::optional<bool>();
  std::string text = fmt::format("{} {} ", question, enter == Enter::kYes ? "[Y/n]" : "[y/N]");
  std::fwrite(text.data(), 1, text.size(), stderr);
  GF_ASSIGN(auto line, typed_line(*setup.cancel));
  if (!line) return std::optional(false);
  std::string word = lower(trim(*line));
  return std::optional(word.empty() ? enter == Enter::kYes : word == "y" || word == "yes");
}

Result<std::optional<std::string>> Console::ask_line(std::string_view prompt) const {
  if (!person_there()) return std::optional<std::string>();
  std::fwrite(prompt.data(), 1, prompt.size(), stderr);
  std::fputc(' ', stderr);
  return typed_line(*setup.cancel);
}

bool Console::person_there() const {
  return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

int exit_status(const Error& error) {
  switch (error.fault) {
    case Fault::kUsage:
      return kUsage;
    case Fault::kCancelled:
      return kInterrupted;
    case Fault::kInternal:
      return kOurBug;
    default:
      return kFailed;
  }
}

namespace {

/// What to do about a failure that says nothing of its own, by whose doing it is.
const char* usual_hint(Fault fault) {
  switch (fault) {
    case Fault::kUsage:
    case Fault::kUser:
      return "see 'git factory help', or the command's -h";
    case Fault::kConfiguration:
      return "'git factory doctor' names settings that are wrong";
    case Fault::kEnvironment:
      return "'git factory doctor' says what this machine lacks";
    case Fault::kTransient:
      return "try it again";
    case Fault::kBadData:
      return "'git factory doctor' looks at the record; 'git factory sync' fetches it again";
    case Fault::kInternal:
      return "this is a fault of git-factory: please report it, with what you typed";
    case Fault::kCancelled:
      break;
  }
  return "";
}

}  // namespace

std::string message_of(const Error& error) {
  const char* word = error.fault == Fault::kInternal    ? "BUG"
                     : error.fault == Fault::kUsage     ? "error"
                     : error.fault == Fault::kCancelled ? "stopped"
                                                        : "fatal";
  std::string text =
      fmt::format("{}: {}\n", word, replace_all(printable(error.message), "\n", " "));
  if (!error.detail.empty()) text += printable(clipped_middle(error.detail, 4000)) + "\n";
  std::string hint = error.hint.empty() ? usual_hint(error.fault) : error.hint;
  if (!hint.empty()) text += fmt::format("hint: {}\n", printable(hint));
  return text;
}

}  // namespace gf::cmd

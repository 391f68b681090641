// Speaking: results, messages, errors.
#include <fmt/format.h>

#include <cstdio>

#include "base/text.h"
#include "command.h"

namespace gf::cmd {

bool Console::print(std::string_view text) const {
  size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 && written == text.size();
}

void Console::say(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
  if (!text.ends_with('\n')) std::fputc('\n', stderr);
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

std::string told(const Error& error) {
  const char* word = error.fault == Fault::kInternal    ? "BUG"
                     : error.fault == Fault::kUsage     ? "error"
                     : error.fault == Fault::kCancelled ? "stopped"
                                                        : "fatal";
  std::string text =
      fmt::format("{}: {}\n", word, replace_all(printable(error.message), "\n", " "));
  if (!error.detail.empty()) text += printable(clipped_middle(error.detail, 4000)) + "\n";
  if (!error.hint.empty()) text += fmt::format("hint: {}\n", printable(error.hint));
  return text;
}

}  // namespace gf::cmd

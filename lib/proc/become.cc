#include "proc/become.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/text.h"

namespace gf::proc {
namespace {

/// A file without a name holds the input: a pipe would need somebody to feed it.
Result<void> offer(const std::string& input) {
  std::FILE* file = std::tmpfile();
  bool good = file != nullptr && std::fwrite(input.data(), 1, input.size(), file) == input.size() &&
              std::fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0 &&
              dup2(fileno(file), STDIN_FILENO) == STDIN_FILENO;
  Error error = os_error("cannot hand the input on");
  if (file != nullptr) std::fclose(file);
  if (!good) return error;
  return Done{};
}

}  // namespace

Error os_error(const std::string& doing) {
  return {Fault::kEnvironment, fmt::format("{}: {}", doing, std::strerror(errno)), {}, {}};
}

Error become(const std::vector<std::string>& argv, const Environment& environment,
             const std::string& input) {
  if (auto offered = offer(input); !offered.ok()) return offered.error();
  std::vector<std::string> text;
  for (const auto& [name, value] : environment) text.push_back(name + "=" + value);
  std::vector<char*> words, variables;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  for (std::string& entry : text) variables.push_back(entry.data());
  words.push_back(nullptr);
  variables.push_back(nullptr);
  // What is ignored here would stay ignored there.
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  std::fflush(nullptr);
  execve(words[0], words.data(), variables.data());
  if (errno == ENOEXEC) {
    // No "#!" line: git has a shell read such hooks.
    static char shell[] = "/bin/sh";
    words.insert(words.begin(), shell);
    execve(shell, words.data(), variables.data());
  }
  return os_error(fmt::format("cannot run '{}'", printable(argv[0])));
}

}  // namespace gf::proc

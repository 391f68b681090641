#include "proc/other.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>

#include "base/text.h"

namespace gf::proc {
namespace {

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// proc(5), stat: the 22nd field. Counted from behind the last ')': a program's name may hold
/// blanks and brackets.
uint64_t beginning_of(int64_t pid) {
  constexpr size_t kBehindName = 19;
  std::ifstream in(fmt::format("/proc/{}/stat", pid), std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  size_t name = text.rfind(") ");
  if (name == std::string::npos) return 0;
  std::vector<std::string> fields = split(std::string_view(text).substr(name + 2), ' ');
  if (fields.size() <= kBehindName) return 0;
  return whole_number<uint64_t>(fields[kBehindName]).value_or(0);
}

}  // namespace

std::string to_text(const Identity& process) {
  return fmt::format("{} {}", process.pid, process.began);
}

std::optional<Identity> identity_in(const std::string& text) {
  std::vector<std::string> words = split(trim(text), ' ');
  if (words.size() != 2) return std::nullopt;
  auto pid = whole_number<int64_t>(words[0]);
  auto began = whole_number<uint64_t>(words[1]);
  // 0 and negative numbers are groups to kill(2), and 1 is nobody's run.
  if (!pid || !began || *pid <= 1) return std::nullopt;
  return Identity{*pid, *began};
}

Identity this_process() { return {getpid(), beginning_of(getpid())}; }

bool is_there(const Identity& process) {
  if (process.pid <= 1 || kill(static_cast<pid_t>(process.pid), 0) != 0) return false;
  return process.began == beginning_of(process.pid);
}

bool ask_to_end(const Identity& process) {
  return is_there(process) && kill(static_cast<pid_t>(process.pid), SIGTERM) == 0;
}

}  // namespace gf::proc

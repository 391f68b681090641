#include "dates.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace gf::cmd {

Result<Timestamp> git_date(const git::Program& git, const std::string& text) {
  GF_ASSIGN(auto parsed, git.run({"rev-parse", "--since=" + text}));
  std::string_view line = trim(parsed);
  constexpr std::string_view kPrefix = "--max-age=";
  int64_t seconds = 0;
  if (line.starts_with(kPrefix)) {
    line.remove_prefix(kPrefix.size());
    auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), seconds);
    if (code == std::errc() && end == line.data() + line.size())
      return Timestamp(Milliseconds(seconds * 1000));
  }
  return Error{Fault::kUsage,
               fmt::format("'{}' is no date", printable(text)),
               {},
               "give one as git takes it: 2026-11-21, yesterday, '2 weeks ago'"};
}

std::string to_second(Timestamp time) { return iso8601(time).substr(0, 19) + "Z"; }

std::string day_of(Timestamp time) { return replace_all(iso8601(time).substr(0, 10), "-", ""); }

}  // namespace gf::cmd

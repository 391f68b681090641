// A file a service, named by a hash, its content the moment. An earlier moment never takes the
// place of a later one; one that is too far away is not believed.
#include "line/pauses.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/files.h"
#include "base/name_hash.h"
#include "base/text.h"

namespace gf::line {
namespace {

/// The moment that a file names, in milliseconds since the epoch; 0 for anything else.
int64_t moment_in(const std::string& file) {
  std::string text = read_file(file).value_or("");
  std::string_view digits = trim(text);
  int64_t moment = 0;
  auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), moment);
  return code == std::errc() && end == digits.data() + digits.size() ? moment : 0;
}

}  // namespace

std::string Pauses::file_of(const std::string& service) const {
  return fmt::format("{}/{}.until", folder_, name_hash(service));
}

void Pauses::keep(const std::string& service, Timestamp until) const {
  if (folder_.empty()) return;
  std::string file = file_of(service);
  int64_t moment = until.time_since_epoch().count();
  if (moment_in(file) >= moment) return;
  (void)write_file(file, std::to_string(moment) + "\n");  // only a courtesy
}

Milliseconds Pauses::left(const std::string& service, Timestamp now, Milliseconds most) const {
  if (folder_.empty()) return Milliseconds(0);
  int64_t moment = moment_in(file_of(service));
  if (moment <= 0) return Milliseconds(0);
  int64_t left = moment - now.time_since_epoch().count();
  // Further away than anybody is told to wait: from before the clock was set.
  if (left > most.count()) return Milliseconds(0);
  return Milliseconds(std::max<int64_t>(left, 0));
}

}  // namespace gf::line

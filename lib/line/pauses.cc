#include "line/pauses.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <random>

#include "base/files.h"
#include "base/text.h"

namespace gf::line {
namespace {

namespace fs = std::filesystem;

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
  // FNV-1a, 64 bit (Fowler, Noll, Vo): a name, not a secret.
  uint64_t hash = 14695981039346656037u;
  for (char c : service) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{}/{:016x}.until", folder_, hash);
}

void Pauses::keep(const std::string& service, Timestamp until) const {
  if (folder_.empty()) return;
  std::string file = file_of(service);
  int64_t moment = until.time_since_epoch().count();
  if (moment_in(file) >= moment) return;
  std::error_code failed;
  fs::create_directories(folder_, failed);
  // Whole or not at all: others read it meanwhile.
  std::string fresh = fmt::format("{}.{:08x}", file, std::random_device{}());
  if (!write_file(fresh, std::to_string(moment) + "\n").ok()) return;
  fs::rename(fresh, file, failed);
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

// What a connection is made of. For this room's .cc files.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "db/db.h"

struct sqlite3;

namespace gf::db {

struct Connection {
  sqlite3* handle = nullptr;
  const Cancel* cancel = nullptr;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::set<std::string> readable;  ///< of a restricted connection, lower case

  Connection() = default;
  Connection(const Connection&) = delete;
  ~Connection();

  /// The Error for `code`, on the line after the call: the message is overwritten by the next one.
  [[nodiscard]] Error error(int code, const std::string& doing) const;
};

/// full_sum and median.
int add_functions(sqlite3* handle);

}  // namespace gf::db

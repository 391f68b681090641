// SQLite as the other rooms see it: a connection, statements, transactions. Its types stay in here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"

namespace gf::db {

/// Null, a whole number, a number, or text.
using Value = std::variant<std::monostate, int64_t, double, std::string>;

struct Connection;

/// A prepared statement. Keeps its connection open for as long as it lives.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  /// Starts over with these values for ?1, ?2, ...; those not given are null.
  Result<void> bind(const std::vector<Value>& values);
  /// Moves to the next row; false: there is none.
  Result<bool> step();
  /// bind(), then step() to the end.
  Result<void> run(const std::vector<Value>& values);
  /// The first column of the first row as a whole number; 0 when there is none.
  Result<int64_t> integer(const std::vector<Value>& values);

  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string name(int column) const;
  // Of the row that step() moved to.
  [[nodiscard]] Value value(int column) const;  ///< a blob is text of its hexadecimal digits
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] int64_t integer(int column) const;  ///< 0 for null
  [[nodiscard]] double number(int column) const;    ///< 0 for null
  [[nodiscard]] std::string text(int column) const;

 private:
  friend class Database;
  struct Impl;
  explicit Statement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One connection. Belongs to one thread. Errors: kTransient when another process holds the
/// database for longer than the busy timeout, kBadData when the file is damaged or no database,
/// kEnvironment for the disk, kUser for wrong SQL.
class Database {
 public:
  /// Opens or makes the file at `path`, in WAL mode.
  static Result<Database> open(const std::string& path);
  /// Opens a file that exists, never to write.
  static Result<Database> open_read_only(const std::string& path);
  static Result<Database> in_memory();
  /// The file's content as a database of its own in memory. Works where nothing can be written, as
  /// long as nobody else writes the file meanwhile.
  static Result<Database> copy_in_memory(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs every statement of `script`.
  Result<void> execute(const std::string& script);
  /// `sql` is one statement; more than one, or none, is an Error (kUser).
  Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row as a whole number; 0 when there is none.
  Result<int64_t> integer(std::string_view sql, const std::vector<Value>& values = {});
  /// Takes the write lock, runs `work`, and keeps all of it or (after an Error) nothing.
  Result<void> transaction(const std::function<Result<void>()>& work);

  /// From now on a statement stops soon after `cancel` was requested, with an Error (kCancelled).
  /// `cancel` must outlive this object.
  void stop_on(const Cancel& cancel);
  /// Statements stop soon after this much time from now, with an Error (kUser).
  void stop_after(Milliseconds limit);
  /// From now on only the columns of these views and tables can be read, and nothing be written.
  Result<void> restrict_to(std::vector<std::string> views);

 private:
  explicit Database(std::shared_ptr<Connection> connection);
  std::shared_ptr<Connection> connection_;
};

}  // namespace gf::db

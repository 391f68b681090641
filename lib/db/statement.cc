// Statements: compiling, binding, stepping, reading a row.
#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.h"
#include "db/connection.h"
#include "db/db.h"

namespace gf::db {

struct Statement::Impl {
  std::shared_ptr<Connection> connection;
  sqlite3_stmt* handle = nullptr;

  Impl(std::shared_ptr<Connection> on, sqlite3_stmt* statement)
      : connection(std::move(on)), handle(statement) {}
  Impl(const Impl&) = delete;
  ~Impl() { sqlite3_finalize(handle); }
};

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

Result<Statement> Database::prepare(std::string_view sql) {
  if (sql.size() > 1000000 || sql.find('\0') != std::string_view::npos)
    return Error{Fault::kUser,
                 "the SQL statement is too long or holds a zero byte",
                 {},
                 "ask in less than a megabyte"};
  sqlite3_stmt* handle = nullptr;
  const char* rest = sql.data();
  const char* end = sql.data() + sql.size();
  std::unique_ptr<Statement::Impl> found;
  while (rest != end) {
    const char* next = nullptr;
    int code =
        sqlite3_prepare_v2(connection_->handle, rest, static_cast<int>(end - rest), &handle, &next);
    if (code == SQLITE_AUTH) {
      return Error{Fault::kUser,
                   fmt::format("not allowed here: {}", sqlite3_errmsg(connection_->handle)),
                   {},
                   "ask the documented views with SELECT"};
    }
    if (code != SQLITE_OK) return connection_->error(code, "SQL");
    rest = next;
    if (handle == nullptr) continue;  // a comment, a lone semicolon
    auto statement = std::make_unique<Statement::Impl>(connection_, handle);
    if (found) {
      return Error{Fault::kUser, "there is more than one SQL statement", {}, "give one at a time"};
    }
    found = std::move(statement);
  }
  if (!found)
    return Error{
        Fault::kUser, "there is no SQL statement", {}, "write one, such as 'select * from runs'"};
  return Statement(std::move(found));
}

Result<void> Statement::bind(const std::vector<Value>& values) {
  sqlite3_reset(impl_->handle);
  sqlite3_clear_bindings(impl_->handle);
  for (size_t i = 0; i < values.size(); ++i) {
    int at = static_cast<int>(i) + 1;
    int code = SQLITE_OK;
    if (const auto* whole = std::get_if<int64_t>(&values[i])) {
      code = sqlite3_bind_int64(impl_->handle, at, *whole);
    } else if (const auto* number = std::get_if<double>(&values[i])) {
      code = sqlite3_bind_double(impl_->handle, at, *number);
    } else if (const auto* text = std::get_if<std::string>(&values[i])) {
      code = sqlite3_bind_text64(impl_->handle, at, text->data(), text->size(), SQLITE_TRANSIENT,
                                 SQLITE_UTF8);
    }
    if (code != SQLITE_OK) return impl_->connection->error(code, "cannot bind a value");
  }
  return Done{};
}

Result<bool> Statement::step() {
  int code = sqlite3_step(impl_->handle);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return impl_->connection->error(code, "SQL");
}

Result<void> Statement::run(const std::vector<Value>& values) {
  GF_TRY(bind(values));
  for (;;) {
    GF_ASSIGN(bool more, step());
    if (!more) break;
  }
  // Without this the statement would hold its lock.
  sqlite3_reset(impl_->handle);
  return Done{};
}

Result<int64_t> Statement::integer(const std::vector<Value>& values) {
  GF_TRY(bind(values));
  GF_ASSIGN(bool there, step());
  int64_t number = there ? integer(0) : 0;
  sqlite3_reset(impl_->handle);
  return number;
}

int Statement::columns() const { return sqlite3_column_count(impl_->handle); }

std::string Statement::name(int column) const {
  const char* name = sqlite3_column_name(impl_->handle, column);
  return name == nullptr ? "" : name;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(impl_->handle, column) == SQLITE_NULL;
}
int64_t Statement::integer(int column) const { return sqlite3_column_int64(impl_->handle, column); }
double Statement::number(int column) const { return sqlite3_column_double(impl_->handle, column); }

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(impl_->handle, column));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(impl_->handle, column))};
}

Value Statement::value(int column) const {
  switch (sqlite3_column_type(impl_->handle, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
      return number(column);
    case SQLITE_BLOB: {
      const auto* bytes =
          static_cast<const unsigned char*>(sqlite3_column_blob(impl_->handle, column));
      std::string hex;
      for (int i = 0; i < sqlite3_column_bytes(impl_->handle, column); ++i)
        hex += fmt::format("{:02x}", bytes[i]);
      return hex;
    }
    default:
      return text(column);
  }
}

}  // namespace gf::db

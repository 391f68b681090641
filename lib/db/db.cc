// Opening, errors, transactions, restriction.
#include "db/db.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.h"
#include "db/connection.h"

namespace gf::db {
namespace {

constexpr int kBusyMilliseconds = 30000;
constexpr int kStepsBetweenLooks = 20000;
constexpr int kMaxCellBytes = 64 << 20;

Fault fault_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fault::kTransient;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return Fault::kBadData;
    case SQLITE_IOERR:
      // A file that was cut short is damaged; any other trouble is the disk's.
      return code == SQLITE_IOERR_SHORT_READ ? Fault::kBadData : Fault::kEnvironment;
    case SQLITE_INTERRUPT:
      return Fault::kCancelled;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
      return Fault::kEnvironment;
    case SQLITE_MISUSE:
      return Fault::kInternal;
    default:
      return Fault::kUser;
  }
}

bool too_late(const Connection& connection) {
  return connection.deadline && std::chrono::steady_clock::now() > *connection.deadline;
}

int look_whether_to_stop(void* data) {
  auto* connection = static_cast<Connection*>(data);
  bool cancelled = connection->cancel != nullptr && connection->cancel->requested();
  return cancelled || too_late(*connection) ? 1 : 0;
}

/// SQLite asks this for each thing a statement wants to do, while it compiles it.
int authorize(void* data, int action, const char* first, const char* second, const char* database,
              const char* through) {
  (void)database;
  auto* connection = static_cast<Connection*>(data);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return second != nullptr && std::string_view(second) == "load_extension" ? SQLITE_DENY
                                                                               : SQLITE_OK;
    case SQLITE_READ: {
      // `through` is the view that wants to read: its own tables may be read through it only. No
      // column: rows are counted, and by then SQLite has forgotten the view.
      if (second == nullptr || *second == '\0') return SQLITE_OK;
      std::string name = lower(first == nullptr ? "" : first);
      if (connection->readable.contains(name)) return SQLITE_OK;
      if (through != nullptr && connection->readable.contains(lower(through))) return SQLITE_OK;
      return name == "json_each" || name == "json_tree" ? SQLITE_OK : SQLITE_DENY;
    }
    default:
      return SQLITE_DENY;
  }
}

Result<std::shared_ptr<Connection>> connect(const std::string& path, int flags) {
  auto connection = std::make_shared<Connection>();
  int code = sqlite3_open_v2(path.c_str(), &connection->handle,
                             flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) return connection->error(code, fmt::format("cannot open '{}'", path));
  sqlite3* handle = connection->handle;
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kMaxCellBytes);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // A name that is no column is an error and not a piece of text.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  code = add_functions(handle);
  if (code != SQLITE_OK) return connection->error(code, "cannot add functions");
  return connection;
}

/// A path as a file: URI, in which '?', '#' and '%' mean something.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri;
}

}  // namespace

Connection::~Connection() { sqlite3_close_v2(handle); }

Error Connection::error(int code, const std::string& doing) const {
  const char* said = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  Error error{fault_of(code), fmt::format("{}: {}", doing, said == nullptr ? "" : said), {}, {}};
  if ((code & 0xff) == SQLITE_INTERRUPT) {
    bool cancelled = cancel != nullptr && cancel->requested();
    error.message = "stopped";
    if (!cancelled && too_late(*this))
      error = {Fault::kUser, "the question took too long and was stopped", {}, {}};
  }
  if ((code & 0xff) == SQLITE_BUSY) error.hint = "another process is writing it; try again";
  return error;
}

Database::Database(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path) {
  GF_ASSIGN(auto connection, connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  Database database(std::move(connection));
  // NORMAL: after a power cut the last transactions may be gone, but the file is whole.
  GF_TRY(database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"));
  return database;
}

Result<Database> Database::open_read_only(const std::string& path) {
  GF_ASSIGN(auto connection, connect(path, SQLITE_OPEN_READONLY));
  Database database(std::move(connection));
  // Opening reads nothing; this does, so that a damaged file is told here.
  GF_TRY(database.integer("SELECT count(*) FROM sqlite_schema"));
  return database;
}

Result<Database> Database::in_memory() {
  GF_ASSIGN(auto connection, connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  return Database(std::move(connection));
}

Result<Database> Database::copy_in_memory(const std::string& path) {
  GF_ASSIGN(auto memory, in_memory());
  // immutable: no lock and no shared memory file, which could not be made.
  GF_ASSIGN(auto file,
            connect(uri_of(path) + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI));
  sqlite3* into = memory.connection_->handle;
  sqlite3_backup* backup = sqlite3_backup_init(into, "main", file->handle, "main");
  if (backup == nullptr) return memory.connection_->error(sqlite3_errcode(into), "cannot copy");
  int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return file->error(code, fmt::format("cannot read '{}'", path));
  return memory;
}

Result<void> Database::execute(const std::string& script) {
  int code = sqlite3_exec(connection_->handle, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return connection_->error(code, "SQL");
  return Done{};
}

Result<int64_t> Database::integer(std::string_view sql, const std::vector<Value>& values) {
  GF_ASSIGN(auto statement, prepare(sql));
  return statement.integer(values);
}

Result<void> Database::transaction(const std::function<Result<void>()>& work) {
  GF_TRY(execute("BEGIN IMMEDIATE"));
  Result<void> done = work();
  if (done.ok()) done = execute("COMMIT");
  if (done.ok()) return Done{};
  // After some errors SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(connection_->handle) == 0)
    sqlite3_exec(connection_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
  return done.error();
}

void Database::stop_on(const Cancel& cancel) {
  connection_->cancel = &cancel;
  sqlite3_progress_handler(connection_->handle, kStepsBetweenLooks, look_whether_to_stop,
                           connection_.get());
}

void Database::stop_after(Milliseconds limit) {
  connection_->deadline = std::chrono::steady_clock::now() + limit;
  sqlite3_progress_handler(connection_->handle, kStepsBetweenLooks, look_whether_to_stop,
                           connection_.get());
}

Result<void> Database::restrict_to(std::vector<std::string> views) {
  GF_TRY(execute("PRAGMA query_only=ON"));
  // These make their tables at the first use, which the authorizer would refuse.
  GF_TRY(integer("SELECT count(*) FROM json_each('[]'), json_tree('[]')"));
  for (const std::string& view : views) connection_->readable.insert(lower(view));
  int code = sqlite3_set_authorizer(connection_->handle, authorize, connection_.get());
  if (code != SQLITE_OK) return connection_->error(code, "cannot restrict the connection");
  return Done{};
}

}  // namespace gf::db

// One run as rows of the index. For this room's .cc files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/db.h"
#include "store/ledger.h"

namespace gf::analyst {

/// A run as it was read, with all that could not be.
struct ReadRun {
  RunId id;
  store::Ledger::Folders folders;
  store::Run run;
  std::optional<store::Summary> summary;  ///< when the files do not tell enough
  store::Ledger::Trouble trouble;
};

/// Puts runs into the tables and takes them out. Call inside a transaction.
class Rows {
 public:
  /// `database` must outlive this object.
  explicit Rows(db::Database& database) : database_(&database) {}

  /// Replaces what is there of the run. A run of which nothing can be told leaves its trouble only.
  Result<void> put(const ReadRun& read);
  Result<void> remove(const std::string& id);
  /// Adds up a day's runs anew, and says what state that was.
  Result<void> close_day(const std::string& day, const std::string& state, bool missing);
  /// Adds up a month's days ("202611"), after the last of them.
  Result<void> close_month(const std::string& month);

 private:
  /// One value of a row and the column it goes into.
  struct Cell {
    const char* column;
    db::Value value;
  };

  /// Gives the run's number, which its other rows carry; 0: nothing can be told of it.
  Result<int64_t> put_run(const ReadRun& read);
  Result<void> put_stages(int64_t run_number, const store::Run& read);
  Result<void> put_exchanges(int64_t run_number, const store::Run& read);
  Result<void> put_gates(int64_t run_number, const store::Run& read);
  Result<void> put_criteria(int64_t run_number, const store::Run& read);
  Result<int64_t> word(const std::string& text);
  /// `into`: "INSERT INTO <table>". The columns are the same at each call with the same text.
  Result<void> insert(const char* into, const std::vector<Cell>& cells);
  Result<void> run(const char* sql, const std::vector<db::Value>& values);
  Result<int64_t> number(const char* sql, const std::vector<db::Value>& values);
  Result<db::Statement*> statement(const char* sql, const std::vector<Cell>* cells = nullptr);

  db::Database* database_;
  /// By its SQL. Not by the place of that: what a call has put together is gone after it, and the
  /// next text to lie there would be taken for it.
  std::map<std::string, db::Statement, std::less<>> statements_;
};

}  // namespace gf::analyst

// Functions that SQL gets from us: a sum that is unknown when a part is, and a median.
#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <vector>

#include "db/connection.h"

namespace gf::db {
namespace {

struct Sum {
  double total = 0;
  int64_t whole = 0;
  bool any = false, unknown = false, fraction = false;
};

void sum_step(sqlite3_context* context, int, sqlite3_value** values) {
  // Zeroed by SQLite, which is what a new Sum is.
  auto* sum = static_cast<Sum*>(sqlite3_aggregate_context(context, sizeof(Sum)));
  if (sum == nullptr) return sqlite3_result_error_nomem(context);
  sum->any = true;
  int64_t more = sqlite3_value_int64(values[0]);
  switch (sqlite3_value_numeric_type(values[0])) {
    case SQLITE_NULL:
      sum->unknown = true;
      return;
    case SQLITE_INTEGER:
      sum->total += static_cast<double>(more);
      if (__builtin_add_overflow(sum->whole, more, &sum->whole)) sum->fraction = true;
      return;
    default:
      sum->total += sqlite3_value_double(values[0]);
      sum->fraction = true;
  }
}

void sum_end(sqlite3_context* context) {
  auto* sum = static_cast<Sum*>(sqlite3_aggregate_context(context, 0));
  if (sum == nullptr || !sum->any || sum->unknown) return sqlite3_result_null(context);
  if (sum->fraction) return sqlite3_result_double(context, sum->total);
  sqlite3_result_int64(context, sum->whole);
}

struct Median {
  std::vector<double>* values;
};

void median_step(sqlite3_context* context, int, sqlite3_value** values) {
  auto* median = static_cast<Median*>(sqlite3_aggregate_context(context, sizeof(Median)));
  if (median == nullptr) return sqlite3_result_error_nomem(context);
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  try {
    if (median->values == nullptr) median->values = new std::vector<double>;
    median->values->push_back(sqlite3_value_double(values[0]));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

void median_end(sqlite3_context* context) {
  auto* median = static_cast<Median*>(sqlite3_aggregate_context(context, 0));
  if (median == nullptr || median->values == nullptr) return sqlite3_result_null(context);
  std::vector<double>& all = *median->values;
  std::sort(all.begin(), all.end());
  size_t middle = all.size() / 2;
  double value = all.size() % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
  delete median->values;
  median->values = nullptr;
  sqlite3_result_double(context, value);
}

}  // namespace

int add_functions(sqlite3* handle) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  int code = sqlite3_create_function_v2(handle, "full_sum", 1, kFlags, nullptr, nullptr, sum_step,
                                        sum_end, nullptr);
  if (code != SQLITE_OK) return code;
  return sqlite3_create_function_v2(handle, "median", 1, kFlags, nullptr, nullptr, median_step,
                                    median_end, nullptr);
}

}  // namespace gf::db

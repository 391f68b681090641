// What is new in the ledger goes into the tables: months whose refs moved, in them days whose trees
// changed, in them runs whose folders did. Each batch is a transaction, so a kill loses one batch;
// a month's state is noted last, with its sums.
#include "analyst/update.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "analyst/bulk.h"
#include "analyst/rows.h"

namespace gf::analyst {
namespace {

constexpr size_t kBatch = 200;

using Texts = std::map<std::string, std::string>;

/// One day that has changed.
struct Day {
  std::string name, state;
  std::vector<std::string> gone;
  std::vector<std::pair<RunId, store::Ledger::Folders>> fresh;
  store::Ledger::Trouble trouble;
};

struct Plan {
  std::vector<Day> days;
  Texts months;  ///< state, once their days are done
  std::vector<std::string> gone_months;
  size_t fresh = 0;
};

Result<Texts> two_columns(db::Database& database, const char* sql,
                          const std::vector<db::Value>& values) {
  Texts texts;
  GF_ASSIGN(auto rows, database.prepare(sql));
  GF_TRY(rows.bind(values));
  for (;;) {
    GF_ASSIGN(bool more, rows.step());
    if (!more) return texts;
    texts[rows.text(0)] = rows.text(1);
  }
}

/// Changes when objects come into the clone by a fetch. Seconds are enough for what a person does,
/// nanoseconds for what a test does.
std::string objects_state(const std::string& git_dir) {
  std::string state;
  for (const char* folder : {"/objects", "/objects/pack"}) {
    struct stat found {};
    if (::stat((git_dir + folder).c_str(), &found) == 0)
      state += fmt::format("{}.{} ", found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
  }
  return state;
}

/// What was missing may be here now: those days are looked at again.
Result<void> forget_missing(db::Database& database, const std::string& git_dir) {
  GF_ASSIGN(int64_t missing, database.integer("SELECT count(*) FROM days WHERE missing"));
  if (missing == 0) return Done{};
  GF_ASSIGN(auto known,
            two_columns(database, "SELECT key, value FROM meta WHERE key='objects'", {}));
  if (known["objects"] == objects_state(git_dir)) return Done{};
  return database.execute(
      "BEGIN IMMEDIATE; DELETE FROM months WHERE replace(month,'-','') IN "
      "(SELECT substr(day,1,6) FROM days WHERE missing);"
      "UPDATE days SET state='' WHERE missing; COMMIT");
}

Result<Day> compare_day(db::Database& database, store::Ledger& ledger, const std::string& name,
                        const std::string& state) {
  Day day{name, state, {}, {}, {}};
  GF_ASSIGN(auto known,
            two_columns(database, "SELECT id, ledger || ' ' || replay FROM run_rows WHERE day=?1",
                        {name}));
  auto runs = ledger.runs(name, day.trouble);
  for (const auto& [id, folders] : runs) {
    std::string kept =
        folders.ledger.hex() + " " + (folders.replay.is_zero() ? "" : folders.replay.hex());
    auto found = known.find(id.str());
    if (found == known.end() || found->second != kept) day.fresh.emplace_back(id, folders);
    if (found != known.end()) known.erase(found);
  }
  for (const auto& [id, kept] : known) day.gone.push_back(id);
  return day;
}

Result<void> compare_month(db::Database& database, store::Ledger& ledger, const std::string& month,
                           Plan& plan) {
  store::Ledger::Trouble trouble;
  auto days = ledger.days(month, trouble);
  std::string start = month.substr(0, 4) + month.substr(5, 2);
  GF_ASSIGN(auto known,
            two_columns(database, "SELECT day, state FROM days WHERE day BETWEEN ?1 AND ?2",
                        {start, start + "99"}));
  if (!trouble.lines.empty()) plan.days.push_back({start, "", {}, {}, trouble});
  for (const auto& [name, state] : days) {
    auto found = known.find(name);
    bool same = found != known.end() && found->second == state;
    if (found != known.end()) known.erase(found);
    if (same) continue;
    GF_ASSIGN(auto day, compare_day(database, ledger, name, state));
    plan.fresh += day.fresh.size();
    plan.days.push_back(std::move(day));
  }
  // A ref that cannot be read is no sign that its days are gone.
  if (trouble.missing) return Done{};
  for (const auto& [name, state] : known) {
    GF_ASSIGN(auto day, compare_day(database, ledger, name, ""));
    plan.days.push_back(std::move(day));
  }
  return Done{};
}

Result<Plan> compare(db::Database& database, store::Ledger& ledger) {
  Plan plan;
  GF_ASSIGN(auto known, two_columns(database, "SELECT month, state FROM months", {}));
  for (const auto& [month, state] : ledger.months()) {
    auto found = known.find(month);
    bool same = found != known.end() && found->second == state;
    if (found != known.end()) known.erase(found);
    if (same) continue;
    GF_TRY(compare_month(database, ledger, month, plan));
    plan.months[month] = state;
  }
  for (const auto& [month, state] : known) {
    GF_TRY(compare_month(database, ledger, month, plan));
    plan.gone_months.push_back(month);
  }
  return plan;
}

/// Months whose sums are not those of their days any more, "202611". A month that moved counts even
/// when no day of it did: an earlier update may have been stopped after the days.
std::set<std::string> changed_months(const Plan& plan) {
  std::set<std::string> months;
  auto add = [&](const std::string& month) {
    months.insert(month.substr(0, 4) + month.substr(5, 2));
  };
  for (const auto& [month, state] : plan.months) add(month);
  for (const std::string& month : plan.gone_months) add(month);
  return months;
}

class Update {
 public:
  /// `bulk` gives the runs of the days that are taken, in their order.
  Update(db::Database& database, Bulk& bulk, const Index::Options& options, Rows& rows, size_t all)
      : database_(database), bulk_(bulk), options_(options), rows_(rows), all_(all) {}

  Result<void> take(const Day& day) {
    size_t next = 0;
    bool missing = day.trouble.missing;
    auto dropped = database_.transaction([&]() -> Result<void> {
      for (const std::string& id : day.gone) GF_TRY(rows_.remove(id));
      return Done{};
    });
    GF_TRY(dropped);
    changes_.removed += day.gone.size();
    do {
      if (options_.cancel != nullptr) GF_TRY(options_.cancel->check());
      // Read before the lock is taken: others need not wait for that.
      std::vector<ReadRun> batch;
      for (; next < day.fresh.size() && batch.size() < kBatch; ++next) {
        batch.push_back(bulk_.next());
        missing = missing || batch.back().trouble.missing;
      }
      auto written = database_.transaction([&]() -> Result<void> {
        for (const ReadRun& read : batch) GF_TRY(rows_.put(read));
        return next == day.fresh.size() ? close(day, missing) : Done{};
      });
      GF_TRY(written);
      changes_.read += batch.size();
      if (options_.progress && all_ > kBatch) options_.progress(changes_.read, all_);
    } while (next < day.fresh.size());
    return Done{};
  }

  [[nodiscard]] const Index::Changes& changes() const { return changes_; }

 private:
  Result<void> close(const Day& day, bool missing) {
    GF_ASSIGN(auto forget, database_.prepare("DELETE FROM troubles WHERE day=?1 AND run=''"));
    GF_TRY(forget.run({day.name}));
    GF_ASSIGN(auto tell, database_.prepare("INSERT INTO troubles VALUES(?1, '', ?2)"));
    for (const std::string& line : day.trouble.lines) GF_TRY(tell.run({day.name, line}));
    GF_TRY(rows_.close_day(day.name, day.state, missing));
    if (!day.state.empty() || missing) return Done{};
    GF_ASSIGN(auto gone, database_.prepare("DELETE FROM days WHERE day=?1"));
    return gone.run({day.name});
  }

  db::Database& database_;
  Bulk& bulk_;
  const Index::Options& options_;
  Rows& rows_;
  size_t all_;
  Index::Changes changes_;
};

}  // namespace

Result<Index::Changes> update(db::Database& database, store::Ledger& ledger,
                              const std::string& git_dir, const Index::Options& options) {
  GF_TRY(forget_missing(database, git_dir));
  GF_ASSIGN(auto plan, compare(database, ledger));
  if (options.at_most && plan.fresh > *options.at_most) {
    Index::Changes nothing;
    nothing.behind = plan.fresh;
    return nothing;
  }
  if (plan.days.empty() && plan.months.empty() && plan.gone_months.empty()) return Index::Changes();
  Bulk bulk(ledger, git_dir);
  for (const Day& day : plan.days) {
    for (const auto& [id, folders] : day.fresh) bulk.want(id, folders);
  }
  Rows rows(database);
  Update work(database, bulk, options, rows, plan.fresh);
  for (const Day& day : plan.days) GF_TRY(work.take(day));
  auto noted = database.transaction([&]() -> Result<void> {
    for (const std::string& month : changed_months(plan)) GF_TRY(rows.close_month(month));
    for (const std::string& month : plan.gone_months) {
      GF_ASSIGN(auto gone, database.prepare("DELETE FROM months WHERE month=?1"));
      GF_TRY(gone.run({month}));
    }
    GF_ASSIGN(auto set, database.prepare("INSERT OR REPLACE INTO months VALUES(?1, ?2)"));
    for (const auto& [month, state] : plan.months) GF_TRY(set.run({month, state}));
    GF_ASSIGN(auto objects, database.prepare("INSERT OR REPLACE INTO meta VALUES('objects', ?1)"));
    return objects.run({objects_state(git_dir)});
  });
  GF_TRY(noted);
  return work.changes();
}

}  // namespace gf::analyst

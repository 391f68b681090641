// Opening the index: where it is kept, who may write, what is done when it is no good.
#include "analyst/index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "analyst/schema.h"
#include "analyst/update.h"
#include "base/descriptor.h"
#include "base/name_hash.h"

namespace gf::analyst {
namespace {

namespace fs = std::filesystem;

/// The file is used under a shared lock and replaced under an exclusive one: a damaged database
/// must not be taken away from under a process that reads it.
class Lock {
 public:
  static std::optional<Lock> take(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file.open() || ::flock(file.get(), LOCK_SH) != 0) return std::nullopt;
    return Lock(std::move(file));
  }
  /// Whether nobody else uses the file; waits a little for them.
  [[nodiscard]] bool alone() const {
    for (int i = 0; i < 100; ++i) {
      if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    share();  // the try gave the shared lock up
    return false;
  }
  void share() const { (void)::flock(file_.get(), LOCK_SH); }

 private:
  explicit Lock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

Result<void> make_tables(db::Database& database) {
  return database.transaction([&]() -> Result<void> {
    GF_ASSIGN(int64_t tables, database.integer("SELECT count(*) FROM sqlite_schema"));
    if (tables == 0) GF_TRY(database.execute(schema()));
    auto format = database.integer("SELECT value FROM meta WHERE key='format'");
    if (format.ok() && *format == kIndexFormat) return Done{};
    return Error{Fault::kBadData, "the index is not one of this version", {}, {}};
  });
}

/// A file that is opened for the first time by two processes is busy for one of them.
Result<db::Database> open_file(const std::string& path) {
  for (int tries = 0;; ++tries) {
    auto opened = db::Database::open(path);
    if (opened.ok() || opened.error().fault != Fault::kTransient || tries == 100) return opened;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Result<db::Database> open_tables(const std::string& path) {
  GF_ASSIGN(auto database, open_file(path));
  GF_TRY(make_tables(database));
  return database;
}

/// A statement of ours that this file does not take: are its tables not ours any more, or is the
/// statement wrong?
Result<bool> has_other_tables(db::Database& database) {
  constexpr const char* kShape = "SELECT count(*) * 1000000 + sum(length(sql)) FROM sqlite_schema";
  GF_ASSIGN(auto fresh, db::Database::in_memory());
  GF_TRY(make_tables(fresh));
  GF_ASSIGN(int64_t wanted, fresh.integer(kShape));
  GF_ASSIGN(int64_t found, database.integer(kShape));
  return found != wanted;
}

Error our_mistake(const Error& error) {
  return Error{Fault::kInternal, "the index was asked in wrong SQL: " + error.message, {}, {}};
}

void take_away(const std::string& path) {
  std::error_code ignored;
  for (const char* part : {"-wal", "-shm", ""}) fs::remove(path + part, ignored);
}

std::string file_of(const git::Repo& repo, int format) {
  return fmt::format("{}/factory/index-{}.sqlite", repo.common_dir(), format);
}

/// Nobody reads an index of a former version again but that version, which is let end first.
void take_away_older(const git::Repo& repo) {
  for (int format = 1; format < kIndexFormat; ++format) {
    std::error_code ignored;
    std::string file = file_of(repo, format);
    if (!fs::exists(file, ignored)) continue;
    Descriptor lock(::open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!lock.open() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    take_away(file);
    fs::remove(file + ".lock", ignored);
  }
}

/// A damaged index is made anew; who cannot be alone with it goes without.
Result<db::Database> open_or_replace(const std::string& path, const Lock& lock) {
  auto opened = open_tables(path);
  if (opened.ok() || opened.error().fault == Fault::kEnvironment) return opened;
  if (!lock.alone()) return opened.error();
  // Somebody else may have mended it before we were alone.
  auto again = open_tables(path);
  if (!again.ok()) {
    take_away(path);
    again = open_tables(path);
  }
  lock.share();
  return again;
}

}  // namespace

struct Index::Impl {
  std::optional<Lock> lock;
  std::optional<db::Database> database;
  std::optional<db::Database> reader;  ///< of the file, for questions
  std::string file;
  Changes changes;
};

Index::Index(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

db::Database& Index::database() { return *impl_->database; }
const Index::Changes& Index::changes() const { return impl_->changes; }

std::string Index::path(const git::Repo& repo) { return file_of(repo, kIndexFormat); }

Result<Index> Index::open(const git::Repo& repo, const Options& options) {
  GF_ASSIGN(auto ledger, store::Ledger::open(repo));
  auto impl = std::make_unique<Impl>();
  std::string file = path(repo);
  impl->file = file;
  auto follow = [&](db::Database& database) -> Result<void> {
    if (options.cancel != nullptr) database.stop_on(*options.cancel);
    GF_ASSIGN(impl->changes, update(database, ledger, repo.common_dir(), options));
    return Done{};
  };
  std::error_code ignored;
  fs::create_directories(fs::path(file).parent_path(), ignored);
  impl->lock = Lock::take(file + ".lock");
  for (int tries = 0; impl->lock && tries < 2; ++tries) {
    auto opened = open_or_replace(file, *impl->lock);
    if (!opened.ok()) break;
    impl->database = std::move(opened).value();
    auto followed = follow(*impl->database);
    if (followed.ok()) {
      take_away_older(repo);
      return Index(std::move(impl));
    }
    if (followed.error().fault == Fault::kCancelled) return followed.error();
    // Damage deep in the file shows only now.
    bool damaged = followed.error().fault == Fault::kBadData;
    if (followed.error().fault == Fault::kUser) {
      damaged = has_other_tables(*impl->database).value_or(true);
      // No other file would take it either.
      if (!damaged) return our_mistake(followed.error());
    }
    impl->database.reset();
    if (!damaged || !impl->lock->alone()) break;
    take_away(file);
    impl->lock->share();
  }
  // Nothing can be kept here. What another process kept may still be read.
  impl->lock.reset();
  if (auto copied = db::Database::copy_in_memory(file); copied.ok()) {
    impl->database = std::move(copied).value();
    if (make_tables(*impl->database).ok() && follow(*impl->database).ok()) {
      impl->changes.in_memory = true;
      return Index(std::move(impl));
    }
  }
  GF_ASSIGN(impl->database, db::Database::in_memory());
  GF_TRY(make_tables(*impl->database));
  GF_TRY(follow(*impl->database));
  impl->changes.in_memory = true;
  return Index(std::move(impl));
}

Result<db::Database*> Index::restricted() {
  db::Database* reader = &*impl_->database;
  if (!impl_->changes.in_memory) {
    GF_ASSIGN(impl_->reader, db::Database::open_read_only(impl_->file));
    reader = &*impl_->reader;
  }
  std::vector<std::string> names;
  for (const View& view : views()) names.push_back(view.name);
  GF_TRY(reader->restrict_to(std::move(names)));
  return reader;
}

Result<std::vector<std::string>> Index::troubles(size_t at_most) {
  std::vector<std::string> lines;
  GF_ASSIGN(auto rows, database().prepare("SELECT run, what FROM troubles ORDER BY day, run"));
  for (;;) {
    GF_ASSIGN(bool more, rows.step());
    if (!more) return lines;
    if (lines.size() == at_most) break;
    lines.push_back(rows.text(0).empty() ? rows.text(1)
                                         : fmt::format("run {}: {}", rows.text(0), rows.text(1)));
  }
  GF_ASSIGN(int64_t all, database().integer("SELECT count(*) FROM troubles"));
  lines.push_back(fmt::format("and {} more; see git factory query 'SELECT * FROM unreadable'",
                              all - static_cast<int64_t>(lines.size())));
  return lines;
}

namespace {

/// The newest run with that value in a column; the column's name is our own text.
std::optional<RunId> newest(db::Database& database, const char* column, const std::string& value) {
  if (value.empty()) return std::nullopt;
  auto rows = database.prepare(
      fmt::format("SELECT id FROM run_rows WHERE {}=?1 ORDER BY id DESC LIMIT 1", column));
  if (!rows.ok() || !rows->bind({value}).ok()) return std::nullopt;
  auto there = rows->step();
  if (!there.ok() || !*there) return std::nullopt;
  auto id = RunId::parse(rows->text(0));
  return id.ok() ? std::optional<RunId>(*id) : std::nullopt;
}

/// Up to that many runs whose 8 digits begin so, which are digits of ours and no pattern.
std::vector<RunId> begun_with(db::Database& database, const std::string& digits, int64_t at_most) {
  std::vector<RunId> found;
  auto rows = database.prepare(
      "SELECT id FROM run_rows WHERE id8>=?1 AND id8<?1||'g' ORDER BY id LIMIT ?2");
  if (!rows.ok() || !rows->bind({digits, at_most}).ok()) return found;
  for (auto there = rows->step(); there.ok() && *there; there = rows->step()) {
    if (auto id = RunId::parse(rows->text(0)); id.ok()) found.push_back(*id);
  }
  return found;
}

/// Runs of exactly that request, newest first.
std::vector<RunId> asked(db::Database& database, const std::string& request, int64_t at_most) {
  std::vector<RunId> found;
  auto rows = database.prepare("SELECT id FROM run_rows WHERE asked=?1 ORDER BY id DESC LIMIT ?2");
  if (!rows.ok() || !rows->bind({name_hash(request), at_most}).ok()) return found;
  for (auto there = rows->step(); there.ok() && *there; there = rows->step()) {
    if (auto id = RunId::parse(rows->text(0)); id.ok()) found.push_back(*id);
  }
  return found;
}

}  // namespace

std::optional<store::Found> look_up(const git::Repo& repo, const store::Wanted& wanted) {
  // A run asks for its request before it begins, and is no reason to make an index.
  std::error_code failed;
  if (!wanted.request.empty() && !std::filesystem::exists(Index::path(repo), failed))
    return std::nullopt;
  Index::Options options;
  options.at_most = 200;
  auto index = Index::open(repo, options);
  if (!index.ok() || index->changes().behind > 0) return std::nullopt;
  db::Database& database = index->database();
  store::Found found;
  for (const char* column : {"id8", "slug", "pull_request"}) {
    auto run = newest(database, column, wanted.name);
    if (run && (!found.named || *found.named < *run)) found.named = run;
  }
  auto hex = [](const Oid& id) { return id.is_zero() ? std::string() : id.hex(); };
  found.by_commit = newest(database, "head", hex(wanted.commit));
  if (!found.by_commit) found.by_commit = newest(database, "tree", hex(wanted.tree));
  if (!found.by_commit) found.by_commit = newest(database, "patch_id", wanted.patch_id);
  if (store::is_beginning(wanted.name)) found.begun = begun_with(database, wanted.name, 20);
  if (!wanted.request.empty()) found.asked = asked(database, wanted.request, 20);
  return found;
}

}  // namespace gf::analyst

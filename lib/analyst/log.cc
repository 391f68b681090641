#include "analyst/log.h"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>

#include "analyst/log_format.h"
#include "base/glob.h"
#include "base/text.h"
#include "store/held.h"
#include "store/names.h"

namespace gf::analyst {
namespace {

/// A pattern as git grep takes it: basic or extended regular expression, or plain text. POSIX's own
/// engine: the standard library's recurses once a character.
class Pattern {
 public:
  static Result<Pattern> make(const std::string& text, const LogWish& wish) {
    Pattern pattern;
    pattern.ignore_case_ = wish.ignore_case;
    if (wish.fixed) {
      pattern.text_ = wish.ignore_case ? lower(text) : text;
      return pattern;
    }
    pattern.compiled_ = std::shared_ptr<regex_t>(new regex_t(), [](regex_t* compiled) {
      regfree(compiled);
      delete compiled;
    });
    int flags = REG_NOSUB | REG_NEWLINE | (wish.extended ? REG_EXTENDED : 0) |
                (wish.ignore_case ? REG_ICASE : 0);
    int code = regcomp(pattern.compiled_.get(), text.c_str(), flags);
    if (code == 0) return pattern;
    char why[200];
    regerror(code, pattern.compiled_.get(), why, sizeof(why));
    return Error{Fault::kUsage,
                 fmt::format("'{}' is no pattern: {}", printable(text), lower(why)),
                 {},
                 "use -F to look for the text as it stands"};
  }

  [[nodiscard]] bool matches(const std::string& subject) const {
    if (compiled_) return regexec(compiled_.get(), subject.c_str(), 0, nullptr, 0) == 0;
    return (ignore_case_ ? lower(subject) : subject).find(text_) != std::string::npos;
  }

 private:
  std::string text_;
  bool ignore_case_ = false;
  std::shared_ptr<regex_t> compiled_;
};

bool matches_any(const std::vector<Pattern>& patterns, const std::string& subject) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const Pattern& pattern) { return pattern.matches(subject); });
}

bool is_model(const record::StageRecord& stage, const std::string& wanted) {
  if (stage.model_answered.empty()) return false;
  std::string whole = stage.provider + "/" + stage.model_answered;
  return wildcard_matches(wanted, stage.model_answered) || wildcard_matches(wanted, whole);
}

}  // namespace

struct LogFilter::Impl {
  const git::Repo* repo;
  const store::Store* store;
  LogWish wish;
  std::vector<Pattern> authors, greps;
  std::optional<store::Ledger> ledger;
  std::string day;
  std::map<RunId, store::Ledger::Folders> runs_of_day;
  int unknown = 0;

  /// The run's records without its exchanges, read at most once.
  const store::Run& records(const store::Summary& run, std::optional<store::Run>& read) {
    if (read) return *read;
    read.emplace();
    if (run.active) {
      auto loaded = store->load(run.id);
      if (loaded.ok()) read = std::move(loaded).value();
      return *read;
    }
    store::Ledger::Trouble trouble;
    std::string wanted = run.id.str().substr(0, 8);
    if (ledger && day != wanted) {
      day = wanted;
      runs_of_day = ledger->runs(day, trouble);
    }
    auto found = runs_of_day.find(run.id);
    if (found != runs_of_day.end())
      read = ledger->read(run.id, {found->second.ledger, Oid()}, trouble);
    return *read;
  }

  bool failed_in(const store::Summary& run, std::optional<store::Run>& read) {
    auto wanted = [&](const std::string& stage) {
      return std::find(wish.stages.begin(), wish.stages.end(), stage) != wish.stages.end();
    };
    if (wanted(run.failed_stage)) return true;
    if (run.metrics.first_try) return false;
    const auto& stages = records(run, read).stages;
    return std::any_of(stages.begin(), stages.end(), [&](const record::StageRecord& stage) {
      return stage.status != record::StageStatus::kPass && wanted(stage.stage);
    });
  }

  bool answered(const store::Summary& run, std::optional<store::Run>& read) {
    const auto& stages = records(run, read).stages;
    return std::any_of(stages.begin(), stages.end(), [&](const record::StageRecord& stage) {
      return std::any_of(wish.models.begin(), wish.models.end(),
                         [&](const std::string& model) { return is_model(stage, model); });
    });
  }

  bool matches_text(const store::Summary& run, std::optional<store::Run>& read) {
    if (matches_any(greps, run.title) || matches_any(greps, run.slug) ||
        matches_any(greps, run.reason))
      return true;
    return matches_any(greps, records(run, read).run.request);
  }

  /// The tree the run left: the delivered one, else the last that a stage made.
  Oid tree_of(const store::Summary& run, std::optional<store::Run>& read) {
    if (!run.tree.is_zero()) return run.tree;
    Oid last;
    for (const record::StageRecord& stage : records(run, read).stages) {
      if (!stage.tree_out.is_zero()) last = stage.tree_out;
    }
    return last;
  }

  bool touches(const store::Summary& run, std::optional<store::Run>& read) {
    Oid tree = tree_of(run, read);
    if (tree.is_zero()) return false;  // it built nothing
    auto base = repo->commit(run.base);
    if (!base.ok() || !repo->exists(tree)) {
      ++unknown;
      return false;
    }
    auto deltas = repo->diff(base->tree, tree);
    if (!deltas.ok()) {
      ++unknown;
      return false;
    }
    return std::any_of(deltas->begin(), deltas->end(), [&](const git::Delta& delta) {
      return std::any_of(wish.paths.begin(), wish.paths.end(), [&](const std::string& path) {
        return pathspec_matches(path, delta.path);
      });
    });
  }
};

LogFilter::LogFilter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogFilter::LogFilter(LogFilter&&) noexcept = default;
LogFilter::~LogFilter() = default;
int LogFilter::unknown() const { return impl_->unknown; }

Result<LogFilter> LogFilter::make(const git::Repo& repo, const store::Store& store,
                                  const LogWish& wish) {
  auto impl = std::make_unique<Impl>();
  impl->repo = &repo;
  impl->store = &store;
  impl->wish = wish;
  for (const std::string& text : wish.authors) {
    GF_ASSIGN(auto pattern, Pattern::make(text, wish));
    impl->authors.push_back(std::move(pattern));
  }
  for (const std::string& text : wish.greps) {
    GF_ASSIGN(auto pattern, Pattern::make(text, wish));
    impl->greps.push_back(std::move(pattern));
  }
  for (const std::string& outcome : wish.outcomes) {
    if (outcome == "waiting" || outcome == "running" || record::run_status_of(outcome)) continue;
    return Error{
        Fault::kUsage,
        fmt::format("'{}' is no outcome", printable(outcome)),
        {},
        "one of delivered, rejected, failed, needs-answers, cancelled, planned, reviewed, waiting, "
        "running"};
  }
  bool needs_records =
      !wish.stages.empty() || !wish.models.empty() || !wish.greps.empty() || !wish.paths.empty();
  if (needs_records) {
    GF_ASSIGN(impl->ledger, store::Ledger::open(repo));
  }
  return LogFilter(std::move(impl));
}

bool LogFilter::wants(const store::Summary& run) {
  const LogWish& wish = impl_->wish;
  if (wish.since && run.started < *wish.since) return false;
  if (wish.until && run.started > *wish.until) return false;
  if (!wish.outcomes.empty()) {
    std::string_view status =
        store::standing_of(run.active ? record::RunStatus::kRunning : run.status, run.held);
    auto asked_for = [&](std::string_view outcome) {
      return std::find(wish.outcomes.begin(), wish.outcomes.end(), outcome) != wish.outcomes.end();
    };
    if (!asked_for(status) && !(stands(run) && asked_for("delivered"))) return false;
  } else if (!run.active && run.status == record::RunStatus::kReviewed &&
             run.slug.starts_with(store::kCalibrationSlug)) {
    return false;  // a dozen at once, of which nobody asked for one
  }
  bool of_batch = wish.batches.empty() || std::find(wish.batches.begin(), wish.batches.end(),
                                                    run.batch) != wish.batches.end();
  if (!of_batch) return false;
  if (!impl_->authors.empty() && !matches_any(impl_->authors, run.author)) return false;
  std::optional<store::Run> read;
  return (wish.stages.empty() || impl_->failed_in(run, read)) &&
         (wish.models.empty() || impl_->answered(run, read)) &&
         (impl_->greps.empty() || impl_->matches_text(run, read)) &&
         (wish.paths.empty() || impl_->touches(run, read));
}

bool LogFilter::is_past(const store::Summary& run) const {
  // In order of their end; what ended before `since` started before it, and so did all older ones.
  return impl_->wish.since && !run.active && run.ended != Timestamp{} &&
         run.ended < *impl_->wish.since;
}

}  // namespace gf::analyst

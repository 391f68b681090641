// Asks models for a stage: fallback in order, everything recorded before it is used, nothing bought
// twice.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "line/batch.h"
#include "line/budget.h"
#include "line/independence.h"
#include "line/past.h"
#include "line/pauses.h"
#include "model/provider.h"
#include "session/context.h"
#include "store/store.h"

namespace gf::line {

/// What an exchange came to; what nobody told counts as the worst case.
Expense expense_of(const record::Exchange& exchange, const Expense& worst);

/// The models of one run. Every attempt is an exchange in the record when ask() returns; an
/// exchange that is there already (a run that goes on after a crash, a replay) is used instead of
/// asking again (P4). What is sent, what is used and what is recorded are the same text: secrets
/// are taken out of a message before any of the three.
class Asker {
 public:
  using Tell =
      std::function<void(const std::string& kind, const std::string& text, record::Json fields)>;

  /// `budget` is the run's; those of stages come from `config`, the batch's from the record. A
  /// `past` that replays answers everything, whoever is configured: nobody is asked, and what was
  /// asked then counts, whatever is asked now; comparing the two is the caller's.
  Asker(session::Context& context, store::ActiveRun& active, const session::Config& config,
        Budget budget, Tell tell, Past& past = nothing_before());

  /// Can every model stage be answered? Checked before anything is spent. The error says what to
  /// set.
  Result<void> check(const std::vector<std::string>& stages);
  /// One answer. An Error tells why none of the stage's models gave one, or that a cap would be
  /// passed: then nothing was asked, and the run can go on with a higher one.
  Result<record::ModelAnswer> ask(const record::ModelRequest& request);
  /// Is an answer on record for it?
  [[nodiscard]] bool knows(const record::ModelRequest& request) const;
  /// Whoever answers this attempt of a stage now gave nothing of use: the next one takes over.
  /// False when there is no next one.
  Result<bool> pass_over(const std::string& stage, int attempt);

  /// Where programs that work on files find them from now on.
  void work_in(const std::string& worktree);

  [[nodiscard]] Milliseconds spent() const { return spent_; }
  struct Taken {
    std::vector<int> exchanges;
    record::Usage usage;
    record::Cost cost;
    std::string provider, model;
  };
  /// What was asked since the last call.
  Taken take();
  /// "provider/model" of who answered last since take(); empty when nobody did.
  [[nodiscard]] std::string answered() const;
  /// The schema that the last answer was asked with: of one on record the recorded one, which may
  /// be older than today's. Null: none.
  [[nodiscard]] const record::Json& schema() const { return schema_; }
  /// "provider/model, ..." for each stage, as configured.
  [[nodiscard]] std::map<std::string, std::string> configured(
      const std::vector<std::string>& stages) const;

 private:
  /// What came of one provider.
  struct Outcome {
    std::optional<record::ModelAnswer> answer;
    record::ModelFailure failure = record::ModelFailure::kNone;
    std::string text;
  };

  Result<record::ModelAnswer> recorded_answer(const record::ModelRequest& request);
  Result<std::vector<model::Provider*>> providers_of(const std::string& stage);
  /// Reads factory.review.independence; an Error where nobody could review, as far as that can be
  /// known before.
  Result<void> check_reviewers(const std::vector<std::string>& stages);
  /// Of the models that BUILD may ask, the first and those beside which somebody is left to review.
  void leave_a_reviewer(std::vector<std::string>& builders) const;
  /// Not a review by who built where that is not to be.
  [[nodiscard]] bool counts(const record::Exchange& exchange) const;
  /// Why what this one answers to the stage does not count, as it has shown; empty: nothing.
  [[nodiscard]] std::optional<std::string> built_it(const model::Provider& provider,
                                                    const record::ModelRequest& request) const;
  /// A review by who built, once.
  void tell_who_reviews(const record::Exchange& exchange);
  Result<std::vector<Purse*>> purses_of(const std::string& stage);
  const record::Exchange* known(const record::ModelRequest& request) const;
  const record::Exchange* known_in_any_form(const record::ModelRequest& request) const;
  /// What the step said whose questions a person has answered: it is done, whatever would be asked
  /// now.
  const record::Exchange* answered_since(const record::ModelRequest& request) const;
  void clean(std::vector<record::Message>& messages);
  void count(const record::Exchange& exchange);
  Result<Outcome> ask_one(model::Provider& provider, const record::ModelRequest& request,
                          bool another);
  Result<void> wait_with_others(const model::Provider& provider);
  Result<model::Reply> try_one(model::Provider& provider, const record::ModelRequest& request,
                               int attempt);
  Result<Expense> worst_of(const model::Provider& provider, const record::ModelRequest& request,
                           bool in_dollars) const;
  /// Why the dollars that there are cannot pay a first call of the stage's, as far as that can be
  /// known before; what may only become too dear is warned of.
  Result<void> check_price(const model::Provider& provider, const std::string& stage);
  void keep_books(const record::Exchange& exchange, const Expense& worst,
                  const std::vector<Purse*>& purses);
  void remember_price(const record::Exchange& exchange);
  void tell_progress(const std::string& model, const model::Progress& progress);
  void tell_end(const record::Exchange& exchange);

  session::Context& context_;
  store::ActiveRun& active_;
  const session::Config& config_;
  Tell tell_;
  std::shared_ptr<model::Shared> shared_;  ///< prices, and what servers did not take
  std::map<std::string, std::unique_ptr<model::Provider>> providers_;
  std::string worktree_;
  Pauses pauses_;  ///< what services asked for, of this run or of another one
  Purse run_purse_;
  std::map<std::string, std::unique_ptr<Purse>> stage_purses_;
  std::unique_ptr<Batch> batch_;  ///< null: no cap of a batch concerns this run
  bool batch_looked_up_ = false;
  Past& past_;
  record::Json schema_;
  Milliseconds spent_{0};
  Taken taken_;
  /// The conversation that was asked about last: each message as it came, and clean and sealed. It
  /// repeats itself with every turn, and what has come before is only compared.
  std::vector<std::pair<record::Message, record::Message>> talk_;
  std::map<std::pair<std::string, int>, size_t> passed_over_;  ///< by stage and attempt
  std::set<std::pair<std::string, int>> shrunk_;  ///< attempts whose conversation is too long
  std::map<std::string, std::optional<int64_t>> dearest_;  ///< call of a provider; empty: unpriced
  std::set<std::string> other_models_announced_;
  Independence independence_ = Independence::kPrefer;
  bool own_review_announced_ = false;
  std::set<std::string> dear_models_announced_;
  std::optional<Milliseconds> progress_announced_;  ///< when, of the call that is under way
};

}  // namespace gf::line

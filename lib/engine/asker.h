// Asks models for a stage: fallback in order, everything recorded before it is used, nothing bought
// twice.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/context.h"
#include "model/provider.h"
#include "store/store.h"

namespace gf::engine {

/// What may be spent, and what has been.
struct Budget {
  std::optional<int64_t> pico_usd;  ///< none: no limit
  std::optional<int64_t> tokens;
  std::optional<int64_t> calls;
};

/// The models of one run. Every exchange is in the record when ask() returns; an exchange that is
/// there already (a run that goes on after a crash, a replay) is used instead of asking again (P4).
class Asker {
 public:
  using Tell =
      std::function<void(const std::string& kind, const std::string& text, record::Json fields)>;

  Asker(Context& context, store::ActiveRun& active, const Config& config, Budget budget, Tell tell);

  /// Can every model stage be answered? Checked before anything is spent. The error says what to
  /// set.
  Result<void> check(const std::vector<std::string>& stages);
  /// One answer. An Error tells why none of the stage's models gave one.
  Result<record::ModelAnswer> ask(const record::ModelRequest& request);

  [[nodiscard]] Milliseconds spent() const { return spent_; }
  struct Taken {
    std::vector<int> exchanges;
    record::Usage usage;
    record::Cost cost;
    std::string provider, model;
  };
  /// What was asked since the last call.
  Taken take();
  /// "provider/model, ..." for each stage, as configured.
  [[nodiscard]] std::map<std::string, std::string> configured(
      const std::vector<std::string>& stages) const;

 private:
  Result<std::vector<model::Provider*>> providers_of(const std::string& stage);
  Result<void> within_budget() const;
  const record::Exchange* known(const record::ModelRequest& request) const;
  void count(const record::Exchange& exchange);
  Result<record::Exchange> try_one(model::Provider& provider, const record::ModelRequest& request);

  Context& context_;
  store::ActiveRun& active_;
  const Config& config_;
  Budget budget_;
  Tell tell_;
  std::shared_ptr<model::Shared> shared_;  ///< prices, and what servers did not take
  std::map<std::string, std::unique_ptr<model::Provider>> providers_;
  Milliseconds spent_{0};
  Taken taken_;
  int64_t total_pico_ = 0, total_tokens_ = 0, total_calls_ = 0;
  std::map<std::string, size_t> used_;  ///< how often a recorded answer of a key was handed out
};

}  // namespace gf::engine

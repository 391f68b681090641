// Asking a model: one interface for every service, program and recording.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "proc/process.h"
#include "record/exchange.h"

namespace gf::model {

/// "provider/model": `ollama/qwen2.5-coder:7b`, `command/review.py`, `scripted/health`.
struct Reference {
  std::string provider, model;
  static Result<Reference> parse(std::string_view text);
  [[nodiscard]] std::string str() const { return provider + "/" + model; }
};

/// What one call came to. Either an answer, or a class of failure with one line of text.
struct Reply {
  std::optional<record::ModelAnswer> answer;
  record::ModelFailure failure = record::ModelFailure::kNone;
  std::string text;                         ///< of the failure
  std::optional<Milliseconds> retry_after;  ///< when the service told one
};

/// One model at one service. Calls block; one call at a time.
class Provider {
 public:
  virtual ~Provider() = default;
  /// Never throws, never retries, never falls back: that is the engine's. A model's or service's
  /// failure is a Reply; an Error is ours (out of memory, cannot start a process).
  virtual Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) = 0;
  /// Can it answer at all, asked before anything is spent? Empty when it can, else why not.
  virtual std::optional<std::string> problem() = 0;
  [[nodiscard]] virtual const Reference& reference() const = 0;
};

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Context {
  Settings settings;              ///< git's, in order; the last of a key wins
  std::string workdir;            ///< told to `command` programs
  proc::Environment environment;  ///< of this process
  std::string data_dir;           ///< where the project's templates are installed
  const Clock* clock = nullptr;
};

/// Builds the provider that a reference names: its kind is factory.provider.<name>.kind, else the
/// name itself (command, scripted, recorded; the HTTP kinds join here). An Error names what to set.
Result<std::unique_ptr<Provider>> make_provider(const Reference& reference, const Context& context);

/// Answers from memory, by request key; what has no answer is a ModelFailure::kConfig whose text
/// names the stage and the first difference to the nearest recorded request.
class Recorded : public Provider {
 public:
  Recorded(Reference reference, std::vector<record::Exchange> exchanges);
  Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) override;
  std::optional<std::string> problem() override { return std::nullopt; }
  [[nodiscard]] const Reference& reference() const override { return reference_; }

 private:
  Reference reference_;
  std::map<std::string, std::vector<record::Exchange>> by_key_;
  std::map<std::string, size_t> used_;
  std::vector<record::Exchange> all_;
};

/// The references configured for a stage, in fallback order: factory.<stage>.model, else
/// factory.model; both multi-valued. Overrides (--model STAGE=REF) come first in `settings` order.
std::vector<std::string> references_for(const Settings& settings, std::string_view stage);

/// Addresses of models that could be used right now, for the message when none is configured: a
/// local Ollama with its models, keys in the environment. Waits at most 300 ms.
std::vector<std::string> suggestions(const proc::Environment& environment, const Cancel& cancel);

}  // namespace gf::model

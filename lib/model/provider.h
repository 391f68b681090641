// Asking a model: one interface for every service, program and script.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/settings.h"
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
  /// May the same be asked again here? kAtOnce: what the service did not take was left out.
  enum class Again { kByClass, kNo, kAtOnce };
  Again again = Again::kByClass;
  bool unreached = false;            ///< nobody was there to be asked
  std::optional<record::Paid> paid;  ///< of a failure that the service counted
};

/// The most that one call can come to, as far as that is known before it is made.
struct WorstCase {
  int64_t input_tokens = 0, output_tokens = 0;
  std::optional<int64_t> pico_usd;  ///< absent: no price is known
};

/// Tokens that a request cannot exceed: one for two bytes, which no tokenizer in use needs for text
/// and code.
int64_t most_tokens(const record::ModelRequest& request);

/// What is known of a provider without asking it.
struct Description {
  std::string kind;
  std::string address;                         ///< safe to show; or the program
  std::string key_from;                        ///< the name of what the key was read from
  int64_t context_window = 0, max_output = 0;  ///< tokens; 0: not known
  bool local = false;
  std::optional<int64_t> input_pico, output_pico;  ///< price of a token in 10^-12 dollars
  std::string price_basis = "unpriced";
};

/// How far an answer has come: bytes on the line, and of those the ones of words and tool calls. A
/// model that thinks, or a service that only keeps the line open, adds to the first alone.
struct Progress {
  size_t received = 0, of_answer = 0;
};

/// What the providers of one run share: the prices, and what each server was found not to take.
class Shared;

/// One model at one service. Calls block; one call at a time.
class Provider {
 public:
  virtual ~Provider() = default;
  /// Never throws, never retries, never falls back: that is the engine's. A model's or service's
  /// failure is a Reply; an Error is ours (out of memory, cannot start a process).
  virtual Result<Reply> ask(const record::ModelRequest& request, const Cancel& cancel) = 0;
  /// Can it answer at all, asked before anything is spent? Empty when it can, else why not.
  virtual std::optional<std::string> problem() = 0;
  /// What takes the problem() away that was found last: a command, or an imperative for a hint.
  /// Empty when none was found, or nothing better is known than to take another model.
  [[nodiscard]] virtual std::string mend() const { return {}; }
  [[nodiscard]] virtual const Reference& reference() const = 0;

  [[nodiscard]] virtual Description describe() const;
  [[nodiscard]] virtual WorstCase worst_case(const record::ModelRequest& request) const;
  /// Does it tell what a call has cost, so that no price has to be known before?
  [[nodiscard]] virtual bool tells_cost() const { return false; }
  /// How often a call that may succeed when repeated is repeated, and the longest wait before it.
  [[nodiscard]] virtual int retries() const { return 0; }
  [[nodiscard]] virtual Milliseconds longest_wait() const { return Milliseconds(60000); }
  /// No call may take longer than this from now on (what is left of a cap on time).
  virtual void bound(Milliseconds longest) { (void)longest; }
  /// Where a program that works on files finds them from now on: the run's worktree.
  virtual void work_in(const std::string& worktree) { (void)worktree; }
  /// Called with every piece of an answer, from ask()'s thread; who does not stream never calls.
  virtual void on_progress(std::function<void(const Progress&)> listener) { (void)listener; }
};

struct Context {
  Settings settings;
  std::string workdir;            ///< told to `command` programs
  proc::Environment environment;  ///< of this process
  std::string data_dir;           ///< where the project's templates are installed
  const Clock* clock = nullptr;
  std::shared_ptr<Shared> shared;  ///< may be null: then a provider has its own
};

/// For Context::shared. Reads the prices: the user's file (factory.prices) and the shipped table.
Result<std::shared_ptr<Shared>> make_shared(const Settings& settings, const std::string& data_dir,
                                            const proc::Environment& environment);

/// Builds the provider that a reference names: its kind is factory.provider.<name>.kind, else the
/// name itself (command, cli, scripted, ollama, openai, anthropic, or a preset's name). An Error
/// names what to set.
Result<std::unique_ptr<Provider>> make_provider(const Reference& reference, const Context& context);

/// The references configured for a stage, in fallback order: factory.<stage>.model, else
/// factory.model; both multi-valued. Overrides (--model STAGE=REF) come first in `settings` order.
std::vector<std::string> references_for(const Settings& settings, std::string_view stage);

/// Something that could answer on this machine, and the commands that would make it a model here.
struct Proposal {
  std::string found;  ///< safe to show: names of keys, never values
  std::vector<std::string> commands;
};
/// What is on this machine, the one that needs least first: a local Ollama with its models, keys in
/// the environment, coding programs on PATH. Waits at most 300 ms for an answer.
std::vector<Proposal> proposals(const proc::Environment& environment, const Cancel& cancel);

/// The shortest way to a model, for whoever has none: what init, doctor, a run and `models` say.
struct ShortestWay {
  std::string found;    ///< what it rests on, and how many other ways there are; safe to show
  std::string command;  ///< one line for a shell; with a <key> to be put in where nothing is there
};
ShortestWay shortest_way(const proc::Environment& environment, const Cancel& cancel);

}  // namespace gf::model

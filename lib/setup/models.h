// What each stage would ask, and whether it answers: for `git factory models`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/provider.h"
#include "session/context.h"

namespace gf::setup {

/// The settings as a run from the default base would see them.
Result<session::Config> settings_for_runs(session::Context& context);

/// One model of one stage, in its place in the fallback order.
struct ModelRow {
  std::string stage;
  int place = 1;
  std::string reference;
  model::Description about;
  std::string problem;  ///< why it cannot answer; empty when nothing speaks against it
  std::string mend;     ///< what to do about that; may be empty
};
/// Every model stage's chain. A reference that makes no sense is a row with a problem. Contacts
/// nothing but a local Ollama.
Result<std::vector<ModelRow>> configured_models(session::Context& context,
                                                const session::Config& config);

/// What a tiny question to a model showed.
struct ModelCheck {
  std::string reference;
  std::vector<std::string> stages;
  bool answers = false, structured = false, tools = false, usage = false;
  std::string answered;  ///< the name of who answered
  std::string failure;   ///< the first, with its class
  std::string mend;      ///< what to do about it; may be empty
  record::Usage used;
  record::Cost cost{0, "none"};
  Milliseconds duration{0};
};
/// Asks every configured model once: for a word, for an object of a schema, for a tool call. Not
/// part of a run, so nothing is recorded; what it costs is told.
Result<std::vector<ModelCheck>> check_models(session::Context& context,
                                             const session::Config& config,
                                             const std::vector<std::string>& only);

/// What `models --json` and `models check --json` write; see git-factory-models(1).
record::Json to_json(const ModelRow& row);
record::Json to_json(const ModelCheck& row);

}  // namespace gf::setup

// Coding programs that we know how to call: what to say to each and how to read it. Pure functions;
// for this room's .cc files and tests.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/exchange.h"

namespace gf::model {

/// What one call is made of.
struct CliCall {
  std::string program;  ///< as configured, or the preset's name
  std::string model;
  std::string directory;    ///< the copy of the worktree it works in
  std::string prompt_file;  ///< holds the prompt
  std::string schema_file;  ///< empty: free text
  std::string answer_file;  ///< where it may write its last words
  bool edits = false;       ///< may it change files?
};

/// What it said of itself. The files it changed are not here: they are looked for.
struct CliReport {
  std::string text;   ///< its last words
  std::string model;  ///< who answered; empty when it does not say
  record::Usage usage;
  std::optional<int64_t> pico_usd;
  record::ModelFailure failure = record::ModelFailure::kNone;
  std::string why;
};

struct Preset {
  std::string_view name;
  /// It confines itself to the folder by a flag that argv() sets, or has no tools at all. One that
  /// does not is run inside our sandbox or not at all.
  bool confined;
  bool prompt_on_stdin;
  std::vector<std::string_view> variables;  ///< what it reads its keys from
  /// Below HOME: its configuration and keys. In our sandbox it gets a HOME of its own with copies
  /// of these, to write to as it likes; it ends with the call.
  std::vector<std::string_view> home;
  std::vector<std::string> (*argv)(const CliCall& call);
  CliReport (*read)(const std::string& out, const std::string& err, const std::string& answer);
  /// Of an exit status other than 0; kNone: by what it told.
  record::ModelFailure (*failure)(int exit_code);
  /// argv() hands the schema on to the service where a call has one: it is not told in words too.
  bool takes_schema = false;
};

std::span<const Preset> presets();
const Preset* find_preset(std::string_view name);

}  // namespace gf::model

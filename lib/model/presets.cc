// INTEGRATIONS B.2: argument lists and outputs as the programs' own sources and types have them.
//
// Checked on 2026-11-21 with the real programs, each asked by its argument list below against a
// mock of the services (aimock), its --help beside it:
//   codex 0.169.0 (npm @openai/codex), gemini 0.61.0 (npm @google/gemini-cli), opencode 1.18.33
//   (npm opencode-ai), gptme 0.35.1, aider-chat 0.86.2 and llm 0.36 (PyPI).
// llm is small enough to be asked in every run of the tests (tests/services).
#include "model/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/dialect.h"
#include "model/prices.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

/// The JSON objects among the lines; what is none is for people.
std::vector<Json> objects(const std::string& out) {
  std::vector<Json> all;
  for (const std::string& line : lines(out)) {
    if (!trim(line).starts_with("{")) continue;
    auto json = Json::parse(line);
    if (json.ok() && json->is_object()) all.push_back(std::move(json).value());
  }
  return all;
}

std::optional<int64_t> sum(std::optional<int64_t> a, std::optional<int64_t> b) {
  if (!a || !b) return a ? a : b;
  int64_t both = 0;
  return __builtin_add_overflow(*a, *b, &both) ? std::nullopt : std::optional(both);
}

void fail(CliTold& told, ModelFailure failure, const std::string& why) {
  if (told.failure != ModelFailure::kNone) return;
  told.failure = failure;
  told.why = printable(to_utf8(clipped(replace_all(trim(why), "\n", " "), 300)));
}

/// The class of a failure that is told in words alone.
ModelFailure by_words(const std::string& text) {
  std::string words = lower(text);
  auto has = [&](const char* word) { return words.find(word) != std::string::npos; };
  if (has("401") || has("unauthorized") || has("api key") || has("authentication") || has("log in"))
    return ModelFailure::kAuth;
  ModelFailure failure = failure_of(0, "", "", text);
  if (failure == ModelFailure::kOverflow) return failure;
  if (has("quota") || has("billing") || has("usage limit")) return ModelFailure::kQuota;
  if (has("429") || has("rate limit") || has("overloaded")) return ModelFailure::kRateLimited;
  return ModelFailure::kTransport;
}

ModelFailure no_table(int) { return ModelFailure::kNone; }

// --- codex ---

std::vector<std::string> codex_argv(const CliCall& call) {
  std::vector<std::string> argv = {call.program,
                                   "exec",
                                   "--json",
                                   "--sandbox",
                                   call.edits ? "workspace-write" : "read-only",
                                   "-m",
                                   call.model,
                                   "--ephemeral",
                                   "--ignore-user-config",
                                   "-o",
                                   call.answer_file};
  if (!call.schema_file.empty()) argv.insert(argv.end(), {"--output-schema", call.schema_file});
  argv.push_back("-");
  return argv;
}

CliTold codex_read(const std::string& out, const std::string&, const std::string& answer) {
  CliTold told;
  bool ended = false;
  std::string last_error;
  for (const Json& event : objects(out)) {
    std::string type = event.get_string("type");
    Json item = event.get("item");
    if (type == "item.completed" && item.get_string("type") == "agent_message")
      told.text = item.get_string("text");
    if (type == "turn.completed") {
      ended = true;
      Json usage = event.get("usage");
      told.usage.input_total = sum(told.usage.input_total, tokens(usage, "input_tokens"));
      told.usage.cache_read = sum(told.usage.cache_read, tokens(usage, "cached_input_tokens"));
      told.usage.cache_write =
          sum(told.usage.cache_write, tokens(usage, "cache_write_input_tokens"));
      told.usage.output_total = sum(told.usage.output_total, tokens(usage, "output_tokens"));
      told.usage.reasoning = sum(told.usage.reasoning, tokens(usage, "reasoning_output_tokens"));
      if (told.usage.input_total) told.usage.source = "reported";
    }
    if (type == "error") last_error = event.get_string("message");
    if (type == "turn.failed") {
      std::string why = event.get("error").get_string("message", last_error);
      fail(told, by_words(why), why);
    }
  }
  // It ends with 0 when it was interrupted, and says so by leaving this out.
  if (!ended)
    fail(told, by_words(last_error),
         last_error.empty() ? "it ended without finishing its turn" : last_error);
  if (!trim(answer).empty()) told.text = answer;
  return told;
}

// --- gemini ---

// Without --skip-trust it ends with 55 in a folder that it has not seen, as every copy of ours is,
// or falls back from auto_edit to asking, which nobody answers ("Approval mode overridden to
// 'default'"; geminicli.com/docs/cli/trusted-folders, "Headless and automated environments").
// --approval-mode: default, auto_edit, yolo, plan (geminicli.com/docs/core/concepts).
std::vector<std::string> gemini_argv(const CliCall& call) {
  std::vector<std::string> argv = {
      call.program,      "-m",   call.model, "--skip-trust",
      "--output-format", "json", "-p",       "Do what is asked above."};
  if (call.edits) argv.insert(argv.end(), {"--approval-mode", "auto_edit"});
  return argv;
}

CliTold gemini_read(const std::string& out, const std::string&, const std::string&) {
  CliTold told;
  auto json = record::json_in_prose(out);
  if (!json) {
    fail(told, ModelFailure::kBadOutput, "its output is no JSON object");
    return told;
  }
  told.text = json->get_string("response");
  Json error = json->get("error");
  if (error.is_object())
    fail(told, by_words(error.get_string("message")), error.get_string("message"));
  for (const auto& [name, model] : json->get("stats").get("models").members()) {
    Json used = model.get("tokens");
    if (told.model.empty()) told.model = name;
    told.usage.input_total = sum(told.usage.input_total, tokens(used, "prompt"));
    told.usage.cache_read = sum(told.usage.cache_read, tokens(used, "cached"));
    // Thoughts are counted beside the candidates.
    told.usage.output_total =
        sum(told.usage.output_total, sum(tokens(used, "candidates"), tokens(used, "thoughts")));
    told.usage.reasoning = sum(told.usage.reasoning, tokens(used, "thoughts"));
  }
  if (told.usage.input_total) told.usage.source = "reported";
  return told;
}

ModelFailure gemini_failure(int exit_code) {
  switch (exit_code) {
    case 41:
      return ModelFailure::kAuth;
    case 42:
    case 44:
    case 52:
    case 55:
      return ModelFailure::kConfig;
    case 53:
      return ModelFailure::kTruncated;
    case 130:
      return ModelFailure::kCancelled;
    default:
      return ModelFailure::kNone;
  }
}

// --- gptme ---

std::vector<std::string> gptme_argv(const CliCall& call) {
  return {
      call.program, "-n",           "--output-format",
      "json",       "-m",           call.model,
      "-w",         call.directory, fmt::format("Do what the file '{}' asks.", call.prompt_file)};
}

CliTold gptme_read(const std::string& out, const std::string& err, const std::string&) {
  CliTold told;
  for (const Json& event : objects(out)) {
    if (event.get_string("role") != "assistant") continue;
    told.text = event.get_string("content");
    // Since 0.35; older ones count nothing. Cache counts are beside the input, as Anthropic's are.
    Json about = event.get("metadata"), used = about.get("usage");
    told.model = about.get_string("served_model", told.model);
    auto read = tokens(used, "cache_read_tokens"), written = tokens(used, "cache_creation_tokens");
    told.usage.input_total =
        sum(told.usage.input_total, sum(tokens(used, "input_tokens"), sum(read, written)));
    told.usage.cache_read = sum(told.usage.cache_read, read);
    told.usage.cache_write = sum(told.usage.cache_write, written);
    told.usage.output_total = sum(told.usage.output_total, tokens(used, "output_tokens"));
    Json cost = about.get("cost");
    if (cost.as_double()) told.pico_usd = sum(told.pico_usd, pico_dollars(cost.dump()));
  }
  if (told.usage.input_total) told.usage.source = "reported";
  if (told.text.empty()) fail(told, by_words(err), err.empty() ? "it said nothing" : err);
  return told;
}

ModelFailure gptme_failure(int exit_code) {
  return exit_code == 75   ? ModelFailure::kRateLimited
         : exit_code == 76 ? ModelFailure::kAuth
         : exit_code == 77 ? ModelFailure::kConfig
                           : ModelFailure::kNone;
}

// --- aider ---

std::vector<std::string> aider_argv(const CliCall& call) {
  return {call.program,
          "--model",
          call.model,
          "--message-file",
          call.prompt_file,
          "--yes-always",
          "--no-stream",
          "--no-pretty",
          "--no-auto-commits",
          "--no-gitignore",
          "--no-show-release-notes",
          "--no-check-update",
          "--no-analytics",
          "--no-detect-urls",
          "--no-suggest-shell-commands"};
}

/// "1.2k" -> 1200.
std::optional<int64_t> rounded_count(std::string text) {
  int64_t unit = 1;
  if (text.ends_with("k")) unit = 1000;
  if (text.ends_with("M")) unit = 1'000'000;
  if (unit > 1) text.pop_back();
  auto pico = pico_dollars(replace_all(text, ",", ""));  // exact decimals
  if (!pico || *pico > int64_t{1} << 40 << 20) return std::nullopt;
  return *pico / (1'000'000'000'000 / unit);
}

/// "Tokens: 4.1k sent, 1.2k cache hit, 300 received. Cost: $0.02 message, $0.05 session."
void take_aider_line(const std::string& line, CliTold& told) {
  std::vector<std::string> words = split(line, ' ');
  for (size_t i = 1; i < words.size(); ++i) {
    std::string word = words[i];
    while (word.ends_with(",") || word.ends_with(".")) word.pop_back();
    std::string before = words[i - 1];
    if (word == "sent") told.usage.input_total = sum(told.usage.input_total, rounded_count(before));
    if (word == "received")
      told.usage.output_total = sum(told.usage.output_total, rounded_count(before));
    if (word == "message" && before.starts_with("$")) {
      auto cost = pico_dollars(before.substr(1));
      told.pico_usd = sum(told.pico_usd, cost);
    }
  }
  told.usage.source = "estimated";
}

CliTold aider_read(const std::string& out, const std::string& err, const std::string&) {
  CliTold told;
  std::string complaint;
  for (const std::string& line : lines(out + "\n" + err)) {
    if (line.starts_with("Tokens: ")) take_aider_line(line, told);
    if (line.starts_with("litellm.") || line.find("API key") != std::string::npos) complaint = line;
  }
  told.text = clipped_middle(to_utf8(out), 8000);
  // It ends with 0 also when the model could not be asked; then nothing was counted.
  if (!told.usage.input_total)
    fail(told, by_words(complaint), complaint.empty() ? "it counted no tokens" : complaint);
  return told;
}

// --- opencode ---

std::vector<std::string> opencode_argv(const CliCall& call) {
  return {call.program, "run",          "--format",
          "json",       "-m",           call.model,
          "--dir",      call.directory, "Do what is asked below."};
}

CliTold opencode_read(const std::string& out, const std::string& err, const std::string&) {
  CliTold told;
  bool any = false;
  for (const Json& event : objects(out)) {
    any = true;
    std::string type = event.get_string("type");
    Json part = event.get("part");
    if (type == "text") told.text = part.get_string("text", event.get_string("text"));
    if (type == "error") {
      Json error = event.get("error");
      std::string why = error.as_string().value_or(
          error.get("data").get_string("message", error.get_string("message", "an error")));
      fail(told, by_words(why), why);
    }
    if (type != "step_finish") continue;
    Json used = part.get("tokens"), cache = used.get("cache");
    auto read = tokens(cache, "read"), written = tokens(cache, "write");
    // What a cache gave is beside the input here.
    told.usage.input_total =
        sum(told.usage.input_total, sum(tokens(used, "input"), sum(read, written)));
    told.usage.cache_read = sum(told.usage.cache_read, read);
    told.usage.cache_write = sum(told.usage.cache_write, written);
    told.usage.output_total =
        sum(told.usage.output_total, sum(tokens(used, "output"), tokens(used, "reasoning")));
    told.usage.reasoning = sum(told.usage.reasoning, tokens(used, "reasoning"));
    Json cost = part.get("cost");
    if (cost.as_double()) told.pico_usd = sum(told.pico_usd, pico_dollars(cost.dump()));
    if (told.usage.input_total) told.usage.source = "reported";
  }
  if (!any) fail(told, by_words(err), err.empty() ? "it said nothing" : err);
  return told;
}

// --- llm ---

std::vector<std::string> llm_argv(const CliCall& call) {
  std::vector<std::string> argv = {call.program, "-m", call.model, "--json", "--no-log"};
  if (!call.schema_file.empty()) argv.insert(argv.end(), {"--schema", call.schema_file});
  return argv;
}

CliTold llm_read(const std::string& out, const std::string& err, const std::string&) {
  CliTold told;
  auto json = Json::parse(trim(out));
  if (!json.ok() || !json->is_array() || json->size() == 0) {
    fail(told, err.empty() ? ModelFailure::kBadOutput : by_words(err),
         err.empty() ? "its output is no JSON list" : err);
    return told;
  }
  for (const Json& round : json->items()) {
    told.text = round.get_string("response");
    std::string answered = round.get("response_json").get_string("model");
    if (told.model.empty()) told.model = round.get_string("resolved_model", answered);
    told.usage.input_total = sum(told.usage.input_total, tokens(round, "input_tokens"));
    told.usage.output_total = sum(told.usage.output_total, tokens(round, "output_tokens"));
  }
  if (told.usage.input_total) told.usage.source = "reported";
  return told;
}

const std::array<Preset, 6> kPresets = {
    Preset{"codex",
           true,
           true,
           {"CODEX_API_KEY", "OPENAI_API_KEY", "CODEX_HOME"},
           {},
           codex_argv,
           codex_read,
           no_table},
    Preset{"gemini",
           false,
           true,
           {"GEMINI_API_KEY", "GOOGLE_API_KEY"},
           {".gemini/settings.json", ".gemini/oauth_creds.json", ".gemini/google_accounts.json"},
           gemini_argv,
           gemini_read,
           gemini_failure},
    Preset{"gptme",
           false,
           false,
           {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"},
           {".config/gptme"},
           gptme_argv,
           gptme_read,
           gptme_failure},
    Preset{"aider",
           false,
           false,
           {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"},
           {".aider.conf.yml", ".aider.model.settings.yml", ".aider.model.metadata.json", ".env"},
           aider_argv,
           aider_read,
           no_table},
    Preset{"opencode",
           false,
           true,
           {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"},
           {".config/opencode", ".local/share/opencode/auth.json"},
           opencode_argv,
           opencode_read,
           no_table},
    // It has no tools unless it is given some, and it is given none.
    Preset{
        "llm", true, true, {"OPENAI_API_KEY", "LLM_USER_PATH"}, {}, llm_argv, llm_read, no_table},
};

}  // namespace

std::span<const Preset> presets() { return kPresets; }

const Preset* find_preset(std::string_view name) {
  auto found = std::find_if(kPresets.begin(), kPresets.end(),
                            [&](const Preset& preset) { return preset.name == name; });
  return found == kPresets.end() ? nullptr : &*found;
}

}  // namespace gf::model

#include "engine/setup.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "engine/changelog.h"
#include "engine/facts.h"
#include "proc/jail.h"
#include "store/store.h"

namespace gf::engine {
namespace {

constexpr const char* kFile = ".gitfactory";

std::string quoted(std::string_view text) {
  return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

/// Machine paths do not belong in a tracked file: the interpreter is written as plain "python3".
std::string command_of(const gate::Gate& gate, const std::string& python) {
  std::string command;
  for (const std::string& word : gate.argv) {
    std::string plain = word == python ? "python3" : word;
    command += (command.empty() ? "" : " ") + plain;
  }
  return command;
}

std::string file_text(const Preparation& found) {
  std::string text =
      "# How git-factory works on this repository. Syntax: git-config(5). Nothing in this file is\n"
      "# believed until 'git factory trust' was answered, again after each change of it.\n\n"
      "[factory]\n";
  text += fmt::format("\tbase = {}\n", found.base.name);
  text +=
      "\t# Models are each person's choice: git config factory.model ollama/qwen2.5-coder:7b\n"
      "\t# Added lines that the tests must run, in percent: [factory \"test\"] coverage = 80\n\n"
      "# Gates found here. Uncomment one to change it; 'disabled = true' takes one away.\n";
  for (const gate::Gate& gate : found.gates) {
    text += fmt::format(
        "#[factory-gate \"{}\"]   ; {}\n#\tstage = {}\n#\tcommand = {}\n#\treport = {}\n",
        gate.name, gate.why, gate.stage, quoted(command_of(gate, found.python)), gate.report);
  }
  return text;
}

Result<std::string> work_tree(const Context& context) {
  std::optional<std::string> folder = context.repo.workdir();
  if (folder) return *folder;
  return Error{Fault::kUser, "this is a bare repository", {}, "run it in a clone with a work tree"};
}

}  // namespace

Result<Preparation> look(Context& context, const std::string& share) {
  Preparation found;
  found.share = share;
  GF_ASSIGN(auto config,
            Config::load(context.repo, context.git, Oid(), context.setup.overrides, true));
  GF_ASSIGN(found.base, find_base(context, config.settings(), std::nullopt));
  GitFacts facts(context.repo, context.git, found.base.tree);
  found.python =
      gate::find_python(config.settings(), context.repo.workdir(), context.setup.environment);
  GF_ASSIGN(found.gates, gate::gates_for(facts, config.settings(), found.python));
  found.changelog = detect_changelog(facts).why;
  GF_ASSIGN(found.remote, find_remote(context, config, found.base.name));
  if (found.remote) found.refspecs = store::Store::fetch_refspecs(*found.remote, share);
  found.file = file_text(found);
  GF_ASSIGN(auto folder, work_tree(context));
  GF_ASSIGN(auto jail, proc::Jail::open(folder));
  GF_ASSIGN(auto there, jail.read(kFile, 1u << 20));
  found.file_exists = there.has_value();
  return found;
}

Result<void> prepare(Context& context, const Preparation& found) {
  GF_ASSIGN(auto folder, work_tree(context));
  if (!found.file_exists) {
    GF_ASSIGN(auto jail, proc::Jail::open(folder));
    GF_TRY(jail.write(kFile, found.file));
    // Who writes it has seen it: trusted from the start, until it changes.
    GF_TRY(trust(context, record::content_id(found.file)));
  }
  if (!found.remote) return Done{};
  GF_ASSIGN(auto settings, context.git.settings());
  std::string key = fmt::format("remote.{}.fetch", *found.remote);
  for (const std::string& spec : found.refspecs) {
    bool there = std::any_of(settings.begin(), settings.end(), [&](const git::Setting& setting) {
      return setting.key == key && setting.value == spec;
    });
    if (!there) GF_TRY(context.git.set_config(key, spec, true));
  }
  return context.git.set_config("factory.share", found.share);
}

Result<std::optional<Claims>> tracked_claims(Context& context) {
  Claims claims;
  std::optional<std::string> content;
  if (auto folder = context.repo.workdir()) {
    GF_ASSIGN(auto jail, proc::Jail::open(*folder));
    GF_ASSIGN(content, jail.read(kFile, 1u << 20));
  }
  if (content) {
    GF_ASSIGN(claims.blob, context.repo.write_blob(*content));
    claims.text = *content;
  } else {
    GF_ASSIGN(auto base, find_base(context, {}, std::nullopt));
    GF_ASSIGN(auto blob, tracked_config(context.repo, base.tree));
    if (!blob) return std::optional<Claims>();
    claims.blob = *blob;
    GF_ASSIGN(claims.text, context.repo.read_blob(*blob, 1u << 20));
  }
  GF_ASSIGN(auto settings, context.git.settings_of_blob(claims.blob));
  for (const git::Setting& setting : settings) {
    std::string key = lower(setting.key);
    bool runs = key.ends_with(".command") || key.ends_with(".program") || key == "factory.python";
    bool reaches = key.ends_with(".url") || key.ends_with(".baseurl") || key.ends_with("model");
    if (runs) claims.lines.push_back(fmt::format("runs      {} = {}", setting.key, setting.value));
    if (reaches)
      claims.lines.push_back(fmt::format("contacts  {} = {}", setting.key, setting.value));
    if (key == "factory.templates") claims.lines.push_back("prompts   from " + setting.value);
  }
  GF_ASSIGN(claims.trusted, is_trusted(context.git, claims.blob));
  return std::optional<Claims>(std::move(claims));
}

Result<void> trust(Context& context, const Oid& blob) {
  return context.git.set_config("factory.trusted", blob.hex(), true);
}

}  // namespace gf::engine

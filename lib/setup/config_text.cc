#include "setup/config_text.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "setup/projects_text.h"

namespace gf::setup {
namespace {

std::string in_quotes(std::string_view text) {
  return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

/// As command_words() reads it.
std::string word_of(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%{}";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  return "'" + replace_all(word, "'", "'\\''") + "'";
}

/// Machine paths do not belong in a tracked file: the interpreter is written as plain "python3".
std::string command_of(const gate::Gate& gate) {
  std::vector<std::string> words;
  for (const std::string& word : gate.argv) words.push_back(word_of(word));
  return join(words, " ");
}

std::string on_one_line(const std::string& text) { return replace_all(text, "\n", " "); }

/// One setting that is not made, with what it is for: "\t#" in front keeps it a comment.
std::string offered(std::string_view why, std::string_view line) {
  std::string text;
  for (const std::string& row : lines(why)) text += "\t# " + row + "\n";
  return text + "\t#" + std::string(line) + "\n";
}

std::string proposed(const gate::Gate& gate) {
  std::string text =
      fmt::format("#[factory-gate {}]   ; {}\n#\tstage = {}\n#\tcommand = {}\n#\treport = {}\n",
                  in_quotes(gate.name), on_one_line(gate.why), gate.stage,
                  in_quotes(command_of(gate)), gate.report);
  if (!gate.folder.empty()) text += "#\tfolder = " + in_quotes(gate.folder) + "\n";
  for (const std::string& pattern : gate.files) text += "#\tfiles = " + pattern + "\n";
  return text;
}

/// What was found and does not work here. Tests are missed more than a linter.
std::string left_out(const LeftOut& one) {
  const char* then = one.gate.stage == "test"
                         ? "A run needs it to work, or another gate that runs tests."
                         : "Runs go without it as long as it does not work.";
  return fmt::format(
      "# {} ({}) did not work when this was written:\n# {}. {}\n"
      "#[factory-gate {}]\n#\tdisabled = true\n",
      one.gate.name, on_one_line(one.gate.why), on_one_line(one.reason), then,
      in_quotes(one.gate.name));
}

/// Each project under its own heading, also one that nothing judges.
std::string gates_by_project(const Preparation& found) {
  std::string text;
  std::set<std::string> headed;
  auto head = [&](const std::string& folder) {
    if (headed.insert(folder).second) text += project_heading(found, folder);
  };
  for (const gate::Gate& gate : found.gates) {
    head(gate.folder);
    text += proposed(gate);
  }
  for (const gate::Project& project : found.projects) head(project.folder);
  return text;
}

}  // namespace

std::string config_text(const Preparation& found) {
  std::string text =
      "# How git-factory works on this repository. Syntax: git-config(5). Lines that begin with "
      "'#'\n"
      "# say what could be set, and what holds when it is not. Nothing in this file is believed\n"
      "# until 'git factory trust' was answered, again after each change of it.\n\n"
      "[factory]\n\t# Runs start here, and pull requests go here.\n";
  text += fmt::format("\tbase = {}\n", in_quotes(found.base.name));
  // Who gets mail and where it is kept is each person's own.
  std::string why = found.forge_why.substr(0, found.forge_why.find("; patches "));
  text += "\t# Where pull requests live: " + replace_all(why, "\n", " ") + ".\n";
  text += fmt::format("\t{}forge = {}\n", found.forge == "local" ? "#" : "", found.forge);
  text += offered(
      "Which commits need an approving verdict before they come in; hooks, servers and CI ask\n"
      "(git-factory-verify(1)): factory (what it made and what stands on that), all, off.",
      "verify = factory");
  text += offered("How often a stage may try again.", "retries = 3");
  text +=
      "\t# Models are each person's choice: git config factory.model ollama/qwen2.5-coder:7b\n"
      "\t# What leaves the machine too: git factory init --share=full|summary|none\n";
  text += "\t# Changelog: " + replace_all(found.changelog, "\n", " ") +
          "; its form is followed, nothing needs setting.\n\n";
  text +=
      "# Whole branches or paths may need a verdict, whoever made the commits:\n"
      "#[factory \"verify\"]\n#\tbranch = release/*\n#\tpath = src/payments\n\n"
      "# Of the lines that a run adds, its tests have to run this part, in percent:\n"
      "#[factory \"test\"]\n#\tcoverage = 80\n\n"
      "# Gates: the tools that say no. These were found; they run without being named here.\n"
      "# Uncomment one to change it; 'disabled = true' takes one away.\n";
  if (found.gates.empty() && found.left_out.empty()) {
    text +=
        "# None was found. A gate passes when its program exits with 0:\n"
        "#[factory-gate \"unit\"]\n#\tstage = test\n#\tcommand = make check\n#\treport = exit\n";
  }
  text += gates_by_project(found);
  for (const LeftOut& one : found.left_out) text += left_out(one);
  return text;
}

}  // namespace gf::setup

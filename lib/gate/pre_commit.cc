// pre-commit: the hooks that a project has for its commits, as a gate and as a fixer.
#include <string>
#include <vector>

#include "base/text.h"
#include "gate/detect.h"
#include "gate/reports.h"

namespace gf::gate {
namespace {

constexpr const char* kConfiguration = ".pre-commit-config.yaml";
constexpr Milliseconds kTime{600000};  // the first time it makes an environment for each hook

/// The name in "- hook id: ruff" and its like; empty: the line tells something else.
std::string after_label(std::string_view line, std::string_view what) {
  return line.starts_with(what) ? std::string(trim(line.substr(what.size()))) : "";
}

/// What one hook printed, under its name.
struct Hook {
  std::string id, name;
  bool modified = false;
  std::vector<std::string> printed;
};

/// Findings that name a place, or the hook's last words where it names none.
void add_hook(const Hook& hook, const Scrubber& scrub, record::GateOutcome& outcome) {
  if (hook.id.empty()) return;
  record::GateOutcome parsed;
  read_text(join(hook.printed, "\n"), scrub, parsed);
  for (record::Finding& finding : parsed.findings) {
    finding.rule = finding.rule.empty() ? hook.id : hook.id + "/" + finding.rule;
    add_finding(outcome, std::move(finding));
  }
  if (!parsed.findings.empty()) return;
  std::string words = hook.modified ? "rewrites files" : "says no";
  for (const std::string& line : hook.printed) {
    if (!trim(line).empty()) words += "; " + std::string(trim(line));
  }
  add_finding(outcome, {"", 0, hook.id, scrub(hook.name + " " + clipped(words, 1000)), "error"});
}

}  // namespace

void detect_pre_commit(const record::TreeFacts& tree, Detected& detected) {
  if (!tree.has_path(kConfiguration)) return;
  Gate gate;
  gate.name = "pre-commit";
  // Its configuration is always among the files: so hooks that cannot be started are known on the
  // base, where nothing has changed.
  gate.argv = {"pre-commit", "run", "--color", "never", "--files", kConfiguration, "{files}"};
  gate.fix = {"pre-commit", "run", "--color", "never", "--files", "{files}"};
  gate.report = "pre-commit";
  gate.timeout = kTime;
  gate.environment = {"PRE_COMMIT_HOME", "XDG_CACHE_HOME"};  // where its environments are kept
  gate.why = kConfiguration;
  detected.gates.push_back(std::move(gate));
}

bool read_pre_commit_run(std::string_view text, const Scrubber& scrub,
                         record::GateOutcome& outcome) {
  constexpr std::string_view kFailed = "Failed";
  Hook hook;
  bool open = false;
  for (const std::string& line : lines(text)) {
    size_t dots = line.find("...");
    bool head = dots != std::string::npos && dots > 0 &&
                (line.ends_with("Passed") || line.ends_with("Skipped") || line.ends_with(kFailed));
    if (head) {
      add_hook(hook, scrub, outcome);
      hook = Hook();
      hook.name = line.substr(0, dots);
      open = line.ends_with(kFailed);
      continue;
    }
    if (!open) continue;
    std::string id = after_label(line, "- hook id: ");
    if (!id.empty()) {
      hook.id = id;
    } else if (line == "- files were modified by this hook") {
      hook.modified = true;
    } else if (!line.starts_with("- exit code: ") && !line.starts_with("- duration: ")) {
      hook.printed.push_back(line);
    }
  }
  add_hook(hook, scrub, outcome);
  return true;
}

}  // namespace gf::gate

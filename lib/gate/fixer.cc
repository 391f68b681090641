// Fixers: which tool can mend what a gate finds, and which files it may rewrite.
#include <algorithm>
#include <array>
#include <set>

#include "base/glob.h"
#include "gate/gate.h"
#include "gate/project.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

/// A tool that can rewrite files in place. `command`: the words behind the tool's name that say
/// what it does ("ruff format"); `fix`: the words behind that.
struct Fixer {
  std::string_view tool, command;
  Words fix;
};

/// Only fixers that work file by file, and that leave the meaning of code alone as far as their
/// authors can tell: `ruff check --fix` has its unsafe fixes off, as it comes.
const std::array<Fixer, 14>& fixers() {
  static const std::array<Fixer, 14> all = {{
      {"ruff", "format", {"format"}},
      {"ruff", "check", {"check", "--fix", "--quiet"}},
      {"black", "", {"--quiet"}},
      {"isort", "", {"--quiet"}},
      {"prettier", "", {"--write"}},
      {"eslint", "", {"--fix"}},
      {"xo", "", {"--fix"}},
      {"oxlint", "", {"--fix"}},
      {"biome", "check", {"check", "--write"}},
      {"biome", "lint", {"lint", "--write"}},
      {"biome", "format", {"format", "--write"}},
      {"gofmt", "", {"-w"}},
      {"clang-format", "", {"-i"}},
      {"rustfmt", "", {}},
  }};
  return all;
}

std::string_view name_of(std::string_view program) {
  return program.substr(program.rfind('/') == std::string_view::npos ? 0 : program.rfind('/') + 1);
}

/// Can the tool still come behind this word ("uv run --no-sync", "python -m", "npx")? A shell's
/// line and a hook's name are none.
bool leads_on(const Words& argv, size_t at) {
  constexpr std::array<std::string_view, 8> kRunners = {"uv",  "poetry", "pdm",  "hatch",
                                                        "rye", "pipenv", "pixi", "npm"};
  if (at == 0) return true;
  if (argv[at].starts_with("-")) return argv[at] != "-c";
  bool runs = argv[at] == "run" || argv[at] == "exec";
  return runs && std::find(kRunners.begin(), kRunners.end(), name_of(argv[0])) != kRunners.end();
}

}  // namespace

Words known_fixer(const Words& argv) {
  for (size_t at = 0; at < argv.size(); ++at) {
    for (const Fixer& fixer : fixers()) {
      if (name_of(argv[at]) != fixer.tool) continue;
      bool same = fixer.command.empty() || (at + 1 < argv.size() && argv[at + 1] == fixer.command);
      if (!same) continue;
      Words words(argv.begin(), argv.begin() + static_cast<long>(at) + 1);
      words.insert(words.end(), fixer.fix.begin(), fixer.fix.end());
      // How the tool is configured holds for its fixer too.
      for (size_t i = at + 1; i + 1 < argv.size(); ++i) {
        if (argv[i] != "--config" && argv[i] != "--cache-dir") continue;
        words.insert(words.end(), {argv[i], argv[i + 1]});
      }
      words.emplace_back("{files}");
      return words;
    }
    if (!leads_on(argv, at)) return {};
  }
  return {};
}

Fixable fixable(const Gate& gate, const Words& changed, const record::GateOutcome* base) {
  std::set<std::string_view> untidy;
  bool all = false;
  if (base != nullptr) {
    for (const record::Finding& finding : base->findings) untidy.insert(finding.path);
    all = base->status != record::GateOutcome::Status::kPass && base->findings.empty();
  }
  Fixable found;
  for (const std::string& path : changed) {
    bool apart = std::any_of(gate.apart.begin(), gate.apart.end(),
                             [&](const std::string& folder) { return is_below(path, folder); });
    if (apart || !is_below(path, gate.folder)) continue;
    std::string below = gate.folder.empty() ? path : path.substr(gate.folder.size() + 1);
    if (!gate.files.empty() && !glob_matches_any(gate.files, below)) continue;
    (all || untidy.contains(path) ? found.in_part : found.whole).push_back(path);
  }
  return found;
}

}  // namespace gf::gate

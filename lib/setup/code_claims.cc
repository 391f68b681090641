#include "setup/code_claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/gate.h"
#include "gate/project.h"
#include "session/facts.h"
#include "session/sandbox.h"

namespace gf::setup {
namespace {

constexpr size_t kMostClaims = 24, kLongestClaim = 160;

std::vector<std::string> claims_of_gates(const std::vector<gate::Gate>& gates,
                                         const Settings& settings) {
  std::vector<std::string> all;
  for (const gate::Gate& gate : gates) {
    if (all.size() == kMostClaims) {
      all.push_back(fmt::format("runs      {} more gates", gates.size() - all.size()));
      break;
    }
    all.push_back(clipped(fmt::format("{:<9} {}: {}", "runs", gate.name, join(gate.argv, " ")),
                          kLongestClaim));
  }
  std::string install = settings.text("factory.install").value_or("online");
  all.push_back(install == "never"
                    ? "imports   what lies in the environments that you have made for it"
                    : "installs  what its manifests and lock files name, where no environment of "
                      "yours has it");
  all.emplace_back("runs      what is written for it: the run's own tests, fixers and hooks");
  return all;
}

}  // namespace

std::string text_of(const CodeClaims& claims) {
  if (!claims.stranger) return {};
  std::string text =
      fmt::format("code of {} ({}) would run here:\n", printable(claims.stranger->address),
                  printable(claims.stranger->remote));
  for (const std::string& line : claims.lines) text += "  " + printable(line) + "\n";
  return text + "  " + printable(claims.held) + "\n";
}

Result<CodeClaims> code_claims(session::Context& context) {
  CodeClaims claims;
  GF_ASSIGN(auto all, context.git.settings());
  claims.stranger = session::stranger_in(all);
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides, true));
  GF_ASSIGN(auto base, session::find_base(context, config.settings(), std::nullopt));
  session::GitFacts facts(context.repo, context.git, base.tree);
  GF_ASSIGN(auto found, gate::find_gates(facts, config.settings(), "python3"));
  claims.lines = claims_of_gates(found.gates, config.settings());
  auto holder = session::holder_of(context, config.settings());
  GF_TRY(context.cancel().check());
  claims.held = holder.ok() ? session::to_text(**holder)
                            : fmt::format("{}: {}", holder.error().message, holder.error().hint);
  return claims;
}

}  // namespace gf::setup

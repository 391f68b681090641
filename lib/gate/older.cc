#include "gate/older.h"

#include <algorithm>
#include <iterator>

namespace gf::gate {

std::optional<Gate> for_older_release(const Gate& gate, const proc::Outcome& ran) {
  if (gate.report != "mypy-json" || ran.exit_code != 2) return std::nullopt;
  if (ran.err.find("unrecognized arguments: --output") == std::string::npos) return std::nullopt;
  Gate older = gate;
  auto at = std::find(older.argv.begin(), older.argv.end(), "--output");
  if (at == older.argv.end() || std::next(at) == older.argv.end()) return std::nullopt;
  at = older.argv.erase(at, at + 2);
  // In a line each, whatever the configuration says.
  older.argv.insert(at, {"--no-pretty", "--show-error-codes", "--show-column-numbers",
                         "--hide-error-context", "--no-error-summary"});
  return older;
}

}  // namespace gf::gate

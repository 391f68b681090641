// Every kind of forge. A new one is one more row.
#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "forge/forge.h"

namespace gf::forge {
namespace {

using Make = std::unique_ptr<Forge> (*)(git::Repo&, const git::Program&, std::optional<std::string>,
                                        const Clock&);
struct Kind {
  std::string_view name;
  Make make;
};
constexpr std::array kKinds = {Kind{"local", local_forge}};

}  // namespace

Result<std::unique_ptr<Forge>> make_forge(const std::string& kind, git::Repo& repo,
                                          const git::Program& git,
                                          std::optional<std::string> remote, const Clock& clock) {
  std::vector<std::string> names;
  for (const Kind& known : kKinds) {
    if (known.name == kind) return known.make(repo, git, std::move(remote), clock);
    names.emplace_back(known.name);
  }
  return Error{
      Fault::kConfiguration,
      fmt::format("factory.forge is '{}', which this version does not have",
                  printable(clipped(kind, 100))),
      {},
      fmt::format("'git config factory.forge {}' outweighs what .gitfactory says; known: {}",
                  kKinds.front().name, join(names, ", "))};
}

}  // namespace gf::forge

#include "runs_named.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::cmd {

Result<RunId> run_named(const store::Store& store, const std::string& name) {
  GF_ASSIGN(auto id, store.find(name));
  if (id) return *id;
  return Error{Fault::kUser,
               fmt::format("there is no run '{}'", printable(name)),
               {},
               "see 'git factory log'"};
}

Result<std::vector<RunId>> runs_named(const store::Store& store,
                                      const std::vector<std::string>& names) {
  std::vector<RunId> ids;
  for (const std::string& name : names) {
    GF_ASSIGN(auto id, run_named(store, name));
    ids.push_back(id);
  }
  return ids;
}

}  // namespace gf::cmd

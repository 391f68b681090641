// One walk for all refs of a push.
#include "verify/range.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::verify {

Result<Incoming> incoming(const git::Program& git, const std::vector<Oid>& tips,
                          const Oid& target) {
  Incoming all;
  if (tips.empty()) return all;
  std::string input;
  for (const Oid& tip : tips) input += tip.hex() + "\n";
  if (!target.is_zero()) input += "^" + target.hex() + "\n";
  GF_ASSIGN(auto answer,
            git.ask({"rev-list", "--topo-order", "--reverse", "--parents", "--stdin"}, input,
                    {{"GIT_NO_REPLACE_OBJECTS", "1"}, {"GIT_GRAFT_FILE", "/dev/null"}}));
  if (answer.exit_code != 0) {
    std::vector<std::string> errors = lines(answer.err);
    return Error{Fault::kEnvironment,
                 fmt::format("cannot list the commits: {}",
                             printable(errors.empty() ? "no reason was given" : errors.back())),
                 {},
                 "see 'git fsck'"};
  }
  for (const std::string& line : lines(answer.out)) {
    std::vector<Oid> ids;
    for (const std::string& word : split(line, ' ')) {
      GF_ASSIGN(auto id, Oid::parse(word));
      ids.push_back(id);
    }
    if (ids.empty()) continue;
    all.place_.emplace(ids[0], all.order.size());
    all.order.push_back(ids[0]);
    all.parents[ids[0]].assign(ids.begin() + 1, ids.end());
  }
  return all;
}

std::set<size_t> Incoming::reached_from(const Oid& tip) const {
  std::set<size_t> seen;
  std::vector<Oid> open = {tip};
  while (!open.empty()) {
    Oid next = open.back();
    open.pop_back();
    auto at = place_.find(next);
    if (at == place_.end() || !seen.insert(at->second).second) continue;
    for (const Oid& parent : parents.at(next)) open.push_back(parent);
  }
  return seen;
}

std::vector<Oid> Incoming::between(const Oid& old_tip, const Oid& tip) const {
  std::set<size_t> had = reached_from(old_tip);
  std::vector<Oid> brought;
  for (size_t at : reached_from(tip)) {
    if (!had.contains(at)) brought.push_back(order[at]);
  }
  return brought;
}

}  // namespace gf::verify

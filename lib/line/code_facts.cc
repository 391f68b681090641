// The changelog, links and submodules are left out; the rest is read by the gates' room.
#include "line/code_facts.h"

#include "gate/silenced.h"
#include "line/assignment.h"
#include "line/bench.h"

namespace gf::line {
namespace {

/// All that a spec says, in no order that matters.
std::string asked_words(const record::Spec& spec) { return record::to_json(spec).dump(); }

}  // namespace

std::vector<record::Finding> code_facts(const Parts& parts, const Change& change) {
  gate::ChangedTree changed{parts.bench.base_facts(),
                            parts.bench.facts(),
                            {},
                            parts.assignment.test_paths,
                            change.added_lines()};
  for (const git::Delta& delta : change.deltas) {
    // Links and submodules are no text, and no binary file either.
    bool link =
        delta.new_kind == git::EntryKind::kSymlink || delta.new_kind == git::EntryKind::kSubmodule;
    if (!link && !is_changelog(parts.assignment, delta.path)) changed.paths.push_back(delta.path);
  }
  bool newer = parts.assignment.wishes.rules >= Rules::kNotSilenced;
  if (newer && parts.dossier.spec) changed.asked = asked_words(*parts.dossier.spec);
  std::vector<record::Finding> facts = gate::change_facts(changed);
  if (!newer) std::erase_if(facts, [](const auto& one) { return one.rule == gate::kSilenced; });
  return facts;
}

std::vector<record::Finding> silenced_lines(const Parts& parts, const Change& change) {
  if (parts.assignment.wishes.rules < Rules::kNotSilenced || !parts.assignment.asks_of_silence)
    return {};
  std::map<std::string, std::vector<int>> added = change.added_lines();
  std::erase_if(added, [&](const auto& one) { return is_test_path(parts.assignment, one.first); });
  std::vector<std::string> changed;  // those that are gone too: a line may come from there
  for (const git::Delta& delta : change.deltas) changed.push_back(delta.path);
  std::vector<record::Finding> silenced =
      gate::silenced_in(parts.bench.base_facts(), parts.bench.facts(), added, changed);
  std::string asked = parts.dossier.spec ? asked_words(*parts.dossier.spec) : "";
  std::erase_if(silenced, [&](const record::Finding& one) {
    std::string word = one.message.substr(1, one.message.find('\'', 1) - 1);
    return asked.find(word) != std::string::npos ||
           parts.dossier.silences_reported.contains(one.key());
  });
  return silenced;
}

}  // namespace gf::line

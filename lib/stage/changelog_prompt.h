// What PLAN and BUILD are told of the changelog, and which tags tell what is released in it.
#pragma once

#include <string>
#include <vector>

#include "stage/changelog.h"

namespace gf::stage {

/// For PLAN: the names to choose from, and that no criterion is about the entry. Empty where the
/// repository keeps none.
std::string changelog_for_plan(const Changelog& changelog,
                               const std::vector<std::string>& categories);

/// The criteria that are about the entry itself, by id: whoever builds writes it from the spec's
/// `changelog`, and a checker holds it, so that a test of its words would only be in the way.
std::vector<std::string> criteria_about_entry(const Changelog& changelog, const record::Spec& spec);

/// For BUILD: `written` is what write_entry() came to. Where it is left to BUILD: which file, under
/// which rules, and an entry of that very file to be like.
std::string changelog_for_build(const Changelog& changelog, const record::TreeFacts& tree,
                                const ChangelogHistory& history, const NewEntry& entry,
                                const WrittenEntry& written);

/// The newest entries of the file, or the newest fragment, as they stand there; with the numbers
/// of their lines, or the fragment's path. Empty: there is none.
std::string example_entry(const Changelog& changelog, const record::TreeFacts& tree,
                          const ChangelogHistory& history);

/// Those of `tags` that write_entry(), check_entry() and changelog_categories() come to the same
/// with as with all of them; at most a few dozen, so that a run can keep them.
std::vector<std::string> telling_tags(const Changelog& changelog, const record::TreeFacts& tree,
                                      const std::vector<std::string>& tags);

}  // namespace gf::stage

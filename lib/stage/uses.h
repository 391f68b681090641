// Where names stand that a change or a spec is about: what a reader searches for before he says
// anything, found for him.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stage/digest.h"
#include "stage/stage.h"

namespace gf::stage {

/// Lines that a prompt shows already: path -> numbers, from 1.
using ShownLines = std::map<std::string, std::set<size_t>>;
ShownLines shown_in(const std::vector<ReviewHunk>& hunks);
/// Of windows as files are shown in: a number, a tab and the line.
ShownLines shown_in(const Input::Files& files);

/// What a change defines or alters, by name: definitions in changed lines, those that changed lines
/// stand in, what the spec introduces, members and constants that changed lines give a value, and
/// names that are gone from them. Tests and the changelog define nothing here.
std::vector<std::string> names_changed(const std::vector<ReviewHunk>& hunks,
                                       const record::Spec& spec,
                                       const std::vector<std::string>& test_paths);

/// What a spec asks for, by name: of title and request, of what it introduces, of constraints and
/// actions, in this order.
std::vector<std::string> names_asked_for(const record::Spec& spec);

/// Lines of `tree` that hold one of `names` as a word and are not among `shown`, by file: code
/// first, then other text, then tests. A name that is everywhere is only counted; changelogs, the
/// data of tests and files that nobody reads are left out. At most `most` bytes, the rest told;
/// empty: no such line.
std::string uses_of(const Searched& tree, const std::vector<std::string>& names,
                    const ShownLines& shown, const std::vector<std::string>& test_paths,
                    size_t most);

}  // namespace gf::stage

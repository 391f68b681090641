// Which statements of a build's list can be about tests alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::stage {

enum class ListKind { kCMake, kMeson, kMake };

/// By its path, in any folder.
ListKind list_kind_of(std::string_view path);

/// What the list was before, and which words mean a new test.
struct ListSeen {
  ListKind kind = ListKind::kCMake;
  const std::string& before;
  std::function<bool(const std::string&)> is_named;
};

/// Does an added statement that names a test do no more than a test needs: make its program, run
/// it, say what it is built of, put it into a list of tests? `words` are the statement's own and
/// its brackets. One that sets what was there already, or that asks for anything else, does not.
bool is_for_tests(const std::string& statement, const std::vector<std::string>& words,
                  const ListSeen& seen);

}  // namespace gf::stage

// Whether the configuration holds settings, without a git that is started to ask. What they are,
// the git program tells (git_program.h): it alone knows all sources.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "git/repo.h"

struct git_repository;

namespace gf::git {

/// Whether git could find a setting of that section ("color") for `repo`. No is certain, and yes is
/// not: there are sources that only git reads, which are not looked into. Of these `program`, the
/// path of the git program, tells one: a configuration of the whole machine that lies beside it.
bool may_have_settings(const Repo& repo, std::string_view section, const std::string& program);

/// Whether there is one whose name is like that; nothing when it cannot be found out. For this
/// room's .cc files.
std::optional<bool> has_setting(git_repository* repo,
                                const std::function<bool(std::string_view name)>& like);

}  // namespace gf::git

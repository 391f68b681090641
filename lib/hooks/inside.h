// What the files of this room share. For this room's .cc files.
#pragma once

#include <cstddef>
#include <string>

#include "hooks/hooks.h"

namespace gf::hooks {

/// A file with this line is ours, to change and to remove.
inline constexpr const char* kMark = "# Written by 'git factory hooks install'";
/// The hook that was there before ours: "pre-push.before-factory". Git runs no such name.
inline constexpr const char* kBefore = ".before-factory";
inline constexpr size_t kMostBytes = 1u << 20;

/// The first megabyte of a file; empty when it cannot be read.
std::string content_of(const std::string& path);
/// The file in which a hook manager wants its lines.
std::string manager_file(const Place& place, const std::string& manager, const std::string& name);
/// The lines to put there, for people.
std::string lines_for(const Place& place, const Hook& hook);

}  // namespace gf::hooks

// The settings that decide how a run goes: kept with the run, so that a replay elsewhere has them.
#pragma once

#include <map>
#include <string>

#include "session/config.h"

namespace gf::line {

/// Always among a run's policy since settings are kept there.
inline constexpr const char* kTestPathsKey = "factory.testpaths";

/// Does this setting decide, beside the request, the base and who answers, where a run goes?
/// The table of keys says so (session/keys.h). Nothing that names a program, an address or a person
/// does: a record can be anybody's.
bool decides(const std::string& key);

/// Those that are set, by their key in lower case; several values of one are lines.
std::map<std::string, std::string> deciding(const session::Config& config);

/// Puts a run's own settings in the place of this clone's.
void take_policy(session::Config& config, const std::map<std::string, std::string>& policy);

}  // namespace gf::line

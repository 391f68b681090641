// The forge of projects that take patches by mail.
#pragma once

#include <memory>

#include "forge/forge.h"

namespace gf::forge {

/// Requests are kept as the local forge keeps them, in this repository alone; each state of their
/// branch goes out as one version of a patch series. What was sent is in the record before and
/// after: no version and no mail of it is sent twice, also after a lost answer.
/// `push` is factory.forge.push: with "branch" the branch is pushed too.
std::unique_ptr<Forge> mail_forge(const Place& place, const std::string& push);

}  // namespace gf::forge

// Tools that fetch a part of themselves when they are first asked.
#pragma once

#include <optional>
#include <string>

#include "gate/gate.h"

namespace gf::gate {

/// Is the gate's tool one of them? pyright's package for Python holds no pyright: it installs that
/// by npm, and a Node where there is none.
bool fetches_itself(const Gate& gate);

/// Has it do so in its sandbox, with the network, without anybody's keys and without the tree, into
/// the place's cache: gates have no network, and would crash. A tool that only the tree has is not
/// started. What went wrong in the tool's words; nothing: it is there.
Result<std::optional<std::string>> fetch_itself(const Gate& gate, const Place& place,
                                                const Cancel& cancel);

}  // namespace gf::gate

// Paths of the command line, as git takes them.
#pragma once

#include <string>

#include "session/context.h"

namespace gf::cmd {

/// `path` as seen from where the user is, given from the root of the work tree; "" is the root.
Result<std::string> from_root(const session::Context& context, const std::string& path);
/// How a message calls what is read from there: "'feature.txt'"; of "-" it is "standard input".
std::string stream_name(const std::string& path);

}  // namespace gf::cmd

// The way to a server, as git's own settings have it: who reaches a remote reaches its services.
#pragma once

#include <string>

#include "base/environment.h"
#include "base/settings.h"
#include "net/http.h"

namespace gf::net {

/// git's http.* settings (those of the longest `http.<url>.*` that begins `url` come first) and its
/// GIT_SSL_* variables, as they stand for `url`.
Route route_for(const std::string& url, const Settings& settings, const Environment& environment);

/// "~/x" below HOME.
std::string expanded(const std::string& path, const Environment& environment);

}  // namespace gf::net

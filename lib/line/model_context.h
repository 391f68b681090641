// What providers are made of, from a context and its settings.
#pragma once

#include "model/provider.h"

namespace gf::session {
class Config;
}  // namespace gf::session
namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::line {

/// Settings, environment, data folder and clock as providers want them; `context` must outlive what
/// is made of it.
model::Context model_context(const session::Context& context, const session::Config& config);

}  // namespace gf::line

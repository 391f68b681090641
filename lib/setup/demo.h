// The demo's repository: a small real application, a bare remote, a virtual environment.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "session/context.h"

namespace gf::setup {

struct DemoPlace {
  std::string repository, remote, python;
};

/// Makes `folder` (which must not exist or be empty) with `shop` and `shop.git` inside, and
/// prepares it as `init` does. Without `python`, a virtual environment is made below the cache once
/// and used again; `say` tells what takes long.
Result<DemoPlace> make_demo(const session::Setup& setup, const std::string& folder,
                            const std::string& python,
                            const std::function<void(const std::string&)>& say);

struct DemoFeature {
  std::string_view slug, request;
  bool delivers;
};
/// The five requests of the seed lab, and one that cannot compile.
std::span<const DemoFeature> demo_features();

}  // namespace gf::setup

// The table of coding programs; each is a file of presets/ (INTEGRATIONS B.2: argument lists and
// outputs as the programs' own sources and types have them).
//
// Each file names the version of the real program that was asked by its argument list against a
// mock of the services (aimock), with its --help beside it.
#include "model/presets.h"

#include <algorithm>
#include <vector>

#include "model/presets/parts.h"

namespace gf::model {

std::span<const Preset> presets() {
  // Copied on first use: the rows live in files of their own, whose order of initialisation is
  // open.
  static const std::vector<Preset> kAll = {kCodex, kGemini, kGptme, kAider, kOpencode, kLlm};
  return kAll;
}

const Preset* find_preset(std::string_view name) {
  std::span<const Preset> all = presets();
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const Preset& preset) { return preset.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace gf::model

// Adds dollars to picodollars.
#include "record/dollars.h"

namespace gf::record {

Json in_dollars(const Json& json) {
  if (json.is_array()) {
    std::vector<Json> items;
    for (const Json& item : json.items()) items.push_back(in_dollars(item));
    return Json::array(std::move(items));
  }
  if (!json.is_object()) return json;
  Json outward = Json::object();
  for (const auto& [key, value] : json.members()) {
    outward.set(key, in_dollars(value));
    if (auto pico = value.as_int(); pico && key == "pico_usd")
      outward.set("usd", static_cast<double>(*pico) / 1e12);
  }
  return outward;
}

}  // namespace gf::record

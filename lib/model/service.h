// What providers over HTTP are made of, beside their dialect. For this room's .cc files and tests.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/prices.h"
#include "model/provider.h"
#include "net/http.h"

namespace gf::model {

/// See provider.h. Of one run, used by one thread.
class Shared {
 public:
  PriceBook prices;
  /// What a server did not take for a model, by its address and the model's name.
  std::map<std::string, std::set<std::string>> refused;
  /// Larger limits of an answer, after one was cut.
  std::map<std::string, int64_t> max_output;
};

/// How a service is reached.
struct Address {
  std::string base;      ///< without '/' at its end
  net::Headers headers;  ///< with the key: never shown
  net::Route route;
  net::Limits limits;
  std::string key_from;     ///< what the key was read from; empty: there is none
  std::string key_missing;  ///< the variable to set, when this service needs a key
};

/// From factory.provider.<name>.*, http.* and the environment. `kind`: ollama, openai, anthropic.
Result<Address> address_of(std::string_view kind, const Reference& reference,
                           const Context& context);
/// OLLAMA_HOST as Ollama's own clients read it.
std::string ollama_base(const proc::Environment& environment);
Result<bool> flag_setting(const Context& context, const Reference& reference, std::string_view name,
                          bool fallback);

/// The price of `answered`, who was asked as `asked` at `provider`: of the very name that answered,
/// or of the asked one when the other is only its dated name.
std::optional<Price> price_for(const PriceBook& prices, const std::string& provider,
                               const std::string& asked, const std::string& answered);

}  // namespace gf::model

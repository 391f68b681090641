// The variables a process is started with, handed on as a value: nothing below `cmd` asks for its
// own.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace gf {

/// Names and values, sorted by name. A map that can be asked two more things; it is no base for
/// anything else and cannot be mistaken for another kind of map.
class Environment : private std::map<std::string, std::string> {
  using Map = std::map<std::string, std::string>;

 public:
  Environment() = default;
  Environment(Map variables) : Map(std::move(variables)) {}  // NOLINT(runtime/explicit)
  Environment(std::initializer_list<Map::value_type> variables) : Map(variables) {}

  /// The value of `name`; empty when it is not set, which few programs tell apart. `contains` does.
  [[nodiscard]] std::string get(const std::string& name) const;
  /// Where this program keeps what can be made again: "git-factory" below XDG_CACHE_HOME, else
  /// below
  /// ~/.cache. A relative XDG_CACHE_HOME is to be ignored (XDG base directory specification). The
  /// folder may not be there yet. An Error (kEnvironment) when neither variable names a place.
  [[nodiscard]] Result<std::string> cache_folder() const;

  using Map::begin;
  using Map::contains;
  using Map::emplace;
  using Map::empty;
  using Map::end;
  using Map::erase;
  using Map::insert_or_assign;
  using Map::size;
  using Map::operator[];
  using Map::const_iterator;
  using Map::iterator;
  using Map::key_type;
  using Map::mapped_type;
  using Map::value_type;
};

}  // namespace gf

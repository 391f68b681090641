// Gates as they are found in a tree of a few files.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "gate/gate.h"
#include "support/assertions.h"
#include "support/facts.h"

namespace gf::gate {

inline std::vector<Gate> gates_of(std::map<std::string, std::string> files,
                                  const Settings& settings = {}) {
  auto gates = gates_for(test::MapFacts(std::move(files)), settings, "/v/bin/python");
  EXPECT_TRUE(test::is_done(gates));
  return gates.ok() ? *gates : std::vector<Gate>{};
}

inline std::vector<std::string> names_of(const std::vector<Gate>& gates) {
  std::vector<std::string> names;
  for (const Gate& gate : gates) names.push_back(gate.name);
  return names;
}

}  // namespace gf::gate

// Compares text with a file of tests/golden; GF_UPDATE_GOLDEN=1 writes the file instead.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace gf::test {

/// `name` is relative to the project: for files that are made from the sources and shipped.
inline void expect_file(const std::string& name, const std::string& text) {
  std::string path = std::string(GF_SOURCE_DIR) + "/" + name;
  if (std::getenv("GF_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.is_open()) << path << " is missing; GF_UPDATE_GOLDEN=1 writes it";
  std::stringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), text) << "GF_UPDATE_GOLDEN=1 accepts the new text";
}

inline void expect_golden(const std::string& name, const std::string& text) {
  expect_file("tests/golden/" + name, text);
}

}  // namespace gf::test

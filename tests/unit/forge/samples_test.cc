// A pull request of the local forge as version 1 kept it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "forge/forge.h"
#include "support/assertions.h"

namespace gf::forge {
namespace {

TEST(PullSample, OfVersion1IsReadAndWrittenAsItWas) {
  std::ifstream file(std::string(GF_SOURCE_DIR) + "/tests/samples/v1/pull.json", std::ios::binary);
  ASSERT_TRUE(file.is_open());
  ASSERT_GIVES(auto json,
               record::Json::parse(std::string(std::istreambuf_iterator<char>(file), {})));
  ASSERT_GIVES(PullRequest pull, pull_request_from_json(json));
  EXPECT_EQ(pull.number, 1);
  EXPECT_EQ(pull.head_branch, "factory/products");
  EXPECT_EQ(to_json(pull).dump(), json.dump());
}

}  // namespace
}  // namespace gf::forge

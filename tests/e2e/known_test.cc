// Where the demo's runs are cold: each gate works on each tree, and what it says is kept for the
// other tests.
#include "e2e/known.h"

#include <filesystem>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using KnownTest = FactoryTest;

TEST_F(KnownTest, EachGateWorksOnTheDemoAndWhatItSaysIsKnownToTheNextRun) {
  if (is_known()) GTEST_SKIP() << "asked before, of this very program";
  make_shop(Gates::kCold);
  Ran health = feature("health", kHealth);
  ASSERT_EQ(health.exit_code, 0) << health.err;
  EXPECT_EQ(health.err.find("(known for this tree)"), std::string::npos) << health.err;
  Ran products =
      feature("products", "Add GET /products returning a static list of three products as JSON.");
  ASSERT_EQ(products.exit_code, 0) << products.err;
  EXPECT_NE(products.err.find("pytest pass, 3 passed, 0 failed (known for this tree)"),
            std::string::npos)
      << products.err;
  keep_known(gate_cache());
}

}  // namespace
}  // namespace gf::test

// What doctor says of who would review what was built.
#include <gmock/gmock.h>

#include "base/text.h"
#include "doctor/doctor.h"
#include "support/clock.h"
#include "support/repo.h"

namespace gf::doctor {
namespace {

using ::testing::StartsWith;

class DoctorsReviewerTest : public ::testing::Test {
 protected:
  DoctorsReviewerTest() {
    setup_.directory = repo_.path();
    setup_.environment = repo_.environment();
    setup_.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    setup_.version = "0.0.0";
    setup_.clock = &clock_;
    setup_.cancel = &cancel_;
    repo_.write("a.txt", "one\n");
    repo_.commit("first");
  }
  /// `values` are parted by blanks; none: it is not set.
  void set(const std::string& key, const std::string& values) {
    repo_.git({"config", "--replace-all", key, "any"});
    repo_.git({"config", "--unset-all", key});
    if (values.empty()) return;
    for (const std::string& value : split(values, ' ')) repo_.git({"config", "--add", key, value});
  }
  /// "note: text"; empty: nothing is said.
  std::string reported() {
    for (const Check& check : examine(setup_, Wish{true, false})) {
      if (check.name != "reviewer") continue;
      EXPECT_NE(check.hint, "");
      return std::string(name_of(check.health)) + ": " + check.text;
    }
    return {};
  }

  test::TempRepo repo_;
  test::StandingClock clock_;
  Cancel cancel_;
  session::Setup setup_;
};

TEST_F(DoctorsReviewerTest, IsHeldAgainstWhoeverBuilds) {
  struct Case {
    std::string how, build, review;  ///< models of these stages; none: those of all stages
    std::string told;                ///< the beginning
  };
  const std::string own = "note: the model that builds reviews its own work",
                    refused =
                        "bad: factory.review.independence is 'require', and who could review is "
                        "who builds: ollama/x",
                    fallback = "note: where a fallback of BUILD has built",
                    left_out = "note: a fallback of BUILD that leaves nobody to review", nothing;
  const std::vector<Case> cases = {
      {"", "", "", own},
      {"prefer", "", "", own},
      {"require", "", "", refused},
      {"require", "ollama/x", "ollama/x", refused},
      {"require", "ollama/x ollama/y", "ollama/x", refused},
      {"require", "", "ollama/y", nothing},
      {"prefer", "ollama/y", "", nothing},
      {"prefer", "", "ollama/x ollama/y", nothing},
      {"off", "", "ollama/x ollama/y", own},
      {"prefer", "ollama/x ollama/y", "ollama/y", fallback},
      {"require", "ollama/x ollama/y", "ollama/y", left_out},
      {"require", "ollama/x ollama/y", "ollama/y ollama/z", nothing},
      {"sometimes", "", "", "bad: "},
  };
  set("factory.model", "ollama/x");
  for (const Case& one : cases) {
    set("factory.review.independence", one.how);
    set("factory.build.model", one.build);
    set("factory.review.model", one.review);
    std::string told = reported();
    std::string what = one.how + " | " + one.build + " | " + one.review;
    EXPECT_THAT(told, StartsWith(one.told)) << what;
    EXPECT_EQ(told.empty(), one.told.empty()) << what;
  }
}

}  // namespace
}  // namespace gf::doctor

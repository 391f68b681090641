// What a program says that met its sandbox, and which setting is named for it.
#include <gmock/gmock.h>

#include "proc/sandbox.h"

namespace gf::proc {
namespace {

using ::testing::HasSubstr;

struct Said {
  const char* words;
  Network network;
  const char* helps;  ///< empty: the sandbox is not why
};

TEST(Hindrance, NamesTheSettingThatHelps) {
  const Said all[] = {
      {"OSError: [Errno 101] Network is unreachable", Network::kNone, "gate.network = full"},
      {"Error: getaddrinfo EAI_AGAIN registry", Network::kNone, "gate.network = full"},
      {"dial tcp: lookup proxy: no such host", Network::kLoopback, "gate.network = full"},
      {"socket: permission denied", Network::kNone, "gate.network = loopback"},
      {"OSError: [Errno 30] Read-only file system: '/usr/x'", Network::kFull, "sandboxWritable"},
      {"mount: Operation not permitted", Network::kFull, "factory.sandbox = none"},
      {"Network is unreachable", Network::kFull, ""},
      {"AssertionError: 1 != 2", Network::kNone, ""},
  };
  for (const Said& one : all) {
    SCOPED_TRACE(one.words);
    Outcome outcome;
    outcome.exit_code = 1;
    outcome.err = one.words;
    Policy policy;
    policy.network = one.network;
    auto told = hindrance(outcome, policy, "gate.network");
    ASSERT_EQ(told.has_value(), one.helps[0] != 0);
    if (told) {
      EXPECT_THAT(*told, HasSubstr(one.helps));
    }
  }
  Outcome good;
  good.exit_code = 0;
  good.out = "Network is unreachable";
  EXPECT_EQ(hindrance(good, {}, "gate.network"), std::nullopt);
}

TEST(Hindrance, NetworksAreNamedBothWays) {
  for (Network one : {Network::kNone, Network::kLoopback, Network::kFull})
    EXPECT_EQ(network_named(name_of(one)), one);
  EXPECT_EQ(network_named("some"), std::nullopt);
}

}  // namespace
}  // namespace gf::proc

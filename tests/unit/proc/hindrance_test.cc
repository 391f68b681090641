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

/// Of a program that failed with these words.
std::optional<std::string> help_text(const Said& said, Sandbox::Kind kind) {
  Outcome outcome;
  outcome.exit_code = 1;
  outcome.err = said.words;
  Policy policy;
  policy.network = said.network;
  return hindrance(outcome, policy, "gate.network", kind);
}

TEST(Hindrance, NamesTheSettingThatHelps) {
  const Said all[] = {
      {"OSError: [Errno 101] Network is unreachable", Network::kNone, "gate.network = full"},
      {"Error: getaddrinfo EAI_AGAIN registry", Network::kNone, "gate.network = full"},
      {"dial tcp: lookup proxy: no such host", Network::kLoopback, "gate.network = full"},
      {"socket: permission denied", Network::kNone, "gate.network = loopback"},
      {"OSError: [Errno 30] Read-only file system: '/usr/x'", Network::kFull, "sandboxWritable"},
      {"mount: Operation not permitted", Network::kFull, "factory.sandbox = none"},
      {"git@example.com: Permission denied (publickey).", Network::kFull, "no key of ssh"},
      {"Host key verification failed.", Network::kFull, "no key of ssh"},
      {"Network is unreachable", Network::kFull, ""},
      {"AssertionError: 1 != 2", Network::kNone, ""},
  };
  for (const Said& one : all) {
    SCOPED_TRACE(one.words);
    auto help = help_text(one, Sandbox::Kind::kBubblewrap);
    ASSERT_EQ(help.has_value(), one.helps[0] != 0);
    if (help) {
      EXPECT_THAT(*help, HasSubstr(one.helps));
    }
  }
  Outcome good;
  good.exit_code = 0;
  good.out = "Network is unreachable";
  EXPECT_EQ(hindrance(good, {}, "gate.network"), std::nullopt);
}

TEST(Hindrance, LandlockRefusesInTheWordsOfEachLanguage) {
  const Said all[] = {
      {"PermissionError: [Errno 13] Permission denied: '/home/me/x'", Network::kNone, "Readable"},
      {"Error: EACCES: permission denied, open '/home/me/x'", Network::kNone, "Readable"},
      {"open /home/me/x: permission denied", Network::kNone, "Readable"},
      {"Os { code: 13, message: \"Permission denied\" } permission denied (os error 13)",
       Network::kFull, "Writable"},
      {"    _socket.socket.__init__(self, family)\nPermissionError: [Errno 13] Permission denied",
       Network::kNone, "gate.network = loopback"},
      {"AssertionError: 1 != 2", Network::kNone, ""},
  };
  for (const Said& one : all) {
    SCOPED_TRACE(one.words);
    auto help = help_text(one, Sandbox::Kind::kLandlock);
    EXPECT_EQ(help.has_value(), one.helps[0] != 0);
    EXPECT_THAT(help.value_or(""), HasSubstr(one.helps));
    // Where bubblewrap held it, a file of another's is nothing that it hid.
    EXPECT_EQ(help_text(one, Sandbox::Kind::kBubblewrap), std::nullopt);
  }
}

TEST(Hindrance, EachReasonOfNoSandboxHasAWayOut) {
  const std::pair<const char*, const char*> all[] = {
      {"bubblewrap is not installed; this kernel has no Landlock", "install bubblewrap"},
      {"bubblewrap is not installed; this is not Linux, and has none", "Linux machine"},
      {"bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns"},
      {"bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "apparmor"},
      {"bwrap: No permissions to create new namespace", "unprivileged_userns_clone"},
      {"bwrap: Creating new namespace failed: No space left on device", "max_user_namespaces"},
      {"bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths"},
      {"it gives no reason", "says what it lacks"},
  };
  for (const auto& [reason, helps] : all) EXPECT_THAT(way_out(reason), HasSubstr(helps)) << reason;
}

TEST(Hindrance, NetworksAreNamedBothWays) {
  for (Network one : {Network::kNone, Network::kLoopback, Network::kFull})
    EXPECT_EQ(network_named(name_of(one)), one);
  EXPECT_EQ(network_named("some"), std::nullopt);
}

}  // namespace
}  // namespace gf::proc

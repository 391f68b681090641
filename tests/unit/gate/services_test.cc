// Services beside a gate: begun before it in its sandbox, ended with it, and what is said where one
// is not ready. They are real servers: Python's own for HTTP.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "gate/gate.h"
#include "proc/sandbox.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Status = record::GateOutcome::Status;

constexpr const char* kServer = "python3 -m http.server {port} --bind 127.0.0.1 --directory {data}";
constexpr const char* kAnswers =
    "python3 -c \"import socket; socket.create_connection(('127.0.0.1', {port}), 1)\"";
/// A gate that writes a file into the server's folder and reads it over HTTP.
constexpr const char* kFetch =
    "sh -c 'echo served > $WEB_DATA/page; python3 -c \"import os, sys, urllib.request as r; "
    "sys.exit(r.urlopen(\\\"http://127.0.0.1:\\\" + os.environ[\\\"WEB_PORT\\\"] + "
    "\\\"/page\\\").read() != b\\\"served\\\\n\\\")\"'";

class ServicesTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto chosen = proc::Sandbox::choose(
        GetParam(), proc::clean_environment(proc::current_environment()), cancel_);
    if (!chosen.ok()) GTEST_SKIP() << "NOT TESTED: " << chosen.error().message;
    sandbox_ = *chosen;
    folder_.write("work/.git", "gitdir: /somewhere\n");
    std::filesystem::create_directories(folder_ / "scratch");
  }
  record::GateOutcome run(Settings settings) {
    settings.add("factory-gate.unit.service", "web");
    auto gates = gates_for(test::MapFacts({}), settings, "python3");
    EXPECT_DONE(gates);
    Place place;
    place.worktree = folder_ / "work";
    place.scratch = folder_ / "scratch";
    place.cache = folder_ / "cache";
    place.environment = proc::current_environment();
    place.sandbox = &sandbox_;
    auto outcome = run_gate(gates->at(0), place, {}, {}, cancel_);
    EXPECT_DONE(outcome);
    return outcome.ok() ? *outcome : record::GateOutcome();
  }
  /// Is a process alive whose id a service wrote?
  [[nodiscard]] bool is_there(const std::string& file) const {
    std::string id(trim(folder_.read(file)));
    std::ifstream state("/proc/" + id + "/stat");
    return !id.empty() && state.good();
  }

  Cancel cancel_;
  test::TempFolder folder_;
  proc::Sandbox sandbox_ = proc::Sandbox::none();
};

TEST_P(ServicesTest, TheGateReachesItOverTheLoopbackAndItIsGoneAfterwards) {
  record::GateOutcome outcome = run({{"factory-gate.unit.command", kFetch},
                                     {"factory-service.web.command", kServer},
                                     {"factory-service.web.ready", kAnswers}});

  EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason << outcome.output_tail;
  EXPECT_THAT(join(outcome.argv, " "), ::testing::StartsWith("sh -c")) << "the gate's own words";
}

TEST_P(ServicesTest, TwoAreBegunInOrderAndEndedTheOtherWayRound) {
  record::GateOutcome outcome = run(
      {{"factory-gate.unit.command", "sh -c 'echo gate >> order'"},
       {"factory-gate.unit.service", "db"},
       {"factory-service.db.command",
        "sh -c 'trap \"echo db ends >> order; exit 0\" TERM; echo db >> order; touch {data}/up; "
        "while :; do sleep 0.05; done'"},
       {"factory-service.db.ready", "test -e {data}/up"},
       {"factory-service.web.command",
        "sh -c 'echo web >> order; touch {data}/up; while [ ! -e {data}/end ]; do sleep 0.05; "
        "done; "
        "echo web ends >> order'"},
       {"factory-service.web.ready", "test -e {data}/up"},
       {"factory-service.web.stop", "touch {data}/end"}});

  EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason << outcome.output_tail;
  EXPECT_EQ(folder_.read("work/order"), "db\nweb\ngate\nweb ends\ndb ends\n");
}

TEST_P(ServicesTest, WhatIsNotReadyIsNoAnswerAboutTheTree) {
  struct Case {
    const char *command, *ready, *said;
  };
  const Case kCases[] = {
      {"sh -c 'echo no space left >&2; exit 3'", "false",
       "service 'web' was not ready, it ended: no space left"},
      {"no-such-server", "false", "no-such-server"},
      {"sleep 60", "false", "service 'web' was not ready within 1 s"},
      {"sleep 60", "sh -c 'echo refused; exit 1'",
       "service 'web' was not ready within 1 s: refused"},
      {"sh -c 'exit 0'", "sleep 0.2", "service 'web' was not ready, it ended"},
  };
  for (const Case& one : kCases) {
    record::GateOutcome outcome = run({{"factory-gate.unit.command", "touch begun"},
                                       {"factory-service.web.command", one.command},
                                       {"factory-service.web.ready", one.ready},
                                       {"factory-service.web.timeout", "1s"}});
    EXPECT_EQ(outcome.status, Status::kBroken) << one.command;
    EXPECT_THAT(outcome.reason, HasSubstr(one.said));
    EXPECT_TRUE(lacked_a_service(outcome.reason)) << outcome.reason;
    EXPECT_TRUE(crashed(outcome));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "work/begun")) << "the gate was begun";
  }
}

TEST_P(ServicesTest, OneThatDiesUnderTheGateIsSaidBesideItsNo) {
  const char* const dies =
      "sh -c 'echo $$ > {data}/id; until [ -e {data}/die ]; do sleep 0.02; done; "
      "echo out of memory; exit 1'";
  for (const char* ending : {"exit 1", "exit 0"}) {
    std::string gate = fmt::format(
        "sh -c 'touch $WEB_DATA/die; while kill -0 $(cat $WEB_DATA/id); do sleep 0.02; done; {}'",
        ending);
    record::GateOutcome outcome = run({{"factory-gate.unit.command", gate},
                                       {"factory-service.web.command", dies},
                                       {"factory-service.web.ready", "test -s {data}/id"}});
    if (ending == std::string("exit 0")) {
      EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason;
    } else {
      EXPECT_EQ(outcome.status, Status::kFail);
      EXPECT_THAT(outcome.reason,
                  HasSubstr("(service 'web' ended while the gate ran: out of memory)"));
    }
  }
}

TEST_P(ServicesTest, WhoDoesNotEndIsKilled) {
  record::GateOutcome outcome =
      run({{"factory-gate.unit.command", "true"},
           {"factory-service.web.command",
            "sh -c 'trap \"\" TERM; echo $$ > id; touch {data}/up; while :; do sleep 0.1; done'"},
           {"factory-service.web.ready", "test -e {data}/up"}});

  EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason << outcome.output_tail;
  // In bubblewrap the id is one of its own processes, which are gone with it.
  if (sandbox_.kind() != proc::Sandbox::Kind::kBubblewrap) {
    EXPECT_FALSE(is_there("work/id"));
  }
}

TEST_P(ServicesTest, WhatAsksAndWhatStopsMayHang) {
  record::GateOutcome late = run({{"factory-gate.unit.command", "true"},
                                  {"factory-service.web.command", "sleep 60"},
                                  {"factory-service.web.timeout", "1s"},
                                  {"factory-service.web.ready", "sleep 60"}});
  EXPECT_EQ(late.status, Status::kBroken);
  EXPECT_EQ(late.reason, "service 'web' was not ready within 1 s");

  record::GateOutcome stopped = run({{"factory-gate.unit.command", "true"},
                                     {"factory-service.web.command", "sleep 60"},
                                     {"factory-service.web.stop", "sleep 60"}});
  EXPECT_EQ(stopped.status, Status::kPass) << stopped.reason;
  EXPECT_LT(stopped.duration, Milliseconds(30000));
}

TEST_P(ServicesTest, OfAllThatItPrintedTheLastWordsAreRead) {
  record::GateOutcome outcome =
      run({{"factory-gate.unit.command", "true"},
           {"factory-service.web.command",
            "sh -c 'head -c 20000000 /dev/zero; echo; echo no space left; exit 1'"},
           {"factory-service.web.ready", "false"}});
  EXPECT_EQ(outcome.reason, "service 'web' was not ready, it ended: no space left");
}

std::string sandbox_name(const ::testing::TestParamInfo<const char*>& one) { return one.param; }

INSTANTIATE_TEST_SUITE_P(Held, ServicesTest, ::testing::Values("none", "bubblewrap", "landlock"),
                         sandbox_name);

TEST(ServiceSettingsTest, AWrongOneSaysWhichAndWhatToWrite) {
  struct Case {
    Settings settings;
    const char *said, *hint;
  };
  const Case kCases[] = {
      {{{"factory-gate.unit.service", "db"}},
       "factory-gate.unit.service",
       "[factory-service \"db\"]"},
      {{{"factory-service.db.ready", "true"}}, "factory-service.db.command", "name the program"},
      {{{"factory-service.db.command", "'"}}, "factory-service.db.command", "quotes closed"},
      {{{"factory-service.db.command", "x"}, {"factory-service.db.timeout", "soon"}},
       "factory-service.db.timeout",
       "30s"},
      {{{"factory-service.db.command", "x"}, {"factory-service.db.port", "1"}},
       "factory-service.db.port",
       "command, ready, stop and timeout"},
      {{{"factory-service.d-b.command", "x"}, {"factory-service.d.b.command", "x"}},
       "factory-service.d.b",
       "D_B_PORT"},
      {{{"factory-service.1.command", "x"}}, "factory-service.1", "begins with a letter"},
  };
  for (const Case& one : kCases) {
    Settings settings = one.settings;
    settings.add("factory-gate.unit.command", "true");
    auto gates = gates_for(test::MapFacts({}), settings, "python3");
    ASSERT_FALSE(gates.ok()) << one.said;
    EXPECT_THAT(gates.error().message, HasSubstr(one.said));
    EXPECT_THAT(gates.error().hint, HasSubstr(one.hint));
  }
}

TEST(ServiceSettingsTest, AServiceGivesTheGateTheLoopbackAndIsPartOfWhatItIs) {
  Settings settings = {{"factory-gate.unit.command", "true"},
                       {"factory-gate.unit.service", "my-db"},
                       {"factory-gate.other.command", "true"},
                       {"factory-service.my-db.command", "serve --port {port}"}};
  ASSERT_GIVES(auto gates, gates_for(test::MapFacts({}), settings, "python3"));
  EXPECT_EQ(gates.at(0).network, proc::Network::kLoopback);
  EXPECT_EQ(gates.at(1).network, proc::Network::kNone);
  EXPECT_EQ(services_text(gates.at(1)), "");
  std::string before = services_text(gates.at(0));
  settings.add("factory-service.my-db.ready", "true");
  ASSERT_GIVES(auto changed, gates_for(test::MapFacts({}), settings, "python3"));
  EXPECT_NE(services_text(changed.at(0)), before);
}

}  // namespace
}  // namespace gf::gate

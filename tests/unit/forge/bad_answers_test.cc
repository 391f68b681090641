// Whatever a server answers, on each forge the same: an error of one line with a way out, soon,
// that shows nobody what let us in.
#include <gmock/gmock.h>

#include <functional>

#include "support/acting_server.h"
#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "secret-of-the-tests-0123";

struct Kind {
  const char *name, *variable;
};
constexpr Kind kServers[] = {{"github", "GH_ENTERPRISE_TOKEN"},
                             {"gitlab", "GITLAB_TOKEN"},
                             {"gitea", "GITEA_TOKEN"},
                             {"forgejo", "FORGEJO_TOKEN"},
                             {"bitbucket", "BITBUCKET_TOKEN"}};

struct BadAnswer {
  const char* name;
  test::Act act;
};
std::vector<BadAnswer> bad_answers() {
  const std::string json = "Content-Type: application/json\r\n";
  auto moved = [](const char* to) {
    return test::answers("301 Moved Permanently", "", std::string("Location: ") + to + "\r\n");
  };
  return {
      {"a web page that says that all is well",
       test::answers("200 OK", "<!doctype html><p>Log in</p>", "Content-Type: text/html\r\n")},
      {"no JSON", test::answers("200 OK", "all is well")},
      {"JSON that is cut off", test::answers("200 OK", R"({"name": "sh)", json)},
      {"not let in", test::answers("401 Unauthorized", R"({"message":"Bad credentials"})", json)},
      {"not allowed", test::answers("403 Forbidden", R"({"message":"Forbidden"})", json)},
      {"no access looks like nothing there", test::answers("404 Not Found", "{}", json)},
      {"422 with a text", test::answers("422 Unprocessable Entity", R"({"message":"no"})", json)},
      {"422 with fields",
       test::answers("422 Unprocessable Entity",
                     R"({"message":{"base":["is gone",{"code":7}],"x":null},"errors":[[],{},1]})",
                     json)},
      {"422 with a list", test::answers("422 Unprocessable Entity", R"(["no","never"])", json)},
      {"422 without a word", test::answers("422 Unprocessable Entity", "")},
      {"500", test::answers("500 Internal Server Error", "")},
      {"a proxy's 502", test::answers("502 Bad Gateway", "<html><h1>Bad gateway</h1></html>")},
      {"the line is cut", [](const test::Asked&, test::Peer& peer) { peer.reset(); }},
      {"an answer that is cut off",
       [](const test::Asked&, test::Peer& peer) {
         peer.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"name\":");
         peer.hang_up();
       }},
      {"moved in a circle", moved("/again")},
      {"moved to another server", moved("http://127.0.0.1:9/elsewhere")},
      {"hostile words that say the token back",
       test::answers("422 Unprocessable Entity",
                     std::string(R"({"message":"\u001b[2J\u202eno\n\nhint: run this\r\n)") +
                         kSecret + R"( \u0000"})",
                     json)},
  };
}

class BadAnswersTest : public ::testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<Forge> forge_at(const test::ActingServer& server) {
    auto chosen = choose_forge(here_.place({{"factory.forge", GetParam().name},
                                            {"factory.forge.api", server.url()},
                                            {"factory.forge.repository", "acme/shop"}},
                                           {{GetParam().variable, kSecret}}));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }
  using Question = std::pair<const char*, std::function<Result<void>(Forge&)>>;
  /// Everything that a forge is asked, without what it gives.
  [[nodiscard]] std::vector<Question> questions() const {
    PullRequest wanted = here_.wanted();
    PullRequest there = wanted;
    there.number = 1;
    there.state = "open";
    auto plain = [](const auto& given) {
      return given.ok() ? Result<void>(Done{}) : given.error();
    };
    return {{"ready", [](Forge& forge) { return forge.ready(); }},
            {"open", [=](Forge& forge) { return plain(forge.open(wanted)); }},
            {"close", [=](Forge& forge) { return plain(forge.close(there)); }},
            {"comment", [=](Forge& forge) { return forge.comment(there, "words"); }},
            {"report",
             [=](Forge& forge) {
               return forge.report(there, {true, "words", "u"});
             }},
            {"merge", [=](Forge& forge) { return plain(forge.merge(there, MergeWay::kMerge)); }},
            {"list", [=](Forge& forge) { return plain(forge.list()); }},
            {"said_of", [=](Forge& forge) { return plain(forge.said_of(there)); }},
            {"issues", [=](Forge& forge) {
               return plain(forge.issues({{}, "", "", 50}));
             }}};
  }
  TestPlace here_;
};

TEST_P(BadAnswersTest, EachIsOneLineWithAWayOutAndShowsNoToken) {
  for (const BadAnswer& bad : bad_answers()) {
    for (const auto& [name, ask] : questions()) {
      SCOPED_TRACE(std::string(bad.name) + ", asked to " + name);
      test::ActingServer server(bad.act);
      auto done = ask(*forge_at(server));
      ASSERT_FALSE(done.ok());
      const Error& error = done.error();
      EXPECT_NE(error.message, "");
      EXPECT_NE(error.hint, "") << error.message;
      EXPECT_THAT(error.message + error.hint, Not(HasSubstr("\n")));
      EXPECT_THAT(error.message + error.hint, Not(HasSubstr("\x1b")));
      EXPECT_THAT(error.message + error.detail + error.hint, Not(HasSubstr(kSecret)));
      EXPECT_LE(server.asked().size(), 30u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, BadAnswersTest, ::testing::ValuesIn(kServers),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace gf::forge

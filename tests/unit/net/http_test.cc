// HTTP against a server of our own on the loopback address.
#include "net/http.h"

#include <gmock/gmock.h>

#include "support/acting_server.h"
#include "support/assertions.h"
#include "support/loopback.h"

namespace gf::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Limits kShort{Milliseconds(2000), Milliseconds(5000), 1000};

TEST(Http, GivesStatusAndBodyWhateverTheStatusIs) {
  test::Loopback server(test::Loopback::ok("nothing", "404 Not Found"));
  ASSERT_GIVES(auto answer, get(server.url() + "/x", kShort, Cancel()));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "nothing");
}

TEST(Http, PostsTheBodyAndTheHeaders) {
  test::Loopback server(test::Loopback::ok("{}"));
  ASSERT_DONE(send({server.url(), "{\"a\":1}", {{"X-One", "two"}}, kShort, {}, {}}, Cancel()));
  EXPECT_THAT(server.request(), HasSubstr("X-One: two"));
  EXPECT_THAT(server.request(), HasSubstr("{\"a\":1}"));
}

TEST(Http, AsksByTheMethodThatIsNamed) {
  test::Loopback server(test::Loopback::ok("{}"));
  Request request;
  request.url = server.url() + "/x";
  request.method = "PATCH";
  request.body = "{\"a\":1}";
  ASSERT_DONE(send(request, Cancel()));
  EXPECT_THAT(server.request(), HasSubstr("PATCH /x HTTP/1.1"));
  EXPECT_THAT(server.request(), HasSubstr("{\"a\":1}"));
}

TEST(Http, WhatIsToBeSentOnceIsNotSentAgainOverADeadConnection) {
  auto cut = [](const test::Asked&, test::Peer& peer) { peer.reset(); };
  test::ActingServer server({test::answers("200 OK", "{}"), cut, test::answers("200 OK", "{}")});
  ASSERT_DONE(get(server.url(), kShort, Cancel()));
  Request request;
  request.url = server.url() + "/x";
  request.body = "{}";
  request.only_once = true;
  auto answer = send(request, Cancel());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kTransient);
  EXPECT_EQ(server.asked().size(), 2u);
}

TEST(Http, FollowsNoRedirect) {
  test::Loopback other(test::Loopback::ok("stolen"));
  test::Loopback server(test::Loopback::ok("", "302 Found", "Location: " + other.url() + "/\r\n"));
  ASSERT_GIVES(auto answer, get(server.url(), kShort, Cancel(), {{"Authorization", "x"}}));
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(other.served(), 0);
}

TEST(Http, ABodyOverTheLimitIsBadData) {
  test::Loopback server(test::Loopback::ok(std::string(1001, 'x')));
  auto answer = get(server.url(), kShort, Cancel());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kBadData);
}

TEST(Http, ASilentServerIsLeftAtTheTimeLimit) {
  test::Loopback server("");
  auto answer = get(server.url(), Limits{Milliseconds(100), Milliseconds(100), 10}, Cancel());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kTransient);
}

TEST(Http, ErrorsShowNoPasswordAndNoQuery) {
  std::string secret = std::string("hun") + "ter2";
  auto answer = get("ftp://u:" + secret + "@127.0.0.1/x?k=" + secret, kShort, Cancel());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kConfiguration);
  EXPECT_THAT(answer.error().message, Not(HasSubstr(secret)));
}

TEST(Http, AHeaderWithALineBreakIsRefused) {
  EXPECT_FALSE(get("http://127.0.0.1:1/", kShort, Cancel(), {{"A", "b\r\nC: d"}}).ok());
}

TEST(Http, ACancelComesFirst) {
  Cancel cancel;
  cancel.request();
  auto answer = get("http://127.0.0.1:1/", kShort, cancel);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kCancelled);
}

}  // namespace
}  // namespace gf::net

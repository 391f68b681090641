// The way to a server, as git's settings have it.
#include "net/route.h"

#include <gtest/gtest.h>

namespace gf::net {
namespace {

TEST(Route, GitsOwnSettingsAreReadAsGitReadsThem) {
  Settings settings = {{"http.proxy", "http://general:1"},
                       {"http.https://api.example.org/v1.proxy", "http://special:2"},
                       {"http.https://api.example.org.proxy", "http://host:3"},
                       {"http.sslcainfo", "~/ca.pem"},
                       {"http.sslverify", "false"}};
  Environment home = {{"HOME", "/home/u"}};
  Route route = route_for("https://API.example.org/v1/chat", settings, home);
  EXPECT_EQ(route.proxy, "http://special:2");
  EXPECT_EQ(route.ca_file, "/home/u/ca.pem");
  EXPECT_FALSE(route.verify);
  EXPECT_EQ(route_for("https://api.example.org.evil/v1", settings, home).proxy, "http://general:1");
  home["GIT_SSL_CAINFO"] = "/own.pem";
  EXPECT_EQ(route_for("https://x", settings, home).ca_file, "/own.pem");
  EXPECT_FALSE(route_for("https://x", {}, {}).proxy);
  EXPECT_TRUE(route_for("https://x", {}, {}).verify);
}

}  // namespace
}  // namespace gf::net

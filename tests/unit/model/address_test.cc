// Where services are, by git's settings and the environment.
#include <gtest/gtest.h>

#include "model/service.h"

namespace gf::model {
namespace {

TEST(Route, GitsOwnSettingsAreReadAsGitReadsThem) {
  Settings settings = {{"http.proxy", "http://general:1"},
                       {"http.https://api.example.org/v1.proxy", "http://special:2"},
                       {"http.https://api.example.org.proxy", "http://host:3"},
                       {"http.sslcainfo", "~/ca.pem"},
                       {"http.sslverify", "false"}};
  proc::Environment home = {{"HOME", "/home/u"}};
  net::Route route = route_for("https://API.example.org/v1/chat", settings, home);
  EXPECT_EQ(route.proxy, "http://special:2");
  EXPECT_EQ(route.ca_file, "/home/u/ca.pem");
  EXPECT_FALSE(route.verify);
  EXPECT_EQ(route_for("https://api.example.org.evil/v1", settings, home).proxy, "http://general:1");
  home["GIT_SSL_CAINFO"] = "/own.pem";
  EXPECT_EQ(route_for("https://x", settings, home).ca_file, "/own.pem");
  EXPECT_FALSE(route_for("https://x", {}, {}).proxy);
  EXPECT_TRUE(route_for("https://x", {}, {}).verify);
}

TEST(OllamaHost, IsReadAsOllamasOwnClientsDo) {
  const std::pair<const char*, const char*> all[] = {
      {"", "http://127.0.0.1:11434"},
      {"box", "http://box:11434"},
      {"box:1", "http://box:1"},
      {":8080", "http://127.0.0.1:8080"},
      {"0.0.0.0", "http://127.0.0.1:11434"},
      {"https://x.org", "https://x.org"},
      {"x/base/", "http://x:11434/base"},
      {"::1", "http://[::1]:11434"},
      {"ollama.com", "https://ollama.com"},
  };
  for (const auto& [told, base] : all)
    EXPECT_EQ(ollama_base({{"OLLAMA_HOST", told}}), base) << told;
}

}  // namespace
}  // namespace gf::model

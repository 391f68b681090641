// Where a repository is and which kind of forge that is, by its remote's address.
#include "forge/address.h"

#include <gtest/gtest.h>

namespace gf::forge {
namespace {

TEST(RemoteAddress, IsReadInEveryFormThatGitTakes) {
  struct Case {
    const char *url, *host, *path;
  };
  const Case cases[] = {
      {"https://github.com/acme/shop.git", "github.com", "acme/shop"},
      {"https://github.com/acme/shop/", "github.com", "acme/shop"},
      {"https://user:word@GitHub.com/acme/shop", "github.com", "acme/shop"},
      {"git@github.com:acme/shop.git", "github.com", "acme/shop"},
      {"github.com:acme/shop", "github.com", "acme/shop"},
      {"ssh://git@ssh.github.com:443/acme/shop.git", "github.com", "acme/shop"},
      {"ssh://git@git.example.org:2222/acme/shop", "git.example.org", "acme/shop"},
      {"http://git.example.org:3000/acme/shop", "git.example.org:3000", "acme/shop"},
      {"https://gitlab.com/a/b/c/shop.git", "gitlab.com", "a/b/c/shop"},
      {"git@gitlab.com:/a/b/shop.git", "gitlab.com", "a/b/shop"},
      {"https://[::1]:3000/a/b", "[::1]:3000", "a/b"},
      {"git://git.example.org/a/b", "git.example.org", "a/b"},
  };
  for (const Case& one : cases) {
    auto found = remote_address(one.url);
    ASSERT_TRUE(found) << one.url;
    EXPECT_EQ(found->host, one.host) << one.url;
    EXPECT_EQ(found->path, one.path) << one.url;
  }
}

TEST(RemoteAddress, AFolderHasNone) {
  for (const char* url : {"", "/srv/git/github.com/a/b.git", "../a/b", "file:///srv/a/b.git",
                          "a/b:c/d", "ext::ssh host a/b", "https://", "https://github.com",
                          "https://github.com/shop", "C:", "github.com:shop"}) {
    EXPECT_FALSE(remote_address(url)) << url;
  }
}

TEST(KindAt, IsTheHostsNameAndNothingThatOnlyLooksLikeIt) {
  const std::pair<const char*, const char*> cases[] = {{"github.com", "github"},
                                                       {"corp.ghe.com", "github"},
                                                       {"github.corp.example", "github"},
                                                       {"gitlab.com", "gitlab"},
                                                       {"gitlab.example.org:8443", "gitlab"},
                                                       {"codeberg.org", "forgejo"},
                                                       {"gitea.example.org", "gitea"},
                                                       {"bitbucket.org", "bitbucket"},
                                                       {"notgithub.com", ""},
                                                       {"github-com.example", ""},
                                                       {"git.example.org", ""},
                                                       {"", ""}};
  for (const auto& [host, kind] : cases) EXPECT_EQ(kind_at(host), kind) << host;
}

}  // namespace
}  // namespace gf::forge

// Whose code a clone has, by its settings alone.
#include "session/trust.h"

#include <gtest/gtest.h>

namespace gf::session {
namespace {

using Settings = std::vector<git::Setting>;

constexpr const char* kShop = "https://example.com/acme/shop";

/// "" where nobody has to be asked.
std::string stranger(const Settings& settings) {
  auto found = stranger_in(settings);
  return found ? found->remote + " " + found->address : "";
}

TEST(Trust, AFolderIsThisMachinesAndAServerIsSomebodyElses) {
  for (const char* url : {"https://example.com/a/b", "ssh://git@example.com/a/b", "git://h/x",
                          "git@example.com:a/b.git", "host:b", "ext::sh -c x", "gh:a/b"})
    EXPECT_TRUE(is_of_server(url)) << url;
  for (const char* url : {"/srv/a.git", "../a", "./a:b", "file:///srv/a.git", "a/b:c", "a"})
    EXPECT_FALSE(is_of_server(url)) << url;
}

TEST(Trust, AnAddressIsKeptWithoutWhoAsksAndWithoutEndingsThatChangeNothing) {
  for (const char* url :
       {"https://example.com/acme/shop", "https://example.com/acme/shop.git",
        "https://me:secret@example.com/acme/shop/", "https://token@example.com/acme/shop.git/"})
    EXPECT_EQ(plain_address(url), kShop) << url;
  EXPECT_EQ(plain_address("git@example.com:acme/shop.git"), "git@example.com:acme/shop");
  EXPECT_EQ(plain_address("https://example.com/a@b"), "https://example.com/a@b");
}

TEST(Trust, TheRemoteThatIsAskedAboutIsTheOneThatRunsStartFrom) {
  const git::Setting fork{"remote.fork.url", "https://example.com/me/shop", "local"};
  const git::Setting origin{"remote.origin.url", std::string(kShop) + ".git", "local"};
  EXPECT_EQ(stranger({}), "");
  EXPECT_EQ(stranger({{"remote.origin.url", "/srv/shop.git", "local"}, fork}), "");
  EXPECT_EQ(stranger({fork}), "fork https://example.com/me/shop");
  EXPECT_EQ(stranger({fork, origin}), std::string("origin ") + kShop);
  EXPECT_EQ(stranger({fork, origin, {"factory.remote", "fork", "local"}}),
            "fork https://example.com/me/shop");
}

TEST(Trust, AYesIsForOneAddressOrForAPatternOfTheUsers) {
  const git::Setting origin{"remote.origin.url", kShop, "local"};
  struct Row {
    git::Setting yes;
    bool counts;
  };
  const Row rows[] = {
      {{"factory.trustedremote", kShop, "local"}, true},
      {{"factory.trustedRemote", std::string(kShop) + ".git", "global"}, true},
      {{"factory.trustedRemote", "https://example.com/acme/*", "global"}, true},
      {{"factory.trustedRemote", "https://example.com/acme/shop2", "local"}, false},
      {{"factory.trustedRemote", "https://example.com/me/*", "global"}, false},
      {{"factory.trusted", "abc", "local"}, true},    // who vouched before remotes were asked about
      {{"factory.trusted", "abc", "global"}, false},  // is of no clone
  };
  for (const Row& row : rows)
    EXPECT_EQ(stranger({origin, row.yes}).empty(), row.counts) << row.yes.key << row.yes.value;
  EXPECT_NE(
      stranger(
          {origin, {"factory.trusted", "abc", "local"}, {"factory.trusted", "remotes", "local"}}),
      "")
      << "a yes to this remote was taken back";
  EXPECT_NE(stranger({origin,
                      {"factory.trusted", "abc", "local"},
                      {"factory.trustedRemote", "https://example.com/other", "local"}}),
            "")
      << "the remote was changed since";
}

TEST(Trust, APatternsHostIsNoPathAndItsPathNoHost) {
  struct Row {
    const char *pattern, *address;
    bool counts;
  };
  const Row rows[] = {
      {"https://*.corp.com/*", "https://git.corp.com/team/shop", true},
      {"https://*.corp.com/*", "https://evil.org/a.corp.com/x", false},
      {"https://*/*", "https://evil.org/a", true},
      {"https://*/*", "http://evil.org/a", false},
      {"*", "https://evil.org/a", true},
      {"*", "git@evil.org:a", true},
      {"*.corp.com/*", "https://git.corp.com/a", false},
      {"*://corp.com/me/*", "ssh://corp.com/me/a", true},
      {"*://corp.com/me/*", "ext::sh -c x://corp.com/me/a", false},
      {"*://corp.com/me/*", "evil.org:x://corp.com/me/a", false},
      {"https://corp.com/me/*", "https://corp.com/me/group/a.git", true},
      {"https://corp.com/me/*", "https://corp.com/you/me/a", false},
      {"https://corp.com/me/*", "https://corp.com/me/../you/a", false},
      {"https://corp.com/me/*", "https://corp.com/me/%2E%2e/you/a", false},
      {"https://corp.com/me/*", "https://corp.com/me/..%2fyou/a", false},
      {"https://corp.com/me/*", "https://corp.com/me/a..b", true},
      {"https://corp.com/m?/[ab]*", "https://corp.com/me/b1", true},
      {"https://corp.com/m?/[ab]*", "https://corp.com/me/c1", false},
      // As the program that asks the server reads them, these lead to evil.org.
      {"https://*.corp.com/*", "https://evil.org?.corp.com/x", false},
      {"https://*.corp.com/*", "https://evil.org#.corp.com/x", false},
      {"ssh://*.corp.com/*", "ssh://evil.org%2f.corp.com/x", false},
      {"https://a.corp.*/*", "https://me@a.corp.com@evil.org/x", false},
      // The form of ssh is another address.
      {"git@corp.com:me/*", "git@corp.com:me/shop.git", true},
      {"git@corp.com:me/*", "https://corp.com/me/shop", false},
      {"https://corp.com/me/*", "git@corp.com:me/shop", false},
      {"git@*.corp.com:me/*", "git@evil.org:a.corp.com:me/x", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(stranger({{"remote.origin.url", row.address, "local"},
                        {"factory.trustedRemote", row.pattern, "global"}})
                  .empty(),
              row.counts)
        << row.pattern << " " << row.address;
  }
}

TEST(Trust, OnlyTheseErrorsAreAskedAbout) {
  const Oid blob = Oid::parse(std::string(40, 'a')).value();
  const Error of_code{Fault::kConfiguration, "x", {}, say_yes()};
  const Error of_file{Fault::kConfiguration, "x", {}, say_yes(blob)};
  EXPECT_TRUE(is_about_trust(of_code));
  EXPECT_TRUE(is_about_trust(of_file.because_of("load the settings")));
  EXPECT_EQ(untrusted_file(of_code), std::nullopt);
  EXPECT_EQ(untrusted_file(of_file), blob);
  EXPECT_FALSE(is_about_trust(Error{Fault::kUser, "x", {}, say_yes()}));
  EXPECT_FALSE(is_about_trust(
      Error{Fault::kConfiguration, "x", {}, "look at it and answer with 'git factory trust x'"}));
  EXPECT_FALSE(is_about_trust(Error{Fault::kConfiguration, "x", {}, "mend it"}));
}

}  // namespace
}  // namespace gf::session

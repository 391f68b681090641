// Each kind of work against a machine with something to steal: one table, a row an attempt, a
// column a kind.
#include "proc/work.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/files.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::proc {
namespace {

/// A home, what lies in it, and the variables of who lives there.
class Household {
 public:
  Household() {
    // Not below /tmp, which is hidden anyway.
    auto made = TemporaryFolder::make_in(std::filesystem::current_path().string(), "work-");
    folder_ = std::move(made).value();
    for (const char* name :
         {"home/.ssh/id_ed25519", "home/.netrc", "home/.config/pip/pip.conf", "home/.npmrc",
          "home/.cargo/config.toml", "home/.cargo/credentials.toml", "home/.cargo/bin/thing",
          "home/.cache/uv/wheel", "home/.npm/_cacache/one", "home/.aws/credentials", "slot/code",
          "slot/.git", "outside/file", "elsewhere/cargo/registry/crate",
          "elsewhere/cargo/credentials.toml", "elsewhere/prefix/lib/thing.pc", "elsewhere/ca.pem"})
      EXPECT_DONE(write_file(at(name), "as it was\n"));
    for (const char* name : {"caches", "scratch"}) std::filesystem::create_directories(at(name));
  }

  [[nodiscard]] std::string at(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  [[nodiscard]] Environment users() const {
    Environment all = current_environment();
    for (const char* name : {"CARGO_HOME", "GOPATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
      all.erase(name);
    all["HOME"] = at("home");
    all["OPENAI_API_KEY"] = all["ANTHROPIC_API_KEY"] = all["AWS_SECRET_ACCESS_KEY"] = "sk-1";
    all["SSH_AUTH_SOCK"] = at("home/agent");
    all["GITHUB_TOKEN"] = all["DATABASE_URL"] = all["CARGO_REGISTRY_TOKEN"] = "secret";
    all["UV_PUBLISH_TOKEN"] = all["POETRY_PYPI_TOKEN_PYPI"] = "secret";
    all["PIP_INDEX_URL"] = all["UV_INDEX_URL"] = "https://index.example/simple";
    all["UV_CACHE_DIR"] = at("home/.cache/uv");
    all["https_proxy"] = "http://proxy.example:1";
    all["CFLAGS"] = "-O1";
    all["CARGO_HOME"] = at("elsewhere/cargo");
    all["CMAKE_PREFIX_PATH"] = at("elsewhere/prefix");
    all["SSL_CERT_FILE"] = at("elsewhere/ca.pem");
    return all;
  }
  [[nodiscard]] Workplace place(Work work) const {
    Workplace place{{}, {at("slot")}, at("caches")};
    if (work == Work::kProbe) place.writable.swap(place.readable);
    return place;
  }

 private:
  TemporaryFolder folder_;
};

/// One letter a kind, in their order: y: it goes, n: it does not.
struct Attempt {
  const char* script;  ///< exit 0: it went
  const char* goes;    ///< gate, probe, build, unpack, fetch, coding program
};

// R is the household, H its home.
constexpr Attempt kAttempts[] = {
    // What it may see.
    {"cat $R/slot/code", "yyyyyy"},
    {"cat $H/.ssh/id_ed25519", "nnnnnn"},
    {"cat $H/.aws/credentials", "nnnnnn"},
    {"cat $H/.netrc", "nnnyyn"},
    {"cat $H/.config/pip/pip.conf", "nnnyyn"},
    {"cat $H/.npmrc", "nnnyyn"},
    {"cat $H/.cargo/bin/thing", "yyyyyy"},
    {"grep -q was $H/.cargo/credentials.toml", "nnnyyn"},
    {"grep -q was $R/elsewhere/cargo/credentials.toml", "nnnyyn"},
    {"cat $R/elsewhere/cargo/registry/crate", "yyyyyy"},
    {"test -n \"$CMAKE_PREFIX_PATH\" && cat $R/elsewhere/prefix/lib/thing.pc", "nnynyn"},
    {"test -n \"$SSL_CERT_FILE\" && cat $R/elsewhere/ca.pem", "nnnyyn"},
    {"cat $H/.cache/uv/wheel", "nnnynn"},
    {"echo x >>$R/outside/file", "nnnnnn"},
    // What it may write.
    {"echo x >$R/slot/new", "ynyyyy"},
    {"echo x >$H/.cache/uv/wheel2 && test -e $R/home/.cache/uv/wheel", "nnnynn"},
    {"echo x >$H/.cargo/bin/thing", "nnnnnn"},
    {"echo x >$R/elsewhere/cargo/registry/crate", "nnnnnn"},
    {"echo x >$H/.config/pip/pip.conf", "nnnnnn"},
    {"echo x >$R/caches/new", "nnynyn"},
    {"echo x >/usr/new", "nnnnnn"},
    // What it is told.
    {"test -n \"$OPENAI_API_KEY$ANTHROPIC_API_KEY$AWS_SECRET_ACCESS_KEY\"", "nnnnnn"},
    {"test -n \"$GITHUB_TOKEN$DATABASE_URL$SSH_AUTH_SOCK\"", "nnnnnn"},
    {"test -n \"$CARGO_REGISTRY_TOKEN$UV_PUBLISH_TOKEN$POETRY_PYPI_TOKEN_PYPI\"", "nnnnnn"},
    {"test -n \"$PIP_INDEX_URL\" && test -n \"$UV_INDEX_URL\"", "nnnyyn"},
    {"test -n \"$https_proxy\"", "nnnyyn"},
    {"test -n \"$CFLAGS\"", "nnynyn"},
    {"test -n \"$CARGO_HOME\"", "yyyyyy"},
    {"test \"$UV_CACHE_DIR\" = $R/caches/uv", "nnynyn"},
    {"test \"$UV_CACHE_DIR\" = $H/.cache/uv", "nnnynn"},
    // What git takes it for: a commit is possible, in a folder of anybody's.
    {"test \"$(git config safe.directory)\" = '*' && git config user.email", "yyynny"},
};

class WorkTest : public ::testing::TestWithParam<const char*> {};

TEST_P(WorkTest, EachKindMayWhatItsRowSaysAndNoMore) {
  auto sandbox = Sandbox::choose(GetParam(), clean_environment(current_environment()), Cancel());
  if (!sandbox.ok()) GTEST_SKIP() << "NOT TESTED: " << sandbox.error().message;
  for (Work work : kAllWork) {
    Household household;
    size_t column = static_cast<size_t>(work);
    Policy policy = policy_for(work, household.users(), household.place(work));
    if (work == Work::kGate) policy.cache = household.at("scratch/cache");
    policy.scratch = household.at("scratch");
    Options options;
    options.directory = "/";
    options.environment = variables_for(work, household.users());
    if (rights_of(work).caches == Caches::kOurs) {
      for (const auto& [name, value] : our_caches(household.at("caches")))
        options.environment[name] = value;
    }
    options.environment["R"] = household.at("");
    options.environment["R"].pop_back();
    options.environment["H"] = household.at("home");
    options.limits.timeout = Milliseconds(20000);
    for (const Attempt& attempt : kAttempts) {
      SCOPED_TRACE(std::string(rights_of(work).name) + ": " + attempt.script);
      options.argv = {"sh", "-c", attempt.script};
      ASSERT_GIVES(auto ran, sandbox->run(options, policy, Cancel()));
      EXPECT_EQ(ran.succeeded(), attempt.goes[column] == 'y') << ran.err;
    }
    for (const char* name : {"home/.ssh/id_ed25519", "home/.npmrc", "home/.cargo/bin/thing",
                             "elsewhere/cargo/registry/crate", "outside/file"})
      EXPECT_EQ(read_file(household.at(name)), "as it was\n") << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Sandboxes, WorkTest, ::testing::Values("bubblewrap", "landlock"),
                         [](const auto& one) { return std::string(one.param); });

TEST(Work, WhoRunsForeignCodeWritesNoCacheOfTheUsers) {
  for (Work work : kAllWork) {
    const Rights& rights = rights_of(work);
    EXPECT_EQ(rights.work, work);
    EXPECT_EQ(rights.caches == Caches::kUsers, work == Work::kUnpack) << rights.name;
    bool reaches = work == Work::kGate || work == Work::kFetch || work == Work::kCoder;
    EXPECT_EQ(rights.network == Network::kFull, reaches) << rights.name;
  }
}

TEST_P(WorkTest, AnAgentThatIsLentReachesWhatFetchesAndNobodyElse) {
  auto sandbox = Sandbox::choose(GetParam(), clean_environment(current_environment()), Cancel());
  if (!sandbox.ok()) GTEST_SKIP() << "NOT TESTED: " << sandbox.error().message;
  Household household;
  EXPECT_DONE(write_file(household.at("home/agent"), "a socket\n"));
  EXPECT_DONE(write_file(household.at("home/.ssh/known_hosts"), "servers\n"));
  for (bool lent : {false, true}) {
    if (lent) sandbox->lend(household.at("home/agent"));
    for (Work work : kAllWork) {
      SCOPED_TRACE(rights_of(work).name);
      Policy policy = policy_for(work, household.users(), household.place(work));
      lend_agent(work, *sandbox, household.users(), policy);
      policy.scratch = household.at("scratch");
      Options options;
      options.directory = "/";
      options.environment = variables_for(work, household.users());
      options.limits.timeout = Milliseconds(20000);
      std::string home = household.at("home");
      for (const auto& [file, goes] :
           {std::pair("/agent", lent), {"/.ssh/known_hosts", lent}, {"/.ssh/id_ed25519", false}}) {
        options.argv = {"cat", home + file};
        ASSERT_GIVES(auto ran, sandbox->run(options, policy, Cancel()));
        EXPECT_EQ(ran.succeeded(), goes && work == Work::kFetch) << file << ran.err;
      }
    }
  }
}

TEST(Work, WhatAVariableOfAPersonsSourcesNamesIsNotShown) {
  for (const char* name : {"GOPATH", "HOME", "XDG_RUNTIME_DIR", "PWD", "SSH_AUTH_SOCK",
                           "KUBECONFIG", "GNUPGHOME", "UV_CACHE_DIR"})
    EXPECT_FALSE(names_places(name)) << name;
  for (const char* name : {"CARGO_HOME", "RUSTUP_HOME", "GOMODCACHE", "CMAKE_PREFIX_PATH",
                           "PKG_CONFIG_PATH", "JAVA_HOME", "SSL_CERT_FILE"})
    EXPECT_TRUE(names_places(name)) << name;
}

}  // namespace
}  // namespace gf::proc

// A server with a certificate of its own making: refused, and let in when git's settings say so.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "model/service.h"
#include "net/route.h"
#include "support/assertions.h"
#include "support/folder.h"
#include "support/repo.h"

namespace gf::model {
namespace {

using ::testing::HasSubstr;

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::map<std::string, std::string> environment = {{"PATH", "/usr/bin:/bin"}};
    test::Ran made = test::run(
        {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", folder_ / "key.pem", "-out", folder_ / "cert.pem", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"},
        folder_.path(), environment);
    if (made.exit_code != 0)
      GTEST_SKIP() << "NOT TESTED, openssl makes no certificate: " << made.err;
    server_ = std::thread([this, environment] {
      proc::Options options;
      options.argv = {"openssl", "s_server",          "-www",  "-accept",           "127.0.0.1:0",
                      "-key",    folder_ / "key.pem", "-cert", folder_ / "cert.pem"};
      options.directory = folder_.path();
      options.environment = environment;
      std::string output;
      options.on_output = [this, output](std::string_view piece) mutable {
        output += piece;
        size_t at = output.find("ACCEPT 127.0.0.1:");
        size_t end = at == std::string::npos ? at : output.find('\n', at);
        if (end != std::string::npos) port_ = std::atoi(output.c_str() + at + 17);
      };
      (void)proc::run(options, stop_).ok();
      if (port_ == 0) port_ = -1;
    });
    while (port_ == 0) std::this_thread::yield();
    if (port_ < 0) GTEST_SKIP() << "NOT TESTED, openssl serves nothing";
    url_ = "https://127.0.0.1:" + std::to_string(port_) + "/";
  }
  void TearDown() override {
    stop_.request();
    if (server_.joinable()) server_.join();
  }
  Result<net::Answer> get(const Settings& settings) {
    net::Request request;
    request.url = url_;
    request.route = net::route_for(url_, settings, {});
    return net::send(request, Cancel());
  }

  test::TempFolder folder_;
  Cancel stop_;
  std::thread server_;
  std::atomic<int> port_{0};
  std::string url_;
};

TEST_F(TlsTest, ACertificateNobodyVouchesForIsRefusedWithTheWayOut) {
  auto answer = get({});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kConfiguration) << answer.error().message;
  Context context;
  context.workdir = folder_.path();
  context.settings = {{"factory.provider.p.kind", "openai"}, {"factory.provider.p.url", url_}};
  ASSERT_GIVES(auto provider, make_provider({"p", "m"}, context));
  record::ModelRequest request;
  request.messages.push_back({record::Message::Role::kUser, "hello", {}, {}, {}});
  ASSERT_GIVES(auto reply, provider->ask(request, Cancel()));
  EXPECT_EQ(reply.failure, record::ModelFailure::kConfig);
  EXPECT_THAT(reply.text, HasSubstr("sslCAInfo"));
}

TEST_F(TlsTest, GitsSettingsLetItIn) {
  auto vouched = get({{"http." + url_ + ".sslcainfo", folder_ / "cert.pem"}});
  ASSERT_DONE(vouched);
  EXPECT_EQ(vouched->status, 200);
  ASSERT_DONE(get({{"http.sslverify", "false"}}));
  EXPECT_FALSE(get({{"http.https://127.0.0.2/.sslcainfo", folder_ / "cert.pem"}}).ok());
}

}  // namespace
}  // namespace gf::model

// kubernetes: what kubectl is told, and what is made of what it says. The kubectl here is a
// stand-in; the one of tests/services runs the jobs, and has what judges the manifests.
#include <gmock/gmock.h>

#include "base/text.h"
#include "batch/engine.h"
#include "forge/workflow.h"
#include "record/json.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

using record::Json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class KubernetesTest : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    path_ = folder_.path() + "/bin:";
    run("mkdir bin");
    settings_ = {{"factory.batch.image", "registry.example/factory:1"}};
    says(Json::array());
    session::Setup with = setup("ada");
    with.clock = &clock_;
    with.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    ada_ = open(with);
  }
  /// `jobs` is what it lists; `create` is shell for what it does with manifests.
  void says(const Json& jobs, const std::string& create = kCreates) const {
    folder_.write("jobs.json", Json::object({{"items", jobs}}).dump());
    folder_.write("bin/kubectl", "#!/bin/sh\ncd '" + folder_.path() +
                                     "'; echo \"kubectl $*\" >>called\ncase \"$*\" in\n"
                                     "*'get jobs'*) cat jobs.json;;\n*create' '--file*) " +
                                     create + ";;\nesac\n");
    run("chmod +x bin/kubectl");
  }
  /// Names what it was given, as kubectl does.
  static constexpr const char* kCreates =
      "cat >manifests; sed -n 's,^  name: \"\\(.*\\)\"$,job.batch/\\1,p' manifests";
  static Json job(const std::string& name, Json status = Json::object(),
                  const std::string& by = "somebody", const std::string& key = "k") {
    return Json::object(
        {{"metadata", Json::object({{"name", name},
                                    {"labels", Json::object({{"git-factory/by", by},
                                                             {"git-factory/key", key}})}})},
         {"status", std::move(status)}});
  }
  static Json deleted(Json job) {
    Json about = job.get("metadata");
    about.set("deletionTimestamp", "2026-01-02T03:04:05Z");
    return job.set("metadata", about);
  }
  static Json ended(const char* type, const char* reason = "") {
    return Json::object(
        {{"conditions",
          Json::array({Json::object({{"type", type}, {"status", "True"}, {"reason", reason}})})}});
  }
  EngineRoom room() {
    return {*ada_, settings_, "spring", "/srv/it's {{image}}.git", "0123", "4567"};
  }
  static Order order(const std::string& slug) { return {"spring", slug, "", 0}; }

  test::StandingClock clock_;
  Settings settings_;
  std::unique_ptr<session::Context> ada_;
};

TEST_F(KubernetesTest, EachRequestIsAJobWithItsOwnName) {
  settings_.add("factory.batch.namespace", "builds");
  settings_.add("factory.batch.kubectlOptions", "--context=far");
  settings_.add("factory.batch.secret", "keys");

  Submitted done = kubernetes_engine().submit(room(), {order("health"), order("paging")});

  ASSERT_TRUE(done.ids.at(0) && done.ids.at(1)) << done.why;
  EXPECT_NE(*done.ids[0], *done.ids[1]);
  EXPECT_THAT(folder_.read("called"),
              HasSubstr("kubectl --context=far --namespace=builds create --filename=- "));
  std::string text = folder_.read("manifests");
  EXPECT_THAT(text, HasSubstr("  name: \"" + *done.ids[0] + "\"\n"));
  EXPECT_THAT(text, HasSubstr("--as='" + *done.ids[0] + "'"));
  EXPECT_THAT(text, HasSubstr("--job=spring/paging --from='/srv/it'\\\\''s {{image}}.git'"))
      << "what is filled in is not looked at again";
  EXPECT_THAT(text, HasSubstr("image: \"registry.example/factory:1\""));
  EXPECT_THAT(text, HasSubstr(R"(envFrom: [{"secretRef":{"name":"keys"}}])"));
  EXPECT_THAT(text, HasSubstr("\n---\n"));
  // For tests/services/manifests.py.
  if (const char* kept = std::getenv("GF_KEEP_MANIFESTS"); kept != nullptr)
    run(fmt::format("cp manifests '{}'", kept));
}

TEST_F(KubernetesTest, WhatAShellReadsComesThroughAsItWas) {
  settings_.add("factory.batch.setup", "export HERE=$(pwd) PID=$$");
  ASSERT_TRUE(kubernetes_engine().submit(room(), {order("health")}).ids[0]);
  EXPECT_THAT(folder_.read("manifests"), HasSubstr("export HERE=$$(pwd) PID=$$$$\\n"));
}

TEST_F(KubernetesTest, TheTokenIsForTheServerOfTheJobAlone) {
  struct Case {
    const char *url, *server;
  };
  for (const Case& each : {Case{"https://git.example:8443/a/b.git", "https://git.example:8443"},
                           Case{"http://git.example/a.git", "http://git.example"},
                           Case{"git@git.example:a.git", ""}, Case{"/srv/a.git", ""}}) {
    EngineRoom at = room();
    at.url = each.url;
    ASSERT_TRUE(kubernetes_engine().submit(at, {order("health")}).ids[0]);
    EXPECT_THAT(folder_.read("manifests"),
                HasSubstr(fmt::format("server='{}'\\nif [", each.server)));
  }
}

TEST_F(KubernetesTest, WhatBecameOfAJobIsInItsConditions) {
  struct Case {
    Json status;
    bool alive, off;
  };
  for (const Case& each :
       {Case{Json::object(), true, false}, Case{Json::object({{"active", 1}}), true, false},
        Case{ended("Complete"), false, false}, Case{ended("Suspended"), true, false},
        Case{ended("FailureTarget", "DeadlineExceeded"), true, false},
        Case{ended("Failed", "BackoffLimitExceeded"), false, false},
        Case{ended("Failed", "DeadlineExceeded"), false, true}}) {
    says(Json::array({job("gf-a", each.status, submitter(room()))}));
    Looked looked = kubernetes_engine().look(room(), {"gf-a", "gf-gone"});
    EXPECT_EQ(looked.alive.contains("gf-a"), each.alive) << each.status.dump();
    EXPECT_EQ(looked.called_off.contains("gf-a"), each.off) << each.status.dump();
    EXPECT_FALSE(looked.alive.contains("gf-gone"));
    EXPECT_TRUE(looked.unknown.empty());
  }
}

TEST_F(KubernetesTest, APodThatDoesNotComeUpIsTold) {
  Json status = Json::object({{"active", 1}, {"ready", 0}, {"startTime", "2026-01-02T03:04:05Z"}});
  says(Json::array({job("gf-a", status)}));
  EXPECT_EQ(kubernetes_engine().look(room(), {"gf-a"}).note, "");
  clock_.advance(Milliseconds(700000));
  EXPECT_THAT(kubernetes_engine().look(room(), {"gf-a"}).note,
              StartsWith("job gf-a has no running pod, and began more than 10 minutes ago"));
  says(Json::array({deleted(job("gf-a", status))}));
  EXPECT_EQ(kubernetes_engine().look(room(), {"gf-a"}).note, "") << "it is to have none";
}

TEST_F(KubernetesTest, ACreationWhoseAnswerWasLostIsFound) {
  // All were made, and nobody heard of it.
  says(Json::array(),
       "cat >manifests; { printf '{\"items\":['; sed -n 's,^  name: \"\\(.*\\)\"$,"
       "{\"metadata\":{\"name\":\"\\1\"}},p' manifests | paste -sd, ; echo ']}'; } >jobs.json; "
       "echo 'Unable to connect to the server: timeout' >&2; exit 1");
  Submitted done = kubernetes_engine().submit(room(), {order("health"), order("paging")});
  EXPECT_TRUE(done.ids[0] && done.ids[1]);

  says(Json::array(), "cat >manifests; echo 'Error: exceeded quota: jobs' >&2; exit 1");
  Submitted none = kubernetes_engine().submit(room(), {order("health")});
  EXPECT_FALSE(none.ids[0]);
  EXPECT_THAT(none.why, HasSubstr("exceeded quota"));
}

TEST_F(KubernetesTest, OneThatIsThereIsTakenUpAndNotMadeAgain) {
  std::string key = job_key(room(), order("health"));
  says(Json::array({job("gf-over", ended("Failed"), "x", key),
                    deleted(job("gf-ending", Json::object(), "x", key)),
                    job("gf-there", Json::object(), "x", key)}));
  Submitted done = kubernetes_engine().submit(room(), {order("health"), order("paging")});
  EXPECT_EQ(done.ids[0], "gf-there");
  EXPECT_TRUE(done.ids[1].value_or("").starts_with("gf-")) << done.why;
  EXPECT_THAT(folder_.read("manifests"), Not(HasSubstr("spring/health")));
}

TEST_F(KubernetesTest, WhatCannotBeAskedIsUnknown) {
  folder_.write("bin/kubectl", "#!/bin/sh\necho 'connection refused' >&2\nexit 1\n");
  Looked looked = kubernetes_engine().look(room(), {"gf-a"});
  EXPECT_EQ(looked.unknown, std::set<std::string>{"gf-a"});
  EXPECT_THAT(looked.why, HasSubstr("connection refused"));
}

TEST_F(KubernetesTest, OursAreCancelledAndNoOtherPersons) {
  std::string me = submitter(room());
  says(Json::array({job("gf-mine", {}, me), job("gf-over", ended("Complete"), me),
                    job("gf-theirs", {}, "other"), job("gf-known", {}, "other")}));
  ASSERT_DONE(kubernetes_engine().cancel(room(), {"gf-known", "another-thing"}));
  EXPECT_THAT(folder_.read("called"),
              HasSubstr("delete jobs --cascade=foreground --wait=false --ignore-not-found "
                        "gf-mine\n"));
  EXPECT_EQ(kubernetes_engine().look(room(), {"gf-mine", "gf-known"}).others,
            std::set<std::string>{"gf-known"});
}

TEST_F(KubernetesTest, WhatIsLackingIsToldBeforeAnythingIsSent) {
  EXPECT_DONE(kubernetes_engine().ready(room()));
  settings_.add("factory.batch.secret", "keys");
  auto secret = kubernetes_engine().ready(room());
  ASSERT_FALSE(secret.ok());
  EXPECT_EQ(secret.error().message, "there is no Secret 'keys' there");
  folder_.write("bin/kubectl", "#!/bin/sh\necho no\nexit 1\n");
  auto no = kubernetes_engine().ready(room());
  ASSERT_FALSE(no.ok());
  EXPECT_EQ(no.error().message, "you may not create Jobs there");
  settings_.add("factory.batch.namespace", "builds");
  settings_.add("factory.batch.kubectlOptions", "--context=far");
  folder_.write("bin/kubectl", "#!/bin/sh\necho 'connection refused' >&2\nexit 1\n");
  auto nobody = kubernetes_engine().ready(room());
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().message,
            "the cluster cannot be asked: 'kubectl' failed: connection refused");
  EXPECT_EQ(nobody.error().hint,
            "look at 'kubectl --context=far --namespace=builds auth can-i create jobs.batch'");
  settings_ = Settings();
  auto image = kubernetes_engine().ready(room());
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().message, "no image is named for the pods");
}

TEST_F(KubernetesTest, AManifestThatNoJobIsFoundByIsTold) {
  const std::string all = "{{name}}{{batch}}{{by}}{{key}}{{script}}";
  for (const char* lacks : {"name", "batch", "by", "key", "script", ""}) {
    std::string name = fmt::format("{{{{{}}}}}", lacks);
    folder_.write("own.yaml", replace_all(all, name, ""));
    settings_ = {{"factory.batch.manifest", folder_ / "own.yaml"}};
    auto ready = kubernetes_engine().ready(room());
    EXPECT_EQ(ready.ok(), *lacks == '\0') << lacks;
    EXPECT_THAT(ready.ok() ? "own.yaml' has no " + name : ready.error().message,
                HasSubstr("own.yaml' has no " + name));
  }
  for (const std::string& path : {std::string("own.yaml"), folder_ / "none.yaml"}) {
    settings_ = {{"factory.batch.manifest", path}};
    auto ready = kubernetes_engine().ready(room());
    ASSERT_FALSE(ready.ok());
    EXPECT_THAT(ready.error().message, HasSubstr("factory.batch.manifest"));
  }
}

TEST_F(KubernetesTest, AManifestOfTheUsersIsFilledInAsOursIs) {
  settings_.add("factory.batch.manifest", folder_ / "own.yaml");
  folder_.write("own.yaml", "  name: {{name}}\nimage: {{image}} {{unknown}} {{\n");
  ASSERT_TRUE(kubernetes_engine().submit(room(), {order("health")}).ids[0]);
  EXPECT_THAT(folder_.read("manifests"),
              HasSubstr("image: \"registry.example/factory:1\" {{unknown}} {{\n"));
}

}  // namespace
}  // namespace gf::batch

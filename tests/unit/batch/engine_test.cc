// Engines: what they are told, and what is made of what they say. The programs here are stand-ins
// for sbatch, squeue, scancel and ssh; tests/services/runners.py has the real ones.
#include "batch/engine.h"

#include <unistd.h>

#include "batch/dispatch.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

TEST(EngineTest, AJobNamesTheOrdersAndTheFileThatWereSaidYesTo) {
  session::Setup setup;
  setup.directory = GF_SOURCE_DIR;
  Cancel cancel;
  setup.cancel = &cancel;
  auto context = session::Context::open(setup, false);
  ASSERT_TRUE(context.ok()) << context.error().message;
  Settings none;
  EngineRoom room{**context, none, "spring", "/srv/a b.git", "0123", ""};
  EXPECT_EQ(job_command(room, {"spring", "health", "", 0}, "7"),
            "git factory batch --job=spring/health --from='/srv/a b.git' --as=7 --orders=0123 "
            "--trusted");
  room.trusted_file = "4567";
  EXPECT_EQ(job_command(room, {"spring", "health", "89", 0}, "7"),
            "git factory batch --job=spring/health --from='/srv/a b.git' --as=7 --orders=0123 "
            "--trusted=4567 --in-place-of=89");
}

TEST(EngineTest, IsFoundByNameAndLocalIsNone) {
  EXPECT_EQ(engine_named("slurm").value_or(nullptr), &slurm_engine());
  EXPECT_EQ(engine_named("kubernetes").value_or(nullptr), &kubernetes_engine());
  EXPECT_EQ(engine_named("github-actions").value_or(nullptr), &actions_engine());
  EXPECT_EQ(engine_named("ssh").value_or(nullptr), &ssh_engine());
  for (const char* none : {"", "local"}) {
    auto found = engine_named(none);
    ASSERT_TRUE(found.ok()) << none;
    EXPECT_EQ(*found, nullptr);
  }
  auto wrong = engine_named("slrum");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().fault, Fault::kUsage);
  EXPECT_EQ(wrong.error().hint, "it is one of local, ssh, slurm, github-actions, kubernetes");
}

TEST(EngineTest, AWordOfAShellIsOneWhateverIsInIt) {
  EXPECT_EQ(shell_word("git@host:a b.git"), "'git@host:a b.git'");
  EXPECT_EQ(shell_word("it's $(x)"), "'it'\\''s $(x)'");
}

TEST(EngineTest, AnAddressIsOneFromAnywhereAndHoldsNoPassword) {
  struct Case {
    const char *url, *expected;
  };
  for (const Case& each :
       {Case{"https://me:secret@host.example/a.git", "https://host.example/a.git"},
        Case{"https://ghp_token@host.example/a.git", "https://host.example/a.git"},
        Case{"https://host.example/a@b.git", "https://host.example/a@b.git"},
        Case{"ssh://git@host.example/a.git", "ssh://git@host.example/a.git"},
        Case{"ssh://git:secret@host.example/a.git", "ssh://git@host.example/a.git"},
        Case{"git@host.example:a.git", "git@host.example:a.git"},
        Case{"/srv/git/a.git", "/srv/git/a.git"},
        Case{"file:///srv/git/a.git", "file:///srv/git/a.git"}, Case{"../a.git", "/home/me/a.git"},
        Case{"./a:b.git", "/home/me/shop/a:b.git"}, Case{"a.git", "/home/me/shop/a.git"}}) {
    EXPECT_EQ(url_for_jobs(each.url, "/home/me/shop"), each.expected) << each.url;
  }
}

TEST(EngineTest, WhatOneMachineAloneCanKeepIsRefused) {
  Orders orders;
  orders.runner = "slurm";
  EXPECT_TRUE(check_for_runner(orders).ok());
  Orders without = orders, serial = orders, budget = orders;
  without.no_pr = true;
  serial.serial_overlaps = true;
  budget.budget = "5";
  for (const Orders& one : {without, serial, budget}) {
    auto checked = check_for_runner(one);
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().fault, Fault::kUsage);
  }
}

/// With programs of its own in front of PATH, which write down how they were called.
class EnginesTest : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    path_ = folder_.path() + "/bin:";
    run("mkdir bin");
  }
  void program(const std::string& name, const std::string& body) const {
    folder_.write("bin/" + name,
                  "#!/bin/sh\necho \"" + name + " $*\" >>'" + folder_.path() + "/called'\n" + body);
    run("chmod +x bin/" + name);
  }
  EngineRoom room(const session::Setup& setup) {
    context_ = open(setup);
    context_->setup.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    return {*context_, settings_, "spring", "/srv/a.git", "0123", ""};
  }
  EngineRoom room() { return room(setup("ada")); }
  static std::vector<Order> orders(size_t count) {
    std::vector<Order> orders;
    for (size_t i = 0; i < count; ++i)
      orders.push_back({"spring", fmt::format("health-{}", i), "", i});
    return orders;
  }
  std::unique_ptr<session::Context> context_;
  Settings settings_;
};

TEST_F(EnginesTest, AnArrayOfANamedClusterKeepsItsName) {
  struct Case {
    const char *options, *variable, *printed, *id, *named;
  };
  for (const Case& each :
       {Case{"", "", "12", "12_1", "${SLURM_ARRAY_TASK_ID}\""},
        Case{"--mem=4G", "", "12\n", "12_1", "${SLURM_ARRAY_TASK_ID}\""},
        Case{"-M big", "", "12;big", "12_1@big", "@${SLURM_CLUSTER_NAME}\""},
        Case{"--clusters=big,small", "", "12;small", "12_1@small", "@${SLURM_CLUSTER_NAME}\""},
        Case{"", "big", "12;big", "12_1@big", "@${SLURM_CLUSTER_NAME}\""}}) {
    settings_ = Settings();
    if (*each.options != '\0') settings_.add("factory.batch.slurmOptions", each.options);
    program("sbatch", fmt::format("cat >'{}/script'; printf '{}'\n", folder_.path(), each.printed));
    session::Setup with = setup("ada");
    if (*each.variable != '\0') with.environment["SLURM_CLUSTERS"] = each.variable;

    Submitted done = slurm_engine().submit(room(with), orders(2));

    ASSERT_EQ(done.ids.size(), 2u);
    EXPECT_EQ(done.ids[1], each.id) << each.options << each.printed;
    EXPECT_NE(folder_.read("script").find(each.named), std::string::npos) << folder_.read("script");
  }
}

TEST_F(EnginesTest, WhatAUserSetsForTheirOwnEyesHidesNoJob) {
  program("squeue",
          "[ -n \"$SQUEUE_STATES\" ] || printf '12_0 PENDING\\n12_1 COMPLETED\\n"
          "12_2 SUSPENDED\\n12_3 COMPLETING\\n'\n");
  session::Setup with = setup("ada");
  with.environment["SQUEUE_STATES"] = "RUNNING";

  Looked looked = slurm_engine().look(room(with), {"12_0", "12_1", "12_2", "12_3", "9_0"});

  EXPECT_EQ(looked.alive, (std::set<std::string>{"12_0", "12_2", "12_3"}));
  EXPECT_TRUE(looked.unknown.empty());
  EXPECT_NE(folder_.read("called").find("--name=git-factory-spring"), std::string::npos);
}

TEST_F(EnginesTest, EachClusterIsAskedForItsOwn) {
  program("squeue",
          "case \"$*\" in *--clusters=big*) printf 'CLUSTER: big\\n12_0 RUNNING\\n';;"
          " *--clusters=small*) exit 1;; *) printf '12_0 RUNNING\\n';; esac\n");

  Looked looked = slurm_engine().look(room(), {"12_0@big", "12_1@big", "12_0@small", "12_0"});

  EXPECT_EQ(looked.alive, (std::set<std::string>{"12_0@big", "12_0"}));
  EXPECT_EQ(looked.unknown, std::set<std::string>{"12_0@small"});
  EXPECT_FALSE(looked.why.empty());
}

TEST_F(EnginesTest, ASubmissionThatIsNotAnsweredIsOneThatNobodyKnowsOf) {
  program("sbatch", "cat >/dev/null; echo 'sbatch: error: QOSMaxSubmitJobLimit' >&2; exit 1\n");

  Submitted done = slurm_engine().submit(room(), orders(2));

  ASSERT_EQ(done.ids.size(), 2u);
  EXPECT_FALSE(done.ids[0] || done.ids[1]);
  EXPECT_NE(done.why.find("QOSMaxSubmitJobLimit"), std::string::npos) << done.why;
}

/// Runs what it is given here, but for the host "dead", which nobody reaches.
constexpr const char* kSsh =
    "while [ \"$1\" != -- ]; do shift; done; host=$2; shift 2\n"
    "[ \"$host\" = dead ] && { echo 'ssh: connect to host dead: no route' >&2; exit 255; }\n"
    "exec \"$@\"\n";

TEST_F(EnginesTest, AHostThatIsDeadKeepsNoOtherFromItsWork) {
  program("ssh", kSsh);
  for (const char* host : {"first", "dead", "third"}) settings_.add("factory.batch.hosts", host);

  Submitted done = ssh_engine().submit(room(), orders(4));

  ASSERT_EQ(done.ids.size(), 4u);
  EXPECT_TRUE(done.ids[0] && done.ids[2] && done.ids[3]);
  EXPECT_FALSE(done.ids[1]);
  EXPECT_NE(done.why.find("'dead'"), std::string::npos) << done.why;
  EXPECT_TRUE(done.ids[3].value_or("").starts_with("first:"));

  // No process has this number.
  Looked looked = ssh_engine().look(room(), {"first:99999999", "dead:1", "elsewhere:1"});
  EXPECT_EQ(looked.unknown, std::set<std::string>{"dead:1"});
  EXPECT_TRUE(looked.alive.empty());

  std::vector<Order> again = orders(2);
  again[1].place = 2;  // as the dispatcher asks for it behind a refusal
  EXPECT_TRUE(ssh_engine().submit(room(), again).ids[1].value_or("").starts_with("third:"));
}

TEST_F(EnginesTest, AJobThatIsReplacedGoesToItsOwnHost) {
  program("ssh", kSsh);
  for (const char* host : {"first", "second"}) settings_.add("factory.batch.hosts", host);
  struct Case {
    const char *after, *host;
  };
  for (const Case& each :
       {Case{"", "first:"}, Case{"second:12", "second:"}, Case{"first:12", "first:"},
        Case{"unnamed:12", "first:"}, Case{"12_1", "first:"}}) {
    std::vector<Order> order = orders(1);
    order[0].after_job = each.after;
    EXPECT_TRUE(ssh_engine().submit(room(), order).ids[0].value_or("").starts_with(each.host))
        << each.after;
  }
}

TEST_F(EnginesTest, AHostWithoutSetsidHasJobsThatCanBeEnded) {
  // Machines that have these programs and no others.
  for (const char* leads : {"perl", "nohup"}) {
    std::string few = folder_ / leads;
    run(fmt::format(
        "mkdir {0} && for one in sh mkdir sleep tr {0}; do ln -s $(command -v $one) {0}; "
        "done; touch {0}/git; chmod +x {0}/git",
        leads));
    folder_.write(std::string(leads) + "/git", "#!/bin/sh\nsleep 60\n: end\n");
    settings_ = {{"factory.batch.hosts", "first"}};
    std::string there = fmt::format("PATH='{}' HOME='{}' sh -s", few, folder_.path());
    program("ssh", "cat >'" + folder_.path() + "/script'; echo 1\n");
    ASSERT_TRUE(ssh_engine().submit(room(), orders(1)).ids[0]);
    // By itself: what the engine's program leaves behind is ended with it here.
    std::string pid = said("env " + there + " <script");
    std::string id = "first:" + pid.substr(0, pid.find('\n'));
    program("ssh", "export PATH='" + few + "'; exec sh -s\n");
    for (int i = 0; i < 100 && ssh_engine().look(room(), {id}).alive.empty(); ++i) {
    }
    EXPECT_EQ(ssh_engine().look(room(), {id}).alive, std::set<std::string>{id}) << leads;
    ASSERT_TRUE(ssh_engine().cancel(room(), {id}).ok());
    for (int i = 0; i < 100 && !ssh_engine().look(room(), {id}).alive.empty(); ++i) {
    }
    EXPECT_TRUE(ssh_engine().look(room(), {id}).alive.empty()) << leads;
  }
}

TEST_F(EnginesTest, AJobIsKnownByItsWordsAndAnotherProcessOfItsNumberIsNot) {
  program("ssh", kSsh);
  settings_.add("factory.batch.hosts", "first");
  // Leads a group, as a job does.
  std::string job =
      said("setsid sh -c 'sleep 60; : --job=spring/health' x >/dev/null 2>&1 & echo $!");
  std::string other =
      said("setsid sh -c 'sleep 60; : --job=summer/health' x >/dev/null 2>&1 & echo $!");
  std::string ours = "first:" + job.substr(0, job.find('\n'));
  std::string theirs = "first:" + other.substr(0, other.find('\n'));

  Looked looked = ssh_engine().look(room(), {ours, theirs});
  EXPECT_EQ(looked.alive, std::set<std::string>{ours});
  EXPECT_TRUE(looked.unknown.empty());

  // Also one that no submission told of is ended, and no other batch's.
  ASSERT_TRUE(ssh_engine().cancel(room(), {}).ok());
  for (int i = 0; i < 100 && !ssh_engine().look(room(), {ours}).alive.empty(); ++i) {
  }
  EXPECT_TRUE(ssh_engine().look(room(), {ours}).alive.empty());
  EXPECT_EQ(std::system(("kill -0 " + other).c_str()), 0);
  EXPECT_EQ(std::system(("kill -s TERM -- -" + other).c_str()), 0);
}

TEST_F(EnginesTest, WhereThereIsNoPsAndNoProcAProcessIsNotSaidToBeGone) {
  // The same script, with what it asks for left out: a shell that has neither.
  program("ssh",
          "while [ \"$1\" != -- ]; do shift; done; shift 2\n"
          "sed -e 's,/proc/,/nowhere/,' | PATH='" +
              folder_.path() + "/bin' /bin/sh -s\n");
  settings_.add("factory.batch.hosts", "first");
  std::string alive = fmt::format("first:{}", getpid());

  Looked looked = ssh_engine().look(room(), {alive, "first:99999999"});

  EXPECT_EQ(looked.unknown, std::set<std::string>{alive});
  EXPECT_TRUE(looked.alive.empty());
}

}  // namespace
}  // namespace gf::batch

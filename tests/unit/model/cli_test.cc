// Coding programs, acted out by scripts that print what the real ones document, lies included.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "model/presets.h"
#include "model/provider.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/folder.h"
#include "support/repo.h"

namespace gf::model {
namespace {

using record::Json;
using record::Message;
using record::ModelFailure;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CliTest : public ::testing::Test {
 protected:
  CliTest() {
    place_.write("app/a.py", "one\n");
    place_.write("gone.txt", "x\n");
    place_.write(".gitignore", "*.pyc\n");
    place_.commit("first");
    folder_.write("prices.json", R"({"gpt-x":{"input_cost_per_token":1e-06,
      "output_cost_per_token":1e-05,"cache_read_input_token_cost":1e-07}})");
    std::filesystem::create_directories(folder_ / "bin");
    std::filesystem::create_directories(folder_ / "tmp");
    context_.environment = place_.environment();
    context_.environment["PATH"] = (folder_ / "bin") + ":/usr/bin:/bin";
    context_.environment["TMPDIR"] = folder_ / "tmp";
    context_.data_dir = folder_.path();
    context_.workdir = place_.path();
    context_.clock = &clock_;
  }
  void script(const std::string& name, const std::string& text) {
    std::string path = folder_.write("bin/" + name, "#!/bin/sh\n" + text + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  /// A sandbox that confines nothing: what it is called with is looked at.
  void fake_bwrap() {
    script("bwrap", "echo \"$@\" >> " + folder_ / "bwrap.log" +
                        "\nwhile [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"");
  }
  Result<Reply> ask(const std::string& preset, const record::ModelRequest& request,
                    const std::string& model = "gpt-x") {
    context_.settings.add("factory.provider.p.kind", "cli");
    context_.settings.add("factory.provider.p.preset", preset);
    auto made = make_provider({"p", model}, context_);
    if (!made.ok()) return made.error();
    return (*made)->ask(request, cancel_);
  }
  static record::ModelRequest build() {
    record::ModelRequest request;
    request.stage = "build";
    request.messages.push_back({Message::Role::kUser, "Add b.", {}, {}, {}});
    for (const char* tool : {"write_file", "delete_file"})
      request.tools.push_back({tool, "", Json::object()});
    return request;
  }
  static std::vector<std::string> paths(const Reply& reply) {
    std::vector<std::string> all;
    for (const record::ToolCall& call : reply.answer->message.tool_calls)
      all.push_back(call.name + " " + call.arguments.get_string("path"));
    return all;
  }

  test::TempRepo place_;
  test::TempFolder folder_;
  test::StandingClock clock_;
  Context context_;
  Cancel cancel_;
};

constexpr const char* kCodexDone =
    R"(echo '{"type":"thread.started","thread_id":"t"}'
echo '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"I added b."}}'
echo '{"type":"turn.completed","usage":{"input_tokens":1000,"cached_input_tokens":400,"output_tokens":50,"reasoning_output_tokens":7}}')";

TEST_F(CliTest, WhatCodexChangedInItsCopyBecomesCallsAndNothingElseIsTouched) {
  script("codex", "cat > " + folder_ / "prompt" + "; echo \"$@\" > " + folder_ / "args" +
                      R"(
echo two > app/b.py; echo more >> app/a.py; rm gone.txt; echo x > app/c.pyc
printf '\000\001' > picture.bin; ln -s /etc/passwd link
git add -A >/dev/null; git -c user.name=x -c user.email=x commit -qm sneaky
)" + kCodexDone);
  ASSERT_GIVES(auto reply, ask("codex", build()));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_THAT(paths(reply),
              ElementsAre("write_file app/a.py", "write_file app/b.py", "delete_file gone.txt"));
  EXPECT_EQ(reply.answer->message.tool_calls[0].arguments.get_string("content"), "one\nmore\n");
  EXPECT_THAT(reply.answer->message.content, HasSubstr("I added b."));
  EXPECT_THAT(reply.answer->message.content, HasSubstr("not taken over"));
  EXPECT_THAT(reply.answer->message.content, HasSubstr("link"));
  EXPECT_EQ(place_.git("status --porcelain"), "");
  EXPECT_EQ(reply.answer->usage.input_total, 1000);
  EXPECT_EQ(reply.answer->usage.cache_read, 400);
  EXPECT_EQ(reply.answer->usage.reasoning, 7);
  EXPECT_EQ(reply.answer->cost.pico_usd, 600 * 1'000'000 + 400 * 100'000 + 50 * 10'000'000);
  EXPECT_THAT(folder_.read("prompt"), HasSubstr("Add b."));
  EXPECT_THAT(folder_.read("args"), HasSubstr("--sandbox workspace-write -m gpt-x --ephemeral"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp")) << "the copy is gone";
}

TEST_F(CliTest, WhatItsRepositorysHooksAndFiltersSayIsNotRun) {
  script("codex", std::string(R"(cat >/dev/null
echo "*.py filter=evil" > .git/info/attributes
git config filter.evil.clean "touch )") +
                      folder_ / "owned" + R"("
git config core.fsmonitor "touch )" +
                      folder_ / "owned" + R"("
echo two > app/b.py
)" + kCodexDone);
  ASSERT_GIVES(auto reply, ask("codex", build()));
  EXPECT_THAT(paths(reply), ElementsAre("write_file app/b.py"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "owned"));
}

TEST_F(CliTest, AfterItsChangesWereAppliedItIsNotAskedAgain) {
  script("codex", "echo called >> " + folder_ / "calls");
  record::ModelRequest request = build();
  Message said{Message::Role::kAssistant, "I added b.", {}, {}, {}};
  said.tool_calls.push_back({"change-1", "write_file", Json::object(), ""});
  request.messages.push_back(said);
  request.messages.push_back({Message::Role::kTool, "written", {}, "change-1", "write_file"});
  ASSERT_GIVES(auto reply, ask("codex", request));
  ASSERT_TRUE(reply.answer);
  EXPECT_EQ(Json::parse(reply.answer->message.content).value().get_string("summary"), "I added b.");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "calls"));
}

TEST_F(CliTest, LyingExitCodesAreSeenThrough) {
  // Interrupted codex ends with 0 and without turn.completed.
  script("codex", "cat >/dev/null; echo '{\"type\":\"turn.started\"}'; exit 0");
  ASSERT_GIVES(auto cut, ask("codex", build()));
  EXPECT_EQ(cut.failure, ModelFailure::kTransport);
  EXPECT_THAT(cut.text, HasSubstr("without finishing"));
  script("codex",
         "cat >/dev/null; echo '{\"type\":\"turn.failed\",\"error\":{\"message\":\"usage limit "
         "reached, quota\"}}'; exit 0");
  EXPECT_EQ(ask("codex", build()).value().failure, ModelFailure::kQuota);
  // It fails in the end, but what it did is there.
  script("codex", std::string("cat >/dev/null; echo two > app/b.py\n") + kCodexDone + "\nexit 1");
  ASSERT_GIVES(auto done, ask("codex", build()));
  ASSERT_TRUE(done.answer);
  EXPECT_THAT(paths(done), ElementsAre("write_file app/b.py"));
  script("codex", std::string("cat >/dev/null\n") + kCodexDone + "\necho broken >&2; exit 1");
  ASSERT_GIVES(auto nothing, ask("codex", build()));
  EXPECT_EQ(nothing.failure, ModelFailure::kTransport);
  EXPECT_THAT(nothing.text, HasSubstr("exit 1: broken"));
  ASSERT_TRUE(nothing.paid) << "it was counted";
}

TEST_F(CliTest, AProgramWithoutASandboxIsRunInOursOrNotAtAll) {
  context_.settings.add("factory.sandbox", "bubblewrap");
  for (const char* name : {"aider", "gptme", "opencode", "gemini"}) {
    script(name, "echo called >> " + folder_ / "calls");
    script("bwrap", "echo 'no permissions' >&2; exit 1");
    ASSERT_GIVES(auto reply, ask(name, build()));
    EXPECT_EQ(reply.failure, ModelFailure::kConfig) << name;
    EXPECT_THAT(reply.text, HasSubstr("has no sandbox of its own")) << name;
    EXPECT_THAT(reply.text, HasSubstr("no permissions")) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "calls"));
}

TEST_F(CliTest, AiderIsJudgedByWhatItCountedAndChanged) {
  fake_bwrap();
  script("aider",
         "echo two > app/b.py; echo 'Tokens: 4.1k sent, 300 received. Cost: $0.02 message, $0.05 "
         "session.'");
  ASSERT_GIVES(auto reply, ask("aider", build()));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_THAT(paths(reply), ElementsAre("write_file app/b.py"));
  EXPECT_EQ(reply.answer->usage.input_total, 4100);
  EXPECT_EQ(reply.answer->usage.output_total, 300);
  EXPECT_EQ(reply.answer->usage.source, "estimated");
  EXPECT_EQ(reply.answer->cost.pico_usd, 20'000'000'000);
  EXPECT_THAT(folder_.read("bwrap.log"), HasSubstr("--ro-bind / /"));
  script("aider", "echo 'litellm.AuthenticationError: 401'; exit 0");
  ASSERT_GIVES(auto barred, ask("aider", build()));
  EXPECT_EQ(barred.failure, ModelFailure::kAuth) << "it ends with 0 all the same";
}

TEST_F(CliTest, OurSandboxLetsNothingBeWrittenOutsideOfTheCopy) {
  test::Ran works = test::run({"bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
                               "--unshare-pid", "--", "true"},
                              "/", {{"PATH", "/usr/bin:/bin"}});
  if (works.exit_code != 0) GTEST_SKIP() << "NOT TESTED, bwrap does not work here: " << works.err;
  std::string outside = folder_ / "outside";
  script("aider", "echo x > " + outside + "; echo x > /tmp/git-factory-test-outside; echo x > " +
                      place_.path() + "/app/a.py\necho two > app/b.py\n" +
                      "echo 'Tokens: 1 sent, 1 received.'");
  ASSERT_GIVES(auto reply, ask("aider", build()));
  EXPECT_FALSE(std::filesystem::exists(outside));
  EXPECT_FALSE(std::filesystem::exists("/tmp/git-factory-test-outside"));
  EXPECT_EQ(place_.git("status --porcelain"), "");
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_THAT(paths(reply), ElementsAre("write_file app/b.py"));
}

TEST_F(CliTest, WhatARepositorySaysToSuchProgramsDoesNotReachThemAndTheirOwnFilesAreNotTaken) {
  const char* own[] = {".gemini/settings.json", ".aider.conf.yml", "gptme.toml", "opencode.json",
                       ".codex/config.toml",    ".mcp.json",       ".env"};
  for (const char* path : own) place_.write(path, "a command to run\n");
  place_.write("deep/gptme.toml", "not at the root\n");
  script("codex",
         "cat >/dev/null; find . -path ./.git -prune -o -type f -print > " + folder_ / "seen" +
             "\nmkdir .gemini; echo x > .gemini/x; echo x > .aider.history; echo x > .env\n"
             "echo two > app/b.py\n" +
             kCodexDone);
  ASSERT_GIVES(auto reply, ask("codex", build()));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_THAT(paths(reply), ElementsAre("write_file app/b.py"));
  for (const char* path : own)
    EXPECT_THAT(folder_.read("seen"), Not(HasSubstr(std::string("./") + path)));
  EXPECT_THAT(folder_.read("seen"), HasSubstr("./deep/gptme.toml"));
}

/// What a held gptme finds: its configuration, its home, the user's keys, a network.
constexpr const char* kLooksAround = R"sh(
keys=$(cat "$HOME/.config/gptme/config.toml")
there=$(cd "$HOME" && find . -name .gitconfig -o -name .ssh -o -name .aws | sort | tr '\n' ' ')
stolen=$(cat "$USERS/.ssh/id" "$HOME/.ssh/id" "$USERS/.aws/credentials" 2>/dev/null)
touch "$HOME/log"
echo "{\"role\":\"assistant\",\"content\":\"$keys|$there|$stolen|$XDG_CONFIG_HOME|$SSH_AUTH_SOCK\"}"
)sh";

class HeldCoderTest : public CliTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(HeldCoderTest, AProgramHasItsOwnConfigurationInAHomeOfItsOwnAndNobodysKeys) {
  // Not below /tmp, which is hidden anyway.
  auto users = TemporaryFolder::make_in(std::filesystem::current_path().string(), "users-");
  const std::string home = users->path();
  for (const char* name : {"/.config/gptme/config.toml", "/.ssh/id", "/.aws/credentials"})
    EXPECT_DONE(write_file(home + name, name[2] == 'c' ? "its keys" : "not for it"));
  context_.environment["HOME"] = home;
  context_.environment["XDG_CONFIG_HOME"] = home + "/.config";
  context_.environment["SSH_AUTH_SOCK"] = home + "/agent";
  context_.settings.add("factory.sandbox", GetParam());
  script("gptme", "USERS='" + home + "'" + kLooksAround);
  ASSERT_GIVES(auto reply, ask("gptme", build()));
  if (reply.failure == ModelFailure::kConfig) GTEST_SKIP() << "NOT TESTED: " << reply.text;
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, "its keys|./.gitconfig |||");
  EXPECT_FALSE(std::filesystem::exists(home + "/log"));
}

INSTANTIATE_TEST_SUITE_P(Sandboxes, HeldCoderTest, ::testing::Values("bubblewrap", "landlock"),
                         [](const auto& one) { return std::string(one.param); });

TEST_F(CliTest, ProgramsAreCalledAsTheirOwnHelpSays) {
  CliCall call{"p", "m", "/work", "/p.md", "/s.json", "/answer", true};
  auto line = [&](const char* name) { return join(find_preset(name)->argv(call), " "); };
  EXPECT_EQ(line("codex"),
            "p exec --json --sandbox workspace-write -m m --ephemeral --ignore-user-config -o "
            "/answer --output-schema /s.json -");
  EXPECT_EQ(line("gemini"),
            "p -m m --skip-trust --output-format json -p Do what is asked above. --approval-mode "
            "auto_edit");
  EXPECT_EQ(line("gptme"),
            "p -n --output-format json -m m -w /work Do what the file '/p.md' asks.");
  EXPECT_EQ(line("aider"),
            "p --model m --message-file /p.md --yes-always --no-stream --no-pretty "
            "--no-auto-commits --no-gitignore --no-show-release-notes --no-check-update "
            "--no-analytics --no-detect-urls --no-suggest-shell-commands");
  EXPECT_EQ(line("opencode"), "p run --format json -m m --dir /work Do what is asked below.");
  EXPECT_EQ(line("llm"), "p -m m --json --no-log --schema /s.json");
}

TEST_F(CliTest, GptmeTellsByItsExitStatus) {
  fake_bwrap();
  script("gptme", "echo two > app/b.py; echo '{\"role\":\"assistant\",\"content\":\"done\"}'");
  ASSERT_GIVES(auto reply, ask("gptme", build()));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_THAT(paths(reply), ElementsAre("write_file app/b.py"));
  EXPECT_EQ(reply.answer->cost.basis, "unpriced");
  // As 0.35.1 printed it, shortened.
  script("gptme", R"(cat <<'E'
{"type": "message", "role": "user", "content": "Do it."}
{"type": "message", "role": "assistant", "content": "done", "metadata": {"model": "openai/gpt-x", "served_model": "gpt-x-2", "usage": {"input_tokens": 6568, "output_tokens": 17}, "cost": 0.0009953999999999998}}
E)");
  ASSERT_GIVES(auto counted, ask("gptme", build()));
  ASSERT_TRUE(counted.answer) << counted.text;
  EXPECT_EQ(counted.answer->model, "gpt-x-2");
  EXPECT_EQ(counted.answer->usage.input_total, 6568);
  EXPECT_EQ(counted.answer->usage.source, "reported");
  EXPECT_EQ(counted.answer->cost.pico_usd, 995'399'999);
  for (auto [code, failure] :
       {std::pair{75, ModelFailure::kRateLimited}, std::pair{76, ModelFailure::kAuth},
        std::pair{77, ModelFailure::kConfig}}) {
    script("gptme", "exit " + std::to_string(code));
    EXPECT_EQ(ask("gptme", build()).value().failure, failure) << code;
  }
}

TEST_F(CliTest, OpencodesStepsAreSummedAndItsErrorEventCounts) {
  fake_bwrap();
  script("opencode", R"(cat >/dev/null; echo two > app/b.py
echo '{"type":"text","sessionID":"s","part":{"text":"done"}}'
echo '{"type":"step_finish","part":{"cost":0.01,"tokens":{"input":100,"output":10,"reasoning":2,"cache":{"read":50,"write":5}}}}'
echo '{"type":"step_finish","part":{"cost":0.02,"tokens":{"input":200,"output":20,"reasoning":0,"cache":{"read":0,"write":0}}}}')");
  ASSERT_GIVES(auto reply, ask("opencode", build(), "prov/gpt-x"));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->usage.input_total, 355);
  EXPECT_EQ(reply.answer->usage.output_total, 32);
  EXPECT_EQ(reply.answer->cost.pico_usd, 30'000'000'000);
  script("opencode",
         "cat >/dev/null; echo '{\"type\":\"error\",\"error\":{\"data\":{\"message\":\"429 rate "
         "limit\"}}}'; exit 0");
  EXPECT_EQ(ask("opencode", build()).value().failure, ModelFailure::kRateLimited);
}

TEST_F(CliTest, GeminiCountsThoughtsBesideItsAnswer) {
  fake_bwrap();
  script("gemini", R"(cat >/dev/null
echo '{"response":"{\"ok\":true}","stats":{"models":{"gemini-2.5-pro":{"tokens":{"prompt":100,"candidates":10,"thoughts":5,"cached":40}}}}}')");
  record::ModelRequest plan = build();
  plan.tools.clear();
  ASSERT_GIVES(auto reply, ask("gemini", plan));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, R"({"ok":true})");
  EXPECT_EQ(reply.answer->model, "gemini-2.5-pro");
  EXPECT_EQ(reply.answer->usage.output_total, 15);
  script("gemini", "cat >/dev/null; echo '{\"error\":{\"message\":\"x\"}}'; exit 41");
  EXPECT_EQ(ask("gemini", plan).value().failure, ModelFailure::kAuth);
}

TEST_F(CliTest, LlmGetsTheSchemaAndIsReadRoundByRound) {
  script("llm", "cat > " + folder_ / "prompt" +
                    "; for a in \"$@\"; do [ -f \"$a\" ] && cat \"$a\" > " + folder_ / "schema" +
                    R"(; done
echo '[{"response":"{\"ok\":true}","resolved_model":"gpt-x","input_tokens":9,"output_tokens":3}]')");
  record::ModelRequest plan = build();
  plan.tools.clear();
  plan.schema = Json::object({{"type", "object"}});
  ASSERT_GIVES(auto reply, ask("llm", plan));
  ASSERT_TRUE(reply.answer) << reply.text;
  EXPECT_EQ(reply.answer->message.content, R"({"ok":true})");
  EXPECT_EQ(folder_.read("schema"), R"({"type":"object"})");
  EXPECT_THAT(folder_.read("prompt"), Not(HasSubstr("JSON Schema"))) << "told once";
  EXPECT_EQ(reply.answer->cost.pico_usd, 9 * 1'000'000 + 3 * 10'000'000);
  script("llm", R"(cat >/dev/null
echo '[{"response":"x","resolved_model":null,"response_json":{"model":"gpt-y"},"input_tokens":9,"output_tokens":3}]')");
  EXPECT_EQ(ask("llm", plan).value().answer->model, "gpt-y") << "the service's own word";
  script("llm", "cat >/dev/null; echo 'Error: No key found - add one using llm keys' >&2; exit 1");
  EXPECT_FALSE(ask("llm", plan).value().answer);
}

TEST_F(CliTest, EveryReaderSurvivesAnything) {
  const std::string all[] = {"",
                             "{",
                             "[]",
                             "[1]",
                             "{}",
                             "null",
                             std::string(100000, '['),
                             "{\"type\":\"turn.completed\",\"usage\":5}",
                             "{\"type\":\"item.completed\",\"item\":[]}",
                             "{\"type\":\"step_finish\",\"part\":{\"tokens\":{\"input\":-5}}}",
                             "Tokens: sent, k sent, 1e999k received. Cost: $ message",
                             "{\"stats\":{\"models\":{\"m\":{\"tokens\":{\"prompt\":1e300}}}}}",
                             "\xff\xfe"};
  for (const Preset& preset : presets()) {
    for (const std::string& text : all) {
      CliReport report = preset.read(text, text, "");
      EXPECT_FALSE(report.usage.input_total.value_or(0) < 0)
          << preset.name << " " << text.substr(0, 40);
    }
  }
}

TEST_F(CliTest, AnUnknownPresetNamesTheOnesThatAre) {
  auto reply = ask("nobody", build());
  ASSERT_FALSE(reply.ok());
  EXPECT_THAT(reply.error().hint, HasSubstr("codex, gemini, gptme, aider, opencode, llm"));
}

}  // namespace
}  // namespace gf::model

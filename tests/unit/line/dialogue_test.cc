// A model and its tools: turns until the final answer, with a program that answers by its turn.
#include "line/dialogue.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "unit/line/benched.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class DialogueTest : public BenchedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "good\n");
    variables_["SOME_API_KEY"] = kSecret;
    ASSERT_NO_FATAL_FAILURE(open_here());
    context_->setup.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    set_check("validate", "true");
    set("factory.model", "own/m");
    set("factory.provider.own.kind", "command");
    set("factory.provider.own.command", program("own"));
    // A stage of our own, so that no prompt and no rule of another one is in the way.
    stage_.name = "scout";
    stage_.actor = stage::Actor::kModel;
    stage_.tools = kTools;
    stage_.prompt = [](const stage::Input& in) -> Result<std::vector<record::Message>> {
      record::Message message;
      message.content = in.prompt_template;
      return std::vector<record::Message>{message};
    };
    input_.prompt_template = "Answer.";
    input_.schema =
        record::Json::parse(
            R"({"type":"object","required":["ok"],"properties":{"ok":{"type":"boolean"}}})")
            .value();
  }
  /// Answers its n-th question with the file "<name>.<n>", the last of them again and again.
  std::string program(const std::string& name) {
    std::string path =
        folder_.write(name, "#!/bin/sh\ncat >> " + folder_ / "asked" + "\necho x >> " +
                                folder_ / name + ".count\nn=$(wc -l < " + folder_ / name +
                                ".count)\nwhile [ $n -gt 1 ] && [ ! -e " + folder_ / name +
                                ".$n ]; do n=$((n-1)); done\ncat " + folder_ / name + ".$n\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  void answers(const std::vector<std::string>& texts, const std::string& name = "own") {
    for (size_t i = 0; i < texts.size(); ++i)
      folder_.write(name + "." + std::to_string(i + 1), texts[i]);
  }
  static std::string says(const std::string& text) {
    return record::Json::object({{"text", text}}).dump();
  }
  static std::string calls(const std::string& tool, const std::string& arguments) {
    return R"({"tool_calls":[{"id":"c1","name":")" + tool + R"(","arguments":)" + arguments + "}]}";
  }
  Result<Held> hold(const tool::Scope& scope = {}, ExtraTool* extra = nullptr) {
    GF_TRY(bench_for(run_record(next_run_++)).open());
    dialogue_.emplace(*context_, assignment_, *journal_, *bench_, nothing_before());
    GF_TRY(dialogue_->open({"scout"}));
    journal_->begin_step("scout", 1);
    return dialogue_->hold(stage_, input_, scope, extra);
  }
  const std::vector<record::Exchange>& exchanges() { return journal_->active().exchanges(); }

  static constexpr std::array<std::string_view, 2> kTools = {"read_file", "write_file"};
  static constexpr const char* kSecret = "not-a-real-key-0123456789abcdef";
  stage::Stage stage_{};
  stage::Input input_;
  int next_run_ = 7;
  std::optional<Dialogue> dialogue_;
};

TEST_F(DialogueTest, AnAnswerOfTheAskedFormIsTheFinalOne) {
  answers({says("Here you are: {\"ok\": true}")});

  ASSERT_GIVES(auto held, hold());

  EXPECT_EQ(held.output.json.get("ok").as_bool(), true);
  EXPECT_THAT(held.output.schema_violations, IsEmpty());
  EXPECT_EQ(held.answered, "own/m");
  EXPECT_THAT(exchanges(), SizeIs(1));
}

TEST_F(DialogueTest, WhoMissesTheFormIsToldWhatIsWrongAndAsked) {
  answers({says("no idea"), says("{\"ok\": \"yes\"}"), says("{\"ok\": false}")});

  ASSERT_GIVES(auto held, hold());

  EXPECT_EQ(held.output.json.get("ok").as_bool(), false);
  ASSERT_THAT(exchanges(), SizeIs(3));
  EXPECT_THAT(exchanges()[1].request.messages.back().content,
              HasSubstr("the answer is not a JSON object"));
  EXPECT_THAT(exchanges()[2].request.messages.back().content, HasSubstr("ok"));
}

TEST_F(DialogueTest, WhoNeverGivesTheFormEndsWithWhatIsWrongAndNoError) {
  answers({says("")});

  ASSERT_GIVES(auto held, hold());

  EXPECT_THAT(held.output.schema_violations, ElementsAre("the answer is empty"));
  EXPECT_THAT(exchanges(), SizeIs(3)) << "the first one and two repairs";
}

TEST_F(DialogueTest, TheNextModelGoesOnWhereOneCannotGiveTheForm) {
  set("factory.provider.next.kind", "command");
  set("factory.provider.next.command", program("next"));
  set("factory.model", "next/m2");
  answers({says("never")});
  answers({says("{\"ok\": true}")}, "next");

  ASSERT_GIVES(auto held, hold());

  EXPECT_EQ(held.answered, "next/m2");
  EXPECT_THAT(exchanges(), SizeIs(4));
}

TEST_F(DialogueTest, AFreeTextIsTakenAsItIs) {
  input_.schema = record::Json();
  answers({says("just words")});

  ASSERT_GIVES(auto held, hold());

  EXPECT_EQ(held.output.text, "just words");
  EXPECT_TRUE(held.output.json.is_null());
}

TEST_F(DialogueTest, AToolIsUsedInTheWorktreeAndItsAnswerGoesBack) {
  answers({calls("read_file", R"({"path":"a.txt"})"), says("{\"ok\": true}")});

  ASSERT_DONE(hold());

  const record::Message& answer = exchanges().at(1).request.messages.back();
  EXPECT_EQ(answer.role, record::Message::Role::kTool);
  EXPECT_EQ(answer.tool_call_id, "c1");
  EXPECT_EQ(answer.tool_name, "read_file");
  EXPECT_THAT(answer.content, HasSubstr("good"));
  EXPECT_THAT(heard(), Contains(HasSubstr("tool read_file a.txt")));
}

TEST_F(DialogueTest, WhatWasWrittenIsNamedAndIsInTheTree) {
  answers({calls("write_file", R"({"path":"b.txt","content":"new\n"})"), says("{\"ok\": true}")});

  ASSERT_GIVES(auto held, hold({{"b.txt"}, {}}));

  EXPECT_THAT(held.changed, ElementsAre("b.txt"));
  ASSERT_DONE(bench_->take_in());
  EXPECT_EQ(bench_->facts().read("b.txt"), "new\n");
}

/// A tool of the line's own that finds something, or nothing.
class Trial : public ExtraTool {
 public:
  explicit Trial(bool finds) : finds_(finds) {}
  [[nodiscard]] record::ToolSpec spec() const override {
    return {"trial", "Try it.", record::Json::object({{"type", "object"}})};
  }
  Result<std::string> answer(const record::Json&) override { return std::string("tried"); }
  [[nodiscard]] std::string to_mend() const override { return finds_ ? "it creaks" : ""; }

 private:
  bool finds_;
};

TEST_F(DialogueTest, AnAnswerBesideATrialThatFindsNothingIsTheFinalOne) {
  std::string both =
      R"({"text":"{\"ok\": true}","tool_calls":[{"id":"c1","name":"trial","arguments":{}}]})";
  struct Case {
    bool finds;
    Rules rules;
    size_t asked;
  };
  for (const Case& one : {Case{false, Rules::kTried, 1}, Case{true, Rules::kTried, 2},
                          Case{false, Rules::kOwners, 2}}) {
    std::filesystem::remove(folder_ / "own.count");
    answers({both, says("{\"ok\": false}")});
    assignment_.wishes.rules = one.rules;
    Trial trial(one.finds);
    dialogue_.reset();
    bench_.reset();
    journal_.reset();

    ASSERT_GIVES(auto held, hold({}, &trial));

    EXPECT_THAT(exchanges(), SizeIs(one.asked));
    EXPECT_EQ(held.output.json.get("ok").as_bool(), one.asked == 1);
  }
}

TEST_F(DialogueTest, WhyAnAnswerBesideCallsIsNotTakenIsSaidWithTheirs) {
  struct Case {
    const char* content;
    const char* call;
    Rules rules;
    const char* expected;  ///< empty: nothing
  };
  const char* fits = R"({\"ok\": true})";
  for (const Case& one :
       {Case{fits, R"("trial","arguments":{})", Rules::kSaidIsDone,
             "tried\nnot taken as the answer yet: it creaks; answer again"},
        Case{fits, R"("read_file","arguments":{"path":"a.txt"})", Rules::kSaidIsDone,
             "\nnot taken as the answer yet: 'read_file' was asked beside it; answer again"},
        Case{fits, R"("read_file","arguments":{"path":"none"})", Rules::kSaidIsDone,
             "\nnot taken as the answer yet: 'read_file' failed; answer again"},
        Case{"Let me see.", R"("trial","arguments":{})", Rules::kSaidIsDone, ""},
        Case{fits, R"("trial","arguments":{})", Rules::kShownAtOnce, ""}}) {
    std::filesystem::remove(folder_ / "own.count");
    answers({std::string(R"({"text":")") + one.content + R"(","tool_calls":[{"id":"c1","name":)" +
                 one.call + "}]}",
             says("{\"ok\": false}")});
    assignment_.wishes.rules = one.rules;
    Trial trial(true);
    dialogue_.reset();
    bench_.reset();
    journal_.reset();

    ASSERT_DONE(hold({}, &trial));

    std::string message = exchanges().at(1).request.messages.back().content;
    if (*one.expected != 0) {
      EXPECT_THAT(message, testing::EndsWith(one.expected));
    } else {
      EXPECT_THAT(message, Not(HasSubstr("not taken"))) << one.content;
    }
  }
}

TEST_F(DialogueTest, OutsideTheScopeNothingIsWrittenAndTheModelHearsWhy) {
  answers({calls("write_file", R"({"path":"c.txt","content":"x"})"), says("{\"ok\": true}")});

  ASSERT_GIVES(auto held, hold({{"b.txt"}, {}}));

  EXPECT_THAT(held.changed, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(bench_->path() + "/c.txt"));
  EXPECT_THAT(exchanges().at(1).request.messages.back().content, HasSubstr("c.txt"));
}

TEST_F(DialogueTest, AToolThatWasNotGivenIsAnsweredAndEndsNothing) {
  answers({calls("delete_file", R"({"path":"a.txt"})"), says("{\"ok\": true}")});

  ASSERT_DONE(hold({{"**"}, {}}));

  EXPECT_TRUE(std::filesystem::exists(bench_->path() + "/a.txt"));
  EXPECT_THAT(exchanges().at(1).request.messages.back().content, HasSubstr("delete_file"));
}

TEST_F(DialogueTest, ASecretInAFileIsTakenOutBeforeAModelSeesIt) {
  place_.write("a.txt", std::string("key = ") + kSecret + "\n");
  base_ = place_.commit("a key slipped in");
  tree_ = context_->repo.commit(base_).value().tree;
  assignment_.base = {"main", base_, tree_};
  answers({calls("read_file", R"({"path":"a.txt"})"), says("{\"ok\": true}")});

  ASSERT_DONE(hold());

  EXPECT_THAT(exchanges().at(1).request.messages.back().content, Not(HasSubstr(kSecret)));
  EXPECT_THAT(folder_.read("asked"), Not(HasSubstr(kSecret)));
}

TEST_F(DialogueTest, WhatWasAskedIsAccountedForOnce) {
  answers({says("{\"ok\": true}")});
  ASSERT_DONE(hold());

  Asked asked = dialogue_->take();

  EXPECT_THAT(asked.exchanges, ElementsAre(1));
  EXPECT_EQ(asked.model, "m");
  EXPECT_EQ(asked.prompt, record::content_id("Answer."));
  EXPECT_THAT(dialogue_->take().exchanges, IsEmpty());
}

TEST_F(DialogueTest, NothingIsSpentToFindOutThatAModelIsMissing) {
  set("factory.scout.model", "gone/m");
  set("factory.provider.gone.kind", "command");
  set("factory.provider.gone.command", "/no/such/program");

  auto held = hold();

  ASSERT_FALSE(held.ok());
  EXPECT_THAT(held.error().message, HasSubstr("/no/such/program"));
  EXPECT_EQ(folder_.read("asked"), "");
}

TEST_F(DialogueTest, ATemplateThatIsNotThereIsAnErrorThatNamesIt) {
  answers({says("{\"ok\": true}")});
  ASSERT_DONE(hold());
  stage_.prompt_file = "no-such.md";
  stage_.schema_file = "scout.schema.json";

  Result<void> prepared = dialogue_->prepare(stage_, input_);

  ASSERT_FALSE(prepared.ok());
  EXPECT_THAT(prepared.error().message, HasSubstr("no-such.md"));
}

}  // namespace
}  // namespace gf::line

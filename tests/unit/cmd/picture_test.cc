// The live view at a fixed width and time: what is drawn, and that nothing else gets through.
#include "picture.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace gf::cmd {
namespace {

using record::Json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Picture::Time at(double seconds) { return Picture::Time(seconds); }

class PictureTest : public ::testing::Test {
 protected:
  PictureTest() { tell("run.begin", "", 0, "health", {}, 0); }
  void tell(const std::string& kind, const std::string& stage, int attempt, const std::string& text,
            Json fields = {}, double now = 0) {
    session::Event event;
    event.kind = kind;
    event.run = RunId::parse("20261121T014413Z-0a1b2c3d").value();
    event.stage = stage;
    event.attempt = attempt;
    event.text = text;
    event.fields = std::move(fields);
    picture_.on(event, at(now));
  }
  void end(const std::string& stage, const std::string& status, int64_t ms,
           const std::string& reason, const std::string& back = {}) {
    tell("stage.end", stage, 1, stage + ": " + reason,
         Json::object(
             {{"status", status},
              {"ms", ms},
              {"goes_back_to", back},
              {"tokens_in", 1200},
              {"tokens_out", 34},
              {"cost", Json::object({{"pico_usd", int64_t{13200000000}}, {"basis", "provider"}})},
              {"model", "small"}}));
  }
  /// Rows without the codes that clear to the end of the line.
  std::vector<std::string> rows(size_t width = 80, double now = 0) {
    std::string text = picture_.draw(width, at(now));
    return lines(replace_all(text.substr(text.find("\x1b[J") + 3), "\x1b[K", ""));
  }

  Picture picture_;
};

TEST(PlainLine, AStagesStepsStandBelowIt) {
  auto line = [](const std::string& kind, const std::string& text, int attempt = 1,
                 Json fields = {}) {
    session::Event event;
    event.kind = kind;
    event.run = RunId::parse("20261121T014413Z-0a1b2c3d").value();
    event.attempt = attempt;
    event.text = text;
    event.fields = std::move(fields);
    return plain_line(event);
  };
  EXPECT_EQ(line("run.begin", "health"), "health  20261121T014413Z-0a1b2c3d");
  EXPECT_EQ(line("run.begin", "health", 1,
                 Json::object({{"from", "main at 1a2b3c4d5e"}, {"left_out", "left out: \n"}})),
            "health  from main at 1a2b3c4d5e; left out:    20261121T014413Z-0a1b2c3d");
  EXPECT_EQ(line("stage.begin", "build"), "build");
  EXPECT_EQ(line("stage.begin", "build", 2), "build, attempt 2");
  EXPECT_EQ(line("ask.begin", "small"), "");
  EXPECT_EQ(line("ask.progress", "small"), "");
  EXPECT_EQ(line("ask.end", "small answered"), "  small answered");
  EXPECT_EQ(line("tool", "read_file a\n\x1b[2Jb"), "  tool: read_file a \\x1b[2Jb");
  EXPECT_EQ(line("gate.end", "ruff pass"), "  ruff pass");
  EXPECT_EQ(line("note", "not signed"), "  note: not signed");
  EXPECT_EQ(line("warning", "no key"), "warning: no key");
  EXPECT_EQ(line("act.end", "push", 1, Json::object({{"ms", 20}})), "");
  EXPECT_EQ(line("act.end", "push", 1, Json::object({{"ms", 1250}})), "  push: 1.2 s");
  EXPECT_EQ(line("stage.end", "build passed: 2 files"), "build passed: 2 files");
  auto ended = [&](const std::string& status, const std::string& text) {
    return line("run.end", text, 1, Json::object({{"status", status}}));
  };
  EXPECT_EQ(ended("delivered", "delivered"), "delivered");
  EXPECT_EQ(ended("rejected", "AC1 is violated"), "rejected: AC1 is violated");
  EXPECT_EQ(ended("stopped", "no model is configured"), "") << "it is the error's own line";
}

TEST_F(PictureTest, NothingIsDrawnBeforeARunHasBegun) {
  Picture fresh;
  EXPECT_EQ(fresh.draw(80, at(0)), "");
}

TEST_F(PictureTest, ARowAStageAndTheSumBelow) {
  tell("stage.begin", "plan", 1, "plan", {}, 10);
  end("plan", "pass", 1500, "5 criteria compile");
  tell("stage.begin", "scout", 1, "scout", {}, 20);
  tell("tool", "scout", 1, "read_file app/main.py");
  EXPECT_THAT(
      rows(80, 22.25),
      ElementsAre("health  20261121T014413Z-0a1b2c3d",
                  " + plan           1     1.5 s  1200/34 tokens  $0.0132",
                  " > scout          1     2.2 s  read_file app/main.py", "   build         ",
                  "   validate      ", "   test          ", "   validate-tests",
                  "   review        ", "   pr            ", "   1200 tokens in, 34 out"));
}

TEST_F(PictureTest, SecondsRunWhileAStageDoesAndStandStillAfterIt) {
  tell("stage.begin", "plan", 1, "plan", {}, 5);
  EXPECT_THAT(rows(80, 65)[1], HasSubstr("60.0 s"));
  EXPECT_TRUE(picture_.moving());
  end("plan", "pass", 60000, "done");
  EXPECT_THAT(rows(80, 500)[1], HasSubstr("60.0 s"));
  EXPECT_FALSE(picture_.moving());
}

TEST_F(PictureTest, AFailureStaysAboveWithWhereItGoesBackTo) {
  tell("stage.begin", "validate", 1, "validate");
  end("validate", "fail", 10, "ruff F401", "build");
  EXPECT_EQ(rows()[0], "validate 1: ruff F401 -> build");
  EXPECT_EQ(rows()[0], "health  20261121T014413Z-0a1b2c3d") << "told once";
}

TEST_F(PictureTest, TheNextPictureGoesUpByExactlyTheRowsOfTheLast) {
  picture_.draw(80, at(0));
  tell("warning", "", 0, "a note");
  EXPECT_THAT(picture_.draw(80, at(0)), StartsWith("\x1b[10A\x1b[J"
                                                   "warning: a note\x1b[K\n"));
  EXPECT_THAT(picture_.draw(80, at(0)), StartsWith("\x1b[10A\x1b[J"
                                                   "health"))
      << "notes stay";
}

TEST_F(PictureTest, NoRowIsWiderThanTheWindowInAnyScript) {
  tell("stage.begin", "build", 1, "build");
  for (const char* text : {"write_file a/very/long/path/that/goes/on/and/on/for/ever/and/ever.py",
                           "\xe4\xba\xa7\xe5\x93\x81\xe4\xba\xa7\xe5\x93\x81\xe4\xba\xa7\xe5\x93"
                           "\x81\xe4\xba\xa7\xe5\x93\x81\xe4\xba\xa7\xe5\x93\x81",
                           "a\tb\tc\td\te\tf\tg\th\ti\tj", "one\ntwo\nthree"}) {
    tell("tool", "build", 1, text);
    for (size_t width : {1u, 2u, 10u, 40u, 41u, 42u}) {
      std::vector<std::string> all = rows(width);
      ASSERT_EQ(all.size(), 10u) << text;
      for (const std::string& row : all) {
        EXPECT_LT(row.size(), std::max<size_t>(width, 2)) << row;
        EXPECT_EQ(row.find('\t'), std::string::npos);
        EXPECT_TRUE(is_utf8(row)) << row;
      }
    }
  }
}

TEST_F(PictureTest, EscapesInTheWordsOfAModelNeverReachTheTerminal) {
  // Clear the screen, set the title, a C1 control sequence, a bell, a carriage return, a DEL.
  const std::string evil =
      "x\x1b[2J\x1b]0;owned\x07\xc2\x9b"
      "31m\r\b\x7f\x01 y";
  tell("run.begin", "", 0, evil);
  tell("stage.begin", "build", 1, "build");
  tell("tool", "build", 1, evil);
  tell("warning", "build", 1, evil);
  tell("note", "build", 1, evil);
  std::string drawn = picture_.draw(200, at(0));
  end("build", "fail", 1, evil, evil);
  drawn += picture_.draw(200, at(1));
  tell("act.begin", "", 0, evil);
  drawn += picture_.draw(200, at(1));
  // What is left of escapes when our own three are taken out is none.
  std::string rest = replace_all(replace_all(drawn, "\x1b[K\n", "\n"), "\x1b[J", "");
  rest = replace_all(rest, "\x1b[10A", "");
  EXPECT_EQ(rest.find('\x1b'), std::string::npos) << printable(rest);
  for (char c : {'\r', '\b', '\x07', '\x7f', '\x01'}) EXPECT_EQ(rest.find(c), std::string::npos);
  EXPECT_EQ(rest.find("\xc2\x9b"), std::string::npos);
  EXPECT_THAT(rest, HasSubstr("\\x1b[2J"));
}

TEST_F(PictureTest, ScriptedAnswersAreShownAsSuch) {
  tell("stage.begin", "plan", 1, "plan");
  tell("stage.end", "plan", 1, "plan passed",
       Json::object({{"status", "pass"}, {"tokens_in", 1}, {"model", "scripted"}}));
  EXPECT_THAT(rows()[1], HasSubstr("scripted"));
}

TEST_F(PictureTest, WhatRunsBetweenStagesIsTold) {
  tell("gate.begin", "", 0, "pytest");
  EXPECT_THAT(rows().back(), HasSubstr("pytest"));
  tell("gate.end", "", 0, "pytest pass");
  EXPECT_THAT(rows().back(), Not(HasSubstr("pytest")));
}

TEST_F(PictureTest, AnAnswerOnItsWayShowsWhatHasComeAndSinceWhenNothingMore) {
  auto progress = [&](int64_t bytes, int64_t received, double now) {
    tell("ask.progress", "plan", 1, "",
         Json::object({{"model", "web/m"}, {"bytes", bytes}, {"received", received}}), now);
  };
  tell("stage.begin", "plan", 1, "plan", {}, 0);
  tell("ask.begin", "plan", 1, "web/m", {}, 1);
  EXPECT_THAT(rows(80, 2)[1], EndsWith("2.0 s  web/m"));
  EXPECT_THAT(rows(80, 14)[1], EndsWith("web/m  nothing yet after 13 s"));
  progress(0, 700, 15);
  EXPECT_THAT(rows(80, 16)[1], EndsWith("web/m  no words yet, 700 bytes received"));
  progress(1234, 5000, 17);
  EXPECT_THAT(rows(80, 18)[1], EndsWith("web/m  1234 bytes of the answer"));
  EXPECT_THAT(rows(90, 29)[1], EndsWith("1234 bytes of the answer, nothing more for 12 s"));
  progress(12'345, 50'000, 30);
  EXPECT_THAT(rows(80, 30)[1], EndsWith("web/m  12 kB of the answer"));
  tell("ask.end", "plan", 1, "m answered", {}, 31);
  EXPECT_THAT(rows(80, 31)[1], EndsWith("31.0 s"));
  tell("tool", "plan", 1, "read_file a.py", {}, 32);
  EXPECT_THAT(rows(80, 60)[1], EndsWith("read_file a.py")) << "a tool is not waited for";
}

TEST_F(PictureTest, ALateWordOfProgressDoesNoHarm) {
  tell("ask.progress", "", 0, "", Json::object({{"model", "web/m\x1b[2J"}, {"bytes", -1}}), 5);
  EXPECT_THAT(rows(80, 5).back(), HasSubstr("web/m\\x1b[2J"));
  tell("run.end", "", 0, "done", {}, 6);
  EXPECT_EQ(rows(80, 90).back(), "   0 tokens in, 0 out");
}

TEST_F(PictureTest, EventsOfEveryKindAndEmptyOnesDoNoHarm) {
  for (const char* kind : {"", "run.end", "stage.end", "ask.end", "tool", "x.begin", "unknown"})
    tell(kind, "no-such-stage", 0, "");
  EXPECT_EQ(rows().size(), 11u) << "the stage.end without a pass left its note";
}

}  // namespace
}  // namespace gf::cmd

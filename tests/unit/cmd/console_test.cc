// The one question a command asks, answered at a terminal that the test holds the other end of.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cancel.h"
#include "command.h"
#include "support/assertions.h"

namespace gf::cmd {
namespace {

/// Standard input and error are a terminal (or what else is put there) for as long as a test runs.
class ConsoleTest : public ::testing::Test {
 protected:
  ConsoleTest()
      : before_(dup(STDIN_FILENO)),
        screen_before_(dup(STDERR_FILENO)),
        keyboard_(posix_openpt(O_RDWR | O_NOCTTY)) {
    console_.setup.cancel = &cancel_;
    EXPECT_EQ(grantpt(keyboard_), 0);
    EXPECT_EQ(unlockpt(keyboard_), 0);
    become(STDERR_FILENO, open(ptsname(keyboard_), O_RDWR | O_NOCTTY));
    become(STDIN_FILENO, open(ptsname(keyboard_), O_RDWR | O_NOCTTY));
  }
  ~ConsoleTest() override {
    become(STDIN_FILENO, before_);
    become(STDERR_FILENO, screen_before_);
    close(keyboard_);
  }

  static void become(int stream, int descriptor) {
    EXPECT_EQ(dup2(descriptor, stream), stream);
    close(descriptor);
  }
  void type(const std::string& text) const {
    EXPECT_EQ(write(keyboard_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::optional<bool> answer_to(const std::string& typed, Enter enter) {
    type(typed);
    auto answer = console_.ask("build this?", enter);
    EXPECT_DONE(answer);
    return answer.ok() ? *answer : std::nullopt;
  }

  int before_, screen_before_, keyboard_;
  Cancel cancel_;
  Console console_;
};

TEST_F(ConsoleTest, AYesIsAYes) {
  EXPECT_EQ(answer_to("y\n", Enter::kNo), true);
  EXPECT_EQ(answer_to(" Yes \n", Enter::kNo), true);
}

TEST_F(ConsoleTest, AnythingElseIsANo) {
  EXPECT_EQ(answer_to("n\n", Enter::kYes), false);
  EXPECT_EQ(answer_to("what?\n", Enter::kYes), false);
}

TEST_F(ConsoleTest, EnterAloneIsWhatTheQuestionSays) {
  EXPECT_EQ(answer_to("\n", Enter::kYes), true);
  EXPECT_EQ(answer_to("\n", Enter::kNo), false);
}

TEST_F(ConsoleTest, AnInputThatEndsIsANo) {
  constexpr const char* kEndOfInput = "\x04";
  EXPECT_EQ(answer_to(kEndOfInput, Enter::kYes), false);
}

TEST_F(ConsoleTest, AWishToStopIsNoAnswer) {
  cancel_.request();

  auto answer = console_.ask("build this?", Enter::kYes);

  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kCancelled);
}

TEST_F(ConsoleTest, NobodyAnswersWhereThereIsNoTerminal) {
  become(STDIN_FILENO, open("/dev/null", O_RDONLY));

  EXPECT_EQ(answer_to("y\n", Enter::kYes), std::nullopt);
}

TEST_F(ConsoleTest, NobodyAnswersAQuestionThatIsNotSeen) {
  become(STDERR_FILENO, open("/dev/null", O_WRONLY));

  EXPECT_EQ(answer_to("y\n", Enter::kYes), std::nullopt);
  EXPECT_FALSE(console_.person_there());
}

TEST_F(ConsoleTest, StandardInputIsReadOnceAndHadAgain) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "a request", 9), 9);
  close(ends[1]);
  become(STDIN_FILENO, ends[0]);

  for (int i = 0; i < 2; ++i) {
    ASSERT_GIVES(auto text, read_stream("-"));
    EXPECT_EQ(text, "a request");
  }
}

}  // namespace
}  // namespace gf::cmd

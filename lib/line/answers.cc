// Every answer is checked against the question before one of them is taken: a run goes on with all
// of them or with none.
#include "line/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "line/course.h"
#include "line/going_on.h"

namespace gf::line {
namespace {

constexpr const char* kForm = "write --answer \"<n>=<text>\", with the number of a question";

Error wrong(std::string message, std::string hint) {
  return Error{Fault::kUsage, std::move(message), {}, std::move(hint)};
}

Result<int> number_in(std::string_view text, size_t questions) {
  int number = 0;
  std::string_view digits = trim(text);
  auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  bool whole = failed == std::errc() && end == digits.data() + digits.size();
  if (!whole && failed != std::errc::result_out_of_range)
    return wrong(fmt::format("'{}' is no number of a question", printable(clipped(text, 60))),
                 kForm);
  if (!whole || number < 1 || static_cast<size_t>(number) > questions) {
    return wrong(fmt::format("there is no question {}", printable(clipped(digits, 20))),
                 fmt::format("the run asks {}, numbered from 1", counted(questions, "question")));
  }
  return number;
}

std::string proposed_for(const record::RunRecord& run, size_t index) {
  return index < run.likeliest.size() ? std::string(trim(run.likeliest[index])) : std::string();
}

}  // namespace

Result<void> check_answer(int number, const std::string& text) {
  if (trim(text).empty()) {
    return wrong(fmt::format("the answer to question {} is empty", number),
                 "leave it out to leave the question open");
  }
  if (text.size() > kMostAnswerBytes) {
    return wrong(fmt::format("the answer to question {} has {} KB; {} KB is the limit", number,
                             (text.size() + 1023) >> 10, kMostAnswerBytes >> 10),
                 "say what decides, and keep the rest for a request of its own");
  }
  if (!is_utf8(text)) {
    return wrong(fmt::format("the answer to question {} is not UTF-8", number),
                 "convert it, for example with 'iconv -t UTF-8'");
  }
  return Done{};
}

Result<Given> read_answers(const std::vector<std::string>& texts, size_t questions) {
  Given given;
  for (const std::string& text : texts) {
    size_t equals = text.find('=');
    if (equals == std::string::npos)
      return wrong(fmt::format("'{}' is no answer", printable(clipped(text, 60))), kForm);
    GF_ASSIGN(int number, number_in(std::string_view(text).substr(0, equals), questions));
    std::string answer(trim(std::string_view(text).substr(equals + 1)));
    GF_TRY(check_answer(number, answer));
    if (!given.emplace(number, std::move(answer)).second)
      return wrong(fmt::format("question {} is answered twice", number), "answer it once");
  }
  return given;
}

Result<record::RunRecord> gone_on(record::RunRecord run, int step, const Answering& answering) {
  if (run.status != record::RunStatus::kNeedsAnswers || run.questions.empty()) {
    return Error{
        Fault::kUser,
        fmt::format("run {} asks nothing: it ended as {}", run.id.id8(), name_of(run.status)),
        {},
        fmt::format("see 'git factory show {}'", run.id.id8())};
  }
  bool any = false;
  for (size_t i = 0; i < run.questions.size(); ++i) {
    record::Answer answer;
    answer.step = step;
    answer.number = static_cast<int>(i) + 1;
    answer.question = run.questions[i];
    std::string proposed = proposed_for(run, i);
    auto given = answering.given.find(answer.number);
    if (given != answering.given.end()) {
      answer.text = given->second;
    } else if (answering.likeliest) {
      answer.text = proposed;
    }
    if (!answer.text.empty()) {
      any = true;
      answer.by = answering.by;
      answer.time = answering.time;
      answer.proposed = answer.text == proposed;
    }
    run.answers.push_back(std::move(answer));
  }
  if (!any) {
    return wrong(
        "no question is answered",
        answering.likeliest ? "nothing was proposed either; write --answer \"<n>=<text>\"" : kForm);
  }
  take_back_end(run);
  return run;
}

std::vector<record::Answer> answers_before(const std::vector<record::Answer>& answers, int done) {
  std::vector<record::Answer> known;
  std::copy_if(answers.begin(), answers.end(), std::back_inserter(known),
               [&](const record::Answer& answer) { return answer.step <= done; });
  return known;
}

Next past_questions(Next next, const std::vector<record::Answer>& answers, int step) {
  bool answered = std::any_of(answers.begin(), answers.end(),
                              [&](const record::Answer& answer) { return answer.step == step; });
  if (!answered || next.status != record::RunStatus::kNeedsAnswers) return next;
  Next again;
  again.stage = Course::first();
  return again;
}

std::string questions_text(const std::vector<std::string>& questions,
                           const std::vector<std::string>& likeliest) {
  std::string text;
  for (size_t i = 0; i < questions.size(); ++i) {
    text += fmt::format("{:3}. {}\n", i + 1,
                        replace_all(std::string(trim(questions[i])), "\n", "\n     "));
    std::string proposed = i < likeliest.size() ? std::string(trim(likeliest[i])) : "";
    if (!proposed.empty())
      text += fmt::format("     likeliest: {}\n", replace_all(proposed, "\n", "\n     "));
  }
  return text;
}

}  // namespace gf::line

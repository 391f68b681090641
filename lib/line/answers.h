// Answers of a person to what a run asks: read, checked, and how a run goes on with them. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "record/run.h"

namespace gf::line {

struct Next;

/// At most this much of one answer: more is a request of its own.
inline constexpr size_t kMostAnswerBytes = 16u << 10;

/// What was answered, by the number of the question from 1.
using Given = std::map<int, std::string>;

/// "<n>=<text>" each, of a run that asks `questions`. An Error (kUsage) names the first that is
/// wrong: no number, none of a question, answered twice, empty, too long, not UTF-8. What may
/// follow the number is taken as it is; blanks around it are not part of the answer.
Result<Given> read_answers(const std::vector<std::string>& texts, size_t questions);

/// Why a text cannot be an answer to question `number`, as an Error of kUsage.
Result<void> check_answer(int number, const std::string& text);

/// What of the answers is said in the person's name and when.
struct Answering {
  Given given;
  bool likeliest = false;  ///< what is not given is answered as it was proposed, where it was
  std::string by;
  Timestamp time{};
};

/// The record that a run goes on with when its questions were answered: it is running, has no end
/// and asks nothing, and has an entry for each question, also for those that stay open. An Error
/// (kUser) when the run asks nothing, (kUsage) when no question is answered.
Result<record::RunRecord> gone_on(record::RunRecord run, int step, const Answering& answering);

/// The answers that are known when step `done + 1` begins.
std::vector<record::Answer> answers_before(const std::vector<record::Answer>& answers, int done);

/// What follows a step: if it would end the run with questions that were answered since, whoever
/// asked them, PLAN comes again, which makes assumptions of the answers; at no cost to its retries.
Next past_questions(Next next, const std::vector<record::Answer>& answers, int step);

/// The questions as a person reads them, numbered from 1, with what was proposed to each.
std::string questions_text(const std::vector<std::string>& questions,
                           const std::vector<std::string>& likeliest);

}  // namespace gf::line

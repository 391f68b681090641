// git factory answer: goes on with a run that ended with questions.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "going_on.h"
#include "line/answers.h"
#include "line/features.h"
#include "live_view.h"

namespace gf::cmd {
namespace {

struct AnswerOptions {
  std::string run, budget;
  std::vector<std::string> answers, models;
  bool likeliest = false;
};

Error nobody_to_ask(const line::OpenQuestions& open) {
  std::string id = open.run.id8();
  return Error{
      Fault::kUsage,
      fmt::format("run {} asks {}, and nobody can be asked here", id,
                  counted(open.questions.size(), "question")),
      line::questions_text(open.questions, open.likeliest),
      fmt::format("answer with 'git factory answer {} --answer \"<n>=<text>\"', or take what was "
                  "proposed with --likeliest",
                  id)};
}

/// Question by question; what cannot be an answer is said and asked again.
Result<std::vector<std::string>> ask_all(const line::OpenQuestions& open, const Console& console) {
  std::vector<std::string> texts;
  console.say(fmt::format(
      "run {} ({}) asks {}; Enter alone takes what is likeliest, '-' leaves a question open",
      open.run.id8(), open.slug, counted(open.questions.size(), "question")));
  for (size_t i = 0; i < open.questions.size(); ++i) {
    int number = static_cast<int>(i) + 1;
    std::string proposed(i < open.likeliest.size() ? trim(open.likeliest[i]) : "");
    console.say(fmt::format("\n{}. {}", number, printable(trim(open.questions[i]))));
    if (!proposed.empty()) console.say("   likeliest: " + printable(proposed));
    for (bool again = true; again;) {
      GF_ASSIGN(auto line, console.ask_line(">"));
      if (!line) return nobody_to_ask(open);
      std::string text(trim(*line));
      again = false;
      if (text.empty()) text = proposed;
      if (text.empty() || text == "-") continue;
      if (auto good = line::check_answer(number, text); !good.ok()) {
        console.say(printable(good.error().message));
        again = true;
      } else {
        texts.push_back(fmt::format("{}={}", number, text));
      }
    }
  }
  return texts;
}

Result<int> answer(const AnswerOptions& options, Console& console) {
  session::Setup setup = console.setup;
  GF_TRY(add_models(options.models, setup.overrides));
  GF_TRY(add_budget(options.budget, setup.overrides));
  line::Reply reply;
  reply.texts = options.answers;
  reply.likeliest = options.likeliest;
  std::optional<std::string> name;
  if (!options.run.empty()) name = options.run;
  GF_ASSIGN(auto open, line::open_questions(setup, name));
  reply.run = open.run.str();
  reply.seen = open.questions;
  if (reply.texts.empty() && !reply.likeliest) {
    if (!console.person_there()) return nobody_to_ask(open);
    GF_ASSIGN(reply.texts, ask_all(open, console));
  }
  Result<record::RunRecord> result = [&] {
    std::unique_ptr<View> view = make_view(console);
    setup.sink = sink_for(console, *view);
    setup.approve = ask_person(console, *view);
    return line::answer_run(setup, reply);
  }();
  return conclude(console, result);
}

}  // namespace

Run bind_answer(Arguments& arguments) {
  auto options = std::make_shared<AnswerOptions>();
  arguments
      .add("run", options->run, "The run that asks; default: the newest one that asks anything")
      .type("<run>");
  arguments
      .add("--answer", options->answers,
           "Answer question <n> with <text>; may be repeated. Without any: ask for each")
      .type("<n>=<text>")
      .repeated();
  arguments.add("--likeliest", options->likeliest,
                "Take what was proposed for each question that is not answered");
  add_model(arguments, options->models);
  arguments.add("--budget", options->budget, "Spend at most this many dollars in all")
      .type("<usd>");
  return [options](Console& console) { return answer(*options, console); };
}

}  // namespace gf::cmd

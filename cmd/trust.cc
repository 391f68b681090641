// git factory trust: saying that the code of this clone, and what its .gitfactory names, may run.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "setup/code_claims.h"
#include "setup/setup.h"

namespace gf::cmd {
namespace {

std::string text_of(const setup::Claims& claims) {
  std::string text = printable(claims.text);
  if (claims.before && !claims.trusted) {
    text += fmt::format("\nsince {}, which you trusted:\n", claims.before->short_hex());
    for (const std::string& line : claims.added) text += "+ " + printable(line) + "\n";
    for (const std::string& line : claims.removed) text += "- " + printable(line) + "\n";
    if (claims.added.empty() && claims.removed.empty())
      text += "  nothing that runs, contacts or decides has changed\n";
  }
  text += fmt::format("\n.gitfactory ({}) would have this done:\n", claims.blob.short_hex());
  for (const std::string& line : claims.lines) text += "  " + printable(line) + "\n";
  if (claims.lines.empty()) text += "  nothing but settings: it names no program and no address\n";
  return text;
}

/// What is not vouched for yet, shown; and the yes, kept.
struct Question {
  std::optional<setup::Claims> file;
  setup::CodeClaims code;
  [[nodiscard]] bool of_file() const { return file && !file->trusted; }
  [[nodiscard]] bool of_code() const { return code.stranger.has_value(); }
};

/// `content`: empty: the work tree's, or the base's.
Result<Question> question_of(session::Context& context, const std::string& content) {
  Question question;
  if (content.empty()) {
    GF_ASSIGN(question.file, setup::tracked_claims(context));
  } else {
    GF_ASSIGN(question.file, setup::claims_named(context, content));
  }
  GF_ASSIGN(auto settings, context.git.settings());
  // The sandbox is tried and gates are looked for only where somebody has to be told of them.
  if (session::stranger_in(settings)) {
    GF_ASSIGN(question.code, setup::code_claims(context));
  }
  return question;
}

Result<void> keep_yes(session::Context& context, const Question& question) {
  if (question.file) GF_TRY(setup::trust(context, question.file->blob));
  return session::let_run(context.git);
}

std::string text_of(const Question& question) {
  std::string text = setup::text_of(question.code);
  if (question.of_code() && question.file) text += "\n";
  return question.file ? text + text_of(*question.file) : text;
}

std::string nothing_to_ask(const Question& question, const std::optional<session::Origin>& server) {
  if (question.file) return "it is trusted already";
  if (!server) return "there is no .gitfactory; nothing needs trust";
  return fmt::format("there is no .gitfactory; code of {} may run here already",
                     printable(server->address));
}

/// Where what it is about is shown: another command's result is not mixed with it.
enum class Shown { kAsResult, kBesideResult };

Result<int> trust(const std::string& content, bool yes, Shown shown, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto question, question_of(*context, content));
  if (shown == Shown::kAsResult) {
    console.print(text_of(question));
  } else {
    console.say(text_of(question));
  }
  if (!question.of_file() && !question.of_code()) {
    GF_ASSIGN(auto settings, context->git.settings());
    console.say(nothing_to_ask(question, session::server_in(settings)));
    return kYes;
  }
  if (!yes) {
    GF_ASSIGN(auto answer,
              console.ask(question.of_code() ? "May this code run here?" : "Trust this content?",
                          Enter::kNo));
    if (!answer) {
      return Error{Fault::kUser,
                   "there is nobody to ask",
                   {},
                   "answer beforehand with 'git factory trust --yes'"};
    }
    if (!*answer) {
      console.say("not trusted");
      return kNo;
    }
  }
  GF_TRY(keep_yes(*context, question));
  console.say(question.of_code() ? "trusted: code of this remote runs in this clone, and its "
                                   ".gitfactory counts until it changes"
                                 : "trusted, until it changes");
  return kYes;
}

}  // namespace

Result<int> ask_trust(const std::optional<Oid>& file, Console& console) {
  return trust(file ? file->hex() : "", false, Shown::kBesideResult, console);
}

Run bind_trust(Arguments& arguments) {
  auto content = std::make_shared<std::string>();
  auto yes = std::make_shared<bool>(false);
  arguments
      .add("content", *content,
           "The .gitfactory of this id, or of this commit; default: the work tree's, else the "
           "base's")
      .type("<blob>|<commit>");
  arguments.add("--yes", *yes, "Trust it without being asked");
  return [=](Console& console) { return trust(*content, *yes, Shown::kAsResult, console); };
}

}  // namespace gf::cmd

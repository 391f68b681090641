#include "forge/send_email.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/series.h"

namespace gf::forge {
namespace {

constexpr size_t kMaxSaid = 300;

/// The user's settings of git send-email, those of sendemail.identity first.
class OwnMail {
 public:
  static Result<OwnMail> read(const git::Program& git) {
    GF_ASSIGN(auto all, git.settings());
    OwnMail own(git::plain(all));
    own.identity_ = own.settings_.text("sendemail.identity").value_or("");
    return own;
  }
  [[nodiscard]] std::vector<std::string> all(const std::string& name) const {
    auto special = identity_.empty()
                       ? std::vector<std::string>()
                       : settings_.all(fmt::format("sendemail.{}.{}", identity_, name));
    return special.empty() ? settings_.all("sendemail." + name) : special;
  }
  [[nodiscard]] std::string last(const std::string& name) const {
    auto values = all(name);
    return values.empty() ? std::string() : std::string(trim(values.back()));
  }

 private:
  explicit OwnMail(Settings settings) : settings_(std::move(settings)) {}
  Settings settings_;
  std::string identity_;
};

std::vector<std::string> people(const Place& place, const OwnMail& own, const std::string& which) {
  std::vector<std::string> named = place.settings.all("factory.mail." + which);
  // An empty value takes back what was set before it, as it does for git.
  auto fresh = std::find(named.rbegin(), named.rend(), "").base();
  named.erase(named.begin(), fresh);
  return named.empty() ? own.all(which) : named;
}

std::vector<std::string> words_for(const MailRoute& route) {
  // What a patch or a cover letter names was not asked for: only those of the route get it.
  std::vector<std::string> words = {"send-email",        "--confirm=never", "--no-thread",
                                    "--suppress-cc=all", "--no-to",         "--no-cc"};
  for (const std::string& one : route.to) words.push_back("--to=" + one);
  for (const std::string& one : route.cc) words.push_back("--cc=" + one);
  return words;
}

/// As a shell reads it back.
std::string shell_word(const std::string& word) {
  bool plain = word.find_first_not_of(
                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                   "-_=@./+:,") == std::string::npos;
  return plain ? word : "'" + replace_all(word, "'", "'\\''") + "'";
}

/// What perl's Net::Cmd, which is not translated, says where no answer came.
bool is_lost(const std::string& err) {
  return err.find("] Connection closed") != std::string::npos ||
         err.find("] Timeout") != std::string::npos;
}

std::string last_line(const std::string& err) {
  std::string_view text = trim(err);
  text.remove_prefix(text.rfind('\n') + 1);
  return printable(to_utf8(clipped(text, kMaxSaid)));
}

}  // namespace

Result<MailRoute> mail_route(const Place& place) {
  GF_ASSIGN(auto send, place.settings.choice("factory.mail.send", "auto", {"auto", "never"}));
  GF_ASSIGN(auto own, OwnMail::read(place.git));
  MailRoute route;
  route.to = people(place, own, "to");
  route.cc = people(place, own, "cc");
  route.bcc = own.all("bcc");
  route.folder = mail_folder(place.repo);
  // Only of a linked work tree is it elsewhere.
  if (place.repo.workdir().value_or("") + "/.git" == place.repo.common_dir())
    route.folder = ".git/factory/mail";
  for (const char* name : {"smtpserver", "sendmailcmd"}) {
    if (route.server.empty()) route.server = own.last(name);
  }
  if (send == "never") {
    route.not_sent = "factory.mail.send is 'never'";
  } else if (route.server.empty()) {
    route.not_sent = "sendemail.smtpServer is not set";
  } else if (route.to.empty()) {
    route.not_sent = "neither factory.mail.to nor sendemail.to says to whom";
  }
  return route;
}

std::string told(const MailRoute& route) {
  std::string people = route.to.empty() ? "" : "to " + join(route.to, ", ");
  if (!route.cc.empty()) people += " and " + join(route.cc, ", ");
  if (!route.bcc.empty())
    people += fmt::format("{}by bcc to {}", people.empty() ? "" : ", ", join(route.bcc, ", "));
  if (!route.not_sent.empty())
    return printable(fmt::format("patches{}{} are written to {} and not sent: {}",
                                 people.empty() ? "" : " ", people, route.folder, route.not_sent));
  return printable(fmt::format("patches go {} by {}", people, route.server));
}

Result<void> can_send(const MailRoute& route, const Place& place) {
  if (!route.not_sent.empty()) return Done{};
  GF_ASSIGN(auto commands, place.git.run({"--list-cmds=main,others"}));
  for (const std::string& command : lines(commands)) {
    if (command == "send-email") return Done{};
  }
  return Error{Fault::kConfiguration,
               "git has no send-email here, which sends the patches",
               {},
               "install it (Debian and Ubuntu: git-email), or have them written alone with 'git "
               "config factory.mail.send never'"};
}

Result<Posted> send_mail(const MailRoute& route, const git::Program& git, const std::string& path) {
  std::vector<std::string> words = words_for(route);
  words.insert(words.end(), {"--quiet", path});
  GF_ASSIGN(auto said, git.ask(words));
  if (said.exit_code == 0) return Posted{};
  // One that was ended from outside has said nothing of what the server did.
  bool lost = said.exit_code < 0 || is_lost(said.err);
  return Posted{lost ? Posted::End::kUnknown : Posted::End::kRefused, last_line(said.err)};
}

std::string send_command(const MailRoute& route, const std::string& folder) {
  MailRoute shown = route;
  if (shown.to.empty()) shown.to.emplace_back("<address>");
  std::vector<std::string> words = words_for(shown);
  std::string line = "git";
  words.push_back(folder);
  for (const std::string& word : words) line += " " + shell_word(word);
  return printable(line);
}

}  // namespace gf::forge

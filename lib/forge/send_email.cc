#include "forge/send_email.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/command_line.h"
#include "base/text.h"
#include "forge/series.h"

namespace gf::forge {
namespace {

constexpr size_t kMaxMailWords = 300;
constexpr const char* kByCommand = " and to whom sendemail.toCmd names";

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
  auto fresh = [](std::vector<std::string> all) {
    all.erase(all.begin(), std::find(all.rbegin(), all.rend(), "").base());
    return all;
  };
  named = fresh(std::move(named));
  return named.empty() ? fresh(own.all(which)) : named;
}

std::vector<std::string> words_for(const MailRoute& route) {
  // What a patch or a cover letter names was not asked for: only those of the route get it.
  std::vector<std::string> words = {
      "send-email",  "--confirm=never", "--no-annotate", "--suppress-cc=all",
      "--no-thread", "--no-to",         "--no-cc"};
  for (const std::string& one : route.to) words.push_back("--to=" + one);
  for (const std::string& one : route.cc) words.push_back("--cc=" + one);
  return words;
}

/// Words of a server without anybody's address: they go into the record, which may leave the
/// machine.
std::string nameless(std::string_view text) {
  constexpr std::string_view kAround = " \t<>()[]\"':;,";
  std::string without;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find_first_of(kAround, at), text.size());
    std::string_view word = text.substr(at, end - at);
    without += word.find('@') == std::string_view::npos ? word : "...";
    if (end < text.size()) without += text[end];
    at = end + 1;
  }
  return without;
}

/// What was said to the server and by it, as perl's Net::Cmd tells it with --smtp-debug (it is not
/// translated), and the words of git beside that. The dialog has the whole mail in it, which is
/// heard line by line and kept nowhere.
class Dialog {
 public:
  void hear(std::string_view piece) {
    for (char c : piece) {
      if (c == '\n') {
        take();
        line_.clear();
      } else if (line_.size() < kMostOfLine) {
        line_ += c;
      }
    }
  }
  /// There is nothing more to be heard.
  void end() {
    take();
    words = printable(to_utf8(clipped(nameless(trim(words)), kMaxMailWords)));
  }

  bool there = false;
  bool handed = false;  ///< DATA was said or asked for: from then on the server may have the mail
  char last = ' ';      ///< the first digit of the last answer
  std::string words;    ///< the last line of git's own

 private:
  static constexpr size_t kMostOfLine = 4096;

  void take() {
    size_t at = line_.starts_with("Net::SMTP") ? line_.find("=GLOB(0x") : std::string::npos;
    size_t after = at == std::string::npos ? at : line_.find(')', at);
    if (after == std::string::npos) {
      if (!trim(line_).empty() && !line_.starts_with("Net::SMTP")) words = line_;
      return;
    }
    // What stands there of a login is kept nowhere.
    std::string_view said = std::string_view(line_).substr(after + 1);
    there = true;
    if (said.starts_with(">>> DATA") || said.starts_with("<<< 354")) handed = true;
    if (said.starts_with("<<< ") && said.size() > 4) last = said[4];
  }

  std::string line_;
};

/// Whether the server may have the mail although no answer to it came.
bool may_be_there(const Dialog& dialog, int exit_code) {
  if (dialog.there) return dialog.handed && dialog.last != '4' && dialog.last != '5';
  // A git that shows no dialog: its words, and who was ended from outside has said none.
  bool ended = exit_code < 0 || (exit_code > 128 && exit_code < 192);
  return ended || dialog.words.find("] Connection closed") != std::string::npos ||
         dialog.words.find("] Timeout") != std::string::npos;
}

/// The statuses of sendmail (sysexits.h) and of a shell by which a program has surely sent nothing:
/// wrong words, nobody of that name, no right, no configuration, not started.
bool sent_nothing(int exit_code) {
  constexpr int kSure[] = {64, 67, 77, 78, 126, 127};
  return std::find(std::begin(kSure), std::end(kSure), exit_code) != std::end(kSure);
}

/// "msmtp" of "/usr/bin/msmtp --passwordeval=...".
std::string program_of(const std::string& command) {
  std::string first = command.substr(0, command.find_first_of(" \t\n"));
  // A word with '=' in front sets a variable, and quotes hide where the name ends.
  if (first.find_first_of("='\"$`\\") != std::string::npos) return "a program";
  return first.substr(first.rfind('/') + 1);
}

bool may_be_started(const std::string& path) {
  using std::filesystem::perms;
  std::error_code failed;
  auto status = std::filesystem::status(path, failed);
  perms may = perms::owner_exec | perms::group_exec | perms::others_exec;
  return !failed && std::filesystem::is_regular_file(status) &&
         (status.permissions() & may) != perms::none;
}

}  // namespace

Result<MailRoute> mail_route(const Place& place) {
  GF_ASSIGN(auto send, place.settings.choice("factory.mail.send", "auto", {"auto", "never"}));
  GF_ASSIGN(auto own, OwnMail::read(place.git));
  MailRoute route;
  route.to = people(place, own, "to");
  route.cc = people(place, own, "cc");
  route.bcc = own.all("bcc");
  route.by_command = !own.last("tocmd").empty();
  route.folder = mail_folder(place.repo);
  // Only of a linked work tree is it elsewhere.
  if (place.repo.workdir().value_or("") + "/.git" == place.repo.common_dir())
    route.folder = ".git/factory/mail";
  // git takes the command first.
  route.server = own.last("sendmailcmd");
  route.by_program = !route.server.empty();
  if (!route.by_program) {
    route.server = own.last("smtpserver");
    route.by_program = route.server.starts_with("/");
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

std::string to_text(const MailRoute& route) {
  std::string people = route.to.empty() ? "" : "to " + join(route.to, ", ");
  if (!route.cc.empty()) people += " and " + join(route.cc, ", ");
  if (!route.bcc.empty())
    people += fmt::format("{}by bcc to {}", people.empty() ? "" : ", ", join(route.bcc, ", "));
  if (route.by_command) people += people.empty() ? "to whom sendemail.toCmd names" : kByCommand;
  if (!route.not_sent.empty())
    return printable(fmt::format("patches{}{} are written to {} and not sent: {}",
                                 people.empty() ? "" : " ", people, route.folder, route.not_sent));
  std::string by = route.by_program ? program_of(route.server) : route.server;
  return printable(fmt::format("patches go {} by {}", people, by));
}

std::string counts_text(const MailRoute& route) {
  size_t all = route.to.size() + route.cc.size() + route.bcc.size();
  std::string to = fmt::format("{} {}{}", all, all == 1 ? "address" : "addresses",
                               route.by_command ? kByCommand : "");
  if (!route.not_sent.empty()) {
    return fmt::format("patches{} are written to factory/mail of the git folder and not sent: {}",
                       all == 0 ? "" : " to " + to, route.not_sent);
  }
  return "patches go by mail to " + to;
}

Result<void> can_send(const MailRoute& route, const Place& place) {
  if (!route.not_sent.empty()) return Done{};
  bool a_file = route.by_program && route.server.find(' ') == std::string::npos &&
                route.server.starts_with("/");
  if (a_file && !may_be_started(route.server)) {
    return Error{Fault::kConfiguration,
                 fmt::format("'{}', which is to send the patches, is no program here",
                             program_of(route.server)),
                 {},
                 "see 'git config --get-regexp ^sendemail'"};
  }
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
  // By the dialog alone a mail that a server refused is told from one that it may have.
  words.insert(words.end(), {"--quiet", "--smtp-debug=1", path});
  Dialog dialog;
  auto ended = git.listen(words, [&](std::string_view piece) { dialog.hear(piece); });
  // The time was over: it was started, and nobody knows how far it came.
  if (!ended.ok() && ended.error().fault == Fault::kTransient)
    return Posted{Posted::End::kUnknown, ended.error().message};
  if (!ended.ok()) return ended.error();
  if (*ended == 0) return Posted{};
  dialog.end();
  if (!route.by_program) {
    bool unknown = may_be_there(dialog, *ended);
    return Posted{unknown ? Posted::End::kUnknown : Posted::End::kRefused, dialog.words};
  }
  std::string words_of_it =
      fmt::format("{} ended with status {}", program_of(route.server), *ended);
  return Posted{sent_nothing(*ended) ? Posted::End::kRefused : Posted::End::kUnknown,
                printable(words_of_it)};
}

std::string send_script(const MailRoute& route, const std::string& inside,
                        const std::vector<std::string>& names) {
  std::string line = "git";
  for (const std::string& word : words_for(route)) line += " " + shell_word(word);
  line += " \"$@\"";
  for (const std::string& name : names)
    line += fmt::format(" \\\n  \"$here\"/{}/{}", shell_word(inside), shell_word(name));
  std::string asks = route.to.empty() ? "# Nobody is named: --to=<address> behind it does.\n" : "";
  return fmt::format("#!/bin/sh\n{}here=$(dirname \"$0\")\nexec {}\n", asks, line);
}

}  // namespace gf::forge

// Where mail goes, and sending it by `git send-email`. For this room's .cc files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forge/forge.h"

namespace gf::forge {

/// By factory.mail.* and the user's own sendemail.*.
struct MailRoute {
  std::vector<std::string> to, cc;
  std::vector<std::string> bcc;  ///< whom git adds by sendemail.bcc
  std::string server;  ///< "smtp.example.org", or a program that sends; empty: none is configured
  /// The server is a program of this machine: its exit status is all that is known of a mail.
  bool by_program = false;
  /// Nothing is sent by us, in words: "sendemail.smtpServer is not set". Empty: it is sent.
  std::string not_sent;
  std::string folder;       ///< where they are written, for people: ".git/factory/mail"
  bool by_command = false;  ///< git asks sendemail.toCmd, too, to whom each mail goes
};

/// Asks nobody. An Error for factory.mail.send with a word that nobody knows.
Result<MailRoute> mail_route(const Place& place);
/// "patches go to dev@example.org by smtp.example.org", "patches are written to
/// /home/ada/shop/.git/factory/mail and not sent: ...". For a terminal alone:
/// it names people. Of a command the program's name.
std::string to_text(const MailRoute& route);
/// The same for records and tracked files: how many there are, and nobody's name.
std::string counts_text(const MailRoute& route);
/// Whether there is a `git send-email` where one is wanted; the Error says how to get it.
Result<void> can_send(const MailRoute& route, const Place& place);

/// What came of one mail.
struct Posted {
  enum class End {
    kSent,
    kRefused,  ///< it is nowhere, and may be sent again
    kUnknown   ///< the server had it and did not answer: it may be sent already
  };
  End end = End::kSent;
  std::string words;  ///< one line, unless it is sent
};
/// Sends one file to the people of `route`, and to nobody whom its text names. An Error: nothing
/// was handed over, unless it is kCancelled, after which nobody knows.
Result<Posted> send_mail(const MailRoute& route, const git::Program& git, const std::string& path);
/// A program for `sh` that sends these files of the folder `inside`, which is beside it, as we
/// would have; its own words go on to git. It names people.
std::string send_script(const MailRoute& route, const std::string& inside,
                        const std::vector<std::string>& names);

}  // namespace gf::forge

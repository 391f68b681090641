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
  /// Nothing is sent by us, in words: "sendemail.smtpServer is not set". Empty: it is sent.
  std::string not_sent;
  std::string folder;  ///< where they are written, for people: ".git/factory/mail"
};

/// Asks nobody. An Error for factory.mail.send with a word that nobody knows.
Result<MailRoute> mail_route(const Place& place);
/// "patches go to dev@example.org by smtp.example.org", "patches are written to
/// /home/ada/shop/.git/factory/mail and not sent: ...".
std::string told(const MailRoute& route);
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
/// Sends one file to the people of `route`, and to nobody whom its text names.
Result<Posted> send_mail(const MailRoute& route, const git::Program& git, const std::string& path);
/// The line that does for all files of `folder` what we would have done.
std::string send_command(const MailRoute& route, const std::string& folder);

}  // namespace gf::forge

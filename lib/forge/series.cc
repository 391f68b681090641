// git writes the mail; ours are the ids, by which a mail is known again.
#include "forge/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"

namespace gf::forge {
namespace {

constexpr size_t kMaxCover = 100000;
/// What git leaves in a cover letter to be written there; they are not translated.
constexpr const char* kNoSubject = "*** SUBJECT HERE ***";
constexpr const char* kNoBody = "*** BLURB HERE ***";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Who writes mail from here says with the address where he is; a machine is no place for that.
std::string domain_of(const Place& place) {
  auto who = place.repo.identity(place.clock.now());
  size_t at = who.ok() ? who->email.rfind('@') : std::string::npos;
  std::string domain = at == std::string::npos ? "" : who->email.substr(at + 1);
  // Ids are ASCII, whatever an address is.
  bool plain = !domain.empty() && is_ascii(domain) &&
               domain.find_first_of(" \t\r\n<>\"()") == std::string::npos;
  return plain ? domain : "localhost";
}

/// What came since the version before, for whoever has read that one; empty where none is known.
std::string since_before(const Place& place, const PullRequest& pull) {
  if (pull.mailings.size() < 2) return {};
  const Mailing& before = pull.mailings[pull.mailings.size() - 2];
  auto subjects = place.git.ask({"log", "--reverse", "--no-color", "--no-show-signature",
                                 "--format=  %s", before.head.hex() + ".." + pull.head.hex()});
  auto stat = place.git.ask(
      {"diff", "--no-ext-diff", "--no-color", "--stat", before.head.hex(), pull.head.hex()});
  bool known = subjects.ok() && subjects->exit_code == 0 && stat.ok() && stat->exit_code == 0;
  if (!known) return {};
  return fmt::format("\n\nSince v{}:\n\n{}\n{}", before.version, subjects->out, stat->out);
}

/// The body of a cover letter, the text of `git request-pull` last.
std::string cover_of(const Place& place, const PullRequest& pull) {
  std::string text = std::string(trim(pull.body)) + since_before(place, pull);
  if (!pull.request_pull.empty()) text += "\n\n" + pull.request_pull;
  return to_utf8(clipped_middle(replace_all(text, "\r", ""), kMaxCover));
}

/// Whatever the user has set for his own eyes: a patch that git applies, to nobody but whom we
/// name. What he has set for mail (prefix, signature, base text) holds.
std::vector<std::string> format_words(const PullRequest& pull, const std::string& folder,
                                      int version) {
  std::vector<std::string> words;
  for (const char* setting :
       {"diff.submodule=short", "diff.ignoreSubmodules=none", "diff.noprefix=false",
        "diff.mnemonicPrefix=false", "format.noprefix=false", "format.mboxrd=false",
        "diff.interHunkContext=0", "log.showSignature=false"})
    words.insert(words.end(), {"-c", setting});
  words.insert(words.end(), {"format-patch",
                             "--quiet",
                             "--cover-letter",
                             "--cover-from-description=none",
                             "--numbered",
                             "--encode-email-headers",
                             "--no-thread",
                             "--no-add-header",
                             "--no-to",
                             "--no-cc",
                             "--no-attach",
                             "--no-notes",
                             "--no-signoff",
                             "--no-color",
                             "--no-ext-diff",
                             "--no-relative",
                             "--src-prefix=a/",
                             "--dst-prefix=b/",
                             "--unified=3",
                             "--suffix=.patch",
                             "--base=" + pull.base.hex(),
                             "--output-directory=" + folder});
  if (version > 1) words.push_back(fmt::format("--reroll-count={}", version));
  if (pull.draft) words.emplace_back("--rfc");
  // No branch: it may be checked out, or moved, or nowhere.
  words.push_back(pull.base.hex() + ".." + pull.head.hex());
  return words;
}

/// `text` with more lines in its head, behind the one by which mailboxes are told apart.
std::string with_head(const std::string& text, const std::string& more) {
  size_t first = text.starts_with("From ") ? text.find('\n') + 1 : 0;
  return text.substr(0, first) + more + text.substr(first);
}

/// In encoded words (RFC 2047, "Q"), each on a line of its own and none through a character.
std::string encoded_words(std::string_view text) {
  constexpr size_t kMaxWord = 60;
  std::string done, word;
  auto end_word = [&] {
    if (!word.empty()) done += (done.empty() ? "=?UTF-8?q?" : "\n =?UTF-8?q?") + word + "?=";
    word.clear();
  };
  for (size_t i = 0; i < text.size();) {
    size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    std::string letter;
    for (char c : text.substr(i, next - i)) {
      bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      letter += plain ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
    if (word.size() + letter.size() > kMaxWord) end_word();
    word += letter;
    i = next;
  }
  end_word();
  return done;
}

/// One line of a head that is not ASCII.
std::string line_in_ascii(const std::string& line) {
  size_t from = line.find(": ") + 2;
  if (line.starts_with("From: ")) {
    size_t to = line.rfind(" <");  // of a person the address stays as it is
    std::string name = line.substr(from, to == std::string::npos ? to : to - from);
    return line.substr(0, from) + (is_ascii(name) ? name : encoded_words(name)) +
           (to == std::string::npos ? "" : line.substr(to));
  }
  size_t end = line.starts_with("Subject: [") ? line.find("] ") : std::string::npos;
  if (end == std::string::npos) return line.substr(0, from) + encoded_words(line.substr(from));
  std::string prefix = line.substr(from, end + 1 - from), rest = line.substr(end + 2);
  // What is in front stays readable where it can.
  if (is_ascii(prefix)) return line.substr(0, from) + prefix + " " + encoded_words(rest);
  bool encoded = !is_ascii(rest) || rest.starts_with("=?");
  if (!is_ascii(rest)) rest = encoded_words(rest);
  // A blank between two encoded words is none.
  return line.substr(0, from) + encoded_words(prefix + (encoded ? " " : "")) + "\n " + rest;
}

/// Heads of mail are ASCII. git before 2.40 leaves those of a cover letter as they are, and `git
/// send-email` passes them on.
std::string in_ascii(const std::string& text) {
  size_t end = text.find("\n\n");
  std::string head = replace_all(text.substr(0, end), "\n ", " ");
  if (end == std::string::npos || is_ascii(head)) return text;
  std::string made;
  for (const std::string& line : lines(head)) {
    bool plain = is_ascii(line) || line.starts_with("From ");
    made += (plain ? line : line_in_ascii(line)) + "\n";
  }
  return made + text.substr(end + 1);
}

/// Says of a body that is not ASCII what it is, where git has said nothing: it looks at the words
/// of the commits alone.
std::string with_charset(const std::string& text) {
  size_t end = text.find("\n\n");
  if (end == std::string::npos || is_ascii(std::string_view(text).substr(end))) return text;
  if (lower(text.substr(0, end)).find("\nmime-version:") != std::string::npos) return text;
  return text.substr(0, end) +
         "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
         "Content-Transfer-Encoding: 8bit" +
         text.substr(end);
}

/// The cover letter with its words.
Result<std::string> filled_in(std::string text, const Place& place, const PullRequest& pull) {
  size_t subject = text.find(kNoSubject), body = text.find(kNoBody);
  if (subject == std::string::npos || body == std::string::npos || body < subject) {
    return Error{Fault::kEnvironment,
                 "'git format-patch' left no place for the words of the cover letter",
                 {},
                 "see format.* in 'git config --list', and go on with 'git factory resume'"};
  }
  // From behind, so that no place moves.
  text.replace(body, std::string_view(kNoBody).size(), cover_of(place, pull));
  std::string title = replace_all(replace_all(std::string(trim(pull.title)), "\r", ""), "\n", " ");
  text.replace(subject, std::string_view(kNoSubject).size(), to_utf8(title));
  return text;
}

/// Its id, and what it answers.
std::string thread_head(const Mailing& mailing, size_t at, const std::string& first_id) {
  std::string answered = at == 0 ? first_id : mailing.ids.front();
  std::string head = fmt::format("Message-Id: {}\n", mailing.ids[at]);
  if (answered.empty()) return head;
  bool both = at > 0 && !first_id.empty();
  return head + fmt::format("In-Reply-To: {}\nReferences: {}{}\n", answered,
                            both ? first_id + "\n " : "", answered);
}

Error no_mail(const char* what, const std::string& path, const std::string& why) {
  return {Fault::kEnvironment,
          fmt::format("cannot {} '{}': {}", what, printable(path), why),
          {},
          "mend it, and go on with 'git factory resume'"};
}

/// As git leaves them: their numbers in front are their order.
Result<std::vector<std::string>> patches_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  // The cover letter's number is 0, also behind the "v2-" of its name.
  if (!failed && !names.empty()) return names;
  return Error{Fault::kEnvironment,
               fmt::format("'git format-patch' left nothing in '{}'", printable(folder)),
               {},
               "go on with 'git factory resume'"};
}

}  // namespace

std::string mail_folder(const git::Repo& repo) { return repo.common_dir() + "/factory/mail"; }

std::string series_folder(const git::Repo& repo, const PullRequest& pull, int version) {
  return fmt::format("{}/{}/v{}", mail_folder(repo), pull.run.id8(), version);
}

Result<void> write_series(const Place& place, const PullRequest& pull, const std::string& folder,
                          const std::string& first_id, Mailing& mailing) {
  std::error_code failed;
  std::filesystem::remove_all(folder, failed);
  if (!failed) std::filesystem::create_directories(folder, failed);
  if (failed) return no_mail("make room in", folder, failed.message());
  GF_ASSIGN(auto made, place.git.ask(format_words(pull, folder, mailing.version)));
  if (made.exit_code != 0) {
    return Error{Fault::kEnvironment,
                 fmt::format("git format-patch: {}",
                             replace_all(printable(clipped(trim(made.err), 300)), "\n", "; ")),
                 {},
                 "see format.* in 'git config --list', and go on with 'git factory resume'"};
  }
  GF_ASSIGN(auto names, patches_in(folder));
  std::string domain = domain_of(place);
  // Some of them may be sent already: those of the record stay.
  if (mailing.ids.size() != names.size()) mailing.ids.clear();
  mailing.files.clear();
  for (const std::string& name : names) {
    std::string path = folder + "/" + name;
    size_t at = mailing.files.size();
    if (mailing.ids.size() <= at)
      mailing.ids.push_back(
          fmt::format("<{}.v{}.{}@{}>", pull.run.str(), mailing.version, at, domain));
    // Nothing of it would go out as a mail without words.
    auto written = read_file(path);
    if (!written || written->empty()) return no_mail("read", path, "nothing is there");
    Result<std::string> text = std::move(*written);
    if (at == 0) text = filled_in(std::move(text).value(), place, pull);
    if (!text.ok()) return text.error();
    std::string mail = with_head(with_charset(in_ascii(*text)), thread_head(mailing, at, first_id));
    GF_TRY(write_file(path, mail));
    mailing.files.emplace_back(name, std::move(mail));
  }
  return Done{};
}

}  // namespace gf::forge

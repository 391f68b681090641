// git writes the mail; ours are the ids, by which a mail is known again.
#include "forge/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"

namespace gf::forge {
namespace {

/// What git hands on as one variable of the environment is at most so long on Linux.
constexpr size_t kMaxCover = 100000;
constexpr const char* kCover = "GIT_FACTORY_COVER";

/// Who writes mail from here says with the address where he is; a machine is no place for that.
std::string domain_of(const Place& place) {
  auto who = place.repo.identity(place.clock.now());
  size_t at = who.ok() ? who->email.rfind('@') : std::string::npos;
  std::string domain = at == std::string::npos ? "" : who->email.substr(at + 1);
  bool plain = !domain.empty() && domain.find_first_of(" \t\r\n<>\"()") == std::string::npos;
  return plain ? domain : "localhost";
}

/// Title and body as git takes them for a cover letter, the text of `git request-pull` last.
std::string cover_of(const PullRequest& pull) {
  std::string title = replace_all(std::string(trim(pull.title)), "\n", " ");
  std::string text = title + "\n\n" + std::string(trim(pull.body)) + "\n";
  if (!pull.request_pull.empty()) text += "\n" + pull.request_pull;
  return to_utf8(clipped_middle(replace_all(text, "\r", ""), kMaxCover));
}

std::vector<std::string> format_words(const PullRequest& pull, const std::string& folder,
                                      int version) {
  std::string branch = "refs/heads/" + pull.head_branch;
  std::vector<std::string> words = {
      // The value itself would be in the list of processes.
      fmt::format("--config-env=branch.{}.description={}", pull.head_branch, kCover),
      "format-patch",
      "--quiet",
      "--cover-letter",
      "--cover-from-description=subject",
      "--no-thread",
      "--no-to",
      "--no-cc",
      "--base=" + pull.base.hex(),
      "--output-directory=" + folder};
  if (version > 1) words.push_back(fmt::format("--reroll-count={}", version));
  if (pull.draft) words.emplace_back("--rfc");
  words.push_back(pull.base.hex() + ".." + branch);
  return words;
}

Result<void> stands_here(const Place& place, const PullRequest& pull) {
  GF_ASSIGN(auto ref, RefName::parse("refs/heads/" + pull.head_branch));
  GF_ASSIGN(auto tip, place.repo.read_ref(ref));
  if (tip == pull.head) return Done{};
  return Error{Fault::kUser,
               fmt::format("'{}' does not stand at {} here", printable(pull.head_branch),
                           pull.head.short_hex()),
               {},
               "put it back there, and go on with 'git factory resume'"};
}

/// `text` with more lines in its head, behind the one by which mailboxes are told apart.
std::string with_head(const std::string& text, const std::string& more) {
  size_t first = text.starts_with("From ") ? text.find('\n') + 1 : 0;
  return text.substr(0, first) + more + text.substr(first);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
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

/// Heads of mail are ASCII. git before 2.40 leaves those of a cover letter as they are, and `git
/// send-email` passes them on.
std::string in_ascii(const std::string& text) {
  size_t end = text.find("\n\n");
  std::string head = replace_all(text.substr(0, end), "\n ", " ");
  if (end == std::string::npos || is_ascii(head)) return text;
  std::string made;
  for (const std::string& line : lines(head)) {
    size_t from = line.find(": ") + 2;
    // Of a subject what is in front stays readable; of a person the address.
    if (line.starts_with("Subject: [")) from = line.find("] ") + 2;
    size_t to = line.starts_with("From: ") ? line.rfind(" <") : std::string::npos;
    std::string words = line.substr(from, to == std::string::npos ? to : to - from);
    bool plain = is_ascii(line) || line.starts_with("From ");
    made += plain ? line
                  : line.substr(0, from) + encoded_words(words) +
                        (to == std::string::npos ? "" : line.substr(to));
    made += '\n';
  }
  return made + text.substr(end + 1);
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
  GF_TRY(stands_here(place, pull));
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  std::filesystem::create_directories(folder, ignored);
  GF_ASSIGN(auto made, place.git.ask(format_words(pull, folder, mailing.version), {},
                                     {{kCover, cover_of(pull)}}));
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
    std::string text = in_ascii(read_file(path).value_or(""));
    size_t place_in_it = mailing.files.size();
    if (mailing.ids.size() <= place_in_it) {
      mailing.ids.push_back(
          fmt::format("<{}.v{}.{}@{}>", pull.run.str(), mailing.version, place_in_it, domain));
    }
    std::string answered = place_in_it == 0 ? first_id : mailing.ids.front();
    std::string head = fmt::format("Message-Id: {}\n", mailing.ids[place_in_it]);
    if (!answered.empty()) {
      bool both = place_in_it > 0 && !first_id.empty();
      head += fmt::format("In-Reply-To: {}\nReferences: {}{}\n", answered,
                          both ? first_id + "\n " : "", answered);
    }
    text = with_head(text, head);
    GF_TRY(write_file(path, text));
    mailing.files.emplace_back(name, std::move(text));
  }
  return Done{};
}

}  // namespace gf::forge

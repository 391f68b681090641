#include "git/remote_trouble.h"

#include <array>
#include <string_view>

#include "base/text.h"

namespace gf::git {
namespace {

constexpr const char* kRemote = "remote:";

/// Who says it: ssh and git themselves, or the server, whose lines begin with "remote:" where it
/// speaks over git's own channel. A server has no say about keys of hosts.
enum class By { kUs, kServer };
enum class Then { kRefused, kPerhaps };

struct Trouble {
  std::string_view words;
  By by;
  Then then;
  std::string_view message;  ///< empty: the line's own words will do
  std::string_view hint;
};

constexpr std::string_view kNoSuch =
    "check the address in 'git remote -v'; a server hides what your key or token may not see";
constexpr std::string_view kMayOnlyRead =
    "give it write access on the server, push with another key, or push to a fork ('git config "
    "factory.remote <fork>')";

// The first row that fits says it.
constexpr std::array kTroubles = {
    // Its complaint stands above the line that an unknown host ends with too.
    Trouble{"REMOTE HOST IDENTIFICATION HAS CHANGED", By::kUs, Then::kRefused,
            "the server shows another key than the one that is known of it",
            "ask who runs it whether its key is a new one, before you take the old one out of "
            "known_hosts with 'ssh-keygen -R <host>'"},
    Trouble{"Host key verification failed",
            By::kUs,
            Then::kRefused,
            {},
            "connect once with 'ssh <host>' and compare the fingerprint with the one that the "
            "server's owner names, which writes it into known_hosts"},
    Trouble{"Permission denied (",
            By::kUs,
            Then::kRefused,
            {},
            "load your key with 'ssh-add', and give its public half to the server; 'ssh -T "
            "<user>@<host>' shows whether it is taken"},
    // Keys that may read: GitHub, GitLab, Bitbucket, Gitea.
    Trouble{"marked as read only", By::kServer, Then::kRefused, {}, kMayOnlyRead},
    Trouble{"does not have write access", By::kServer, Then::kRefused, {}, kMayOnlyRead},
    Trouble{"deployment key is read-only", By::kServer, Then::kRefused, {}, kMayOnlyRead},
    Trouble{"is not authorized to write", By::kServer, Then::kRefused, {}, kMayOnlyRead},
    Trouble{"not allowed to push", By::kServer, Then::kRefused, {}, kMayOnlyRead},
    Trouble{" denied to ", By::kServer, Then::kRefused, {}, kMayOnlyRead},
    // No such repository, or none for us: the same four, git itself by ssh and by http.
    Trouble{"Repository not found", By::kServer, Then::kRefused, {}, kNoSuch},
    Trouble{"project you were looking for could not be found",
            By::kServer,
            Then::kRefused,
            {},
            kNoSuch},
    Trouble{"repository does not exist", By::kServer, Then::kRefused, {}, kNoSuch},
    Trouble{"Cannot find repository", By::kServer, Then::kRefused, {}, kNoSuch},
    Trouble{"does not appear to be a git repository", By::kServer, Then::kRefused, {}, kNoSuch},
    Trouble{"' not found", By::kUs, Then::kRefused, {}, kNoSuch},
    Trouble{"The requested URL returned error: 403", By::kUs, Then::kRefused, {}, kMayOnlyRead},
    Trouble{"ssh: Could not resolve hostname",
            By::kUs,
            Then::kPerhaps,
            {},
            "check the host in 'git remote -v', and the network"},
    Trouble{"ssh: connect to host",
            By::kUs,
            Then::kPerhaps,
            {},
            "check host and port in 'git remote -v', and the network"},
};

std::string said(const Trouble& trouble, std::string line) {
  if (!trouble.message.empty()) return std::string(trouble.message);
  for (std::string_view prefix : {std::string_view(kRemote), std::string_view("fatal:")}) {
    if (line.starts_with(prefix)) line = std::string(trim(line.substr(prefix.size())));
  }
  return line;
}

}  // namespace

std::string complaint(const std::string& err) {
  std::vector<std::string> all = lines(err);
  std::string best;
  for (const std::string& line : all) {
    std::string_view text = trim(line);
    if (!text.starts_with("fatal:") && !text.starts_with("error:")) continue;
    // This comes last, and says less than what came before it.
    bool general = text.find("Could not read from remote repository") != std::string_view::npos;
    if (best.empty() || !general) best = std::string(trim(text.substr(6)));
  }
  if (best.empty() && !all.empty()) best = std::string(trim(all.back()));
  return printable(clipped(best.empty() ? "no reason was given" : best, 500));
}

Error unreachable(const std::string& err) {
  Error error{Fault::kEnvironment, complaint(err), printable(clipped_middle(trim(err), 4000)),
              "check 'git remote -v' and your access"};
  for (const Trouble& trouble : kTroubles) {
    for (const std::string& line : lines(err)) {
      bool theirs = line.starts_with(kRemote);
      if (theirs && trouble.by == By::kUs) continue;
      if (line.find(trouble.words) == std::string::npos) continue;
      if (trouble.then == Then::kRefused) error.fault = Fault::kConfiguration;
      error.message = printable(clipped(trim(said(trouble, line)), 500));
      error.hint = trouble.hint;
      return error;
    }
  }
  return error;
}

}  // namespace gf::git

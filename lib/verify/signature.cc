// Signing and checking with the user's own git setup: the statement is the message of a commit
// object, so git itself signs and checks it, with ssh, OpenPGP or X.509, keys, allowed signers and
// revocations as they are configured for commits.
#include "verify/signature.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"

namespace gf::verify {
namespace {

constexpr size_t kMaxStatement = 1u << 20;

Refusal bad(std::string text, std::string hint) {
  return {State::kNo, Reason::kBadSignature, std::move(text), std::move(hint)};
}

/// A commit's text: the headers before its first empty line, and the message behind.
struct Parsed {
  std::vector<std::string> headers;
  std::string message;
};

Parsed parsed(const std::string& text) {
  size_t end = text.find("\n\n");
  if (end == std::string::npos) return {lines(text), ""};
  return {lines(text.substr(0, end)), text.substr(end + 2)};
}

/// What has to be signed: a commit of this tree on these parents with this message.
struct Statement {
  Oid tree;
  std::vector<Oid> parents;
  std::string message;
};

/// What a signature says counts for nothing unless it says it about this very thing.
std::optional<Refusal> about_this(const Parsed& commit, const Statement& statement) {
  std::vector<std::string> trees, parents, wanted;
  for (const Oid& parent : statement.parents) wanted.push_back(parent.hex());
  for (const std::string& header : commit.headers) {
    if (header.starts_with("tree ")) trees.push_back(header.substr(5));
    if (header.starts_with("parent ")) parents.push_back(header.substr(7));
  }
  if (trees == std::vector{statement.tree.hex()} && parents == wanted &&
      commit.message == statement.message)
    return std::nullopt;
  return bad("the signature is about something else than what it lies beside",
             "somebody changed the record; fetch it from a place you trust");
}

struct Opinion {
  std::string grade, signer, fingerprint, primary, key;
};

/// git's own judgement, by its codes for %G?.
Result<Opinion> ask_git(const git::Repo& repo, const git::Program& git, const std::string& text) {
  GF_ASSIGN(auto folder, TemporaryFolder::make("git-factory-verify-"));
  GF_ASSIGN(auto id, git::write_commit_elsewhere(folder.path(), text));
  GF_ASSIGN(auto answer, git.ask({"log", "--no-walk", "--no-show-signature", "--encoding=UTF-8",
                                  "--format=%G?%x1f%GS%x1f%GF%x1f%GP%x1f%GK", id.hex(), "--"},
                                 {},
                                 {{"GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                   "\"" + folder.path() + "\":" + repo.object_folders()},
                                  {"GIT_NO_REPLACE_OBJECTS", "1"},
                                  {"GIT_GRAFT_FILE", "/dev/null"}}));
  std::vector<std::string> fields = split(trim(answer.out), '\x1f');
  if (answer.exit_code != 0 || fields.size() != 5) {
    return Error{Fault::kEnvironment,
                 "git cannot look at the signature",
                 printable(clipped_middle(answer.err, 2000)),
                 {}};
  }
  return Opinion{fields[0], fields[1], fields[2], fields[3], fields[4]};
}

bool is_listed(const Opinion& opinion, const std::vector<std::string>& signers, bool by_key_only) {
  auto same_key = [](std::string wanted, std::string key) {
    // SSH's are base64 and keep their case; OpenPGP's are hexadecimal, in groups as people copy
    // them.
    if (!wanted.starts_with("SHA256:")) {
      wanted = lower(replace_all(wanted, " ", ""));
      key = lower(key);
    }
    return !key.empty() && wanted == key;
  };
  return std::any_of(signers.begin(), signers.end(), [&](const std::string& wanted) {
    for (const std::string& key : {opinion.fingerprint, opinion.primary}) {
      if (same_key(wanted, key)) return true;
    }
    return !by_key_only && !wanted.empty() &&
           (wanted == opinion.signer || opinion.signer.ends_with(" <" + wanted + ">"));
  });
}

std::string signer_of(const Opinion& opinion) {
  if (!opinion.signer.empty()) return opinion.signer;
  return opinion.fingerprint.empty() ? opinion.key : opinion.fingerprint;
}

std::string why_bad(const std::string& grade) {
  if (grade == "B") return "the signature is not good";
  if (grade == "E") return "the signature cannot be checked: its key is not known here";
  if (grade == "X") return "the signature has expired";
  if (grade == "Y") return "the key had expired";
  if (grade == "R") return "the key was revoked";
  if (grade == "N") return "git finds no signature it can check";
  return fmt::format("git says '{}' of the signature", printable(grade));
}

std::string gates_statement(const Oid& tree, const Oid& gates) {
  return fmt::format("gates: passed\n\nFactory-Tree: {}\nFactory-Gates: {}\nFactory-Schema: 1\n",
                     tree.hex(), gates.hex());
}

Result<std::string> sign(const git::Program& git, const Statement& statement) {
  std::vector<std::string> words = {"-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-S"};
  for (const Oid& parent : statement.parents) words.insert(words.end(), {"-p", parent.hex()});
  words.insert(words.end(), {"-F", "-", statement.tree.hex()});
  GF_ASSIGN(auto made, git.ask(words, statement.message));
  if (made.exit_code != 0) {
    std::vector<std::string> errors = lines(made.err);
    return Error{Fault::kEnvironment,
                 fmt::format("git could not sign: {}",
                             printable(errors.empty() ? "no reason was given" : errors.front())),
                 {},
                 "check gpg.format and user.signingKey, or set factory.sign=false"};
  }
  return git.run({"cat-file", "commit", std::string(trim(made.out))});
}

/// Good by git's own judgement, and by somebody whom the policy allows.
Result<std::variant<Signed, Refusal>> judge(const git::Repo& repo, const git::Program& git,
                                            const Policy& policy, const std::string& text,
                                            const Statement& statement) {
  using Answer = std::variant<Signed, Refusal>;
  if (auto refusal = about_this(parsed(text), statement)) return Answer(*refusal);
  GF_ASSIGN(auto opinion, ask_git(repo, git, text));
  if (opinion.grade == "N" && text.find("-----BEGIN SSH SIGNATURE-----") != std::string::npos) {
    // All that git says of it: it looks at none before it knows whose keys there are.
    GF_ASSIGN(auto allowed, git.setting("gpg.ssh.allowedsignersfile"));
    if (!allowed) {
      return Answer(bad("it is signed with an ssh key, and nobody's keys are known here",
                        "name a file of keys in gpg.ssh.allowedSignersFile; see git-config(1)"));
    }
  }
  if (opinion.grade != "G" && opinion.grade != "U") {
    return Answer(bad(why_bad(opinion.grade),
                      "see gpg.ssh.allowedSignersFile in git-config(1), or import the key"));
  }
  // Good by a key that git does not know to be anybody's: only a fingerprint in the policy helps.
  bool unknown = opinion.grade == "U";
  if (is_listed(opinion, policy.signers, unknown)) return Answer(Signed{signer_of(opinion)});
  if (unknown) {
    return Answer(bad(fmt::format("signed with {}, which is not trusted here", signer_of(opinion)),
                      "name the signer in gpg.ssh.allowedSignersFile, or the fingerprint in "
                      "factory.verify.signer"));
  }
  if (!policy.signers.empty()) {
    return Answer(bad(fmt::format("signed by {}, who is not an allowed signer", signer_of(opinion)),
                      "see factory.verify.signer"));
  }
  return Answer(Signed{signer_of(opinion)});
}

}  // namespace

std::string statement_of(const record::Verdict& verdict, const std::map<std::string, Oid>& files) {
  std::string text = fmt::format(
      "verdict: {} {}\n\nFactory-Run: {}\nFactory-Verdict: {}\nFactory-Base: {}\nFactory-Tree: {}\n"
      "Factory-Patch-Id: {}\nFactory-Reviewer: {}\n",
      verdict.approved ? "approved" : "rejected", verdict.run.str(), verdict.run.str(),
      verdict.approved ? "approved" : "rejected", verdict.base.hex(), verdict.tree.hex(),
      verdict.patch_id, printable(replace_all(verdict.reviewer, "\n", " ")));
  for (const auto& [name, blob] : files) {
    bool says = name == "review.json" || name == "spec.json" || name.starts_with("gate-");
    if (says) text += fmt::format("Factory-File: {} {}\n", blob.hex(), printable(name));
  }
  return text + "Factory-Schema: 1\n";
}

Result<bool> can_sign(const git::Program& git) {
  for (const char* key : {"user.signingKey", "gpg.ssh.defaultKeyCommand"}) {
    GF_ASSIGN(auto value, git.setting(key));
    if (value && !value->empty()) return true;
  }
  return git.signs();
}

Result<std::string> signed_statement(const git::Program& git, const record::Verdict& verdict,
                                     const std::map<std::string, Oid>& files) {
  return sign(git, {verdict.tree, {verdict.base}, statement_of(verdict, files)});
}

Result<std::string> signed_gates(const git::Program& git, const Oid& tree, const Oid& gates) {
  return sign(git, {tree, {}, gates_statement(tree, gates)});
}

Result<std::variant<Signed, Refusal>> judge_signature(const git::Repo& repo,
                                                      const git::Program& git, const Policy& policy,
                                                      const Approval& approval) {
  auto file = approval.files.find("review.sig");
  if (file == approval.files.end()) {
    return std::variant<Signed, Refusal>(
        Refusal{State::kNo, Reason::kUnsigned, "the verdict is not signed",
                "set user.signingKey (and gpg.format) and run the feature again"});
  }
  const record::Verdict& verdict = approval.verdict;
  GF_ASSIGN(auto text, repo.read_blob(file->second, kMaxStatement));
  return judge(repo, git, policy, text,
               {verdict.tree, {verdict.base}, statement_of(verdict, approval.files)});
}

Result<std::variant<Signed, Refusal>> judge_gates_signature(const git::Repo& repo,
                                                            const git::Program& git,
                                                            const Policy& policy,
                                                            const std::string& text,
                                                            const Oid& tree, const Oid& gates) {
  return judge(repo, git, policy, text, {tree, {}, gates_statement(tree, gates)});
}

}  // namespace gf::verify

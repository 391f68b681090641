// What was found out here and is kept for others: that gates were green on a tree.
#include "base/settings.h"
#include "base/text.h"
#include "store/store.h"
#include "verify/verify.h"

namespace gf::verify {

Result<Signing> signing_of(const std::optional<std::string>& setting) {
  if (!setting || lower(trim(*setting)) == "auto") return Signing::kWhereAble;
  if (std::optional<bool> wanted = git_flag(*setting))
    return *wanted ? Signing::kAlways : Signing::kNever;
  return wrong_setting("factory.sign", *setting, "set it to auto, true or false");
}

Result<std::string> keep_gates(const git::Repo& repo, const git::Program& git, store::Store& store,
                               Timestamp now, const Policy& policy, const Oid& commit,
                               const std::vector<record::GateOutcome>& outcomes) {
  GF_ASSIGN(auto info, repo.commit(commit));
  GF_ASSIGN(auto setting, git.setting("factory.sign"));
  GF_ASSIGN(Signing signing, signing_of(setting));
  bool sign = signing == Signing::kAlways;
  if (signing == Signing::kWhereAble) {
    GF_ASSIGN(sign, can_sign(git));
  }
  std::string signature, warning;
  if (sign) {
    auto made = signed_gates(git, info.tree, policy.gates);
    if (!made.ok() && signing == Signing::kAlways) return made.error();
    if (made.ok()) {
      signature = std::move(made).value();
    } else {
      warning = "the result is not signed: " + made.error().message;
    }
  }
  GF_TRY(
      store.note_gates(info.tree, gates_note(info.tree, policy.gates, now, outcomes), signature));
  return warning;
}

}  // namespace gf::verify

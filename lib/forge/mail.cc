// Patches by mail: `git format-patch` writes them, `git send-email` sends them, the local forge's
// record knows which.
#include "forge/mail.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <utility>

#include "base/files.h"
#include "forge/request_pull.h"
#include "forge/send_email.h"
#include "forge/series.h"

namespace gf::forge {
namespace {

class MailForge : public Forge {
 public:
  MailForge(const Place& place, const std::string& push)
      : place_(place),
        push_(push),
        pushes_(push == "branch"),
        kept_(local_forge(place_.repo, place_.git, std::nullopt, place_.clock)) {}

  [[nodiscard]] std::string name() const override { return "mail"; }
  [[nodiscard]] bool keeps_here() const override { return true; }
  /// The mail has the commits; a branch for those who would rather pull is asked for by itself.
  [[nodiscard]] bool takes_branches() const override { return pushes_; }

  Result<void> ready() override {
    if (push_ == "agit") {
      return Error{Fault::kConfiguration,
                   "mail takes no request by a push to refs/for/ (AGit)",
                   {},
                   "unset factory.forge.push; 'branch' pushes the branch beside the mail"};
    }
    GF_ASSIGN(auto route, mail_route(place_));
    GF_TRY(can_send(route, place_));
    // It goes into the record as well: nobody is named there.
    if (place_.say) place_.say(counts_text(route) + "; 'git factory doctor' says to whom");
    return Done{};
  }

  Result<std::optional<PullRequest>> open_with_branch(const PullRequest& wanted,
                                                      const std::string& /*branch*/) override {
    if (pushes_) return std::optional<PullRequest>();
    GF_ASSIGN(auto opened, open(wanted));
    return std::optional<PullRequest>(std::move(opened));
  }

  Result<PullRequest> open(const PullRequest& wanted) override {
    PullRequest full = wanted;
    if (pushes_ && place_.remote)
      full.request_pull = request_pull_text(place_.repo, place_.git, *place_.remote, wanted);
    GF_ASSIGN(auto there, kept_->open(full));
    there.branchless = !pushes_;
    if (there.state != "open") return there;
    // The words are today's; what was sent of it is the record's.
    full.mailings = there.mailings;
    GF_TRY(write(full));
    GF_TRY(send(full, there));
    there.mailings = full.mailings;
    return there;
  }

  Result<PullRequest> close(const PullRequest& on) override { return kept_->close(on); }
  Result<void> comment(const PullRequest& on, const std::string& text) override {
    return kept_->comment(on, text);
  }
  Result<void> comment_at(const PullRequest& on, const record::Remark& remark) override {
    return kept_->comment_at(on, remark);
  }
  Result<std::vector<Said>> said_of(const PullRequest& on) override { return kept_->said_of(on); }
  Result<std::vector<std::string>> answer(const PullRequest& on, const std::string& thread,
                                          const std::string& text, bool settled) override {
    return kept_->answer(on, thread, text, settled);
  }
  Result<std::vector<PullRequest>> list() override {
    GF_ASSIGN(auto all, kept_->list());
    for (PullRequest& one : all) one.branchless = !pushes_;
    return all;
  }

 private:
  /// The files of this head's version: one more where there was none of it yet.
  Result<void> write(PullRequest& pull) {
    if (pull.mailings.empty() || pull.mailings.back().head != pull.head) begin_version(pull);
    const Mailing before = pull.mailings.back();
    bool whole = !before.ids.empty() && before.sent == static_cast<int>(before.ids.size());
    if (whole && before.unsure.empty()) return Done{};
    GF_TRY(write_version(pull));
    bool recounted = pull.mailings.back().ids.size() != before.ids.size();
    if ((before.sent > 0 || before.begun) && recounted) {
      // Other settings make another series of it: what went out of that one goes on nowhere.
      pull.mailings.back() = before;
      begin_version(pull);
      GF_TRY(write_version(pull));
    }
    return keep(pull);
  }
  static void begin_version(PullRequest& pull) {
    Mailing next;
    next.version = pull.mailings.empty() ? 1 : pull.mailings.back().version + 1;
    next.head = pull.head;
    pull.mailings.push_back(std::move(next));
  }
  Result<void> write_version(PullRequest& pull) {
    // The first of a thread whose ids nobody wrote down begins no thread.
    const std::vector<Mailing>& all = pull.mailings;
    std::string first = all.size() > 1 && !all.front().ids.empty() ? all.front().ids.front() : "";
    return write_series(place_, pull, folder_of(pull), first, pull.mailings.back());
  }

  /// One mail after the other, each in the record before and after it. One of which nobody knows
  /// whether it went out keeps none of the others back.
  Result<void> send(PullRequest& pull, PullRequest& answer) {
    GF_ASSIGN(auto route, mail_route(place_));
    Mailing& now = pull.mailings.back();
    std::map<int, std::string> why;
    for (int place : now.unsure) why[place] = "its answer was lost";
    if (now.begun) {
      why[now.sent] = "it was being sent when the run was stopped";
      GF_TRY(pass(pull, Posted::End::kUnknown));
    }
    int before = now.sent;
    Result<void> sent = Done{};
    if (route.not_sent.empty()) sent = send_rest(pull, route, why);
    auto all = static_cast<int>(now.ids.size());
    if (now.sent < all || !now.unsure.empty()) GF_TRY(write_scripts(pull, route));
    if (!sent.ok()) return sent;
    for (const auto& [place, words] : why) answer.notes.push_back(unsure(pull, place, words));
    if (now.sent < all) answer.unsent = not_sent(pull, route.not_sent);
    bool whole = before < all && now.sent == all && now.unsure.empty();
    if (whole && place_.say)
      place_.say(fmt::format("v{} is sent: {}", now.version, now.ids.front()));
    return Done{};
  }

  Result<void> send_rest(PullRequest& pull, const MailRoute& route,
                         std::map<int, std::string>& why) {
    Mailing& now = pull.mailings.back();
    while (now.sent < static_cast<int>(now.files.size())) {
      GF_TRY(place_.cancel.check());
      now.begun = true;
      GF_TRY(keep(pull));
      auto posted = send_mail(route, place_.git, folder_of(pull) + "/" + name_of(now, now.sent));
      if (!posted.ok() && posted.error().fault == Fault::kCancelled) return posted.error();
      bool refused = !posted.ok() || posted->end == Posted::End::kRefused;
      if (refused) {
        now.begun = false;
        GF_TRY(keep(pull));
        return posted.ok() ? refusal(pull, posted->words) : posted.error();
      }
      if (posted->end == Posted::End::kUnknown) why[now.sent] = posted->words;
      GF_TRY(pass(pull, posted->end));
    }
    return Done{};
  }

  /// On to the next mail, with what is known of this one in the record.
  Result<void> pass(PullRequest& pull, Posted::End end) {
    Mailing& now = pull.mailings.back();
    now.begun = false;
    if (end == Posted::End::kUnknown) now.unsure.push_back(now.sent);
    ++now.sent;
    return keep(pull);
  }

  [[nodiscard]] static const std::string& name_of(const Mailing& mailing, int place) {
    return mailing.files[static_cast<size_t>(place)].first;
  }
  [[nodiscard]] std::string folder_of(const PullRequest& pull) const {
    return series_folder(place_.repo, pull, pull.mailings.back().version);
  }
  Result<void> keep(const PullRequest& pull) {
    GF_TRY(kept_->open(pull));
    return Done{};
  }

  // --- What a person does: one script for what did not go out, one for what may have ---

  [[nodiscard]] static std::string script_name(const PullRequest& pull, bool rest) {
    return fmt::format("send-v{}{}", pull.mailings.back().version, rest ? "" : "-unsure");
  }
  Result<void> write_scripts(const PullRequest& pull, const MailRoute& route) const {
    const Mailing& now = pull.mailings.back();
    const std::string folder = folder_of(pull);
    const std::string above = folder.substr(0, folder.rfind('/') + 1);
    std::vector<std::string> rest, may_be;
    for (int i = now.sent; i < static_cast<int>(now.files.size()); ++i)
      rest.push_back(name_of(now, i));
    for (int i : now.unsure) may_be.push_back(name_of(now, i));
    const std::string inside = folder.substr(above.size());
    for (const auto& [names, is_rest] : {std::pair{&rest, true}, std::pair{&may_be, false}}) {
      const std::string path = above + script_name(pull, is_rest);
      if (names->empty()) {
        // What it sends has gone out meanwhile.
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        continue;
      }
      GF_TRY(write_file(path, send_script(route, inside, *names)));
    }
    return Done{};
  }
  /// It goes into the record: with nobody's name, and with no folder above the repository's own.
  [[nodiscard]] static std::string by_hand(const PullRequest& pull, bool rest) {
    return fmt::format("sh \"$(git rev-parse --git-common-dir)/factory/mail/{}/{}\"",
                       pull.run.id8(), script_name(pull, rest));
  }
  [[nodiscard]] static Error refusal(const PullRequest& pull, const std::string& why) {
    const Mailing& now = pull.mailings.back();
    return {Fault::kEnvironment,
            fmt::format("mail {} of {} of v{} was not taken: {}", now.sent + 1, now.ids.size(),
                        now.version, why),
            {},
            fmt::format("go on with 'git factory resume', which sends this one and those behind "
                        "it; by hand: {}",
                        by_hand(pull, true))};
  }
  [[nodiscard]] static std::string not_sent(const PullRequest& pull, const std::string& why) {
    const Mailing& now = pull.mailings.back();
    std::string rest =
        now.sent == 0 ? "" : fmt::format(" after {} of {}", now.sent, now.ids.size());
    return fmt::format("v{} is not sent{} ({}); this sends what is left: {}", now.version, rest,
                       why, by_hand(pull, true));
  }
  [[nodiscard]] static std::string unsure(const PullRequest& pull, int place,
                                          const std::string& why) {
    const Mailing& now = pull.mailings.back();
    auto at = static_cast<size_t>(place);
    return fmt::format(
        "whether mail {} of {} of v{} went out is not known ({}), and it is not sent again; look "
        "for {} among what was received; only if it did not arrive: {}",
        at + 1, now.ids.size(), now.version, why, at < now.ids.size() ? now.ids[at] : "it",
        by_hand(pull, false));
  }

  Place place_;
  std::string push_;  ///< factory.forge.push
  bool pushes_;
  std::unique_ptr<Forge> kept_;
};

}  // namespace

std::unique_ptr<Forge> mail_forge(const Place& place, const std::string& push) {
  return std::make_unique<MailForge>(place, push);
}

}  // namespace gf::forge

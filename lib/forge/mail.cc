// Patches by mail: `git format-patch` writes them, `git send-email` sends them, the local forge's
// record knows which.
#include "forge/mail.h"

#include <fmt/format.h>

#include "base/text.h"
#include "forge/request_pull.h"
#include "forge/send_email.h"
#include "forge/series.h"

namespace gf::forge {
namespace {

class MailForge : public Forge {
 public:
  explicit MailForge(const Place& place)
      : place_(place),
        pushes_(lower(trim(place.settings.text("factory.forge.push").value_or("auto"))) ==
                "branch"),
        kept_(local_forge(place_.repo, place_.git, std::nullopt, place_.clock)) {}

  [[nodiscard]] std::string name() const override { return "mail"; }
  [[nodiscard]] bool keeps_here() const override { return true; }
  /// The mail has the commits; a branch for those who would rather pull is asked for by itself.
  [[nodiscard]] bool takes_branches() const override { return pushes_; }

  Result<void> ready() override {
    GF_ASSIGN(auto route, mail_route(place_));
    GF_TRY(can_send(route, place_));
    if (place_.say) place_.say(told(route));
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
    std::vector<Mailing>& all = pull.mailings;
    if (all.empty() || all.back().head != pull.head) {
      Mailing next;
      next.version = all.empty() ? 1 : all.back().version + 1;
      next.head = pull.head;
      all.push_back(std::move(next));
    }
    Mailing& now = all.back();
    bool whole = !now.ids.empty() && now.sent == static_cast<int>(now.ids.size());
    if (whole || now.begun) return Done{};
    // The first of a thread whose ids nobody wrote down begins no thread.
    std::string first = all.size() > 1 && !all.front().ids.empty() ? all.front().ids.front() : "";
    GF_TRY(write_series(place_, pull, folder_of(pull), first, now));
    return keep(pull);
  }

  /// One mail after the other, each in the record before and after it.
  Result<void> send(PullRequest& pull, PullRequest& told) {
    GF_ASSIGN(auto route, mail_route(place_));
    Mailing& now = pull.mailings.back();
    int all = static_cast<int>(now.ids.size());
    if (now.begun) {
      told.notes.push_back(unsure(pull, route, "it was being sent when the run was stopped"));
      return Done{};
    }
    if (!route.not_sent.empty()) {
      if (now.sent < all) told.unsent = not_sent(pull, route, route.not_sent);
      return Done{};
    }
    if (now.sent == all) return Done{};
    while (now.sent < all) {
      GF_TRY(place_.cancel.check());
      now.begun = true;
      GF_TRY(keep(pull));
      GF_ASSIGN(auto posted,
                send_mail(route, place_.git, folder_of(pull) + "/" + file_of(now).first));
      if (posted.end == Posted::End::kUnknown) {
        told.notes.push_back(unsure(pull, route, posted.words));
        return Done{};
      }
      now.begun = false;
      if (posted.end == Posted::End::kSent) ++now.sent;
      GF_TRY(keep(pull));
      if (posted.end == Posted::End::kRefused) {
        told.unsent = not_sent(pull, route, posted.words);
        return Done{};
      }
    }
    if (place_.say) place_.say(fmt::format("v{} is sent: {}", now.version, now.ids.front()));
    return Done{};
  }

  [[nodiscard]] static const std::pair<std::string, std::string>& file_of(const Mailing& mailing) {
    return mailing.files[static_cast<size_t>(mailing.sent)];
  }
  [[nodiscard]] std::string folder_of(const PullRequest& pull) const {
    return series_folder(place_.repo, pull, pull.mailings.back().version);
  }
  Result<void> keep(const PullRequest& pull) {
    GF_TRY(kept_->open(pull));
    return Done{};
  }

  [[nodiscard]] std::string not_sent(const PullRequest& pull, const MailRoute& route,
                                     const std::string& why) const {
    const Mailing& now = pull.mailings.back();
    std::string rest =
        now.sent == 0 ? "" : fmt::format(" after {} of {}", now.sent, now.ids.size());
    return fmt::format("v{} is not sent{} ({}): {}", now.version, rest, why,
                       send_command(route, rest_of(pull)));
  }
  /// Who sends by hand sends what is missing.
  [[nodiscard]] std::string rest_of(const PullRequest& pull) const {
    const Mailing& now = pull.mailings.back();
    if (now.sent == 0 || now.files.empty()) return folder_of(pull);
    return folder_of(pull) + "/" + file_of(now).first;
  }
  [[nodiscard]] std::string unsure(const PullRequest& pull, const MailRoute& route,
                                   const std::string& why) const {
    const Mailing& now = pull.mailings.back();
    auto at = static_cast<size_t>(now.sent);
    return fmt::format(
        "whether mail {} of {} of v{} went out is not known ({}), and it is not sent again; look "
        "for {} among what was received; '{}' sends them",
        at + 1, now.ids.size(), now.version, why, at < now.ids.size() ? now.ids[at] : "it",
        send_command(route, folder_of(pull)));
  }

  Place place_;
  bool pushes_;  ///< factory.forge.push = branch
  std::unique_ptr<Forge> kept_;
};

}  // namespace

std::unique_ptr<Forge> mail_forge(const Place& place) { return std::make_unique<MailForge>(place); }

}  // namespace gf::forge

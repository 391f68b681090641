#include "batch/fence.h"

#include <fmt/format.h>

#include "base/text.h"
#include "batch/claims.h"

namespace gf::batch {
namespace {

constexpr std::string_view kBranches = "refs/heads/";
constexpr std::string_view kTrailer = "Factory-Run: ";

struct Named {
  std::string batch, slug, holder;
};

std::optional<Named> parse(const std::string& text) {
  size_t slash = text.find('/'), space = text.find(' ');
  if (slash == std::string::npos || space == std::string::npos || space < slash) return {};
  Named named{text.substr(0, slash), text.substr(slash + 1, space - slash - 1),
              text.substr(space + 1)};
  bool names = slug_from(named.batch) == named.batch && slug_from(named.slug) == named.slug &&
               !named.holder.empty();
  return names ? std::optional(named) : std::nullopt;
}

RunId run_in(const std::string& message) {
  size_t at = message.rfind(kTrailer);
  if (at == std::string::npos) return {};
  std::string id = message.substr(at + kTrailer.size());
  return RunId::parse(id.substr(0, id.find('\n'))).value_or(RunId());
}

/// What of these refspecs is a delivery; what is sent to refs/for/ has no branch.
Result<void> note_sent(const session::Context& context, const std::vector<std::string>& refspecs,
                       Claim& claim) {
  for (const std::string& refspec : refspecs) {
    size_t colon = refspec.find(':');
    std::string to = colon == std::string::npos ? refspec : refspec.substr(colon + 1);
    if (!to.starts_with(kBranches)) continue;
    GF_ASSIGN(auto head, context.repo.resolve_commit(refspec.substr(0, colon)));
    if (!head) continue;
    GF_ASSIGN(auto commit, context.repo.commit(*head));
    claim.head = *head;
    claim.branch = to;
    claim.run = run_in(commit.message);
  }
  return Done{};
}

Result<std::optional<git::Fence>> fence(const session::Setup& setup, const Named& named,
                                        const std::string& remote,
                                        const std::vector<std::string>& refspecs, git::Pace pace) {
  GF_ASSIGN(auto context, session::Context::open(setup, false));
  Claims claims(*context, remote, named.batch);
  GF_ASSIGN(auto there, claims.fetch(named.slug));
  if (!there || !there->is_held() || there->holder != named.holder)
    return Error{Fault::kUser,
                 "nothing was sent: another job has this request by now",
                 {},
                 "what was made is kept here; see 'git factory batch --resume' where it began"};
  Claim next = *there;
  ++next.beat;
  GF_TRY(note_sent(*context, refspecs, next));
  next.together = !next.head.is_zero() && pace == git::Pace::kTogether;
  GF_ASSIGN(auto commit, claims.write(named.slug, next));
  return std::optional(git::Fence{claims.ref_of(named.slug).str(), there->tip, commit});
}

}  // namespace

std::string fence_text(const std::string& batch, const std::string& slug,
                       const std::string& holder) {
  return fmt::format("{}/{} {}", batch, slug, holder);
}

Result<git::Guard> fence_of(const session::Setup& setup) {
  std::string text = setup.environment.get(kClaimVariable);
  if (text.empty()) return git::Guard();
  auto named = parse(text);
  if (!named)
    return Error{Fault::kUsage,
                 fmt::format("{} names no claim: '{}'", kClaimVariable, printable(text)),
                 {},
                 "it is set by 'git factory batch --job' alone; unset it"};
  session::Setup own = setup;
  own.guard = {};
  own.sink = {};
  return git::Guard(
      [own, named = *named](const std::string& remote, const std::vector<std::string>& refspecs,
                            git::Pace pace) { return fence(own, named, remote, refspecs, pace); });
}

}  // namespace gf::batch

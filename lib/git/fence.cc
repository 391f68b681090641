// A push of branches that has to move another ref of the remote with it, or nothing.
#include <algorithm>

#include "git/git_program.h"

namespace gf::git {
namespace {

/// A fence that its own side keeps moving is met again; each time one trip.
constexpr int kTries = 8;

std::string destination(const std::string& refspec) {
  return refspec.substr(refspec.find(':') + 1);
}

/// The server's end may hang up with a complaint of its own behind git's.
bool lacks_atomic(const Result<PushResult>& pushed) {
  if (pushed.ok()) return false;
  std::string said = pushed.error().message + "\n" + pushed.error().detail;
  return said.find("does not support --atomic") != std::string::npos;
}

std::vector<std::string> with_lease(std::vector<std::string> options, const Fence& fence) {
  options.push_back("--force-with-lease=" + fence.ref + ":" + fence.was.hex());
  return options;
}

}  // namespace

Result<PushResult> Program::send_fenced(const std::string& remote,
                                        const std::vector<std::string>& refspecs,
                                        const std::vector<std::string>& options) const {
  bool heads = false, offers = false;
  for (const std::string& refspec : refspecs) {
    // One that is taken away is no delivery.
    if (refspec.starts_with(":")) continue;
    heads = heads || destination(refspec).starts_with("refs/heads/");
    offers = offers || destination(refspec).starts_with("refs/for/");
  }
  if (!heads && !offers) return send_plain(remote, refspecs, options);
  // A server that makes a request of what is pushed to refs/for/ keeps no such ref to move.
  Pace pace = offers ? Pace::kAhead : Pace::kTogether;
  Oid before;
  Result<PushResult> pushed = PushResult{};
  for (int attempt = 0; attempt < kTries; ++attempt) {
    GF_ASSIGN(auto fence, guard_(remote, refspecs, pace));
    if (!fence) return send_plain(remote, refspecs, options);
    // It stands where it stood when it was refused: something else was.
    if (attempt > 0 && fence->was == before) return pushed;
    before = fence->was;
    GF_ASSIGN(auto follows, ask({"merge-base", "--is-ancestor", before.hex(), fence->now.hex()}));
    if (follows.exit_code != 0)
      return Error{Fault::kInternal, "a fence that does not follow itself", follows.err, {}};
    std::vector<std::string> specs;
    if (pace == Pace::kTogether) specs = refspecs;
    specs.push_back(fence->now.hex() + ":" + fence->ref);
    std::vector<std::string> words =
        with_lease(pace == Pace::kTogether ? options : std::vector<std::string>(), *fence);
    if (pace == Pace::kTogether) words.emplace_back("--atomic");
    pushed = send_plain(remote, specs, words);
    if (pace == Pace::kTogether && lacks_atomic(pushed)) {
      pace = Pace::kAhead;
      before = Oid();
      continue;
    }
    if (!pushed.ok()) return pushed;
    if (pushed->pushed)
      return pace == Pace::kTogether ? pushed : send_plain(remote, refspecs, options);
  }
  return pushed;
}

}  // namespace gf::git

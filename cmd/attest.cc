// git factory attest: a run's provenance in words that other programs know.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "runs_named.h"
#include "verify/verify.h"

namespace gf::cmd {
namespace {

/// "git+<address>", as SPDX and SLSA write it, without what may be a password.
Result<std::string> uri_of(const session::Context& context) {
  GF_ASSIGN(auto set, context.git.setting("remote.origin.url"));
  std::string url = set.value_or("");
  size_t scheme = url.find("://");
  // A path of this machine, or scp's short form, means nothing to others.
  if (scheme == std::string::npos || url.starts_with("file:")) return std::string();
  size_t host = scheme + 3, end = url.find('/', host), at = url.rfind('@', end);
  if (at != std::string::npos && at >= host) url.erase(host, at + 1 - host);
  return "git+" + url;
}

Result<int> attest(const std::string& what, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto id, run_named(*context->store, what));
  GF_ASSIGN(auto uri, uri_of(*context));
  GF_ASSIGN(auto statement, verify::attestation(context->repo, id, uri));
  std::string text = console.json ? statement.dump() + "\n" : statement.pretty();
  return console.print(text) ? kYes : kFailed;
}

}  // namespace

Run bind_attest(Arguments& arguments) {
  auto what = std::make_shared<std::string>("@");
  arguments.add("run", *what, "The run; default: the newest");
  return [what](Console& console) { return attest(*what, console); };
}

}  // namespace gf::cmd

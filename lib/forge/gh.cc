#include "forge/gh.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "proc/process.h"

namespace gf::forge {
namespace {

constexpr int kWantsLogin = 4;  ///< gh's exit status for who is not logged in
constexpr size_t kMaxComplaint = 300;
constexpr Milliseconds kPatienceForLogin{10000};

/// It must neither ask, nor look for a newer version of itself, nor print what it sends.
Environment quiet(Environment environment) {
  environment["GH_PROMPT_DISABLED"] = "1";
  environment["GH_NO_UPDATE_NOTIFIER"] = "1";
  environment["NO_COLOR"] = "1";
  for (const char* loud : {"GH_DEBUG", "DEBUG", "GH_FORCE_TTY", "CLICOLOR_FORCE"})
    environment.erase(loud);
  // Blanks are no token, though it takes them for one.
  for (const char* token :
       {"GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"})
    if (trim(environment.get(token)).empty()) environment.erase(token);
  return environment;
}

std::vector<std::string> argv_of(const net::Request& request) {
  std::string method = request.method;
  if (method.empty()) method = request.body ? "POST" : "GET";
  std::vector<std::string> argv = {"gh", "api", request.url, "--include", "--method", method};
  for (const auto& [name, value] : request.headers)
    argv.insert(argv.end(), {"--header", fmt::format("{}: {}", name, value)});
  if (!request.body) return argv;
  // From a pipe it would send it in chunks, for want of a length.
  argv.insert(argv.end(), {"--header", fmt::format("Content-Length: {}", request.body->size()),
                           "--input", "-"});
  return argv;
}

/// "HTTP/2.0 200 OK".
std::optional<long> status_of(std::string_view line) {
  size_t blank = line.find(' ');
  if (!line.starts_with("HTTP/") || blank == std::string_view::npos) return std::nullopt;
  std::string_view digits = line.substr(blank + 1, 3);
  if (digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return std::nullopt;
  return std::stol(std::string(digits));
}

Result<net::Answer> carry(const net::Request& request, const Environment& environment,
                          const Cancel& cancel) {
  proc::Options options;
  options.argv = argv_of(request);
  options.directory = "/";  // it reads the repository's settings where it stands in one
  options.environment = environment;
  options.input = request.body.value_or("");
  options.limits.timeout = request.limits.total;
  options.limits.max_output_bytes = request.limits.max_body_bytes;
  options.ends_with_us = true;
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  if (outcome.end == proc::End::kCancelled) return Error{Fault::kCancelled, "cancelled", {}, {}};
  if (outcome.end != proc::End::kExited)
    return Error{Fault::kTransient, "no answer by 'gh' in time", {}, {}};
  if (outcome.out_cut) {
    return Error{Fault::kBadData,
                 fmt::format("no answer from '{}': the answer is larger than allowed",
                             net::shown(request.url)),
                 {},
                 {}};
  }
  auto answer = answer_of_gh(outcome.out);
  if (!answer) return failure_of_gh(outcome.exit_code, outcome.err);
  if (request.sink && answer->status >= 200 && answer->status < 300) {
    answer->left = !request.sink(answer->body);
    answer->body.clear();
  }
  return std::move(*answer);
}

}  // namespace

bool gh_is_logged_in(const std::string& host, const Place& place) {
  if (!proc::find_program("gh", place.environment)) return false;
  proc::Options options;
  // What it prints is what we do not want to have.
  options.argv = {"sh", "-c", "exec gh auth token --hostname \"$1\" >/dev/null", "sh", host};
  options.directory = "/";
  options.environment = quiet(place.environment);
  options.limits.timeout = kPatienceForLogin;
  auto outcome = proc::run(options, place.cancel);
  return outcome.ok() && outcome->succeeded();
}

Carrier carried_by_gh(const Environment& environment) {
  return [its_own = quiet(environment)](const net::Request& request, const Cancel& cancel) {
    return carry(request, its_own, cancel);
  };
}

std::optional<net::Answer> answer_of_gh(std::string_view out) {
  net::Answer answer;
  bool first = true;
  for (size_t from = 0; from < out.size();) {
    size_t end = out.find('\n', from);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = trim(out.substr(from, end - from));
    from = end + 1;
    if (first) {
      auto status = status_of(line);
      if (!status) return std::nullopt;
      answer.status = *status;
      first = false;
    } else if (line.empty()) {
      answer.body = std::string(out.substr(from));
      return answer;
    } else if (size_t colon = line.find(':'); colon != std::string_view::npos) {
      answer.headers.emplace_back(lower(line.substr(0, colon)),
                                  std::string(trim(line.substr(colon + 1))));
    }
  }
  return std::nullopt;
}

Error failure_of_gh(int exit_code, std::string_view err) {
  std::string said = printable(to_utf8(clipped(trim(err), kMaxComplaint)));
  said = replace_all(replace_all(said, "\r", ""), "\n", "; ");
  std::string low = lower(said);
  auto has = [&](std::string_view word) { return low.find(word) != std::string::npos; };
  if (exit_code == kWantsLogin || has("gh auth login")) {
    return {Fault::kConfiguration, "nobody is logged in with 'gh'", {}, "run 'gh auth login'"};
  }
  if (has("x509") || has("certificate")) {
    return {Fault::kConfiguration,
            "'gh' does not trust the server: " + said,
            {},
            "SSL_CERT_FILE names the authorities that it trusts"};
  }
  if (has("unknown flag") || has("unknown command")) {
    return {Fault::kConfiguration,
            "this 'gh' cannot ask for us: " + said,
            {},
            "install gh 2.17 or newer, or set GH_TOKEN"};
  }
  Error error{Fault::kTransient, "no answer by 'gh': " + said, {}, "check the connection"};
  // Where no connection was made nothing was sent.
  if (has("error connecting") || has("dial ")) error.detail = std::string(net::kUnreached);
  return error;
}

}  // namespace gf::forge

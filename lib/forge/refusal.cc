#include "forge/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr size_t kMaxWords = 400;
/// What GitHub asks for where a second limit gives no time.
constexpr Milliseconds kDefaultWait{60000};
constexpr const char* kGoOn = "go on with 'git factory resume' when it is mended";

std::string one_line(std::string_view text) {
  std::string line = printable(to_utf8(clipped(trim(text), kMaxWords)));
  return replace_all(replace_all(line, "\r", ""), "\n", "; ");
}

/// An item of "errors": a text, or an object with a message or with field and code.
std::string of_item(const Json& item) {
  if (auto text = item.as_string()) return *text;
  std::string message = item.get_string("message");
  if (!message.empty()) return message;
  std::string field = item.get_string("field"), code = item.get_string("code");
  return field.empty() ? code : fmt::format("{} is {}", field, code);
}

/// A message that is a text, a list, or lists by field ({"base": ["is taken"]}).
std::string of_any(const Json& json) {
  if (auto text = json.as_string()) return *text;
  std::vector<std::string> parts;
  for (const Json& item : json.items()) parts.push_back(of_item(item));
  for (const auto& [field, value] : json.members()) {
    std::string part = of_any(value);
    if (!part.empty()) parts.push_back(field + " " + part);
  }
  return join(parts, "; ");
}

bool has(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

std::optional<int64_t> digits(const std::string& text) {
  bool all = !text.empty() && text.size() < 16 &&
             text.find_first_not_of("0123456789") == std::string::npos;
  return all ? std::optional<int64_t>(std::stoll(text)) : std::nullopt;
}

/// Of "required; url=https://..." the address.
std::string sso_address(const std::string& header) {
  size_t at = header.find("url=");
  return at == std::string::npos ? "" : printable(clipped(header.substr(at + 4), 300));
}

Error not_let_in(const Refused& refused) {
  return {Fault::kConfiguration,
          fmt::format("{} does not take the token of {}", refused.where, refused.token_from),
          {},
          "it may have expired: make a new one, or set factory.forge.tokenVariable"};
}

/// 403 that is no limit: the token is known and may not.
Error forbidden(const Refused& refused, const std::string& words) {
  const net::Answer& answer = refused.answer;
  Error error{Fault::kConfiguration, {}, {}, {}};
  std::string sso = answer.header("x-github-sso");
  std::string wanted = answer.header("x-accepted-oauth-scopes");
  std::string fine = answer.header("x-accepted-github-permissions");
  if (!sso.empty() || has(lower(words), {"saml", "single sign"})) {
    std::string address = sso_address(sso);
    error.message = fmt::format(
        "the token of {} is not authorised for this organisation's "
        "single sign-on",
        refused.token_from);
    error.hint = address.empty() ? "authorise it in the settings of your tokens"
                                 : "authorise it at " + address;
    return error;
  }
  error.message = fmt::format("{} says that the token of {} may not do this{}", refused.where,
                              refused.token_from, words.empty() ? "" : ": " + words);
  std::string needs = !fine.empty()     ? "the permission " + one_line(fine)
                      : !wanted.empty() ? "the scope " + one_line(wanted)
                                        : "the right to write pull requests and statuses";
  error.hint = "it needs " + needs;
  return error;
}

/// What servers say of anything that is not there.
constexpr std::array<std::string_view, 4> kGeneral = {
    "", "not found", "the target couldn't be found.", "404 project not found"};

Error not_there(const Refused& refused, const std::string& words) {
  if (std::find(kGeneral.begin(), kGeneral.end(), lower(words)) == kGeneral.end()) {
    return {Fault::kUser, fmt::format("{} does not find it: {}", refused.where, words), {}, kGoOn};
  }
  return {Fault::kConfiguration,
          fmt::format("{} shows no '{}' to the token of {}", refused.where,
                      printable(refused.repository), refused.token_from),
          {},
          "a private repository is hidden from tokens without access; see 'git remote -v' and "
          "factory.forge.repository"};
}

/// What a validation refuses, by what it says: the words, and the way out.
struct InvalidKind {
  std::string_view words, hint;
};
constexpr std::array<InvalidKind, 14> kNotValid = {{
    {"no commits between", "the base has this change already"},
    {"no history in common", "the branch and the base do not come from the same commit"},
    {"base is invalid", "the base branch is not on the forge: push it, or set factory.base"},
    {"branch not found", "push the branch that it names to the remote, or set factory.base"},
    {"does not exist", "push the branch that it names to the remote, or set factory.base"},
    {"head is invalid",
     "the branch is not on the forge: is factory.remote the repository of "
     "factory.forge.repository, or a fork of it?"},
    {"draft pull requests are not supported", "go on without --draft"},
    {"body is too long", "the request is larger than this forge takes"},
    {"issues are disabled", "comments are off in this repository"},
    // What a base branch wants before it takes anything; the last that fits is told.
    {"protected branch", "the base is protected: what it wants is in the server's branch settings"},
    {"required status check", "the checks that the base wants have to pass first"},
    {"approving review", "it has to be approved by a person there first"},
    {"merge queue", "the base is merged by a queue: put the request into it on the server"},
    {"sign-off", "commits there are signed off: set factory.signOff, and ask anew"},
}};

Error not_valid(const Refused& refused, const std::string& words) {
  Error error{Fault::kUser,
              fmt::format("{} does not take it: {}", refused.where,
                          words.empty() ? fmt::format("status {}", refused.answer.status) : words),
              {},
              kGoOn};
  for (const InvalidKind& kind : kNotValid) {
    if (has(lower(words), {kind.words})) error.hint = kind.hint;
  }
  return error;
}

}  // namespace

std::string words_of(const Json& json) {
  std::vector<std::string> parts;
  for (const char* field : {"message", "error_description", "error", "errors"}) {
    auto found = json.find(field);
    // Bitbucket's error is an object with a message of its own.
    if (found && found->is_object() && found->has("message")) found = found->get("message");
    std::string part = found ? of_any(*found) : std::string();
    bool known = std::find(parts.begin(), parts.end(), part) != parts.end();
    if (!part.empty() && !known) parts.push_back(part);
  }
  return one_line(join(parts, ": "));
}

std::optional<Milliseconds> asked_to_wait(const net::Answer& answer, const Json& json,
                                          Timestamp now) {
  bool may = answer.status == 403 || answer.status == 429 || answer.status == 503;
  if (!may) return std::nullopt;
  if (auto delay = net::retry_after(answer, now)) return delay;
  for (const char* prefix : {"x-ratelimit-", "ratelimit-"}) {
    auto left = digits(answer.header(std::string(prefix) + "remaining"));
    auto reset = digits(answer.header(std::string(prefix) + "reset"));
    if (left != 0 || !reset) continue;
    // By the server's clock; a second more, since it tells whole ones.
    auto wait =
        Timestamp(Milliseconds(*reset * 1000)) - net::time_there(answer, now) + Milliseconds(1000);
    return std::max(std::chrono::duration_cast<Milliseconds>(wait), Milliseconds(0));
  }
  bool second = has(lower(words_of(json)), {"secondary rate limit", "abuse detection"});
  if (answer.status == 429 || (second && answer.status == 403)) return kDefaultWait;
  return std::nullopt;
}

std::string next_page(std::string_view link) {
  for (const std::string& part : split(link, ',')) {
    if (part.find("rel=\"next\"") == std::string::npos) continue;
    size_t open = part.find('<'), close = part.find('>');
    if (open != std::string::npos && close != std::string::npos && open < close)
      return part.substr(open + 1, close - open - 1);
  }
  return {};
}

Error refusal(const Refused& refused, Timestamp now) {
  const net::Answer& answer = refused.answer;
  std::string words = words_of(refused.json);
  if (auto wait = asked_to_wait(answer, refused.json, now)) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*wait).count();
    return {Fault::kTransient,
            fmt::format("{} takes no more requests of the token of {} for {} s", refused.where,
                        refused.token_from, seconds),
            {},
            fmt::format("go on with 'git factory resume' after {}, or let it wait longer by "
                        "factory.forge.maxWait",
                        iso8601(now + *wait).substr(11, 5) + " UTC")};
  }
  switch (answer.status) {
    case 401:
      return not_let_in(refused);
    case 403:
      return forbidden(refused, words);
    case 404:
      return not_there(refused, words);
    case 410:
    case 451:
      return {Fault::kUser,
              fmt::format("{} does not give it out{}", refused.where,
                          words.empty() ? "" : ": " + words),
              {},
              kGoOn};
    default:
      break;
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {Fault::kConfiguration,
            fmt::format("{} sends us to '{}', and tokens go to no other place", refused.where,
                        printable(clipped(net::shown(answer.header("location")), 200))),
            {},
            "was it renamed or moved? see 'git remote -v' and factory.forge.api"};
  }
  if (answer.status >= 500) {
    return {Fault::kTransient,
            fmt::format("{} fails with status {}{}", refused.where, answer.status,
                        words.empty() ? "" : ": " + words),
            {},
            "go on with 'git factory resume' in a while"};
  }
  return not_valid(refused, words);
}

}  // namespace gf::forge

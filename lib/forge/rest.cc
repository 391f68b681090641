#include "forge/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/route.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr int kAsks = 3;
constexpr std::array<Milliseconds, kAsks - 1> kPauses = {Milliseconds(1000), Milliseconds(4000)};
constexpr int kMaxMoves = 3;
constexpr size_t kMostKept = 200;
constexpr int64_t kMaxWaitSeconds = 300;  ///< factory.forge.maxWait, when it is not set
constexpr net::Limits kLimits{Milliseconds(10000), Milliseconds(60000), 16u << 20,
                              Milliseconds(30000), Milliseconds(30000)};

bool is_move(const net::Answer& answer) {
  return (answer.status == 301 || answer.status == 302 || answer.status == 307 ||
          answer.status == 308) &&
         !answer.header("location").empty();
}

/// "https://host:port" of an address.
std::string origin_of(const std::string& url) {
  size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  return lower(url.substr(0, url.find('/', scheme + 3)));
}

/// All that lets us in, in each form that an answer may say it back in, the longest first. What is
/// shorter than a token ever is would be found in everything.
std::vector<std::string> secrets_of(const Rest::Service& service) {
  constexpr size_t kShortest = 8;
  std::vector<std::string> all;
  auto add = [&](std::string_view secret, size_t shortest) {
    if (secret.size() < shortest) return;
    all.emplace_back(secret);
    // JSON may have it so.
    if (secret.find('/') != std::string_view::npos)
      all.push_back(replace_all(std::string(secret), "/", "\\/"));
  };
  const std::string& token = service.token.value;
  add(token, 1);
  add(std::string_view(token).substr(token.find(':') + 1), kShortest);
  for (const auto& [name, value] : service.headers) {
    if (lower(name) != "authorization") continue;
    add(value, kShortest);
    add(std::string_view(value).substr(value.find(' ') + 1), kShortest);
  }
  std::stable_sort(all.begin(), all.end(), [](const std::string& one, const std::string& other) {
    return one.size() > other.size();
  });
  return all;
}

/// Where nobody answered there are no words of a server to say what helps.
Error with_a_way_on(Error error) {
  if (error.fault == Fault::kTransient && error.hint.empty())
    error.hint =
        "look whether it can be reached from here (network, proxy), and go on in a while; a run "
        "goes on with 'git factory resume'";
  return error;
}

bool looks_like_a_page(const net::Answer& answer) {
  return answer.header("content-type").find("html") != std::string::npos ||
         trim(answer.body).starts_with("<");
}

}  // namespace

std::string encoded(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Rest::Rest(Service service, const Place& place)
    : service_(std::move(service)),
      secrets_(secrets_of(service_)),
      clock_(place.clock),
      cancel_(place.cancel),
      say_(place.say),
      route_(net::route_for(service_.base, place.settings, place.environment)),
      max_wait_(place.settings.seconds("factory.forge.maxWait", kMaxWaitSeconds, 0, 86400)
                    .value_or(Milliseconds(kMaxWaitSeconds * 1000))) {}

void Rest::lives_at(const std::vector<std::string>& homes) {
  home_ = homes.front();
  for (const std::string& home : homes) moves_.watch(service_.base + home);
}

std::string Rest::blanked(std::string text) const {
  for (const std::string& secret : secrets_) text = replace_all(text, secret, "[redacted:token]");
  return text;
}

bool Rest::is_here(const std::string& url) const {
  return origin_of(url) == origin_of(service_.base);
}

/// One question, asked again where nobody answered. Moves within the server are gone along with.
Result<net::Answer> Rest::once(net::Request& request, const std::string& method, Again again) {
  for (int tried = 0, moved = 0;;) {
    ++calls_;
    Result<net::Answer> answer = service_.carrier(request, cancel_);
    bool last = tried + 1 >= kAsks;
    if (!answer.ok()) {
      const Error& error = answer.error();
      bool sent = error.detail != net::kUnreached;
      if (error.fault != Fault::kTransient || last || (sent && again == Again::kNo))
        return with_a_way_on(error);
    } else if (is_move(*answer)) {
      std::string to = answer->header("location");
      if (to.starts_with('/')) to = origin_of(service_.base) + to;
      if (!is_here(to) || ++moved > kMaxMoves) return answer;
      request.url = to;
      // Asked again as it was: a service that has moved is no form that was sent.
      request.method = method;
      continue;
    } else if (answer->status < 500 || answer->status == 501 || again == Again::kNo || last) {
      return answer;
    }
    GF_TRY(clock_.wait(kPauses[static_cast<size_t>(tried)], cancel_));
    ++tried;
  }
}

/// Waits as the answer asks; false: it asks for nothing, or for longer than we may.
Result<bool> Rest::wait(const net::Answer& answer, Milliseconds& left) const {
  auto json = Json::parse(answer.body);
  auto asked = asked_to_wait(answer, json.ok() ? *json : Json(), clock_.now());
  if (!asked || *asked > left) return false;
  // One that asks for no time at all, and again, does not keep us here for ever.
  Milliseconds time = std::max(*asked, Milliseconds(1000));
  left -= time;
  if (say_) {
    say_(fmt::format("{} takes no more requests for now; waiting {} s", service_.where,
                     std::chrono::duration_cast<std::chrono::seconds>(time).count()));
  }
  GF_TRY(clock_.wait(time, cancel_));
  return true;
}

Result<Reply> Rest::read(net::Answer answer) const {
  Reply reply;
  reply.status = answer.status;
  answer.body = blanked(std::move(answer.body));
  for (auto& header : answer.headers) header.second = blanked(std::move(header.second));
  if (!trim(answer.body).empty()) {
    auto json = Json::parse(answer.body);
    if (json.ok()) {
      reply.json = std::move(json).value();
    } else if (reply.ok()) {
      bool page = looks_like_a_page(answer);
      return Error{Fault::kConfiguration,
                   fmt::format("'{}' answers with {}", net::shown(service_.base),
                               page ? "a web page and not with JSON"
                                    : "what is no JSON: " + json.error().message),
                   {},
                   "is factory.forge.api the address of its API? a proxy or a login page may be in "
                   "between"};
    }
  }
  reply.answer = std::move(answer);
  return reply;
}

Result<Reply> Rest::ask(const std::string& method, const std::string& path, const Json& body,
                        Again again) {
  net::Request request;
  const std::string named = path.find("://") == std::string::npos ? service_.base + path : path;
  request.url = moves_.now(named);
  request.headers = service_.headers;
  request.limits = kLimits;
  request.route = route_;
  if (!body.is_null()) {
    request.body = body.dump();
    request.headers.emplace_back("Content-Type", "application/json");
  }
  bool plain = method == "GET" || (method == "POST" && request.body);
  request.method = plain ? "" : method;
  request.only_once = again == Again::kNo;
  const std::string asked = request.url;
  if (method == "GET") ask_if_changed(request);
  for (Milliseconds left = max_wait_;;) {
    GF_ASSIGN(auto answer, once(request, method, again));
    // A server that fails, and names a time, may have done what it was asked.
    bool for_sure = again == Again::kYes || answer.status < 500;
    if (for_sure) {
      GF_ASSIGN(bool waited, wait(answer, left));
      if (waited) continue;
    }
    if (method == "GET") keep_or_take(asked, answer);
    bool moved = moves_.learn(named, request.url);
    GF_ASSIGN(auto reply, read(std::move(answer)));
    GF_TRY(hear_name(moved, !home_.empty() && path == home_, reply));
    GF_ASSIGN(bool elsewhere, has_moved(method, named, reply));
    if (!elsewhere) return reply;
    request.url = moves_.now(named);
  }
}

/// Some lead only who reads to where it is now, and say to all others that it has moved (GitLab).
Result<bool> Rest::has_moved(const std::string& method, const std::string& asked,
                             const Reply& reply) {
  bool says_moved = method != "GET" && reply.status == 405 && !home_.empty() &&
                    lower(words_of(reply.json)).find("moved") != std::string::npos;
  if (!says_moved || moves_.now(asked) != asked) return false;
  GF_TRY(ask("GET", home_));
  return moves_.now(asked) != asked;
}

/// From its own page, which is asked for where the move was noticed elsewhere.
Result<void> Rest::hear_name(bool moved, bool of_home, const Reply& reply) {
  if (!of_home) {
    auto asked = moved ? ask("GET", home_) : Result<Reply>(Reply());
    bool stopped = !asked.ok() && asked.error().fault == Fault::kCancelled;
    return stopped ? Result<void>(asked.error()) : Result<void>(Done{});
  }
  if (!reply.ok()) return Done{};
  std::string name =
      reply.json.get_string("full_name", reply.json.get_string("path_with_namespace"));
  if (name.empty() || lower(name) == lower(service_.repository)) return Done{};
  if (say_) {
    say_(
        fmt::format("'{}' is called '{}' at {} now, which is followed: 'git remote set-url' and "
                    "factory.forge.repository should name it so",
                    printable(service_.repository), printable(name), service_.where));
  }
  service_.repository = name;
  return Done{};
}

void Rest::ask_if_changed(net::Request& request) const {
  auto kept = kept_.find(request.url);
  if (kept != kept_.end())
    request.headers.emplace_back("If-None-Match", kept->second.header("etag"));
}

void Rest::keep_or_take(const std::string& url, net::Answer& answer) {
  auto kept = kept_.find(url);
  if (answer.status == 304 && kept != kept_.end()) {
    answer = kept->second;
    return;
  }
  bool room = kept != kept_.end() || kept_.size() < kMostKept;
  if (answer.status == 200 && !answer.header("etag").empty() && room) kept_[url] = answer;
}

Result<std::optional<std::string>> Rest::end_of_text(const std::string& path, size_t most) {
  net::Request request;
  request.url = moves_.now(service_.base + path);
  request.headers = service_.headers;
  request.limits = kLimits;
  request.route = route_;
  std::string end;
  request.sink = [&](std::string_view piece) {
    end += piece;
    if (end.size() > 2 * most) end.erase(0, end.size() - most);
    return true;
  };
  for (int moved = 0; moved <= kMaxMoves; ++moved) {
    ++calls_;
    Result<net::Answer> answer = service_.carrier(request, cancel_);
    if (!answer.ok() && answer.error().fault == Fault::kCancelled) return answer.error();
    if (!answer.ok()) return std::optional<std::string>();
    if (is_move(*answer)) {
      std::string to = answer->header("location");
      if (to.starts_with('/')) to = origin_of(request.url) + to;
      if (!is_here(to)) request.headers.clear();
      if (!is_here(to) && !to.starts_with("https://") && !net::is_loopback(to)) break;
      request.url = to;
      continue;
    }
    if (answer->status != 200) break;
    end = blanked(std::move(end));
    if (end.size() > most) end.erase(0, end.size() - most);
    return std::optional<std::string>(std::move(end));
  }
  return std::optional<std::string>();
}

Result<Json> Rest::need(const std::string& method, const std::string& path, const Json& body,
                        Again again) {
  GF_ASSIGN(auto reply, ask(method, path, body, again));
  if (!reply.ok()) return refused(reply);
  return std::move(reply.json);
}

Result<std::optional<Reply>> Rest::walk(const std::string& path,
                                        const std::function<bool(const Json&)>& enough,
                                        const char* member, std::vector<Json>& all) {
  std::string next = path;
  for (int page = 0; page < kMaxPages && !next.empty(); ++page) {
    GF_ASSIGN(auto reply, ask("GET", next));
    if (!reply.ok()) return std::optional<Reply>(std::move(reply));
    Json list = member == nullptr ? reply.json : reply.json.get(member);
    if (!list.is_array()) {
      return Error{Fault::kBadData,
                   fmt::format("{} answers with something else than a list", service_.where),
                   {},
                   "is factory.forge.api the address of its API?"};
    }
    for (Json& item : list.items()) {
      bool found = enough && enough(item);
      all.push_back(std::move(item));
      if (found) return std::optional<Reply>();
    }
    std::string link = next_page(reply.answer.header("link"));
    // Where the list is an object's, the object may say where it goes on.
    if (link.empty() && member != nullptr) link = reply.json.get_string("next");
    // Tokens go to the server only, and one that leads back to where we are has no more.
    bool useful = link != next && is_here(link) && list.size() > 0;
    next = useful ? link : std::string();
  }
  return std::optional<Reply>();
}

Result<std::vector<Json>> Rest::pages(const std::string& path,
                                      const std::function<bool(const Json&)>& enough,
                                      const char* member) {
  std::vector<Json> all;
  GF_ASSIGN(auto no, walk(path, enough, member, all));
  if (no) return refused(*no);
  return all;
}

Result<std::optional<std::vector<Json>>> Rest::pages_if_shown(const std::string& path,
                                                              const char* member) {
  std::vector<Json> all;
  GF_ASSIGN(auto no, walk(path, {}, member, all));
  if (no && (no->status == 403 || no->status == 404)) return std::optional<std::vector<Json>>();
  if (no) return refused(*no);
  return std::optional<std::vector<Json>>(std::move(all));
}

Error Rest::refused(const Reply& reply) const {
  return refusal({reply.answer, reply.json, service_.where, service_.repository,
                  service_.token.from.empty() ? "nobody" : service_.token.from},
                 clock_.now());
}

}  // namespace gf::forge

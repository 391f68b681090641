#include "net/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <type_traits>

#include "base/text.h"

namespace gf::net {
namespace {

using Steady = std::chrono::steady_clock;
constexpr int kLookMs = 50;  ///< how often a wish to stop and the limits are looked at
/// An answer that nobody reads on may end within this, so that its connection can be used again.
constexpr Milliseconds kGrace{100};
constexpr size_t kGraceBytes = 64u << 10;
constexpr size_t kMaxHeaderBytes = 256u << 10;
constexpr int64_t kMaxWaitSeconds = 10 * 365 * 86400;  // what is longer means "never" anyway

/// The functions of libcurl that this room calls, under their own names.
struct Curl {
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_multi_init) multi_init = nullptr;
  decltype(&::curl_multi_cleanup) multi_cleanup = nullptr;
  decltype(&::curl_multi_add_handle) multi_add_handle = nullptr;
  decltype(&::curl_multi_remove_handle) multi_remove_handle = nullptr;
  decltype(&::curl_multi_perform) multi_perform = nullptr;
  decltype(&::curl_multi_info_read) multi_info_read = nullptr;
  decltype(&::curl_multi_poll) multi_poll = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
  decltype(&::curl_getdate) getdate = nullptr;
};

/// What dlopen() says, or empty.
std::string load(Curl& curl) {
  void* library = dlopen(GF_LIBCURL, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return dlerror();
  std::string missing;
  auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    if (function == nullptr) missing = fmt::format("{} has no {}", GF_LIBCURL, name);
  };
  decltype(&::curl_global_init) global_init = nullptr;
  find(global_init, "curl_global_init");
  find(curl.easy_init, "curl_easy_init");
  find(curl.easy_cleanup, "curl_easy_cleanup");
  find(curl.easy_setopt, "curl_easy_setopt");
  find(curl.easy_getinfo, "curl_easy_getinfo");
  find(curl.easy_strerror, "curl_easy_strerror");
  find(curl.multi_init, "curl_multi_init");
  find(curl.multi_cleanup, "curl_multi_cleanup");
  find(curl.multi_add_handle, "curl_multi_add_handle");
  find(curl.multi_remove_handle, "curl_multi_remove_handle");
  find(curl.multi_perform, "curl_multi_perform");
  find(curl.multi_info_read, "curl_multi_info_read");
  find(curl.multi_poll, "curl_multi_poll");
  find(curl.slist_append, "curl_slist_append");
  find(curl.slist_free_all, "curl_slist_free_all");
  find(curl.getdate, "curl_getdate");
  if (missing.empty() && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    missing = "it does not start";
  return missing;
}

/// Loads and sets up libcurl, once in a process and for good. Linked, it would bring 25 libraries
/// into every start (LDAP, RTMP, two for TLS): half of the time of a hook that asks nobody.
Result<const Curl*> curl() {
  static Curl functions;
  static const std::string problem = load(functions);
  if (problem.empty()) return &functions;
  return Error{Fault::kEnvironment,
               "libcurl cannot be used: " + problem,
               {},
               "install it as install.sh does, or build git-factory anew"};
}

using Easy = std::unique_ptr<CURL, void (*)(CURL*)>;
using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

/// Keeps this thread's connections open between requests. libcurl's own share is not safe between
/// threads, so each has its own.
class Door {
 public:
  static Result<CURLM*> of_this_thread(const Curl& lib) {
    thread_local Door door(lib);
    if (door.multi_ == nullptr)
      return Error{Fault::kEnvironment, "libcurl cannot be set up", {}, {}};
    return door.multi_;
  }
  ~Door() {
    if (multi_ != nullptr) lib_.multi_cleanup(multi_);
  }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

 private:
  explicit Door(const Curl& lib) : lib_(lib), multi_(lib.multi_init()) {}
  const Curl& lib_;
  CURLM* multi_;
};

/// One request under way: what libcurl's callbacks write to.
struct Passage {
  const Request& request;
  const Curl& lib;
  CURL* curl = nullptr;
  Answer answer{};
  size_t taken = 0;  ///< bytes of the body
  size_t header_bytes = 0;
  bool too_large = false;
  bool begun = false;
  size_t unread = 0;  ///< bytes that came after the sink had enough
  Steady::time_point last = Steady::now(), left_at{};

  void heard() {
    begun = true;
    last = Steady::now();
  }
};

size_t take_body(char* data, size_t size, size_t count, void* target) {
  auto* passage = static_cast<Passage*>(target);
  size_t bytes = size * count;
  passage->heard();
  if (passage->answer.left) {
    passage->unread += bytes;
    return passage->unread > kGraceBytes ? 0 : bytes;
  }
  passage->taken += bytes;
  if (passage->taken > passage->request.limits.max_body_bytes) {
    passage->too_large = true;
    return 0;
  }
  long status = 0;
  passage->lib.easy_getinfo(passage->curl, CURLINFO_RESPONSE_CODE, &status);
  if (!passage->request.sink || status < 200 || status > 299) {
    passage->answer.body.append(data, bytes);
    return bytes;
  }
  if (passage->request.sink(std::string_view(data, bytes))) return bytes;
  passage->answer.left = true;
  passage->left_at = passage->last;
  return bytes;
}

size_t take_header(char* data, size_t size, size_t count, void* target) {
  auto* passage = static_cast<Passage*>(target);
  std::string_view line(data, size * count);
  passage->heard();
  passage->header_bytes += line.size();
  if (passage->header_bytes > kMaxHeaderBytes) {
    passage->too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) passage->answer.headers.clear();  // after a 100 or a proxy's 200
  size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    passage->answer.headers.emplace_back(lower(trim(line.substr(0, colon))),
                                         std::string(trim(line.substr(colon + 1))));
  }
  return line.size();
}

/// A child started while a connection is kept must not inherit it.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Result<List> header_list(const Curl& lib, const Headers& headers) {
  List list(nullptr, lib.slist_free_all);
  auto add = [&](const std::string& line) {
    curl_slist* longer = lib.slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)list.release();
    list.reset(longer);
    return true;
  };
  // Without this libcurl waits a second for a "100 Continue" that most servers never send.
  bool fits = add("Expect:");
  for (const auto& [name, value] : headers) {
    if ((name + value).find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
      return Error{Fault::kConfiguration,
                   fmt::format("the header '{}' has a line break",
                               name.substr(0, name.find_first_of("\r\n"))),
                   {},
                   "write it in one line"};
    }
    fits = fits && add(name + ": " + value);
  }
  if (!fits) return Error{Fault::kEnvironment, "out of memory", {}, {}};
  return list;
}

Error failure(const Curl& lib, CURLcode code, const std::string& url, const char* detail) {
  Error error{Fault::kTransient, {}, {}, {}};
  std::string why = lib.easy_strerror(code);
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      error.fault = Fault::kConfiguration;
      error.hint = "give an address that begins with http:// or https://";
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      error.fault = Fault::kConfiguration;
      error.hint = "name its authority with 'git config http.<url>.sslCAInfo <file>'";
      if (detail[0] != '\0') why = detail;
      break;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      error.detail = kUnreached;
      break;
    default:
      break;
  }
  error.message = fmt::format("no answer from '{}': {}", shown(url), printable(trim(why)));
  return error;
}

Error late(const Request& request, std::string_view what, Milliseconds limit) {
  return Error{
      Fault::kTransient,
      fmt::format("no answer from '{}': {} within {} ms", shown(request.url), what, limit.count()),
      {},
      {}};
}

/// The first limit that is passed, as an Error.
Result<void> within_limits(const Passage& passage, Steady::time_point start) {
  const Limits& limits = passage.request.limits;
  auto now = Steady::now();
  if (now - start >= limits.total) return late(passage.request, "it did not end", limits.total);
  if (!passage.begun && limits.first_byte.count() > 0 && now - start >= limits.first_byte)
    return late(passage.request, "nothing came", limits.first_byte);
  if (passage.begun && limits.idle.count() > 0 && now - passage.last >= limits.idle)
    return late(passage.request, "it stalled: nothing more came", limits.idle);
  return Done{};
}

void set_up(CURL* curl, const Request& request, Passage& passage, curl_slist* headers,
            char* detail) {
  auto set = [&](CURLoption option, auto value) { passage.lib.easy_setopt(curl, option, value); };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_CONNECTTIMEOUT_MS,
      std::max(1L,
               static_cast<long>(std::min(request.limits.connect, request.limits.total).count())));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_ERRORBUFFER, detail);
  set(CURLOPT_WRITEFUNCTION, take_body);
  set(CURLOPT_WRITEDATA, &passage);
  set(CURLOPT_HEADERFUNCTION, take_header);
  set(CURLOPT_HEADERDATA, &passage);
  set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(CURLOPT_HTTPHEADER, headers);
  // A proxy's answer to CONNECT is not the server's: its headers stay out.
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (request.body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    set(CURLOPT_POSTFIELDS, request.body->c_str());
  }
  if (request.only_once) set(CURLOPT_FRESH_CONNECT, 1L);
  if (!request.method.empty()) set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  const Route& route = request.route;
  if (is_loopback(request.url)) {
    set(CURLOPT_PROXY, "");
  } else if (route.proxy) {
    set(CURLOPT_PROXY, route.proxy->c_str());
  }
  if (!route.ca_file.empty()) set(CURLOPT_CAINFO, route.ca_file.c_str());
  if (!route.ca_path.empty()) set(CURLOPT_CAPATH, route.ca_path.c_str());
  if (!route.client_cert.empty()) set(CURLOPT_SSLCERT, route.client_cert.c_str());
  if (!route.client_key.empty()) set(CURLOPT_SSLKEY, route.client_key.c_str());
  set(CURLOPT_SSL_VERIFYPEER, route.verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, route.verify ? 2L : 0L);
}

/// Drives the one transfer to its end; a limit or a wish to stop ends it before.
Result<CURLcode> drive(CURLM* multi, const Passage& passage, const Cancel& cancel) {
  auto start = Steady::now();
  for (;;) {
    int running = 0;
    if (passage.lib.multi_perform(multi, &running) != CURLM_OK)
      return Error{Fault::kInternal, "libcurl lost its place", {}, {}};
    int left = 0;
    while (CURLMsg* message = passage.lib.multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE && message->easy_handle == passage.curl)
        return message->data.result;
    }
    GF_TRY(cancel.check());
    // Not every server ends its answer after the last word of it.
    if (passage.answer.left && Steady::now() - passage.left_at > kGrace) return CURLE_OK;
    GF_TRY(within_limits(passage, start));
    auto most = std::min<int64_t>(kLookMs, passage.request.limits.total.count());
    passage.lib.multi_poll(multi, nullptr, 0, static_cast<int>(std::max<int64_t>(1, most)),
                           nullptr);
  }
}

/// "2", "0.5": digits with at most one point, times `scale`.
std::optional<Milliseconds> number(const std::string& text, double scale) {
  bool digits = !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos &&
                std::count(text.begin(), text.end(), '.') <= 1 && text != ".";
  if (!digits) return std::nullopt;
  double value = std::strtod(text.c_str(), nullptr) * scale;
  value = std::min(value, static_cast<double>(kMaxWaitSeconds) * 1000);
  return Milliseconds(static_cast<int64_t>(value));
}

}  // namespace

Result<Answer> send(const Request& request, const Cancel& cancel) {
  GF_TRY(cancel.check());
  GF_ASSIGN(const Curl* lib, curl());
  GF_ASSIGN(auto multi, Door::of_this_thread(*lib));
  GF_ASSIGN(auto headers, header_list(*lib, request.headers));
  Easy easy(lib->easy_init(), lib->easy_cleanup);
  if (easy == nullptr) return Error{Fault::kEnvironment, "libcurl cannot be set up", {}, {}};
  Passage passage{.request = request, .lib = *lib, .curl = easy.get()};
  char detail[CURL_ERROR_SIZE] = "";
  set_up(easy.get(), request, passage, headers.get(), detail);
  if (lib->multi_add_handle(multi, easy.get()) != CURLM_OK)
    return Error{Fault::kInternal, "libcurl takes no more requests", {}, {}};
  Result<CURLcode> ended = drive(multi, passage, cancel);
  lib->multi_remove_handle(multi, easy.get());
  if (!ended.ok()) return ended.error();
  if (passage.too_large) {
    return Error{
        Fault::kBadData,
        fmt::format("no answer from '{}': the answer is larger than allowed", shown(request.url)),
        {},
        {}};
  }
  if (*ended != CURLE_OK && !passage.answer.left) return failure(*lib, *ended, request.url, detail);
  lib->easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &passage.answer.status);
  return std::move(passage.answer);
}

Result<Answer> get(const std::string& url, const Limits& limits, const Cancel& cancel,
                   const Headers& headers) {
  return send(Request{url, std::nullopt, headers, limits, {}, {}}, cancel);
}

// Here and not beside the other pure functions: libcurl knows the three forms of a date.
static std::optional<Timestamp> date_in(const std::string& text) {
  auto lib = curl();
  time_t when = lib.ok() && !text.empty() ? (*lib)->getdate(text.c_str(), nullptr) : -1;
  if (when < 0) return std::nullopt;
  return Timestamp(Milliseconds(static_cast<int64_t>(when) * 1000));
}

Timestamp time_there(const Answer& answer, Timestamp ours) {
  return date_in(answer.header("date")).value_or(ours);
}

std::optional<Milliseconds> retry_after(const Answer& answer, Timestamp now) {
  if (auto exact = number(answer.header("retry-after-ms"), 1)) return exact;
  std::string text = answer.header("retry-after");
  if (auto seconds = number(text, 1000)) return seconds;
  if (text.find(' ') == std::string::npos) return std::nullopt;  // no form of a date
  auto when = date_in(text);
  if (!when) return std::nullopt;
  auto wait = *when - time_there(answer, now);
  return std::clamp<Milliseconds>(wait, Milliseconds(0), Milliseconds(kMaxWaitSeconds * 1000));
}

}  // namespace gf::net

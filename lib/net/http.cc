#include "net/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace gf::net {
namespace {

struct Sink {
  std::string body;
  size_t limit;
};

size_t take(char* data, size_t size, size_t count, void* target) {
  auto* sink = static_cast<Sink*>(target);
  if (sink->body.size() + size * count > sink->limit) return 0;
  sink->body.append(data, size * count);
  return size * count;
}

int go_on(void* cancel, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Cancel*>(cancel)->requested() ? 1 : 0;
}

using Easy = std::unique_ptr<CURL, void (*)(CURL*)>;
using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

/// `url` without user, password and query: what a message may show.
std::string shown(const std::string& url) {
  size_t scheme = url.find("://");
  size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  size_t end = std::min(url.find_first_of("/?#", host), url.size());
  size_t at = url.substr(0, end).rfind('@');
  std::string rest = url.substr(at != std::string::npos && at >= host ? at + 1 : host);
  return url.substr(0, host) + rest.substr(0, rest.find('?'));
}

Result<List> header_list(const Headers& headers) {
  List list(nullptr, curl_slist_free_all);
  for (const auto& [name, value] : headers) {
    if ((name + value).find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
      return Error{Fault::kConfiguration,
                   fmt::format("the header '{}' has a line break",
                               name.substr(0, name.find_first_of("\r\n"))),
                   {},
                   {}};
    }
    curl_slist* longer = curl_slist_append(list.get(), (name + ": " + value).c_str());
    if (longer == nullptr) return Error{Fault::kEnvironment, "out of memory", {}, {}};
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

Error failure(CURLcode code, const std::string& url) {
  Fault fault = Fault::kTransient;
  std::string why = curl_easy_strerror(code);
  if (code == CURLE_WRITE_ERROR) {
    fault = Fault::kBadData;
    why = "the answer is larger than allowed";
  }
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    fault = Fault::kConfiguration;
  return Error{fault, fmt::format("no answer from '{}': {}", shown(url), why), {}, {}};
}

/// `body` null: GET.
Result<Answer> perform(const std::string& url, const std::string* body, const Headers& headers,
                       const Limits& limits, const Cancel& cancel) {
  GF_TRY(cancel.check());
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  Easy curl(once == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (curl == nullptr) return Error{Fault::kEnvironment, "libcurl cannot be set up", {}, {}};
  GF_ASSIGN(auto list, header_list(headers));
  Sink sink{{}, limits.max_body_bytes};
  auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(limits.connect, limits.total).count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_WRITEFUNCTION, take);
  set(CURLOPT_WRITEDATA, &sink);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, go_on);
  set(CURLOPT_XFERINFODATA, const_cast<Cancel*>(&cancel));
  set(CURLOPT_HTTPHEADER, list.get());
  std::string host = shown(url);
  host =
      host.substr(std::min(host.find("://"), host.size() - std::min<size_t>(3, host.size())) + 3);
  bool loopback =
      host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
  if (loopback) set(CURLOPT_PROXY, "");
  if (body != nullptr) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    set(CURLOPT_POSTFIELDS, body->c_str());
  }
  CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_ABORTED_BY_CALLBACK) GF_TRY(cancel.check());
  if (code != CURLE_OK) return failure(code, url);
  Answer answer;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(sink.body);
  return answer;
}

}  // namespace

Result<Answer> get(const std::string& url, const Limits& limits, const Cancel& cancel,
                   const Headers& headers) {
  return perform(url, nullptr, headers, limits, cancel);
}

Result<Answer> post(const std::string& url, const std::string& body, const Headers& headers,
                    const Limits& limits, const Cancel& cancel) {
  return perform(url, &body, headers, limits, cancel);
}

}  // namespace gf::net

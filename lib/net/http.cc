#include "net/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

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

}  // namespace

Result<Answer> get(const std::string& url, const Limits& limits, const Cancel& cancel) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  std::unique_ptr<CURL, void (*)(CURL*)> curl(once == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (curl == nullptr) return Error{Fault::kEnvironment, "libcurl cannot be set up", {}, {}};
  Sink sink{{}, limits.max_body_bytes};
  Cancel* wish = const_cast<Cancel*>(&cancel);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &sink);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, go_on);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, wish);
  CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_ABORTED_BY_CALLBACK) GF_TRY(cancel.check());
  if (code != CURLE_OK) {
    return Error{Fault::kTransient, fmt::format("no answer from '{}': {}", url, curl_easy_strerror(code)), {}, {}};
  }
  Answer answer;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(sink.body);
  return answer;
}

}  // namespace gf::net

#include "net/curl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <string>
#include <type_traits>

namespace gf::net {
namespace {

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
  if (missing.empty() && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) missing = "it does not start";
  return missing;
}

}  // namespace

Result<const Curl*> curl() {
  static Curl functions;
  static const std::string problem = load(functions);
  if (problem.empty()) return &functions;
  return Error{Fault::kEnvironment,
               "libcurl cannot be used: " + problem,
               {},
               "install it as install.sh does, or build git-factory anew"};
}

}  // namespace gf::net

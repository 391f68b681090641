// Git's name for a text, without a repository.
#include <fmt/format.h>
#include <openssl/evp.h>

#include "record/exchange.h"

namespace gf::record {

Oid content_id(std::string_view text) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  std::string header = fmt::format("blob {}", text.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  unsigned length = 0;
  bool good = context != nullptr && EVP_DigestInit_ex(context, EVP_sha1(), nullptr) == 1 &&
              EVP_DigestUpdate(context, header.c_str(), header.size() + 1) == 1 &&
              EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
              EVP_DigestFinal_ex(context, digest.data(), &length) == 1;
  EVP_MD_CTX_free(context);
  std::array<uint8_t, Oid::kBytes> bytes{};
  if (good) std::copy_n(digest.begin(), Oid::kBytes, bytes.begin());
  return Oid(bytes);
}

}  // namespace gf::record

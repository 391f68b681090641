// libgit2 begins without the machine's certificates, where it would read them.
#include <dlfcn.h>

#include <array>

#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"

extern "C" int mbedtls_x509_crt_parse_file(void* chain, const char* path);

namespace gf::git {
namespace {

TEST(Begin, LibrariesFindOurReaderOfCertificates) {
  // By their names libraries are bound: this is the one that libgit2 calls.
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "mbedtls_x509_crt_parse_file"),
            reinterpret_cast<void*>(&mbedtls_x509_crt_parse_file));
}

TEST(Begin, WhoeverElseReadsCertificatesIsToldTheTruth) {
  test::TempRepo place;
  ASSERT_DONE(Repo::open(place.path()));
  std::array<unsigned char, 4096> chain{};
  EXPECT_LT(mbedtls_x509_crt_parse_file(chain.data(), (place.path() + "/none.pem").c_str()), 0);
}

}  // namespace
}  // namespace gf::git

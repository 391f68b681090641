// How libgit2 begins in this process: what it knows, what it checks, what it leaves out.
#include <dlfcn.h>

#include "git/handle.h"

namespace gf::git {
namespace {

/// Is this thread setting libgit2 up at this moment?
thread_local bool libgit2_begins = false;

}  // namespace

void ensure_libgit2() {
  static const int once = [] {
    libgit2_begins = true;
    git_libgit2_init();
    libgit2_begins = false;
    // Formats that are read correctly although libgit2 does not know their names. Never
    // objectformat.
    const char* known[] = {"worktreeconfig", "preciousobjects", "relativeworktrees",
                           "partialclone"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known, size_t{4});
    // It opens and unpacks every object that a tree names, also those that were in it before: a
    // run's folder of 60 files took longer to check than to write. write_tree() and update_tree()
    // ask whether the new ones are there.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
    return 0;
  }();
  (void)once;
}

}  // namespace gf::git

// Where libgit2 is built with mbed TLS it reads all certificates of the machine when it begins,
// which took longer than a look at the log. Here it speaks to no server: the git program does. So
// they are left out, just then; whoever else asks mbed TLS gets what mbed TLS has.
extern "C" __attribute__((weak, visibility("default"))) int mbedtls_x509_crt_parse_file(
    void* chain, const char* path);
extern "C" int mbedtls_x509_crt_parse_file(void* chain, const char* path) {
  if (gf::git::libgit2_begins) return 0;
  using Parse = int (*)(void*, const char*);
  // A cast that POSIX allows and C++ leaves to the system.
  auto parse = reinterpret_cast<Parse>(dlsym(RTLD_NEXT, "mbedtls_x509_crt_parse_file"));
  constexpr int kCannotRead = -0x2900;  // MBEDTLS_ERR_X509_FILE_IO_ERROR
  return parse != nullptr ? parse(chain, path) : kCannotRead;
}

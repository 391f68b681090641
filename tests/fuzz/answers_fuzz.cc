// libFuzzer target for everything that reads what services say. Built by Clang with -DGF_FUZZ=ON
// and -DGF_SANITIZE=fuzzer-no-link,address: ninja answers_fuzz && build/tests/answers_fuzz
// -max_total_time=60 tests/fuzz/corpus/answers
#include "fuzz/answers.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gf::test::feed_answer({reinterpret_cast<const char*>(data), size});
  return 0;
}

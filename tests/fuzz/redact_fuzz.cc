// libFuzzer target for the redactor; see run.sh.
#include <cstdint>

#include "fuzz/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gf::test::feed_redactor({reinterpret_cast<const char*>(data), size});
  return 0;
}

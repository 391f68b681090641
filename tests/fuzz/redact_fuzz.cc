// libFuzzer target for the redactor; see run.sh.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "fuzz/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string told = gf::test::complaint_of_redactor({reinterpret_cast<const char*>(data), size});
  if (told.empty()) return 0;
  std::cerr << told << "\n";
  std::abort();
}

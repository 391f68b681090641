// libFuzzer target for the redactor; see run.sh.
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "fuzz/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string complaint =
      gf::test::complaint_of_redactor({reinterpret_cast<const char*>(data), size});
  if (complaint.empty()) return 0;
  std::cerr << complaint << "\n";
  std::abort();
}

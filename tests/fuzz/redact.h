// What a fuzzer does with the redactor. Shared by the libFuzzer target and by the unit test that
// runs it on changed examples.
#pragma once

#include <string>
#include <string_view>

#include "record/redact.h"

namespace gf::test {

/// What the redactor did wrong, empty when nothing: a second pass changes nothing, and an object id
/// that stands alone comes through.
inline std::string complaint_of_redactor(std::string_view bytes) {
  static const record::Redactor kBare, kKnowing({"MY_TOKEN=redacted:secret", "A_PASSWORD=a!b2c",
                                                 "B_SECRET=deadbeef", "C_TOKEN=token=token="});
  static const std::string kId = "deadbeef" + std::string(32, '7');
  for (const record::Redactor* redact : {&kBare, &kKnowing}) {
    std::string once = (*redact)(bytes), twice = (*redact)(once);
    if (twice != once) return "'" + std::string(bytes) + "'\n-> '" + once + "'\n-> '" + twice + "'";
  }
  std::string with_id = std::string(bytes.substr(0, 2000)) + "\n" + kId + "\n";
  std::string clean = kKnowing(with_id);
  return clean.find(kId) == std::string::npos ? "the object id is gone: '" + clean + "'" : "";
}

}  // namespace gf::test

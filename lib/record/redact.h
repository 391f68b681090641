// Takes secrets out of text before it becomes an object (P10).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gf::record {

/// Replaces secrets by "[redacted:<kind>]": known key forms, authorization headers, URL userinfo,
/// private key blocks, high-entropy values beside telling names, and the values given to the
/// constructor. Never touches git object ids. Idempotent.
class Redactor {
 public:
  /// `environment`: "NAME=value" entries; the values of those whose name looks secret are taken.
  explicit Redactor(const std::vector<std::string>& environment = {});
  [[nodiscard]] std::string operator()(std::string_view text) const;

 private:
  std::vector<std::string> values_;  ///< longest first
};

}  // namespace gf::record

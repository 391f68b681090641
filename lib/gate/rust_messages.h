// What cargo tells in JSON, a line a message. For rust_*.cc.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gate/reports.h"

namespace gf::gate {

/// One message of the compiler about a place of the tree.
struct RustMessage {
  std::string path;  ///< of the tree; of a message about no place the root of its crate
  int line = 0;      ///< 0: about no place
  std::string rule;  ///< "E0425", "clippy::needless_return"; may be empty
  std::string text;  ///< without where it is
  std::string rendered;
  bool is_error = false;
};

/// Is it a line of cargo's JSON?
bool is_cargo_message(std::string_view line);

/// What cargo built and what its compiler said.
class CargoMessages {
 public:
  explicit CargoMessages(const Scrubber& scrub) : scrub_(scrub) {}
  /// A line for which is_cargo_message() holds; false: it cannot be read.
  bool take(const std::string& line);
  /// The root of the crate that a test program was made of, by the program's path.
  [[nodiscard]] std::string root_of(const std::string& program) const;
  /// The same by package, target and kind ("lib", "test"), as nextest names it.
  [[nodiscard]] std::string root_of(const std::string& package, const std::string& target,
                                    const std::string& kind) const;
  /// Errors and warnings in the tree, each once, in order.
  [[nodiscard]] const std::vector<RustMessage>& messages() const { return messages_; }

 private:
  const Scrubber& scrub_;
  std::map<std::string, std::string> roots_;
  std::map<std::vector<std::string>, std::string> named_roots_;  ///< by package, target and kind
  std::vector<RustMessage> messages_;
  std::set<std::string> reported_;
};

}  // namespace gf::gate

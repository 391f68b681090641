// What goes wrong with calls to a server that we pretend.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/acting_server.h"

namespace gf::test {

/// How one call goes wrong, once.
struct Trouble {
  enum class When {
    kInstead,  ///< nothing is done, the act answers
    kAfter     ///< it is done, and the act answers for it
  };
  std::string call;  ///< how the call begins: "POST /repos/acme/shop/pulls"
  Act act;
  When when = When::kInstead;
};

/// Those that are still to come, in order. Of one thread: whose server it is locks.
class Troubles {
 public:
  void next(std::string call, Act act, Trouble::When when) {
    all_.push_back({std::move(call), std::move(act), when});
  }
  void calm() { all_.clear(); }
  /// The first that fits this call, which is over with it; nothing: it goes well.
  std::optional<Trouble> take(const std::string& call);

 private:
  std::vector<Trouble> all_;
};

/// Is a call done by the server itself, whatever is answered for it?
inline bool is_done(const std::optional<Trouble>& trouble) {
  return !trouble || trouble->when == Trouble::When::kAfter;
}

/// An answer to a question that may name the state it knows (If-None-Match): with its ETag, and
/// 304 without a body where the two are the same. Of what is read and found; all else stays.
void answer_if_changed(const Asked& asked, const std::string& etag, int& status,
                       std::string& headers, std::string& body);

}  // namespace gf::test

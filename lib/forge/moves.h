// Where parts of an API have moved to: a repository that was renamed answers at another address.
// For this room's .cc files.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gf::forge {

/// What has moved is learnt from the first answer that came from elsewhere. From then on all below
/// it is asked at its new place: some servers lead only who reads there (GitLab), and each time
/// costs a question more.
class Moves {
 public:
  /// "https://api.github.com/repos/acme/shop": the beginning of addresses that may move together.
  void watch(std::string home);
  /// Where `url` is now; itself where nothing is known of a move.
  [[nodiscard]] std::string now(const std::string& url) const;
  /// `asked` was answered at `answered`. True: that tells of a move that was not known.
  bool learn(const std::string& asked, const std::string& answered);

 private:
  std::vector<std::pair<std::string, std::string>> homes_;  ///< and where they are; empty: there
};

}  // namespace gf::forge

// Which keys decide is a column of the table of keys (session/keys.h).
#include "line/policy.h"

#include <algorithm>

#include "base/text.h"
#include "session/keys.h"

namespace gf::line {

bool decides(const std::string& key) {
  const session::Key* known = session::find_key(key);
  return known != nullptr && known->kept == session::Key::Kept::kWithRun;
}

std::map<std::string, std::string> deciding(const session::Config& config) {
  std::map<std::string, std::string> decided;
  for (const auto& [key, value] : config.settings()) {
    if (!decides(key)) continue;
    std::string& known = decided[lower(key)];
    bool list = session::find_key(key)->many == session::Key::Many::kYes && !known.empty();
    known = list ? known + "\n" + value : value;
  }
  return decided;
}

void take_policy(session::Config& config, const std::map<std::string, std::string>& policy) {
  // Older records hold three numbers and nothing else.
  const std::map<std::string, std::string> older = {{"coverage.floor", "factory.test.coverage"},
                                                    {"review.unasked", "factory.review.unasked"},
                                                    {"retries", "factory.retries"}};
  bool whole = policy.contains(kTestPathsKey);
  config.drop([&](const std::string& key) {
    bool replaced = std::any_of(older.begin(), older.end(), [&](const auto& pair) {
      return pair.second == lower(key) && policy.contains(pair.first);
    });
    return replaced || (whole && decides(key));
  });
  for (const auto& [name, key] : older) {
    if (auto found = policy.find(name); found != policy.end()) config.add(key, found->second);
  }
  for (const auto& [key, value] : policy) {
    if (!decides(key)) continue;
    for (const std::string& one : lines(value)) config.add(key, one);
  }
}

}  // namespace gf::line

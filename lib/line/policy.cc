#include "line/policy.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "stage/stage.h"

namespace gf::line {

bool decides(const std::string& key) {
  std::string name = lower(key);
  constexpr std::array kGeneral = {
      std::string_view("factory.retries"), std::string_view(kTestPathsKey),
      std::string_view("factory.templates"), std::string_view("factory.branchprefix")};
  if (std::find(kGeneral.begin(), kGeneral.end(), name) != kGeneral.end()) return true;
  for (const stage::Stage& stage : stage::all_stages()) {
    std::string prefix = "factory." + std::string(stage.name) + ".";
    if (!name.starts_with(prefix)) continue;
    std::string_view rest = std::string_view(name).substr(prefix.size());
    return rest != "model" && rest != "timeout" && !rest.starts_with("budget");
  }
  return false;
}

std::map<std::string, std::string> deciding(const session::Config& config) {
  std::map<std::string, std::string> decided;
  for (const auto& [key, value] : config.settings()) {
    if (!decides(key)) continue;
    std::string& known = decided[lower(key)];
    bool list = lower(key) == kTestPathsKey && !known.empty();
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

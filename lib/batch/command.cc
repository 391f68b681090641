#include "batch/command.h"

namespace gf::batch {
namespace {

void add(std::vector<std::string>& words, const char* option, const std::string& value) {
  if (!value.empty()) words.push_back(std::string(option) + "=" + value);
}

}  // namespace

Command begin_command(const Orders& orders, const Entry& entry,
                      const std::optional<std::string>& on) {
  std::vector<std::string> words = {"--json", "feature", "--file=-"};
  add(words, "--batch", orders.name);
  add(words, "--slug", entry.slug);
  if (entry.base) {
    add(words, "--base", *entry.base);
  } else if (on) {
    add(words, "--base", *on);
  } else {
    add(words, "--base", orders.base_name);
    add(words, "--at", orders.base.hex());
  }
  for (const std::string& model : orders.models) add(words, "--model", model);
  for (const std::string& model : entry.models) add(words, "--model", model);
  add(words, "--budget", entry.budget);
  add(words, "--batch-budget", orders.budget);
  if (orders.no_pr) words.emplace_back("--no-pr");
  if (orders.draft) words.emplace_back("--draft");
  if (orders.again) words.emplace_back("--again");
  return {std::move(words), entry.request};
}

Command resume_command(const Orders& orders, const RunId& run) {
  std::vector<std::string> words = {"--json", "resume"};
  add(words, "--batch-budget", orders.budget);
  words.push_back(run.str());
  return {std::move(words), {}};
}

}  // namespace gf::batch

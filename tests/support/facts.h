// A tree that is a map.
#pragma once

#include <map>
#include <string>

#include "record/facts.h"

namespace gf::test {

class MapFacts : public record::TreeFacts {
 public:
  explicit MapFacts(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  bool has_path(std::string_view path) const override {
    if (files_.contains(std::string(path))) return true;
    for (const auto& [name, content] : files_) {
      if (name.starts_with(std::string(path) + "/")) return true;
    }
    return false;
  }
  std::optional<std::string> read(std::string_view path) const override {
    auto found = files_.find(std::string(path));
    if (found == files_.end()) return std::nullopt;
    return found->second;
  }
  bool mentions(std::string_view text) const override {
    for (const auto& [name, content] : files_) {
      if (content.find(text) != std::string::npos) return true;
    }
    return false;
  }
  bool has_test(std::string_view id) const override {
    auto content = read(id.substr(0, id.find("::")));
    return content && (id.find("::") == std::string_view::npos ||
                       content->find(id.substr(id.rfind(':') + 1)) != std::string::npos);
  }
  std::vector<std::string> paths(std::string_view folder, size_t limit) const override {
    std::vector<std::string> all;
    for (const auto& [name, content] : files_) {
      if ((folder.empty() || name.starts_with(std::string(folder) + "/")) && all.size() < limit)
        all.push_back(name);
    }
    return all;
  }

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace gf::test

// A map of files that can be searched.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "stage/digest.h"
#include "support/facts.h"

namespace gf::test {

class MapSearched : public stage::Searched {
 public:
  explicit MapSearched(std::map<std::string, std::string> files)
      : files_(files), facts_(std::move(files)) {}
  [[nodiscard]] const record::TreeFacts& facts() const override { return facts_; }
  [[nodiscard]] std::vector<Hit> lines_with(const std::vector<std::string>& words,
                                            size_t limit) const override {
    std::vector<Hit> hits;
    for (const auto& [path, content] : files_) {
      size_t line = 0;
      for (const std::string& text : lines(content)) {
        ++line;
        bool holds = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
          return text.find(word) != std::string::npos;
        });
        if (holds && hits.size() < limit) hits.push_back({path, line, text});
      }
    }
    return hits;
  }

 private:
  std::map<std::string, std::string> files_;
  MapFacts facts_;
};

}  // namespace gf::test

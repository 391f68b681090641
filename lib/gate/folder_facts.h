// One folder of a tree as if it were all of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/facts.h"

namespace gf::gate {

/// Paths are relative to `folder`. `tree` must outlive it.
class FolderFacts : public record::TreeFacts {
 public:
  /// Of `hidden` folders (of the tree) nothing is listed; who knows a path there may ask for it.
  FolderFacts(const record::TreeFacts& tree, std::string folder,
              std::vector<std::string> hidden = {});
  bool has_path(std::string_view path) const override;
  std::optional<std::string> read(std::string_view path) const override;
  /// Of a folder that is not the root: in its first thousands of files.
  bool mentions(std::string_view text) const override;
  bool has_test(std::string_view id) const override;
  std::vector<std::string> paths(std::string_view folder, size_t limit) const override;

 private:
  [[nodiscard]] std::string whole(std::string_view path) const;
  [[nodiscard]] const std::vector<std::string>& all() const;

  const record::TreeFacts& tree_;
  std::string folder_;
  std::vector<std::string> hidden_;
  mutable std::optional<std::vector<std::string>> all_;  ///< read once
};

}  // namespace gf::gate

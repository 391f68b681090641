// What a tree says of its Python tools, each file read once. For python*.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gate/config_file.h"
#include "gate/evidence.h"

namespace gf::gate {

/// Holds a reference to the tree, which has to live longer.
class PythonProject {
 public:
  using Words = std::vector<std::string>;

  /// `outer_evidence`, `inside`: as in Detected.
  explicit PythonProject(const record::TreeFacts& tree, std::vector<Evidence> outer_evidence = {},
                         const Words& inside = {});

  [[nodiscard]] const record::TreeFacts& tree() const { return tree_; }
  [[nodiscard]] bool has_table(const std::string& path, const ConfigFile::Path& table) const;
  [[nodiscard]] bool has_value(const std::string& path, ConfigFile::Path table,
                               const std::string& key) const;
  /// Where the table, or one below it, begins: "pyproject.toml:12 ([tool.ruff])".
  [[nodiscard]] std::string table_place(const std::string& path,
                                        const ConfigFile::Path& table) const;
  /// The value's texts; none where there is no such value.
  [[nodiscard]] Words texts(const std::string& path, const ConfigFile::Path& value) const;
  /// Files that cannot be read, and why, one line each.
  [[nodiscard]] Words notes() const;

  /// The call of `tool` to believe: the first that names paths of the tree, else the first; null:
  /// the project shows none.
  [[nodiscard]] const Evidence* evidence(std::string_view tool) const;
  /// Whether the call names a file or folder of the tree, or ".".
  [[nodiscard]] bool has_target(const Words& arguments) const;

  /// The folders of its code: what [tool.coverage.run] says, else packages at the top, or below
  /// src/; else ".".
  [[nodiscard]] Words packages() const;
  /// The same as paths of the tree, for tools that take no names of modules; none where there are
  /// none.
  [[nodiscard]] Words code_folders() const;

 private:
  [[nodiscard]] Words top_packages() const;

  const record::TreeFacts& tree_;
  std::map<std::string, ConfigFile> files_;
  std::vector<Evidence> evidence_;
};

}  // namespace gf::gate

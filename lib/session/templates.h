// Prompts and schemas: data that ships with the project and that a repository may replace.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "base/result.h"
#include "record/facts.h"
#include "record/json.h"

namespace gf::session {

/// Reads "prompts/plan.md", "schemas/plan.schema.json". A file of the same name below `folder` of
/// the base tree (factory.templates, believed only from trusted configuration) comes first.
class Templates {
 public:
  Templates(std::string data_dir, const record::TreeFacts* base, std::string folder);
  Result<std::string> text(std::string_view name) const;
  Result<record::Json> schema(std::string_view name) const;

 private:
  std::string data_dir_;
  const record::TreeFacts* base_;
  std::string folder_;
  /// By name: each file is read once, however often a line asks for it.
  mutable std::map<std::string, std::string, std::less<>> read_;
};

/// Where templates are: $GIT_FACTORY_DATA, else beside the installed program
/// (<prefix>/share/git-factory), else `built_in`.
std::string find_data_dir(const Environment& environment, const std::string& program,
                          const std::string& built_in);

}  // namespace gf::session

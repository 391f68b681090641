#include "session/templates.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"

namespace gf::session {

Templates::Templates(std::string data_dir, const record::TreeFacts* base, std::string folder)
    : data_dir_(std::move(data_dir)), base_(base), folder_(std::move(folder)) {}

Result<std::string> Templates::text(std::string_view name) const {
  if (auto known = read_.find(name); known != read_.end()) return known->second;
  std::optional<std::string> content;
  if (base_ != nullptr && !folder_.empty())
    content = base_->read(fmt::format("{}/{}", folder_, name));
  if (!content) {
    content = read_file(data_dir_ + "/" + std::string(name));
    if (!content) {
      return Error{Fault::kEnvironment,
                   fmt::format("the template '{}' is not in '{}'", name, data_dir_),
                   {},
                   "install git-factory again with './install.sh', or set GIT_FACTORY_DATA"};
    }
  }
  read_.emplace(std::string(name), *content);
  return *content;
}

Result<record::Json> Templates::schema(std::string_view name) const {
  GF_ASSIGN(auto content, text(name));
  auto parsed = record::Json::parse(content);
  if (!parsed.ok()) return parsed.error().because_of(fmt::format("the schema '{}'", name));
  return parsed;
}

std::string find_data_dir(const Environment& environment, const std::string& program,
                          const std::string& built_in) {
  if (environment.contains("GIT_FACTORY_DATA")) return environment.get("GIT_FACTORY_DATA");
  std::error_code failed;
  std::filesystem::path binary = std::filesystem::canonical(program, failed);
  if (!failed) {
    std::filesystem::path beside = binary.parent_path().parent_path() / "share" / "git-factory";
    if (std::filesystem::is_directory(beside, failed)) return beside.string();
  }
  return built_in;
}

}  // namespace gf::session

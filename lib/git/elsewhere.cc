// Objects that lie outside the repository's own store: a hook's quarantine, a folder for a moment.
#include <fmt/format.h>
#include <git2/odb_backend.h>

#include "git/handle.h"

namespace gf::git {

Result<void> Repo::add_objects(const std::string& directory) {
  OdbHandle odb;
  if (int code = git_repository_odb(Out(odb), impl_->repo.get()); code < 0)
    return from_git(code, "cannot open the objects");
  if (int code = git_odb_add_disk_alternate(odb.get(), directory.c_str()); code < 0)
    return from_git(code, fmt::format("cannot read objects from '{}'", directory));
  impl_->more_objects.push_back(directory);
  return Done{};
}

std::string Repo::object_folders() const {
  auto quoted = [](const std::string& path) {
    std::string text = "\"";
    for (char c : path) text += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
    return text + "\"";
  };
  // Its own alternates are followed by git from there.
  std::string all = quoted(common_dir() + "/objects");
  for (const std::string& folder : impl_->more_objects) all += ":" + quoted(folder);
  return all;
}

Result<OdbHandle> loose_objects(const std::string& folder, bool durable) {
  OdbHandle odb;
  if (int code = git_odb_new(Out(odb)); code < 0) return from_git(code, "cannot make a store");
  git_odb_backend* loose = nullptr;
  if (int code = git_odb_backend_loose(&loose, folder.c_str(), -1, durable ? 1 : 0, 0, 0); code < 0)
    return from_git(code, "cannot make a store");
  // The store owns it from here on.
  if (int code = git_odb_add_backend(odb.get(), loose, 1); code < 0)
    return from_git(code, "cannot make a store");
  return odb;
}

Result<Oid> write_commit_elsewhere(const std::string& folder, std::string_view text) {
  ensure_libgit2();
  GF_ASSIGN(auto odb, loose_objects(folder, false));
  git_oid id;
  if (int code = git_odb_write(&id, odb.get(), text.data(), text.size(), GIT_OBJECT_COMMIT);
      code < 0) {
    return from_git(code, "cannot store an object");
  }
  return from_git_oid(&id);
}

}  // namespace gf::git

// Files below one folder, reached without following a symbolic link: what a gate left there may
// point anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "git/repo.h"

namespace gf::git {

/// Paths are relative, with '/' between their parts; a part '..' is an Error.
class Disk {
 public:
  explicit Disk(std::string root) : root_(std::move(root)) {}

  struct Found {
    EntryKind kind = EntryKind::kBlob;  ///< kTree: a folder
    size_t size = 0;
  };
  /// Nothing: there is no such file, a part on the way is no folder (a link to one is none), or it
  /// is neither file, link nor folder (git does not see those either).
  Result<std::optional<Found>> look(const std::string& path) const;
  /// A file's bytes, or where a link points to.
  Result<std::string> read(const std::string& path) const;
  /// False: there is something whose bytes nobody gives us, for want of rights to it or to a folder
  /// above it.
  bool may_read(const std::string& path) const;
  /// Makes `path` hold `content`, whatever lies there or is in the way now.
  Result<void> write(const std::string& path, EntryKind kind, const std::string& content) const;
  /// Sets when the file or link at `path` was changed last, in seconds since 1970. Of a file that
  /// is not there nothing is set.
  Result<void> set_time(const std::string& path, int64_t seconds) const;
  Result<void> make_folder(const std::string& path) const;
  /// Removes what is at `path`, with all below it, and the folders that this leaves empty.
  Result<void> remove(const std::string& path) const;
  /// Makes the folders above `path`, and room at it.
  Result<void> make_room(const std::string& path) const;

 private:
  enum class Missing { kLeave, kMake };
  /// The folder `path` lies in; closed when it is not there.
  Result<Descriptor> parent(const std::string& path, Missing missing) const;

  std::string root_;
};

}  // namespace gf::git

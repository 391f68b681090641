// Paths of one checkout as paths of another: what an installation that points at the user's folder
// becomes for the run's. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::env {

/// A folder and what stands in its place.
struct Move {
  std::string from, to;  ///< absolute, without a "/" at the end
};

/// What is moved, and what stays although it lies inside: an environment is often in the checkout.
struct Moves {
  std::vector<Move> folders;
  std::vector<std::string> kept;
};

/// Where `path` (absolute) goes; nothing when it stays where it is. The longest folder holds.
std::optional<std::string> moved(const std::string& path, const Moves& moves);
/// `text` with every folder that is moved replaced where it is a whole path or the beginning of
/// one.
std::string with_moved(std::string_view text, const Moves& moves);
/// The first "file:" address of a direct_url.json as a path; empty when it has none.
std::string path_of_url(std::string_view direct_url);
/// `path` as a "file:" address.
std::string url_of_path(std::string_view path);

/// A .pth file: site adds the paths to sys.path and runs the imports.
struct PathFile {
  std::vector<std::string> paths;    ///< as they stand there, relative ones too
  std::vector<std::string> imports;  ///< whole lines
};
PathFile read_path_file(std::string_view text);

/// An import line of a .pth file for a place other than the one it was written to: the old kind of
/// namespace package asks where its file lies.
std::string import_from(std::string_view line, const std::string& site);

/// A script of a virtual environment for another one; nothing when its interpreter is not in `bin`.
/// Kernels split the first line at blanks and cut it: such a path is started by a shell.
std::optional<std::string> script_for(std::string_view script, const std::string& bin,
                                      const std::string& new_bin);

/// Whether `version` ("3.11.7") is one that `specifiers` (">=3.9,<4", "~=3.8", "^3.9", "3.11.*")
/// allow. What cannot be read allows everything: refusing would be our mistake.
bool allows(std::string_view specifiers, std::string_view version);

}  // namespace gf::env

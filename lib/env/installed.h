// What lies in an environment's folders of packages and may point at a checkout.
#pragma once

#include <string>
#include <vector>

#include "env/interpreter.h"

namespace gf::env {

/// A distribution that was installed from a folder (its direct_url.json says so).
struct FromFolder {
  std::string info;    ///< its folder beside the packages, "twice-0.1.dist-info"
  std::string name;    ///< "twice"
  std::string folder;  ///< it was installed from here
};

/// One folder of packages. Names are of entries in it.
struct Site {
  std::string path;
  std::vector<std::string> path_files;  ///< *.pth
  std::vector<std::string> finders;     ///< modules that know where an editable install lies
  std::vector<std::string> links;       ///< symbolic links
  std::vector<std::string> egg_links;   ///< *.egg-link of the older `setup.py develop`
  std::vector<FromFolder> from_folders;
  std::vector<std::string> distributions;  ///< "pytest-8.1", sorted
  std::string stamp;  ///< changes whenever one of these does: names, times, sizes
};

/// Reads names, times and the few small files; imports nothing. What cannot be read is not there.
std::vector<Site> read_sites(const Interpreter& interpreter);

/// What is installed, as it is the same on every machine: a hash of version and distributions.
std::string fingerprint(const Interpreter& interpreter, const std::vector<Site>& sites);

}  // namespace gf::env

#include "env/installed.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/ids.h"
#include "base/text.h"
#include "env/moves.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

bool is_finder(const std::string& name) {
  bool setuptools = name.starts_with("__editable__") && name.ends_with("_finder.py");
  bool others = name.starts_with("_editable_") && name.ends_with(".py");
  return setuptools || others;
}

/// Name and modification time, in words that only have to differ when the file does.
std::string stamp_of(const fs::directory_entry& entry) {
  std::error_code failed;
  if (entry.is_symlink(failed)) {
    return entry.path().filename().string() + " -> " +
           fs::read_symlink(entry.path(), failed).string();
  }
  auto time = entry.last_write_time(failed).time_since_epoch().count();
  uintmax_t size = entry.is_regular_file(failed) ? entry.file_size(failed) : 0;
  return fmt::format("{} {} {}", entry.path().filename().string(), time, size);
}

void look_at_info(const fs::path& info, Site& site) {
  std::string name = info.filename().string();
  std::string plain = name.substr(0, name.rfind('.'));
  auto url = read_file((info / "direct_url.json").string());
  std::string folder = url ? path_of_url(*url) : "";
  if (!folder.empty()) {
    std::string own = plain.substr(0, plain.find('-'));
    site.from_folders.push_back({name, own, folder});
  }
  site.distributions.push_back(std::move(plain));
}

Site read_site(const std::string& folder) {
  Site site;
  site.path = folder;
  std::vector<std::string> stamps;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename().string();
    std::error_code unread;
    bool link = at->is_symlink(unread);
    bool info = name.ends_with(".dist-info") || name.ends_with(".egg-info");
    if (link) {
      site.links.push_back(name);
    } else if (name.ends_with(".pth")) {
      site.path_files.push_back(name);
    } else if (name.ends_with(".egg-link")) {
      site.egg_links.push_back(name);
    } else if (is_finder(name)) {
      site.finders.push_back(name);
    } else if (info) {
      look_at_info(at->path(), site);
    } else {
      continue;
    }
    stamps.push_back(stamp_of(*at));
  }
  for (auto* names : {&site.path_files, &site.finders, &site.links, &site.egg_links,
                      &site.distributions, &stamps}) {
    std::sort(names->begin(), names->end());
  }
  site.stamp = folder + "\n" + join(stamps, "\n");
  return site;
}

}  // namespace

std::vector<Site> read_sites(const Interpreter& interpreter) {
  std::vector<Site> sites;
  for (const std::string& folder : interpreter.site) sites.push_back(read_site(folder));
  return sites;
}

std::string fingerprint(const Interpreter& interpreter, const std::vector<Site>& sites) {
  std::vector<std::string> all;
  for (const Site& site : sites) {
    for (const std::string& distribution : site.distributions) {
      bool own = std::any_of(
          site.from_folders.begin(), site.from_folders.end(),
          [&](const FromFolder& one) { return one.info.starts_with(distribution + "."); });
      if (!own) all.push_back(lower(distribution));
    }
  }
  std::sort(all.begin(), all.end());
  return record::content_id(interpreter.implementation + " " + interpreter.version + "\n" +
                            join(all, "\n"))
      .short_hex(8);
}

}  // namespace gf::env

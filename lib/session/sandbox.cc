#include "session/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "session/context.h"

namespace gf::session {
namespace {

std::string at_home(const std::string& path, const Environment& environment) {
  return path.starts_with("~/") ? environment.get("HOME") + path.substr(1) : path;
}

/// Where the objects of `objects` are borrowed from, and from where those are: as deep as git goes.
void add_borrowed(const std::string& objects, std::vector<std::string>& all) {
  constexpr size_t kMost = 64;
  for (const std::string& line : lines(read_file(objects + "/info/alternates").value_or(""))) {
    if (line.empty() || line[0] == '#') continue;
    std::filesystem::path path = line[0] == '/' ? line : objects + "/" + line;
    std::string place = path.lexically_normal().string();
    if (all.size() >= kMost || std::find(all.begin(), all.end(), place) != all.end()) continue;
    all.push_back(place);
    add_borrowed(place, all);
  }
}

/// Clones may borrow objects of others (gitrepository-layout(5), objects/info/alternates).
std::vector<std::string> borrowed(const std::string& common) {
  std::vector<std::string> all = {common};
  add_borrowed(common + "/objects", all);
  return all;
}

}  // namespace

Result<std::shared_ptr<const Holder>> holder_of(Context& context, const Settings& settings) {
  if (context.holder) return context.holder;
  const Environment& environment = context.setup.environment;
  GF_ASSIGN(auto wanted, settings.choice(kSandboxKey, kSandboxAsItComes,
                                         {"auto", "bubblewrap", "landlock", "none"}));
  auto holder = std::make_shared<Holder>();
  auto cache = environment.cache_folder();
  GF_ASSIGN(holder->sandbox,
            proc::Sandbox::choose(wanted, proc::clean_environment(environment), context.cancel(),
                                  cache.ok() ? *cache + "/sandbox" : ""));
  for (const std::string& path : settings.all("factory.sandboxReadable"))
    holder->readable.push_back(at_home(path, environment));
  for (const std::string& path : settings.all("factory.sandboxWritable"))
    holder->writable.push_back(at_home(path, environment));
  holder->sandbox.add(holder->readable, holder->writable);
  GF_ASSIGN(bool lends, settings.flag("factory.sandboxSshAgent", false));
  if (lends) holder->sandbox.lend(environment.get("SSH_AUTH_SOCK"));
  holder->fetches = settings.text("factory.install").value_or("online") == "online";
  holder->repository = borrowed(context.repo.common_dir());
  context.holder = holder;
  return context.holder;
}

std::string to_text(const Holder& holder) {
  const proc::Sandbox& sandbox = holder.sandbox;
  if (sandbox.kind() == proc::Sandbox::Kind::kNone)
    return "the repository's code runs with your own rights (factory.sandbox = none)";
  std::string text = fmt::format("the repository's code is held by {}; processes are bound by a {}",
                                 sandbox.name(), sandbox.process_bound());
  std::vector<std::string> gaps = sandbox.gaps(proc::Network::kNone);
  return gaps.empty() ? text : text + "; not held: " + join(gaps, ", ");
}

}  // namespace gf::session

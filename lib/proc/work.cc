#include "proc/work.h"

#include <algorithm>
#include <filesystem>

#include "base/glob.h"
#include "base/text.h"

namespace gf::proc {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

// Who runs code of the repository or of a package writes nothing that the user's own tools believe;
// who writes there runs none of it.
constexpr std::array kRows = {
    Rights{Work::kGate, "gate", Network::kFull, Caches::kNone, false, false, false, false},
    Rights{Work::kProbe, "probe", Network::kNone, Caches::kNone, false, false, false, false},
    Rights{Work::kBuild, "build", Network::kNone, Caches::kOurs, false, true, false, false},
    Rights{Work::kUnpack, "unpack", Network::kNone, Caches::kUsers, true, false, true, false},
    Rights{Work::kFetch, "fetch", Network::kFull, Caches::kOurs, true, true, true, true},
    // Its own keys and configuration are its caller's to give: variables, and files of its home.
    Rights{Work::kCoder, "coding program", Network::kFull, Caches::kNone, false, false, false,
           false}};

// --- Variables ---
const Names& toolchains() {
  static const Names names = {
      "CARGO_HOME", "RUSTUP_HOME",   "RUSTUP_TOOLCHAIN", "GOPATH",      "GOROOT",
      "GOMODCACHE", "GOTOOLCHAIN",   "GOFLAGS",          "JAVA_HOME",   "PYENV_ROOT",
      "NVM_DIR",    "PYENV_VERSION", "VOLTA_HOME",       "FNM_DIR",     "ASDF_DIR",
      "N_PREFIX",   "ASDF_DATA_DIR", "MISE_DATA_DIR",    "RBENV_ROOT",  "GEM_HOME",
      "GEM_PATH",   "BUN_INSTALL",   "DENO_DIR",         "PNPM_HOME",   "SDKMAN_DIR",
      "M2_HOME",    "MAVEN_HOME",    "GRADLE_HOME",      "DOTNET_ROOT", "CONDA_EXE"};
  return names;
}
const Names& compilers() {
  static const Names names = {"CC",
                              "CXX",
                              "CPP",
                              "AR",
                              "LD",
                              "RANLIB",
                              "FC",
                              "CFLAGS",
                              "CXXFLAGS",
                              "CPPFLAGS",
                              "LDFLAGS",
                              "FFLAGS",
                              "CMAKE_*",
                              "PKG_CONFIG*",
                              "CPATH",
                              "*_ROOT",
                              "*_PREFIX",
                              "LIBRARY_PATH",
                              "C_INCLUDE_*",
                              "CPLUS_*",
                              "RUSTFLAGS",
                              "RUSTC",
                              "MAKEFLAGS",
                              "ARCHFLAGS",
                              "*_INCLUDE_DIR",
                              "*_LIB_DIR",
                              "*_LIBRARY_DIR",
                              "OPENSSL_DIR",
                              "CUDA_*",
                              "LD_LIBRARY_PATH",
                              "SETUPTOOLS_*",
                              "NPY_*",
                              "PYO3_*",
                              "MATURIN_*",
                              "SOURCE_DATE_EPOCH",
                              "GYP_DEFINES",
                              "CGO_*",
                              "SKBUILD_*",
                              "MESON*",
                              "NINJA*",
                              "CYTHON*"};
  return names;
}
const Names& indexes() {
  static const Names names = {"PIP_*",
                              "PIPENV_*",
                              "PIXI_*",
                              "WORKON_HOME",
                              "UV_*",
                              "POETRY_*",
                              "PDM_*",
                              "HATCH_*",
                              "npm_config_*",
                              "NPM_CONFIG_*",
                              "NPM_TOKEN",
                              "YARN_*",
                              "NODE_AUTH_TOKEN",
                              "PNPM_*",
                              "BUN_CONFIG_*",
                              "COREPACK_*",
                              "CARGO_NET_*",
                              "CARGO_HTTP_*",
                              "CARGO_SOURCE_*",
                              "CARGO_REGISTRIES_*",
                              "GOPROXY",
                              "GOSUMDB",
                              "GOPRIVATE",
                              "GONOPROXY",
                              "GONOSUMDB",
                              "GOINSECURE",
                              "GOAUTH",
                              "GOVCS",
                              "http_proxy",
                              "https_proxy",
                              "no_proxy",
                              "all_proxy",
                              "HTTP_PROXY",
                              "HTTPS_PROXY",
                              "NO_PROXY",
                              "ALL_PROXY",
                              "SSL_CERT_*",
                              "REQUESTS_CA_BUNDLE",
                              "CURL_CA_BUNDLE",
                              "GIT_SSL_CAINFO",
                              "NODE_EXTRA_CA_CERTS",
                              "XDG_CONFIG_HOME"};
  return names;
}
/// Of all these, what names places that its reader has to see.
const Names& places() {
  static const Names names = {"WORKON_HOME",
                              "CARGO_HOME",
                              "RUSTUP_HOME",
                              "GOROOT",
                              "GOMODCACHE",
                              "JAVA_HOME",
                              "PYENV_ROOT",
                              "NVM_DIR",
                              "VOLTA_HOME",
                              "FNM_DIR",
                              "ASDF_DIR",
                              "ASDF_DATA_DIR",
                              "N_PREFIX",
                              "MISE_DATA_DIR",
                              "RBENV_ROOT",
                              "GEM_HOME",
                              "GEM_PATH",
                              "BUN_INSTALL",
                              "DENO_DIR",
                              "PNPM_HOME",
                              "SDKMAN_DIR",
                              "M2_HOME",
                              "MAVEN_HOME",
                              "GRADLE_HOME",
                              "DOTNET_ROOT",
                              "CMAKE_*_PATH",
                              "CMAKE_TOOLCHAIN_FILE",
                              "PKG_CONFIG_*",
                              "CPATH",
                              "C_INCLUDE_PATH",
                              "CPLUS_INCLUDE_PATH",
                              "LIBRARY_PATH",
                              "LD_LIBRARY_PATH",
                              "*_INCLUDE_DIR",
                              "*_LIB_DIR",
                              "*_LIBRARY_DIR",
                              "CUDA_HOME",
                              "CUDA_PATH",
                              "OPENSSL_DIR",
                              "BOOST_ROOT",
                              "CC",
                              "CXX",
                              "SSL_CERT_*",
                              "REQUESTS_CA_BUNDLE",
                              "CURL_CA_BUNDLE",
                              "NODE_EXTRA_CA_CERTS",
                              "GIT_SSL_CAINFO",
                              "PIP_CERT",
                              "PIP_CONFIG_FILE",
                              "PIP_FIND_LINKS",
                              "UV_CONFIG_FILE",
                              "UV_FIND_LINKS",
                              "npm_config_userconfig",
                              "NPM_CONFIG_USERCONFIG",
                              "CARGO_HTTP_CAINFO"};
  return names;
}
/// What is for publishing, and not for fetching.
const Names& for_publishing() {
  static const Names names = {"UV_PUBLISH_*", "PDM_PUBLISH_*", "POETRY_PYPI_TOKEN_*",
                              "HATCH_INDEX_*", "CARGO_REGISTRY_TOKEN"};
  return names;
}
/// What leads a client to a cache; with the place of it below ours.
struct CacheVariable {
  const char* name;
  const char* ours;
};
constexpr std::array kCacheVariables = {CacheVariable{"XDG_CACHE_HOME", ""},
                                        CacheVariable{"UV_CACHE_DIR", "/uv"},
                                        CacheVariable{"PIP_CACHE_DIR", "/pip"},
                                        CacheVariable{"POETRY_CACHE_DIR", "/pypoetry"},
                                        CacheVariable{"PDM_CACHE_DIR", "/pdm"},
                                        CacheVariable{"npm_config_cache", "/npm"},
                                        CacheVariable{"npm_config_store_dir", "/pnpm"},
                                        CacheVariable{"YARN_CACHE_FOLDER", "/yarn"},
                                        CacheVariable{"YARN_GLOBAL_FOLDER", "/berry"},
                                        CacheVariable{"BUN_INSTALL_CACHE_DIR", "/bun"},
                                        CacheVariable{"npm_config_devdir", "/node-gyp"},
                                        CacheVariable{"UV_PYTHON_INSTALL_DIR", "/python"}};

// --- Files ---
/// Below HOME, or below XDG_CONFIG_HOME without ".config": where clients are told which registries
/// there are, and who is asking.
constexpr std::array kConfiguration = {".config/pip",      ".pip",         ".config/uv",
                                       ".config/pypoetry", ".config/pdm",  ".config/hatch",
                                       ".npmrc",           ".yarnrc",      ".yarnrc.yml",
                                       ".config/yarn",     ".config/pnpm", ".config/go",
                                       ".netrc",           ".bunfig.toml", ".condarc",
                                       ".gitconfig",       ".config/git",  ".cargo/config.toml",
                                       ".cargo/config"};
/// Keys among toolchains that whoever fetches needs.
constexpr std::array kRegistryKeys = {".cargo/credentials.toml", ".cargo/credentials",
                                      ".local/share/uv/credentials"};
/// Below HOME: what clients have fetched before.
constexpr std::array kUsersCaches = {
    ".cache/uv",      ".cache/node", ".cache/yarn", ".npm", ".local/share/pnpm/store",
    ".local/share/uv"};

/// git in a made home: who commits is nobody in particular, and a folder that the machine's root or
/// another user owns is believed, as it was before the work began. Tests of hooks, versions and
/// changelogs commit, and would tell of a home without a name.
constexpr const char* kGitConfiguration =
    "[user]\n\tname = git-factory\n\temail = git-factory@localhost\n"
    "[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n";

bool is_one_of(const Names& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return wildcard_matches(pattern, name); });
}

bool leads_to_cache(std::string_view name) {
  return std::any_of(kCacheVariables.begin(), kCacheVariables.end(),
                     [&](const CacheVariable& one) { return lower(name) == lower(one.name); });
}

void add(std::vector<std::string>& list, const std::string& path) {
  std::error_code failed;
  if (!path.empty() && path[0] == '/' && fs::exists(path, failed)) list.push_back(path);
}

void add_configuration(const Environment& users, std::vector<std::string>& readable) {
  const std::string home = users.get("HOME"), elsewhere = users.get("XDG_CONFIG_HOME");
  for (std::string_view name : kConfiguration) {
    add(readable, home + "/" + std::string(name));
    constexpr std::string_view kConfigFolder = ".config/";
    if (!elsewhere.empty() && name.starts_with(kConfigFolder))
      add(readable, elsewhere + "/" + std::string(name.substr(kConfigFolder.size())));
  }
  for (const char* name : kRegistryKeys) add(readable, home + "/" + name);
  const std::string cargo = users.get("CARGO_HOME");
  for (const char* name : {"/config.toml", "/credentials.toml"})
    if (!cargo.empty()) add(readable, cargo + name);
}

void add_users_caches(const Environment& users, std::vector<std::string>& writable) {
  const std::string home = users.get("HOME"), cache = users.get("XDG_CACHE_HOME");
  for (const char* name : kUsersCaches) add(writable, home + "/" + name);
  for (const CacheVariable& one : kCacheVariables) {
    if (one.ours[0] == '\0') continue;
    add(writable, users.get(one.name));
    if (!cache.empty()) add(writable, cache + one.ours);
  }
}

}  // namespace

const Rights& rights_of(Work work) {
  auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Rights& one) { return one.work == work; });
  return row == kRows.end() ? kRows[1] : *row;
}

bool names_places(std::string_view variable) { return is_one_of(places(), std::string(variable)); }

Environment variables_for(Work work, const Environment& users,
                          const std::vector<std::string>& more) {
  const Rights& rights = rights_of(work);
  std::vector<std::string> all = more;
  for (const auto& [name, value] : users) {
    bool cache = leads_to_cache(name);
    bool given = is_one_of(toolchains(), name) ||
                 (rights.compilers && is_one_of(compilers(), name)) ||
                 (rights.indexes && is_one_of(indexes(), name));
    if (cache) given = rights.caches == Caches::kUsers;
    if (given && !is_one_of(for_publishing(), name)) all.push_back(name);
  }
  return clean_environment(users, all);
}

Environment our_caches(const std::string& caches) {
  Environment all;
  if (caches.empty()) return all;
  for (const CacheVariable& one : kCacheVariables) all[one.name] = caches + one.ours;
  return all;
}

void lend_agent(Work work, const Sandbox& sandbox, const Environment& users, Policy& policy) {
  if (!rights_of(work).ssh_agent || sandbox.ssh_agent().empty()) return;
  add(policy.readable, sandbox.ssh_agent());
  for (const char* name : {"/.ssh/known_hosts", "/.ssh/known_hosts2", "/.ssh/config"})
    add(policy.readable, users.get("HOME") + name);
}

Policy policy_for(Work work, const Environment& users, const Workplace& place) {
  const Rights& rights = rights_of(work);
  Policy policy;
  policy.readable = place.readable;
  policy.writable = place.writable;
  policy.network = rights.network;
  if (rights.configuration) {
    add_configuration(users, policy.readable);
  } else {
    policy.home_files[".gitconfig"] = kGitConfiguration;
  }
  if (rights.caches == Caches::kUsers) add_users_caches(users, policy.writable);
  if (rights.caches == Caches::kOurs && !place.caches.empty()) {
    std::error_code failed;
    fs::create_directories(place.caches, failed);
    add(policy.writable, place.caches);  // our_caches() leads there; ~/.cache is lost
  }
  return policy;
}

}  // namespace gf::proc

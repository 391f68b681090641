// Which commits a repository wants covered: settings, key by key, from whoever may say so.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/glob.h"
#include "base/text.h"
#include "verify/verify.h"

namespace gf::verify {
namespace {

constexpr const char* kTrackedFile = ".gitfactory";

/// A character of a name that some file systems do not see (git's is_hfs_dotgit has the list).
bool ignored_by_file_systems(std::string_view bytes) {
  if (bytes == "\xef\xbb\xbf") return true;
  if (bytes.substr(0, 2) == "\xe2\x80") {
    auto last = static_cast<unsigned char>(bytes[2]);
    return (last >= 0x8c && last <= 0x8f) || (last >= 0xaa && last <= 0xae);
  }
  if (bytes.substr(0, 2) == "\xe2\x81") {
    auto last = static_cast<unsigned char>(bytes[2]);
    return last >= 0xaa && last <= 0xaf;
  }
  return false;
}

/// As the most forgiving file system would see it: no case, no invisible characters.
std::string folded(std::string_view name) {
  std::string kept;
  for (size_t i = 0; i < name.size();) {
    if (i + 3 <= name.size() && ignored_by_file_systems(name.substr(i, 3))) {
      i += 3;
    } else {
      kept += name[i++];
    }
  }
  return lower(kept);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Settings by where they come from. The strongest source that has a key is asked for it, alone.
class Sources {
 public:
  Sources(const std::vector<git::Setting>& configured, const std::vector<git::Setting>& tracked) {
    for (const git::Setting& setting : configured) {
      bool far = setting.scope == "global" || setting.scope == "system";
      (far ? far_ : near_).add(as_meant(setting.key), setting.value);
    }
    for (const git::Setting& setting : tracked) tracked_.add(as_meant(setting.key), setting.value);
  }

  /// Whoever has the last word on `key`; notes that it was asked.
  const Settings& of(std::string_view key) {
    for (const auto& [settings, name] : ordered()) {
      if (!settings->text(key)) continue;
      used_.emplace_back(name);
      return *settings;
    }
    return far_;
  }
  std::vector<std::string> all(std::string_view key) { return of(key).all(key); }
  std::optional<std::string> text(std::string_view key) { return of(key).text(key); }
  /// The keys of a section that any source has, each with its values.
  std::map<std::string, std::vector<std::string>> section(std::string_view name) {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [settings, source] : ordered()) {
      for (const auto& [key, value] : *settings) {
        KeyParts parts = parts_of(key);
        if (lower(parts.section) == name && !parts.name.empty()) found[key];
      }
    }
    std::vector<std::string> used = used_;  // these are no part of the policy's own source
    for (auto& [key, values] : found) values = all(key);
    used_ = std::move(used);
    return found;
  }
  /// "default", "configuration", `tracked`, or both.
  [[nodiscard]] std::string named(const std::string& tracked) const {
    bool own = std::find(used_.begin(), used_.end(), "configuration") != used_.end();
    bool file = std::find(used_.begin(), used_.end(), "") != used_.end();
    if (own && file) return tracked + " and configuration";
    return own ? "configuration" : file ? tracked : "default";
  }

 private:
  /// [factory "Verify"] is another section to git. Whoever wrote it wanted to be stricter, and is
  /// not let down by a letter's case.
  static std::string as_meant(const std::string& key) {
    std::string folded = lower(key);
    return folded.starts_with("factory.verify.") ? folded : key;
  }
  [[nodiscard]] std::array<std::pair<const Settings*, const char*>, 3> ordered() const {
    return {{{&near_, "configuration"}, {&tracked_, ""}, {&far_, "configuration"}}};
  }

  Settings near_, tracked_, far_;
  std::vector<std::string> used_;
};

/// An empty value is no to git; here it may have been meant as yes, so it has to be said.
Result<bool> flag(Sources& sources, std::string_view key) {
  const Settings& settings = sources.of(key);
  if (settings.text(key) == "") return wrong_setting(key, "", "set it to true or false");
  return settings.flag(key, false);
}

Result<void> read_cover(Sources& sources, Policy& policy) {
  constexpr std::string_view kKey = "factory.verify";
  std::optional<std::string> text = sources.text(kKey);
  if (!text) return Done{};
  std::string word = lower(*text);
  // An empty value would switch it off; whoever wants that says so.
  std::optional<bool> flag = word.empty() ? std::nullopt : git_flag(word);
  if (word == "all") {
    policy.cover = Policy::Cover::kAll;
  } else if (flag && !*flag) {
    policy.cover = Policy::Cover::kOff;
  } else if (!flag && word != "factory") {
    return wrong_setting(kKey, *text, "set it to off, factory or all");
  }
  return Done{};
}

Result<void> read_same_model(Sources& sources, Policy& policy) {
  constexpr std::string_view kKey = "factory.verify.sameModel";
  GF_ASSIGN(auto word, sources.of(kKey).choice(kKey, "auto", {"auto", "refuse", "allow"}));
  if (word == "refuse") policy.same_model = Policy::SameModel::kRefuse;
  if (word == "allow") policy.same_model = Policy::SameModel::kAllow;
  return Done{};
}

/// One id for all that decides which gates there are, how they are run and how they are read.
Oid gates_in(Sources& sources) {
  std::string text;
  for (const char* section : {"factory-gate", "factory-service"}) {
    for (const auto& [key, values] : sources.section(section)) {
      for (const std::string& value : values)
        text += fmt::format("{} {}:{}\n", key, value.size(), value);
    }
  }
  return git::Repo::blob_id(text);
}

}  // namespace

bool Policy::covers_branch(std::string_view ref) const {
  std::string name = folded(ref);
  for (const std::string& branch : branches) {
    std::string pattern = folded(branch);
    if (!pattern.starts_with("refs/")) pattern = "refs/heads/" + pattern;
    if (wildcard_matches(pattern, name)) return true;
    if (!is_ascii(pattern) && !is_ascii(name)) return true;  // see covers_path()
  }
  return false;
}

bool Policy::covers_path(std::string_view path) const {
  std::string name = folded(path);
  for (const std::string& wanted : paths) {
    std::string pattern = folded(wanted);
    // '*' goes over '/', as in a pathspec: what covers too much is safe.
    if (pathspec_matches(pattern, name)) return true;
    // One name has many spellings (NFC, NFD, cases beyond ASCII): cover all of them.
    if (!is_ascii(pattern) && !is_ascii(name)) return true;
  }
  return false;
}

Result<Policy> policy_of(const git::Repo& repo, const git::Program& git, const Oid& target) {
  GF_ASSIGN(auto configured, git.settings());
  std::vector<git::Setting> tracked;
  if (!target.is_zero()) {
    GF_ASSIGN(auto commit, repo.commit(target));
    GF_ASSIGN(auto entry, repo.entry_at(commit.tree, kTrackedFile));
    bool file = entry && (entry->kind == git::EntryKind::kBlob ||
                          entry->kind == git::EntryKind::kExecutable);
    if (file) {
      GF_ASSIGN(tracked, git.settings_of_blob(entry->id));
    }
  }
  Sources sources(configured, tracked);
  Policy policy;
  GF_TRY(read_cover(sources, policy));
  policy.branches = sources.all("factory.verify.branch");
  policy.paths = sources.all("factory.verify.path");
  policy.signers = sources.all("factory.verify.signer");
  GF_ASSIGN(policy.signature, flag(sources, "factory.verify.signature"));
  GF_ASSIGN(policy.regate, flag(sources, "factory.verify.regate"));
  GF_TRY(read_same_model(sources, policy));
  policy.gates = gates_in(sources);
  policy.branch_prefix = sources.text("factory.branchPrefix").value_or(policy.branch_prefix);
  policy.source = sources.named(fmt::format("{} of {}", kTrackedFile, target.short_hex()));
  return policy;
}

Result<Oid> target_of(const git::Repo& repo, const git::Program& git, const std::string& remote) {
  std::vector<std::string> names;
  GF_ASSIGN(auto base, git.setting("factory.base"));
  if (base) names = {*base};
  std::string prefix = "refs/heads/";
  if (!remote.empty()) {
    prefix = "refs/remotes/" + remote + "/";
    names.insert(names.begin(), "HEAD");
  } else if (!repo.workdir()) {
    GF_ASSIGN(auto head, repo.read_ref(RefName::known("HEAD")));
    return head.value_or(Oid());
  }
  names.insert(names.end(), {"main", "master"});
  for (const std::string& name : names) {
    auto ref = RefName::parse(prefix + name);
    if (!ref.ok()) continue;
    GF_ASSIGN(auto tip, repo.read_ref(*ref));
    if (tip) return *tip;
  }
  return Oid();
}

record::Json to_json(const Policy& policy) {
  const char* cover = policy.cover == Policy::Cover::kOff   ? "off"
                      : policy.cover == Policy::Cover::kAll ? "all"
                                                            : "factory";
  const char* same = policy.same_model == Policy::SameModel::kAuto     ? "auto"
                     : policy.same_model == Policy::SameModel::kRefuse ? "refuse"
                                                                       : "allow";
  return record::Json::object({{"cover", cover},
                               {"branches", record::Json::strings(policy.branches)},
                               {"paths", record::Json::strings(policy.paths)},
                               {"signature", policy.signature},
                               {"signers", record::Json::strings(policy.signers)},
                               {"same_model", same},
                               {"regate", policy.regate},
                               {"gates", policy.gates.hex()},
                               {"source", policy.source}});
}

}  // namespace gf::verify

// Which commits a repository wants covered: settings, key by key, from whoever may say so.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

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

/// The values of one key from the strongest source that has any.
class Sources {
 public:
  Sources(std::vector<git::Setting> configured, std::vector<git::Setting> tracked)
      : configured_(std::move(configured)), tracked_(std::move(tracked)) {}

  /// `exactly`: the name of a section counts as it is written ("factory-gate.<Name>.command").
  std::vector<std::string> all(const std::string& key, bool exactly = false) {
    using Of = bool (*)(const git::Setting&);
    Of near = [](const git::Setting& s) { return s.scope != "global" && s.scope != "system"; };
    Of far = [](const git::Setting& s) { return s.scope == "global" || s.scope == "system"; };
    for (const auto& [settings, wanted, name] :
         {std::tuple(&configured_, near, "configuration"), std::tuple(&tracked_, near, ""),
          std::tuple(&configured_, far, "configuration")}) {
      std::vector<std::string> values;
      for (const git::Setting& setting : *settings) {
        bool same = exactly ? setting.key == key : lower(setting.key) == key;
        if (same && wanted(setting)) values.push_back(setting.value);
      }
      if (values.empty()) continue;
      used_.emplace_back(name);
      return values;
    }
    return {};
  }
  std::optional<std::string> one(const std::string& key) {
    std::vector<std::string> values = all(key);
    if (values.empty()) return std::nullopt;
    return values.back();
  }
  /// The keys that any source has and that begin so, each with its values.
  std::map<std::string, std::vector<std::string>> below(std::string_view prefix) {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto* settings : {&configured_, &tracked_}) {
      for (const git::Setting& setting : *settings) {
        if (starts_with_ignoring_case(setting.key, prefix)) found[setting.key];
      }
    }
    std::vector<std::string> used = used_;  // these are no part of the policy's own source
    for (auto& [key, values] : found) values = all(key, true);
    used_ = std::move(used);
    return found;
  }
  /// "default", "configuration", `tracked`, or both.
  [[nodiscard]] std::string told(const std::string& tracked) const {
    bool own = std::find(used_.begin(), used_.end(), "configuration") != used_.end();
    bool file = std::find(used_.begin(), used_.end(), "") != used_.end();
    if (own && file) return tracked + " and configuration";
    return own ? "configuration" : file ? tracked : "default";
  }

 private:
  std::vector<git::Setting> configured_, tracked_;
  std::vector<std::string> used_;
};

Error wrong(const std::string& key, const std::string& value, const std::string& words) {
  return {Fault::kConfiguration,
          fmt::format("{} is '{}'", key, printable(value)),
          {},
          fmt::format("set it to {}", words)};
}

Result<bool> flag(Sources& sources, const std::string& key) {
  std::optional<std::string> text = sources.one(key);
  if (!text) return false;
  std::string word = lower(*text);
  if (word.empty() || word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return wrong(key, *text, "true or false");
}

Result<void> read_cover(Sources& sources, Policy& policy) {
  std::optional<std::string> text = sources.one("factory.verify");
  if (!text) return Done{};
  std::string word = lower(*text);
  if (word == "off" || word == "false" || word == "no") {
    policy.cover = Policy::Cover::kOff;
  } else if (word == "all") {
    policy.cover = Policy::Cover::kAll;
  } else if (word != "factory" && word != "true" && word != "yes") {
    return wrong("factory.verify", *text, "off, factory or all");
  }
  return Done{};
}

Result<void> read_same_model(Sources& sources, Policy& policy) {
  std::optional<std::string> text = sources.one("factory.verify.samemodel");
  if (!text) return Done{};
  std::string word = lower(*text);
  if (word == "refuse") {
    policy.same_model = Policy::SameModel::kRefuse;
  } else if (word == "allow") {
    policy.same_model = Policy::SameModel::kAllow;
  } else if (word != "auto") {
    return wrong("factory.verify.sameModel", *text, "auto, refuse or allow");
  }
  return Done{};
}

/// One id for all that decides which gates there are, how they are run and how they are read.
Oid gates_in(Sources& sources) {
  std::string text;
  for (const auto& [key, values] : sources.below("factory-gate.")) {
    for (const std::string& value : values)
      text += fmt::format("{} {}:{}\n", key, value.size(), value);
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
  Sources sources(std::move(configured), std::move(tracked));
  Policy policy;
  GF_TRY(read_cover(sources, policy));
  policy.branches = sources.all("factory.verify.branch");
  policy.paths = sources.all("factory.verify.path");
  policy.signers = sources.all("factory.verify.signer");
  GF_ASSIGN(policy.signature, flag(sources, "factory.verify.signature"));
  GF_ASSIGN(policy.regate, flag(sources, "factory.verify.regate"));
  GF_TRY(read_same_model(sources, policy));
  policy.gates = gates_in(sources);
  policy.branch_prefix = sources.one("factory.branchprefix").value_or(policy.branch_prefix);
  policy.source = sources.told(fmt::format("{} of {}", kTrackedFile, target.short_hex()));
  return policy;
}

Result<Oid> target_of(const git::Repo& repo, const git::Program& git, const std::string& remote) {
  std::vector<std::string> names;
  GF_ASSIGN(auto settings, git.settings());
  for (const git::Setting& setting : settings) {
    if (lower(setting.key) == "factory.base") names = {setting.value};
  }
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

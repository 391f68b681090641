#include "forge/pulls_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace gf::forge {
namespace {

constexpr size_t kMaxFile = 8u << 20;
constexpr size_t kMaxDigits = 9;

/// A folder's number; 0 when its name is none. The ref may come from anywhere.
int number_of(const std::string& name) {
  bool digits = !name.empty() && name.size() <= kMaxDigits && name.front() != '0';
  for (char c : name) digits = digits && c >= '0' && c <= '9';
  return digits ? std::stoi(name) : 0;
}

/// The folders of a tip, by number.
Result<std::map<int, Oid>> numbered(const git::Repo& repo, const std::optional<Oid>& tip) {
  std::map<int, Oid> folders;
  if (!tip) return folders;
  GF_ASSIGN(auto info, repo.commit(*tip));
  GF_ASSIGN(auto entries, repo.read_tree(info.tree));
  for (const git::TreeEntry& entry : entries) {
    int number = number_of(entry.name);
    if (number > 0 && entry.kind == git::EntryKind::kTree) folders.emplace(number, entry.id);
  }
  return folders;
}

/// Empty when the folder holds no pull request that can be read: one bad folder hides no other.
Result<std::optional<PullRequest>> read_one(const git::Repo& repo, const Oid& folder) {
  GF_ASSIGN(auto entry, repo.entry_at(folder, "pull.json"));
  if (!entry || entry->kind == git::EntryKind::kTree) return std::optional<PullRequest>();
  auto text = repo.read_blob(entry->id, kMaxFile);
  if (!text.ok()) return std::optional<PullRequest>();
  auto json = record::Json::parse(*text);
  if (!json.ok()) return std::optional<PullRequest>();
  auto pull = pull_request_from_json(*json);
  if (!pull.ok()) return std::optional<PullRequest>();
  return std::optional<PullRequest>(std::move(pull).value());
}

/// Those of both: what one side has sent is sent. Whether `all` has changed.
bool join_mailings(std::vector<Mailing>& all, const std::vector<Mailing>& own) {
  bool changed = false;
  for (const Mailing& mine : own) {
    auto same = std::find_if(all.begin(), all.end(),
                             [&](const Mailing& one) { return one.version == mine.version; });
    if (same == all.end()) {
      all.push_back(mine);
      changed = true;
      continue;
    }
    std::set<int> unsure(same->unsure.begin(), same->unsure.end());
    unsure.insert(mine.unsure.begin(), mine.unsure.end());
    bool more = mine.sent > same->sent;
    // What was begun here and is sent there is sent.
    bool begun = (mine.begun && mine.sent >= same->sent) || (same->begun && !more);
    bool other = more || begun != same->begun || unsure.size() > same->unsure.size();
    if (!other) continue;
    changed = true;
    if (more) *same = mine;
    same->begun = begun;
    same->unsure.assign(unsure.begin(), unsure.end());
  }
  std::sort(all.begin(), all.end(),
            [](const Mailing& a, const Mailing& b) { return a.version < b.version; });
  return changed;
}

}  // namespace

Result<int> last_number(const git::Repo& repo, const std::optional<Oid>& tip) {
  GF_ASSIGN(auto folders, numbered(repo, tip));
  return folders.empty() ? 0 : folders.rbegin()->first;
}

Result<Pulls> read_pulls(const git::Repo& repo, const std::optional<Oid>& tip) {
  Pulls pulls;
  GF_ASSIGN(auto folders, numbered(repo, tip));
  for (const auto& [number, folder] : folders) {
    pulls.last_number = number;
    GF_ASSIGN(auto pull, read_one(repo, folder));
    if (!pull) continue;
    // The folder's name is the number: a document that says otherwise cannot take another's place.
    pull->number = number;
    pull->url = fmt::format("#{}", number);
    pulls.all.push_back(std::move(*pull));
  }
  return pulls;
}

Result<void> read_mail(const git::Repo& repo, const std::optional<Oid>& tip, Pulls& pulls) {
  bool any = std::any_of(pulls.all.begin(), pulls.all.end(),
                         [](const PullRequest& pull) { return !pull.mailings.empty(); });
  if (!any) return Done{};
  GF_ASSIGN(auto folders, numbered(repo, tip));
  for (PullRequest& pull : pulls.all) {
    for (Mailing& mailing : pull.mailings) {
      GF_ASSIGN(auto folder,
                repo.entry_at(folders.at(pull.number), fmt::format("mail/v{}", mailing.version)));
      if (!folder || folder->kind != git::EntryKind::kTree) continue;
      GF_ASSIGN(auto entries, repo.read_tree(folder->id));
      mailing.files.clear();
      for (const git::TreeEntry& entry : entries) {
        if (entry.kind != git::EntryKind::kBlob) continue;
        auto text = repo.read_blob(entry.id, kMaxFile);
        if (text.ok()) mailing.files.emplace_back(entry.name, std::move(text).value());
      }
    }
  }
  return Done{};
}

Result<Oid> with_pulls(git::Repo& repo, const Oid& tree, const std::vector<PullRequest>& pulls) {
  std::vector<git::PathChange> changes;
  auto add = [&](const std::string& path, const std::string& text) -> Result<void> {
    GF_ASSIGN(auto blob, repo.write_blob(text));
    changes.push_back({path, blob, git::EntryKind::kBlob});
    return Done{};
  };
  for (const PullRequest& pull : pulls) {
    std::string folder = fmt::format("{}/", pull.number);
    GF_TRY(add(folder + "pull.json", to_json(pull).pretty()));
    GF_TRY(add(folder + "body.md", pull.body));
    if (!pull.request_pull.empty()) GF_TRY(add(folder + "request-pull.txt", pull.request_pull));
    for (const Mailing& mailing : pull.mailings) {
      for (const auto& [name, text] : mailing.files)
        GF_TRY(add(fmt::format("{}mail/v{}/{}", folder, mailing.version, name), text));
    }
    for (size_t i = 0; i < pull.comments.size(); ++i) {
      GF_TRY(add(fmt::format("{}comments/{}.md", folder, i + 1), pull.comments[i]));
    }
  }
  return repo.update_tree(tree, changes);
}

std::vector<PullRequest> missing_from(const Pulls& theirs, const Pulls& ours, const Pulls& before) {
  std::vector<PullRequest> missing;
  int next = theirs.last_number;
  for (const PullRequest& own : ours.all) {
    auto of_run = [&](const PullRequest& pull) { return pull.run == own.run; };
    auto same = std::find_if(theirs.all.begin(), theirs.all.end(), of_run);
    if (same == theirs.all.end()) {
      missing.push_back(own);
      missing.back().number = ++next;
      missing.back().url = fmt::format("#{}", next);
      continue;
    }
    PullRequest joined = *same;
    for (const std::string& comment : own.comments) {
      bool known = std::find(joined.comments.begin(), joined.comments.end(), comment) !=
                   joined.comments.end();
      if (!known) joined.comments.push_back(comment);
    }
    for (const record::Remark& remark : own.remarks) {
      auto is_it = [&](const record::Remark& known) { return known.id == remark.id; };
      if (std::none_of(joined.remarks.begin(), joined.remarks.end(), is_it))
        joined.remarks.push_back(remark);
    }
    // What was closed here is closed, whatever the other side has not heard yet.
    bool ended = own.state != "open" && joined.state == "open";
    if (ended) joined.state = own.state;
    // Where both sides have moved it theirs counts: the branch itself is at one of the two only.
    auto was = std::find_if(before.all.begin(), before.all.end(), of_run);
    bool moved = was != before.all.end() && own.head != was->head && joined.head == was->head;
    if (moved) joined.head = own.head;
    bool mailed = join_mailings(joined.mailings, own.mailings);
    if (ended || moved || mailed || joined.comments.size() != same->comments.size() ||
        joined.remarks.size() != same->remarks.size())
      missing.push_back(std::move(joined));
  }
  return missing;
}

}  // namespace gf::forge

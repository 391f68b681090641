#include "line/cell_asked.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "session/start.h"
#include "stage/stated.h"

namespace gf::line {
namespace {

constexpr size_t kMessageBytes = 16u << 10;  ///< of one commit, as criteria

Error nothing_named(const std::string& name) {
  return Error{Fault::kUser,
               fmt::format("there is no commit '{}'", printable(clipped(name, 100))),
               {},
               "name a branch, a tag, a commit or a range <from>..<to>"};
}

Result<git::CommitInfo> commit_of(const session::Context& context, const std::string& name) {
  GF_ASSIGN(auto id, context.repo.resolve_commit(name.empty() ? "HEAD" : name));
  if (!id) return nothing_named(name);
  return context.repo.commit(*id);
}

/// Where a single revision has left the base; of one that the base has already its first parent.
Result<Oid> left_at(const session::Context& context, const session::Config& config,
                    const CellWish& wish, const git::CommitInfo& tip) {
  GF_ASSIGN(auto start, session::find_start(context, config, wish.base, session::Ask::kNobody));
  GF_ASSIGN(auto shared, context.repo.merge_base(start.base.commit, tip.id));
  if (shared && *shared != tip.id) return *shared;
  if (shared && !tip.parents.empty()) return tip.parents[0];
  return Error{
      Fault::kUser,
      fmt::format("'{}' has {}", printable(clipped(wish.what.empty() ? "HEAD" : wish.what, 100)),
                  shared ? "no parent to be held against"
                         : fmt::format("nothing in common with '{}'", printable(start.base.name))),
      {},
      "name what it is to be held against: <from>..<to>, or --base"};
}

struct Ends {
  Oid base;
  git::CommitInfo tip;
};

Result<Ends> ends_of(const session::Context& context, const session::Config& config,
                     const CellWish& wish) {
  Ends ends;
  size_t dots = wish.what.find("..");
  if (dots == std::string::npos) {
    GF_ASSIGN(ends.tip, commit_of(context, wish.what));
    GF_ASSIGN(ends.base, left_at(context, config, wish, ends.tip));
    return ends;
  }
  if (wish.base) {
    return Error{Fault::kUsage,
                 "a range says itself what it is held against",
                 {},
                 "leave --base out, or name a single revision"};
  }
  bool three = wish.what.compare(dots, 3, "...") == 0;
  GF_ASSIGN(auto from, commit_of(context, wish.what.substr(0, dots)));
  GF_ASSIGN(ends.tip, commit_of(context, wish.what.substr(dots + (three ? 3 : 2))));
  ends.base = from.id;
  if (!three) return ends;
  GF_ASSIGN(auto shared, context.repo.merge_base(from.id, ends.tip.id));
  if (!shared) {
    return Error{Fault::kUser,
                 "the two ends of the range have nothing in common",
                 {},
                 "name them with two dots: <from>..<to>"};
  }
  ends.base = *shared;
  return ends;
}

/// The tree that `git commit` would make now. The index is copied: writing a tree from it would
/// write into it as well.
Result<Oid> staged_tree(const session::Context& context, const std::string& folder) {
  namespace fs = std::filesystem;
  // Of a partial commit git names another file.
  std::string index = context.setup.environment.get("GIT_INDEX_FILE");
  if (index.empty()) index = context.repo.git_dir() + "/index";
  fs::path at(index);
  if (at.is_relative()) at = fs::path(context.repo.workdir().value_or(".")) / at;
  std::string copy = folder + "/index";
  std::error_code failed;
  fs::copy_file(at, copy, fs::copy_options::overwrite_existing, failed);
  if (failed) {
    return Error{
        Fault::kUser, "nothing is staged: there is no index", {}, "stage it with 'git add'"};
  }
  GF_ASSIGN(auto wrote, context.git.ask({"write-tree"}, {}, {{"GIT_INDEX_FILE", copy}}));
  auto tree = Oid::parse(std::string(trim(wrote.out)));
  if (wrote.exit_code == 0 && tree.ok()) return *tree;
  return Error{Fault::kUser, "what is staged makes no tree", std::string(trim(wrote.err)),
               "resolve what is in conflict, then 'git add' it"};
}

Result<std::vector<std::string>> messages_in(const session::Context& context, const Oid& base,
                                             const Oid& tip) {
  GF_ASSIGN(auto text,
            context.git.run({"-c", "i18n.logOutputEncoding=UTF-8", "log", "-z", "--reverse",
                             "--no-merges", "--max-count=200", "--no-show-signature", "--format=%B",
                             base.hex() + ".." + tip.hex(), "--"}));
  std::vector<std::string> messages;
  for (const std::string& one : split(text, '\0')) {
    std::string message(trim(to_utf8(one)));
    if (!message.empty()) messages.push_back(clipped(message, kMessageBytes));
  }
  return messages;
}

std::string subject_of(const std::string& message) { return message.substr(0, message.find('\n')); }

record::Criterion criterion_of(size_t number, std::string text) {
  record::Criterion criterion;
  criterion.id = fmt::format("AC{}", number);
  criterion.kind = "state";
  criterion.when = "the change is made";
  criterion.then.push_back({"after", "equals", record::Json(text)});
  criterion.source = "commit message: '" + std::move(text) + "'";
  return criterion;
}

}  // namespace

Result<Revision> find_revision(const session::Context& context, const session::Config& config,
                               const CellWish& wish, const std::string& folder) {
  Revision revision;
  if (wish.made) {
    revision.base = wish.made->base;
    revision.tree = wish.made->tree;
    revision.description = wish.made->description;
  } else if (wish.staged) {
    if (!wish.what.empty() || wish.base) {
      return Error{Fault::kUsage,
                   "--staged takes no revision and no base",
                   {},
                   "it is what the index holds, held against HEAD"};
    }
    GF_ASSIGN(auto head, commit_of(context, "HEAD"));
    GF_TRY(session::complete(context, head.id));
    revision.base = {"HEAD", head.id, head.tree};
    GF_ASSIGN(revision.tree, staged_tree(context, folder));
    revision.description = "what is staged";
  } else {
    GF_ASSIGN(auto ends, ends_of(context, config, wish));
    for (const Oid& needed : {ends.base, ends.tip.id}) GF_TRY(session::complete(context, needed));
    GF_ASSIGN(auto base, context.repo.commit(ends.base));
    revision.base = {base.id.short_hex(), base.id, base.tree};
    revision.commit = ends.tip.id;
    revision.tree = ends.tip.tree;
    GF_ASSIGN(revision.messages, messages_in(context, base.id, ends.tip.id));
    revision.description = fmt::format("{}..{}", base.id.short_hex(), ends.tip.id.short_hex());
  }
  return revision;
}

record::Spec spec_of_messages(const std::vector<std::string>& messages) {
  record::Spec spec;
  if (messages.empty()) return spec;
  spec.title = subject_of(messages.back());
  spec.request = join(messages, "\n\n");
  spec.intent = "What the commits say that they do.";
  std::vector<std::string> said;
  for (const std::string& message : messages) {
    std::vector<std::string> stated = stage::stated_criteria(message);
    if (stated.empty()) stated = {subject_of(message)};
    for (std::string& one : stated) {
      if (std::find(said.begin(), said.end(), one) == said.end()) said.push_back(std::move(one));
    }
  }
  if (said.size() > stage::kMostStated) said.resize(stage::kMostStated);
  for (std::string& one : said)
    spec.acceptance_criteria.push_back(
        criterion_of(spec.acceptance_criteria.size() + 1, std::move(one)));
  return spec;
}

Result<FoundSpec> find_spec(const session::Context& context, const Revision& revision,
                            const CellWish& wish) {
  FoundSpec found;
  if (wish.spec) {
    found.spec = *wish.spec;
    found.from = SpecFrom::kGiven;
    return found;
  }
  if (!revision.commit.is_zero()) {
    GF_ASSIGN(auto id, context.store->find(revision.commit.hex()));
    if (id) {
      auto run = context.store->load(*id);
      if (run.ok() && run->spec) {
        found.spec = *run->spec;
        found.from = SpecFrom::kRun;
        found.run = *id;
        return found;
      }
    }
  }
  found.spec = spec_of_messages(revision.messages);
  if (!revision.messages.empty()) found.from = SpecFrom::kMessages;
  return found;
}

}  // namespace gf::line

// git factory pr list|show|diff|checkout|merge|close|comment: pull requests after they were opened.
#include <fmt/format.h>

#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "forge/address.h"
#include "forge/merge_here.h"
#include "line/forge_place.h"
#include "pager.h"
#include "pull_text.h"
#include "show_text.h"

namespace gf::cmd {
namespace {

struct PrOptions {
  std::string number, state = "open", way = "merge", message, file, at;
};

/// The repository with its requests at hand.
struct Pulls {
  std::unique_ptr<session::Context> context;
  std::optional<std::string> remote;
  std::unique_ptr<forge::Forge> forge;
};

Result<Pulls> opened(const Console& console) {
  Pulls pulls;
  GF_ASSIGN(pulls.context, session::Context::open(console.setup, false));
  auto say = [&console](const std::string& text) { console.say(text); };
  GF_ASSIGN(auto here, line::forge_here(*pulls.context, say));
  pulls.remote = std::move(here.remote);
  pulls.forge = std::move(here.forge);
  return pulls;
}

Result<SeenPull> seen(const Pulls& pulls, forge::PullRequest request) {
  GF_ASSIGN(auto standing,
            forge::standing_of(pulls.context->repo, pulls.context->git, request, pulls.remote));
  return SeenPull{std::move(request), std::move(standing)};
}

enum class Bring { kNo, kYes };
/// By its number or its address; its commits are fetched where they are needed and not here.
Result<SeenPull> find(const Pulls& pulls, const std::string& named, Bring bring = Bring::kNo) {
  std::optional<forge::PullRequest> found;
  if (auto number = forge::number_named(named)) {
    GF_ASSIGN(found, pulls.forge->find(*number));
  }
  // An address of somewhere else may end in a number that there is one of here.
  bool meant = found && (named.find("://") == std::string::npos || found->url == named);
  if (!meant) {
    return Error{Fault::kUser,
                 fmt::format("there is no pull request '{}'", printable(clipped(named, 200))),
                 {},
                 "see 'git factory pr list --state=all'"};
  }
  if (bring == Bring::kYes)
    GF_TRY(forge::bring_here(pulls.context->repo, pulls.context->git, *found, pulls.remote));
  return seen(pulls, std::move(*found));
}

/// What there is to say: -m, -F (a file, or '-'), or nothing.
Result<std::string> comment_text(const PrOptions& options) {
  if (options.file.empty()) return options.message;
  return read_stream(options.file);
}

/// The comment as the user makes it, at "<path>" or "<path>:<line>" where that is given.
Result<record::Remark> remark_of(const session::Context& context, const PrOptions& options,
                                 const std::string& text) {
  record::Remark remark;
  remark.text = context.redactor(to_utf8(text));
  GF_ASSIGN(auto who, context.repo.identity(context.clock().now()));
  remark.by = who.name;
  remark.path = options.at;
  size_t colon = options.at.rfind(':');
  std::string digits = colon == std::string::npos ? "" : options.at.substr(colon + 1);
  bool line = !digits.empty() && digits.size() < 8 &&
              digits.find_first_not_of("0123456789") == std::string::npos;
  if (line) {
    remark.path = options.at.substr(0, colon);
    remark.line = std::stoi(digits);
  }
  return remark;
}

Result<int> list(const PrOptions& options, const Console& console) {
  GF_ASSIGN(auto pulls, opened(console));
  GF_ASSIGN(auto all, pulls.forge->list());
  std::vector<SeenPull> chosen;
  for (auto request = all.rbegin(); request != all.rend(); ++request) {
    GF_ASSIGN(auto pull, seen(pulls, std::move(*request)));
    if (options.state == "all" || pull.standing.state == options.state)
      chosen.push_back(std::move(pull));
  }
  if (console.json) {
    record::Json json = record::Json::array();
    for (const SeenPull& pull : chosen) json.push(pull_json(pull));
    console.print(json.dump() + "\n");
    return kYes;
  }
  if (chosen.empty() && !console.quiet) {
    console.say(
        options.state == "all"
            ? "no pull requests; 'git factory feature' makes one"
            : fmt::format("no {} pull requests; --state=all shows the others", options.state));
  }
  Pager pager(*pulls.context, console);
  console.print(pull_lines(chosen));
  return kYes;
}

Result<int> diff(const PrOptions& options, const Console& console) {
  GF_ASSIGN(auto pulls, opened(console));
  GF_ASSIGN(auto pull, find(pulls, options.number, Bring::kYes));
  const git::Repo& repo = pulls.context->repo;
  GF_ASSIGN(auto start, forge::start_of(repo, pull.request, pull.standing, pulls.remote));
  GF_ASSIGN(auto before, repo.commit(start));
  GF_ASSIGN(auto after, repo.commit(pull.standing.head));
  Shown shown;
  shown.is_diff = true;
  GF_ASSIGN(shown.text, repo.diff_text(before.tree, after.tree));
  GF_ASSIGN(bool colour, wants_colour(*pulls.context, ""));
  Pager pager(*pulls.context, console);
  console.print(painted(shown, colour));
  return kYes;
}

Result<int> checkout(const PrOptions& options, const Console& console) {
  GF_ASSIGN(auto pulls, opened(console));
  GF_ASSIGN(auto pull, find(pulls, options.number, Bring::kYes));
  GF_ASSIGN(auto branch, forge::checkout_here(pulls.context->repo, pulls.context->git, pull.request,
                                              pull.standing));
  if (!console.quiet) console.say(fmt::format("on branch '{}'", printable(branch)));
  return kYes;
}

Result<int> merge(const PrOptions& options, const Console& console) {
  auto way = forge::merge_way(options.way);
  if (!way)
    return Error{Fault::kUsage, "no such way", {}, "it is one of merge, squash, rebase, ff"};
  GF_ASSIGN(auto pulls, opened(console));
  GF_ASSIGN(auto pull, find(pulls, options.number));
  GF_ASSIGN(auto there, pulls.forge->merge(pull.request, *way));
  Oid tip = there.value_or(Oid());
  if (!there) {
    GF_ASSIGN(tip, forge::merge_here(pulls.context->repo, pulls.context->git, pull.request,
                                     pull.standing, *way));
  }
  if (console.json) {
    console.print(
        record::Json::object({{"number", pull.request.number}, {"tip", tip.hex()}}).dump() + "\n");
  } else {
    console.print(fmt::format("{} is merged: '{}' is at {}\n", pull.request.url,
                              printable(pull.request.base_branch), tip.short_hex()));
  }
  if (!console.quiet && pulls.remote && there) {
    console.say(fmt::format("hint: 'git pull {} {}' brings it here", *pulls.remote,
                            printable(pull.request.base_branch)));
  } else if (!console.quiet && pulls.remote) {
    console.say(fmt::format("hint: 'git push {} {}' shares it", *pulls.remote,
                            printable(pull.request.base_branch)));
  }
  return kYes;
}

Result<int> comment(const PrOptions& options, const Console& console, bool closing) {
  GF_ASSIGN(auto text, comment_text(options));
  if (!closing && trim(text).empty())
    return Error{Fault::kUser, "the comment is empty", {}, "give it with -m or -F"};
  GF_ASSIGN(auto pulls, opened(console));
  GF_ASSIGN(auto pull, find(pulls, options.number));
  if (closing && pull.standing.state == "merged") {
    return Error{Fault::kUser,
                 fmt::format("{} is merged: {}", pull.request.url, pull.standing.why),
                 {},
                 "comment on it with 'git factory pr comment', or take it back with 'git revert'"};
  }
  if (!trim(text).empty()) {
    GF_ASSIGN(auto remark, remark_of(*pulls.context, options, text));
    GF_TRY(pulls.forge->comment_at(pull.request, remark));
  }
  if (closing) {
    GF_ASSIGN(auto closed, pulls.forge->close(pull.request));
    if (!closed.unsent.empty()) console.say("warning: " + closed.unsent);
    console.print(fmt::format("{} is closed\n", pull.request.url));
  } else {
    console.print(fmt::format("{} has one comment more\n", pull.request.url));
  }
  return kYes;
}

}  // namespace

Result<int> show_pull(const std::string& named, const Console& console) {
  GF_ASSIGN(auto pulls, opened(console));
  GF_ASSIGN(auto pull, find(pulls, named));
  if (console.json) {
    console.print(pull_json(pull).dump() + "\n");
    return kYes;
  }
  GF_ASSIGN(auto look, look_of_output(*pulls.context));
  Pager pager(*pulls.context, console);
  console.print(pull_text(pull, look));
  return kYes;
}

Run bind_pr(Arguments& arguments) {
  auto options = std::make_shared<PrOptions>();
  auto add = [&](const char* name, const char* help, const Run& run) {
    Arguments own = arguments.command(name, help, run);
    own.add("number", options->number, "Its number, as 'pr list' shows it, or its address")
        .required();
    return own;
  };
  arguments
      .command("list", "List them, newest first",
               [options](Console& console) { return list(*options, console); })
      .add("--state", options->state, "Those that are")
      .one_of({"open", "closed", "merged", "all"})
      .shows_default();
  add("show", "Show one with its comments",
      [options](Console& console) { return show_pull(options->number, console); });
  add("diff", "Show what it changes",
      [options](Console& console) { return diff(*options, console); });
  add("checkout", "Switch to its branch",
      [options](Console& console) { return checkout(*options, console); });
  add("merge", "Take it into its base branch, which is checked out here",
      [options](Console& console) { return merge(*options, console); })
      .add("--way", options->way, "How")
      .one_of({"merge", "ff-only", "squash", "rebase"})
      .shows_default();
  auto words = [&](const Arguments& own) {
    Arguments given = own;
    given.add("-m,--message", options->message, "The comment's text");
    given.add("-F,--file", options->file, "The file with the comment's text, or '-'")
        .type("<path>");
  };
  words(add("close", "Close one that is not wanted",
            [options](Console& console) { return comment(*options, console, true); }));
  Arguments commenting = add("comment", "Add a comment", [options](Console& console) {
    return comment(*options, console, false);
  });
  commenting.add("--at", options->at, "The place that it speaks of").type("<path>[:<line>]");
  words(commenting);
  return {};
}

}  // namespace gf::cmd

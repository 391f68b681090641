// Reads what git gives to a hook: standard input, arguments, environment.
#include "verify/hook_input.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/text.h"

namespace gf::verify {
namespace {

/// What a hook's git tells about where objects are; everything else of it is left out.
constexpr const char* kQuarantine[] = {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                                       "GIT_QUARANTINE_PATH"};

std::string absolute(const std::string& path) {
  std::error_code failed;
  std::string whole = std::filesystem::absolute(path, failed).string();
  return failed ? path : whole;
}

/// Children get `more` too; what a command itself says about objects counts more.
git::Runner with(git::Runner plain, std::map<std::string, std::string> more) {
  return [plain = std::move(plain), more = std::move(more)](const git::Command& command) {
    git::Command extended = command;
    extended.environment.insert(more.begin(), more.end());
    return plain(extended);
  };
}

}  // namespace

Result<Place> open_place(const std::string& directory, const Environment& environment,
                         git::Runner git) {
  bool elsewhere = directory != ".";
  std::string git_dir = elsewhere ? "" : environment.get("GIT_DIR");
  std::string objects = elsewhere ? "" : environment.get("GIT_OBJECT_DIRECTORY");
  auto opened =
      git_dir.empty() ? git::Repo::discover(directory) : git::Repo::open(absolute(git_dir));
  if (!opened.ok()) return opened.error();
  git::Repo repo = std::move(opened).value();
  std::map<std::string, std::string> more;
  if (!objects.empty()) {
    for (const char* name : kQuarantine) {
      if (std::string value = environment.get(name); !value.empty()) more[name] = value;
    }
    more["GIT_OBJECT_DIRECTORY"] = absolute(objects);
    GF_TRY(repo.add_objects(absolute(objects)));
  }
  std::string home = repo.workdir().value_or(repo.git_dir());
  return Place{std::move(repo), git::Program(with(std::move(git), std::move(more)), home)};
}

bool is_receiving(const Environment& environment) {
  return !environment.get("GIT_QUARANTINE_PATH").empty();
}

Result<std::vector<Question>> questions_in(const std::string& text) {
  std::vector<Question> questions;
  for (const std::string& line : lines(text)) {
    std::vector<std::string> words = split(trim(line), ' ');
    if (words.size() == 1 && words[0].empty()) continue;
    bool receiving = words.size() == 3;
    if (words.size() < 3) {
      return Error{Fault::kUsage,
                   fmt::format("'{}' is no line of a hook", printable(clipped(line, 200))),
                   {},
                   "give the hook's own input to 'git factory verify --push'"};
    }
    // Names of local refs may hold anything that a revision may: count from the end.
    size_t n = words.size();
    GF_ASSIGN(auto old_id, Oid::parse(receiving ? words[0] : words[n - 1]));
    GF_ASSIGN(auto new_id, Oid::parse(receiving ? words[1] : words[n - 3]));
    questions.push_back({old_id, new_id, receiving ? words[2] : words[n - 2]});
  }
  return questions;
}

Result<std::string> line_of_update(const std::vector<std::string>& words) {
  if (words.size() == 3) return fmt::format("{} {} {}\n", words[1], words[2], words[0]);
  return Error{Fault::kUsage,
               "the update hook gets a ref, its old and its new value",
               {},
               "call it as 'git factory hook update \"$@\"'"};
}

std::string line_of_pre_commit(const Environment& environment) {
  std::string local = environment.get("PRE_COMMIT_TO_REF");
  std::string remote_branch = environment.get("PRE_COMMIT_REMOTE_BRANCH");
  if (local.empty() || remote_branch.empty()) return {};
  // What it calls "from" is a commit of ours that the remote has, not the remote branch's value.
  std::string nothing(local.size(), '0');
  return fmt::format("HEAD {} {} {}\n", local, remote_branch, nothing);
}

}  // namespace gf::verify

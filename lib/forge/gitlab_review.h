// What reviewers and pipelines say on GitLab. For this room's .cc files and tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "forge/served.h"

namespace gf::forge {

Person person_of_gitlab(const record::Json& user);
Said said_of_gitlab(const record::Json& note);

/// Discussions with their places, reviewers who ask for changes, and the jobs that failed in the
/// newest pipeline of one merge request; threads are discussions.
class GitLabReview {
 public:
  /// `rest` must outlive it. `project`: "/projects/<path>".
  GitLabReview(Rest& rest, std::string project);

  Result<std::vector<Said>> said_of(int number);
  Result<std::vector<std::string>> in_thread(int number, const std::string& thread);
  Result<Reply> answer(int number, const std::string& thread, const std::string& text);
  Result<void> resolve(int number, const std::string& thread);

 private:
  Result<void> add_verdicts(int number, std::vector<Said>& all);
  Result<void> add_jobs(int number, std::vector<Said>& all);
  [[nodiscard]] std::string path_of(int number) const;

  Rest& rest_;
  std::string project_;
  /// For who answers: asked for once, and kept up with what we answer; by request and thread.
  std::map<int, std::map<std::string, std::vector<std::string>>> standing_;
};

}  // namespace gf::forge

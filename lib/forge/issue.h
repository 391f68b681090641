// What people ask for on a forge: its issues.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace gf::forge {

/// Somebody on a forge, as far as it tells that beside what he said.
struct Person {
  std::string login;     ///< without '@'; any characters
  int64_t id = 0;        ///< where people are known by numbers; 0: they are not
  std::string standing;  ///< "OWNER", "NONE": where the forge says so by itself; else empty
};

struct Issue {
  int number = 0;  ///< as people write it, "#7"
  std::string url;
  std::string title, body;  ///< as they were written; data, whoever wrote them
  Person by;
  bool may_push = false;          ///< who wrote it may push to the repository
  bool access_unknown = false;    ///< the server does not tell this token whether they may
  int votes = 0;                  ///< thumbs up; 0 also where the forge's lists do not tell
  int comments = 0;               ///< how many there are
  Timestamp opened{}, changed{};  ///< UTC; the beginning of all times: not known
  std::vector<std::string> labels;
  std::string milestone;       ///< its title; empty: none
  std::string state = "open";  ///< open, closed
};

/// Which open issues are wanted. What is empty is not asked for; all that is given has to hold.
struct IssueWish {
  std::vector<std::string> labels;  ///< each of them
  std::string query;                ///< words, as the forge's own search takes them
  std::string milestone;            ///< its title
  size_t most = 100;                ///< newest first; at least 1
};

struct IssueList {
  std::vector<Issue> issues;  ///< newest first
  bool more = false;          ///< there are others, which were not asked for
};

}  // namespace gf::forge

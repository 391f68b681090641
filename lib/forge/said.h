// What people say of a request, the same for all forges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "forge/forge.h"

namespace gf::forge {

/// How a comment with REVIEW's reasons begins: of such a comment only the words are kept, and it is
/// known as our own by them.
inline constexpr std::string_view kReviewWords = "REVIEW:\n";

/// "app.py:3", "app.py"; empty for what speaks of no file.
std::string place_of(const record::Remark& remark);

/// The end of a log as a reader wants it: without colours, the times in front of lines, and what is
/// more than `most` bytes.
inline constexpr size_t kLogBytes = 2500;  ///< of a failing check's log: its end says why
inline constexpr size_t kMostLogs = 8;     ///< of one look: a matrix of jobs fails in the same way
/// A member that is a time; what cannot be read as one is the beginning of all of them.
Timestamp time_of(const record::Json& json, const char* member);
std::string end_of_log(const std::string& text, size_t most);

/// The id of what has none of its own: the same words are the same thing.
std::string id_of_words(std::string_view words);

/// A comment of which nothing but the words is known.
Said said_as(std::string text);

/// All that a request on the local forge has, oldest first where times are known: comments of
/// which only the words are known, then the others. Whoever can write the ref can push, so all of
/// them may say what is to be done.
std::vector<Said> said_in(const PullRequest& pull);

}  // namespace gf::forge

#include "analyst/blame.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace gf::analyst {
namespace {

/// What git blame says of text that is in the work tree only.
bool is_uncommitted(std::string_view hex) {
  return hex.find_first_not_of('0') == std::string_view::npos;
}

/// One header of `git blame --porcelain`: "key value", or a key alone.
void take_header(const std::string& header, Line& line) {
  size_t space = header.find(' ');
  std::string key = header.substr(0, space);
  std::string value = space == std::string::npos ? std::string() : header.substr(space + 1);
  if (key == "author") line.author = value;
  if (key == "summary") line.subject = value;
  if (key == "filename") line.path_then = value;
  if (key == "boundary") line.boundary = true;
  if (key == "author-time") {
    int64_t seconds = 0;
    std::from_chars(value.data(), value.data() + value.size(), seconds);
    line.when = Timestamp(Milliseconds(seconds * 1000));
  }
}

}  // namespace

Result<Line> blame(const git::Program& git, const std::string& path, int number,
                   const std::string& revision) {
  if (revision.starts_with("-"))
    return Error{Fault::kUser,
                 fmt::format("'{}' is no revision", printable(revision)),
                 {},
                 "name a commit, a branch or a tag"};
  // As it is, not as a quoted string, whatever bytes the name has.
  std::vector<std::string> words = {
      "-c", "core.quotePath=false", "blame", "-w",
      "-M", "--porcelain",          "-L",    fmt::format("{0},{0}", number)};
  if (!revision.empty()) words.push_back(revision);
  words.insert(words.end(), {"--", path});
  auto asked = git.run(words);
  if (!asked.ok()) {
    Error error = asked.error();
    if (error.fault != Fault::kCancelled && error.hint.empty())
      error.hint =
          "write <file>:<line> of a file that is committed, and after it a commit or branch";
    return error;
  }
  const std::string& blamed = *asked;
  Line line;
  line.path = path;
  line.number = number;
  bool first = true;
  for (const std::string& row : split(blamed, '\n')) {
    if (row.starts_with("\t")) {
      line.text = row.substr(1);
      break;
    }
    std::string hex = row.substr(0, row.find(' '));
    if (first && !is_uncommitted(hex)) {
      GF_ASSIGN(line.commit, Oid::parse(hex));
    }
    if (!first) take_header(row, line);
    first = false;
  }
  if (line.text.ends_with("\r")) line.text.pop_back();
  if (line.path_then.empty()) line.path_then = path;
  return line;
}

}  // namespace gf::analyst

#include "pull_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::cmd {

std::string pull_text(const SeenPull& pull, const std::optional<Look>& look) {
  const forge::PullRequest& request = pull.request;
  auto prose = [&](const std::string& text) {
    return look ? read_markdown(text, *look) : printable(text) + "\n";
  };
  std::string why = pull.standing.why.empty() ? "" : ": " + pull.standing.why;
  std::string text = printable(fmt::format("pull request #{}: {}\n{} <- {}  {}{}{}\nby {}\n\n",
                                           request.number, request.title, request.base_branch,
                                           request.head_branch, pull.standing.state, why,
                                           request.draft ? ", draft" : "", request.author));
  text += prose(request.body);
  for (const std::string& comment : request.comments) text += "\ncomment:\n" + prose(comment);
  if (!request.request_pull.empty())
    text += "\n--- for mail (git request-pull) ---\n" + printable(request.request_pull);
  return text;
}

std::string pull_lines(const std::vector<SeenPull>& pulls) {
  std::vector<std::vector<std::string>> rows;
  std::vector<size_t> widths(4, 0);
  for (const SeenPull& pull : pulls) {
    const forge::PullRequest& request = pull.request;
    rows.push_back({fmt::format("#{}", request.number),
                    request.draft && pull.standing.state == "open" ? "draft" : pull.standing.state,
                    printable(to_utf8(request.title)), printable(to_utf8(request.head_branch)),
                    iso8601(request.opened).substr(0, 10)});
    for (size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(rows.back()[i]));
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i)
      text += row[i] + std::string(widths[i] - columns_of(row[i]) + 2, ' ');
    text += row.back() + "\n";
  }
  return text;
}

record::Json pull_json(const SeenPull& pull) {
  record::Json json = forge::to_json(pull.request);
  json.set("state", pull.standing.state);
  json.set("why", pull.standing.why);
  json.set("tip", pull.standing.head.hex());
  return json;
}

}  // namespace gf::cmd

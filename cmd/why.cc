// git factory why <file>:<line> [<revision>]: from a line of code to the run that wrote it.
#include "analyst/why.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "analyst/metrics.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "dates.h"
#include "paths.h"
#include "record/dollars.h"

namespace gf::cmd {
namespace {

struct WhyOptions {
  std::string where, revision;
};

struct LineOfCode {
  std::string path;
  int number = 0;
};

/// "app/main.py:12", also with a column behind, as compilers print it.
Result<LineOfCode> line_of_code(std::string where) {
  LineOfCode place;
  for (int i = 0; i < 2; ++i) {
    size_t colon = where.rfind(':');
    if (colon == std::string::npos || colon == 0) break;
    int number = 0;
    const char* end = where.data() + where.size();
    auto read = std::from_chars(where.data() + colon + 1, end, number);
    if (read.ec != std::errc() || read.ptr != end || number < 1) break;
    place.number = number;
    where.resize(colon);
  }
  place.path = where;
  if (place.number > 0) return place;
  return Error{Fault::kUsage,
               fmt::format("'{}' is no <file>:<line>", printable(where)),
               {},
               "name a line, as in 'git factory why app/main.py:12'"};
}

std::string row(const char* name, const std::string& text) {
  return text.empty() ? std::string() : fmt::format("{:<9}{}\n", name, text);
}

std::string one_line(const std::string& text, size_t longest = 200) {
  return clipped(replace_all(trim(text), "\n", " "), longest);
}

/// How sure the link from the commit to the run is, for people.
const char* link_text(analyst::Link link) {
  switch (link) {
    case analyst::Link::kHead:
      return "the delivered commit itself";
    case analyst::Link::kTrailer:
      return "the commit's trailer names it";
    case analyst::Link::kNote:
      return "a note on the commit names it";
    case analyst::Link::kPatch:
      return "the same patch on another base";
    case analyst::Link::kTree:
      return "the same tree";
    case analyst::Link::kText:
      return "no trailer, note or patch names a run; this run brought the same line to this file";
    case analyst::Link::kNone:
      break;
  }
  return "";
}

std::string why_text(const record::Criterion& criterion) {
  std::string text = criterion.id + " " + criterion.when;
  std::string seen;
  for (const record::Observation& one : criterion.then) {
    seen += fmt::format("{}{} {} {}", seen.empty() ? ": " : ", ", one.observable, one.op,
                        one.expected.is_null() ? "" : one.expected.dump());
  }
  return one_line(text + seen, 400);
}

std::string why_text(const analyst::Written& written) {
  std::string text = fmt::format("{}, attempt {}", written.stage, written.attempt);
  if (written.exchange > 0) {
    text +=
        fmt::format(", exchange {} (turn {}, {})", written.exchange, written.turn, written.tool);
  }
  if (!written.model.empty()) text += " by " + written.model;
  return text;
}

std::string why_text(const analyst::Why& why) {
  const analyst::Line& line = why.line;
  std::string text = fmt::format("{}:{}: {}\n", line.path, line.number, one_line(line.text));
  if (!line.commit.is_zero()) {
    text += row("commit", fmt::format("{} {} ({}, {})", line.commit.short_hex(),
                                      one_line(line.subject), line.author, to_second(line.when)));
  }
  if (!why.run) return text + why.reason + "\n";
  const store::Run& run = *why.run;
  text += row("run", fmt::format("{} {} ({}{})", run.run.id.str(), run.run.slug,
                                 record::name_of(run.run.status),
                                 run.run.pull_request.empty() ? "" : ", " + run.run.pull_request));
  text += row("link", std::string(link_text(why.link)) +
                          (why.checked ? "" : "; the delivered change is not in this clone"));
  text += row("asked", one_line(run.run.request));
  if (why.criterion) {
    text += row("serves", why_text(*why.criterion));
  } else if (!why.serves.empty()) {
    text += row("serves", why.serves);
  }
  if (!why.hunk.empty())
    text += row("hunk", fmt::format("{}: {}", why.hunk, one_line(why.serves_why)));
  if (why.written) text += row("written", why_text(*why.written));
  if (run.verdict) {
    text += row("verdict",
                fmt::format("{} by {} for tree {}", run.verdict->approved ? "approved" : "rejected",
                            run.verdict->reviewer, run.verdict->tree.short_hex()));
  }
  record::RunMetrics metrics = record::metrics_of(run.run, run.stages);
  std::string cost = analyst::money(metrics.cost) + " for the run";
  if (why.written) {
    cost += fmt::format(", {} for {} {}", analyst::money(why.written->cost), why.written->stage,
                        why.written->attempt);
  }
  text += row("cost", cost);
  if (!run.has_exchanges)
    text += "(the exchanges are not in this clone; 'git factory sync' may bring them)\n";
  std::string more = run.run.id.id8();
  if (why.written) more += fmt::format(":{}:{}", why.written->stage, why.written->attempt);
  return text + row("more", "git factory show " + more);
}

Result<int> why(const WhyOptions& options, Console& console) {
  GF_ASSIGN(auto place, line_of_code(options.where));
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  GF_ASSIGN(auto path, from_root(*context, place.path));
  std::string revision = options.revision;
  if (revision.empty() && context->shape.bare) revision = "HEAD";
  GF_ASSIGN(auto answer, analyst::why(*context->store, context->repo, context->git, path,
                                      place.number, revision));
  console.print(console.json ? record::in_dollars(analyst::to_json(answer)).dump() + "\n"
                             : printable(why_text(answer)));
  if (!answer.hint.empty() && !console.quiet) console.say("hint: " + answer.hint);
  return answer.run ? kYes : kNo;
}

}  // namespace

Run bind_why(Arguments& arguments) {
  auto options = std::make_shared<WhyOptions>();
  arguments.add("where", options->where, "<file>:<line>").required();
  arguments.add("revision", options->revision,
                "Look at the file as it is there; default: the work tree");
  return [options](Console& console) { return why(*options, console); };
}

}  // namespace gf::cmd

// git factory intake: the forge's issues as requests: what became of them, which first, what they
// leave open.
#include "intake/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "door.h"
#include "going_on.h"
#include "live_view.h"
#include "markdown.h"
#include "pager.h"

namespace gf::cmd {
namespace {

constexpr const char* kOne = "1";  // of --plan without a number

struct IntakeOptions {
  intake::Wish wish;
  std::string plans, budget;
  std::vector<std::string> models;
};

Result<size_t> plans_of(const std::string& text) {
  if (text.empty()) return size_t{0};
  bool number = text.size() < 5 && text.find_first_not_of("0123456789") == std::string::npos;
  if (number) return static_cast<size_t>(std::stoul(text));
  return Error{Fault::kUsage,
               fmt::format("--plan is '{}'", printable(clipped(text, 60))),
               {},
               "write how many are to be planned, such as --plan=5"};
}

std::string on_one_line(const std::string& text) {
  return printable(replace_all(to_utf8(text), "\n", " "));
}

/// "27 = 3 votes 6 + 90 days 3 + compiles 20"
std::string points_text(const intake::Rank& rank) {
  std::vector<std::string> parts;
  for (const intake::Part& part : rank.parts)
    parts.push_back(fmt::format("{} {}", on_one_line(part.what), part.points));
  return parts.empty() ? std::to_string(rank.points)
                       : fmt::format("{} = {}", rank.points, join(parts, " + "));
}

std::string lines_text(const intake::Taken& taken) {
  std::vector<std::vector<std::string>> rows;
  std::vector<size_t> widths(3, 0);
  for (const intake::Entry& entry : taken.entries) {
    rows.push_back({fmt::format("#{}", entry.issue.number),
                    std::string(intake::name_of(entry.state)),
                    on_one_line(clipped(entry.issue.title, 60)), points_text(entry.rank)});
    for (size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(rows.back()[i]));
  }
  std::string text;
  for (size_t n = 0; n < rows.size(); ++n) {
    for (size_t i = 0; i < widths.size(); ++i)
      text += rows[n][i] + std::string(widths[i] - columns_of(rows[n][i]) + 2, ' ');
    text += rows[n].back() + "\n";
    const intake::Entry& entry = taken.entries[n];
    bool said = entry.state != intake::State::kAsks && !entry.why.empty();
    if (said) text += "    " + on_one_line(clipped(entry.why, 200)) + "\n";
    for (size_t i = 0; i < entry.questions.size(); ++i)
      text += fmt::format("    {}. {}\n", i + 1, on_one_line(entry.questions[i]));
  }
  return text;
}

void tell(const intake::Taken& taken, const Console& console) {
  if (console.quiet) return;
  for (const std::string& note : taken.notes) console.say("note: " + printable(note));
  if (taken.entries.empty()) return console.say("no open issue is as asked");
  console.say("points: " + printable(taken.rules) + " (factory.intake.weight)");
  for (const intake::Entry& entry : taken.entries) {
    if (entry.state == intake::State::kNew || entry.state == intake::State::kCompiles) {
      console.say(fmt::format("next: git factory feature --issue {}", entry.issue.number));
      return;
    }
  }
}

Result<int> run_intake(const IntakeOptions& options, Console& console) {
  intake::Wish wish = options.wish;
  GF_ASSIGN(wish.plans, plans_of(options.plans));
  if (wish.which.most == 0)
    return Error{Fault::kUsage, "--most is 0", {}, "look at one issue at least"};
  session::Setup setup = console.setup;
  GF_TRY(add_models(options.models, setup.overrides));
  GF_TRY(add_budget(options.budget, setup.overrides));
  Result<intake::Taken> taken = [&] {
    std::unique_ptr<View> view = make_view(console);
    setup.sink = sink_for(console, *view);
    return intake::take_in(setup, wish);
  }();
  if (!taken.ok()) return conclude(console, taken.error());
  if (console.json) {
    record::Json list = record::Json::array();
    for (const intake::Entry& entry : taken->entries) list.push(intake::to_json(entry));
    console.print(list.dump() + "\n");
  } else {
    console.print(lines_text(*taken));
  }
  tell(*taken, console);
  return kYes;
}

}  // namespace

Run bind_intake(Arguments& arguments) {
  auto options = std::make_shared<IntakeOptions>();
  forge::IssueWish& which = options->wish.which;
  arguments.add("-l,--label", which.labels, "Those with this label; given again: with each of them")
      .type("<label>")
      .repeated();
  arguments.add("--milestone", which.milestone, "Those of this milestone").type("<title>");
  arguments.add("--query", which.query, "Those that the forge's search finds by these words")
      .type("<words>");
  arguments.add("--most", which.most, "Look at so many at most, newest first")
      .type("<n>")
      .shows_default();
  arguments
      .add("--plan", options->plans, "Plan the first that were not tried yet; alone: one of them")
      .type("<n>")
      .alone_means(kOne);
  arguments.add("--comment", options->wish.comment, "Put open questions into their issues");
  add_model(arguments, options->models);
  arguments.add("--budget", options->budget, "Spend at most this many dollars on each plan")
      .type("<usd>");
  return [options](Console& console) { return run_intake(*options, console); };
}

}  // namespace gf::cmd

// git factory init and trust: preparing a repository, vouching for its configuration.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/text.h"
#include "command.h"
#include "engine/setup.h"

namespace gf::cmd {
namespace {

std::string sharing(const std::string& share, const std::string& remote) {
  if (share == "none") return fmt::format("nothing of the record leaves this machine");
  std::string text = fmt::format(
      "each push of a run sends to '{}': specs, verdicts, gate outcomes, costs", remote);
  if (share == "full")
    text +=
        "; and every prompt and answer, so that a clone can replay (withhold them with "
        "--share=summary)";
  return text;
}

Result<int> init(const std::string& share, bool dry_run, Console& console) {
  if (share != "none" && share != "summary" && share != "full") {
    return Error{Fault::kUsage,
                 fmt::format("'{}' is no way to share", printable(share)),
                 {},
                 "use none, summary or full"};
  }
  GF_ASSIGN(auto context, engine::Context::open(console.setup, true));
  GF_ASSIGN(auto found, engine::look(*context, share));
  std::string text =
      fmt::format("base:      {} ({})\n", found.base.name, found.base.commit.short_hex());
  for (const gate::Gate& gate : found.gates) {
    text += fmt::format("gate:      {:<12} {}\n", gate.name, gate.why);
  }
  if (found.gates.empty()) text += "gate:      none found; configure one in .gitfactory\n";
  text += fmt::format("python:    {}\nchangelog: {}\nremote:    {}\n", found.python,
                      found.changelog, found.remote.value_or("none"));
  text += fmt::format(".gitfactory: {}\n", found.file_exists ? "is there, left as it is"
                                           : dry_run         ? "would be written"
                                                             : "written; commit it");
  text += "sharing:   " + sharing(found.remote ? share : "none", found.remote.value_or("")) + "\n";
  console.print(printable(text));
  if (dry_run) {
    if (!found.file_exists) console.print("\n" + printable(found.file));
    return kYes;
  }
  GF_TRY(engine::prepare(*context, found));
  return kYes;
}

Result<int> trust(bool yes, Console& console) {
  GF_ASSIGN(auto context, engine::Context::open(console.setup, false));
  GF_ASSIGN(auto claims, engine::tracked_claims(*context));
  if (!claims) {
    console.say("there is no .gitfactory; nothing needs trust");
    return kYes;
  }
  console.print(printable(claims->text));
  console.print(
      fmt::format("\n{} ({}) would have this done:\n", ".gitfactory", claims->blob.short_hex()));
  for (const std::string& line : claims->lines) console.print("  " + printable(line) + "\n");
  if (claims->lines.empty())
    console.print("  nothing but settings: it names no program and no address\n");
  if (claims->trusted) {
    console.say("it is trusted already");
    return kYes;
  }
  if (!yes) {
    if (isatty(STDIN_FILENO) == 0) {
      return Error{Fault::kUser,
                   "there is nobody to ask",
                   {},
                   "answer beforehand with 'git factory trust --yes'"};
    }
    std::fputs("Trust this content? [y/N] ", stderr);
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "yes") {
      console.say("not trusted");
      return kNo;
    }
  }
  GF_TRY(engine::trust(*context, claims->blob));
  console.say("trusted, until it changes");
  return kYes;
}

}  // namespace

Run bind_init(CLI::App& app) {
  auto share = std::make_shared<std::string>("full");
  auto dry_run = std::make_shared<bool>(false);
  app.add_option("--share", *share, "What a push of the record sends: none, summary or full");
  app.add_flag("--dry-run", *dry_run, "Change nothing, show what would be done");
  return [share, dry_run](Console& console) { return init(*share, *dry_run, console); };
}

Run bind_trust(CLI::App& app) {
  auto yes = std::make_shared<bool>(false);
  app.add_flag("--yes", *yes, "Trust it without being asked");
  return [yes](Console& console) { return trust(*yes, console); };
}

}  // namespace gf::cmd

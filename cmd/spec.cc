// git factory spec lint|show|schema: the spec format by itself.
#include "record/spec.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "going_on.h"
#include "paths.h"
#include "record/schema.h"
#include "session/facts.h"
#include "session/templates.h"
#include "stage/lint.h"

namespace gf::cmd {
namespace {

struct SpecOptions {
  std::string what;
  bool rules = false, no_tree = false, markdown = false;
  std::string base = "HEAD";
};

/// A file, '-', or the name of a run.
Result<record::Spec> load_spec(const std::string& what, Console& console) {
  std::string text;
  std::ifstream file(what, std::ios::binary);
  if (what == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else if (file) {
    text.assign(std::istreambuf_iterator<char>(file), {});
  } else {
    GF_ASSIGN(auto context, session::Context::open(console.setup, false));
    GF_ASSIGN(auto id, context->store->find(what));
    if (!id) {
      return Error{Fault::kUser,
                   fmt::format("'{}' is neither a file nor a run", printable(what)),
                   {},
                   "see 'git factory log'"};
    }
    GF_ASSIGN(auto run, context->store->load(*id));
    if (!run.spec)
      return Error{Fault::kUser,
                   fmt::format("run {} has no spec", id->str()),
                   {},
                   fmt::format("see how far it came: git factory show {}", id->id8())};
    return *run.spec;
  }
  auto json = record::Json::parse(text);
  if (!json.ok()) return no_spec(json.error()).because_of(stream_name(what));
  return record::spec_from_json(*json);
}

std::string to_text(const stage::LintFinding& finding) {
  bool error = finding.severity == stage::LintFinding::Severity::kError;
  std::string where = finding.criterion.empty() ? "spec" : finding.criterion;
  std::string text = fmt::format("{}: {}: {} [{}]\n", where, error ? "error" : "warning",
                                 finding.message, finding.rule);
  if (!finding.hint.empty()) text += fmt::format("  hint: {}\n", finding.hint);
  return printable(text);
}

Result<int> print_rules(const Console& console) {
  for (const stage::LintRule& rule : stage::lint_rules()) {
    bool error = rule.severity == stage::LintFinding::Severity::kError;
    console.print(
        fmt::format("{:<24} {:<8} {}\n", rule.name, error ? "error" : "warning", rule.why));
  }
  return kYes;
}

Result<int> lint(const SpecOptions& options, Console& console) {
  if (options.rules) return print_rules(console);
  if (options.what.empty())
    return Error{Fault::kUsage, "no spec is named", {}, "name a file, a run, or '-'"};
  GF_ASSIGN(auto spec, load_spec(options.what, console));
  std::vector<stage::LintFinding> findings;
  std::unique_ptr<session::Context> context;
  std::unique_ptr<session::GitFacts> facts;
  if (!options.no_tree) {
    GF_ASSIGN(context, session::Context::open(console.setup, false));
    GF_ASSIGN(auto base, session::find_base(*context, {}, options.base));
    facts = std::make_unique<session::GitFacts>(context->repo, context->git, base.tree);
  }
  findings = stage::lint(spec, facts.get());
  record::Json rows = record::Json::array();
  int errors = 0;
  for (const stage::LintFinding& finding : findings) {
    errors += finding.severity == stage::LintFinding::Severity::kError ? 1 : 0;
    rows.push(to_json(finding));
    if (!console.json) console.print(to_text(finding));
  }
  if (console.json) console.print(rows.dump() + "\n");
  if (errors == 0 && !console.json && !console.quiet) console.say("the spec compiles");
  return errors == 0 ? kYes : kNo;
}

Result<int> show(const SpecOptions& options, Console& console) {
  GF_ASSIGN(auto spec, load_spec(options.what, console));
  console.print(console.json ? record::to_json(spec).pretty()
                             : printable(options.markdown ? record::to_markdown(spec)
                                                          : record::to_plain_text(spec)));
  return kYes;
}

Result<int> print_schema(Console& console) {
  session::Templates templates(console.setup.data_dir, nullptr, "");
  GF_ASSIGN(auto text, templates.text("schemas/spec.schema.json"));
  console.print(text);
  return kYes;
}

}  // namespace

Run bind_spec(Arguments& arguments) {
  auto options = std::make_shared<SpecOptions>();
  Arguments linting =
      arguments.command("lint", "Check whether a spec compiles",
                        [options](Console& console) { return lint(*options, console); });
  linting.add("spec", options->what, "A file, a run, or '-'");
  linting.add("--rules", options->rules, "List the rules and their reasons");
  linting.add("--no-tree", options->no_tree, "Leave out the rules that look into the repository");
  linting.add("--base", options->base, "The commit whose tree subjects are looked for in");
  Arguments showing =
      arguments.command("show", "Show a spec, or with --json as it is kept",
                        [options](Console& console) { return show(*options, console); });
  showing.add("spec", options->what, "A file, a run, or '-'").required();
  showing.add("--markdown", options->markdown, "Show it as Markdown, as in a pull request");
  arguments.command("schema", "Print the JSON Schema of specs", print_schema);
  return {};
}

}  // namespace gf::cmd

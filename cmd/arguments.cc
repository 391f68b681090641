// The one file that knows CLI11: what commands declare goes in, what was asked for comes out.
#include "arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"
#include "door.h"

namespace gf::cmd {
namespace {

/// The command of `app` does `run`. Without one it is not enough to name it: one of its own
/// follows.
void choose_with(CLI::App& app, Run& chosen, const Run& run) {
  if (!run) app.require_subcommand(1);
  // CLI11 calls the innermost first, and that one stays.
  app.final_callback([&chosen, run] {
    if (!chosen) chosen = run;
  });
}

/// The command that was named, innermost: "pr" of "pr merge" has parsed "merge".
const CLI::App& innermost(const CLI::App& app) {
  std::vector<CLI::App*> parsed = const_cast<CLI::App&>(app).get_subcommands();
  return parsed.empty() ? app : innermost(*parsed.front());
}

/// "git factory pr merge"
std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : full_name(*parent) + " " + app.get_name();
}

/// What stands in front of a command's name in its usage.
std::string usage_of(const CLI::App& app) {
  // CLI11 puts the words before a command's name before the name, and the program's is two words.
  return app.get_parent() == nullptr ? app.help() : app.help(full_name(*app.get_parent()));
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

Error wrong_words(const CLI::App& app, std::string message, const std::string& word,
                  const std::vector<std::string>& known) {
  auto meant = word.empty() ? std::nullopt : nearest(word, known);
  if (meant) message += fmt::format("; did you mean '{}'?", *meant);
  return {Fault::kUsage, std::move(message), {}, fmt::format("see '{} -h'", full_name(app))};
}

/// What CLI11 says in its words, in ours.
Error wrong_words(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  std::string said = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    std::string word = said.substr(std::min(said.rfind(' ') + 1, said.size()));
    std::string option = word.substr(0, word.find('='));
    return wrong_words(command, fmt::format("'{}' was not expected", printable(option)), option,
                       options_of(command));
  }
  if (said == "A subcommand is required") {
    std::vector<std::string> known = commands_of(command), left = app.remaining(true);
    std::string word = left.empty() ? "" : left.front().substr(0, left.front().find('='));
    if (word.starts_with("-"))
      return wrong_words(command, fmt::format("'{}' was not expected", printable(word)), word,
                         options_of(command));
    std::string message = word.empty() ? fmt::format("say which: {}", gf::join(known, ", "))
                                       : fmt::format("'{}' is no command of '{}'", printable(word),
                                                     full_name(command));
    return wrong_words(command, std::move(message), word, known);
  }
  return wrong_words(command, printable(said), "", {});
}

/// The word that names a command, and whether a manual page is wanted ("--help", "help <command>").
struct Asked {
  std::string command;
  bool page = false;
};
Asked asked_for(int count, const char* const* words) {
  Asked asked;
  for (int i = 1; i < count; ++i) {
    std::string_view word = words[i];
    if (word == "--") break;
    if (word == "--help") asked.page = true;
    if (word == "-C") ++i;
    if (asked.command.empty() && !word.starts_with("-")) asked.command = word;
  }
  return asked;
}

Run printing(const std::string& text) {
  return [text](Console& console) -> Result<int> { return console.print(text) ? kYes : kFailed; };
}

}  // namespace

Option Option::type(const char* name) const { return Option(*option_->type_name(name)); }

Option Option::required() const { return Option(*option_->required()); }

Option Option::one_of(const std::vector<std::string>& words) const {
  return Option(*option_->check(CLI::IsMember(words)));
}

Option Option::between(int low, int high) const {
  return Option(*option_->check(CLI::Range(low, high)));
}

Option Option::between(size_t low, size_t high) const {
  return Option(*option_->check(CLI::Range(low, high)));
}

Option Option::positive() const { return Option(*option_->check(CLI::PositiveNumber)); }

Option Option::shows_default() const { return Option(*option_->capture_default_str()); }

Option Option::repeated() const {
  return Option(*option_->expected(CLI::detail::expected_max_vector_size)->allow_extra_args(false));
}

Option Option::alone_means(const char* word) const {
  return Option(*option_->expected(0, 1)->default_str(word));
}

Option Option::needs(Option other) const { return Option(*option_->needs(other.option_)); }

Option Option::excludes(Option other) const { return Option(*option_->excludes(other.option_)); }

Option Arguments::add(const char* names, bool& flag, const char* help) {
  return Option(*app_->add_flag(names, flag, help));
}

Option Arguments::add(const char* names, std::string& text, const char* help) {
  return Option(*app_->add_option(names, text, help));
}

Option Arguments::add(const char* names, std::vector<std::string>& texts, const char* help) {
  CLI::Option* option = app_->add_option(names, texts, help);
  // An option's help tells one value and no dots.
  if (!option->get_positional())
    option->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);  // one value each time: what follows it is an argument
  return Option(*option);
}

Option Arguments::add(const char* names, int& number, const char* help) {
  return Option(*app_->add_option(names, number, help));
}

Option Arguments::add(const char* names, size_t& number, const char* help) {
  return Option(*app_->add_option(names, number, help));
}

Option Arguments::add(const char* names, std::optional<size_t>& number, const char* help) {
  return Option(*app_->add_option_function<size_t>(
      names, [&number](const size_t& given) { number = given; }, help));
}

void Arguments::add_digits(std::optional<size_t>& number) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    app_->add_flag_function(std::string("-") + digit,
                            [&number, digit](int64_t) {
                              number = number.value_or(0) * 10 + static_cast<size_t>(digit - '0');
                            })
        ->trigger_on_parse()
        ->group("");
  }
}

Arguments Arguments::command(std::string_view name, std::string_view help, const Run& run) {
  CLI::App* app = app_->add_subcommand(std::string(name), std::string(help));
  choose_with(*app, *chosen_, run);
  return Arguments(*app, *chosen_);
}

Result<Run> read_command_line(int count, const char* const* words,
                              std::span<const Command> commands, Console& console) {
  CLI::App app{
      "A software factory: feature requests in, reviewed pull requests out, the record in git"};
  app.name("git factory");
  app.set_version_flag("--version", "git-factory " + console.setup.version);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_help_flag("-h", "Show this usage; --help shows the manual page");
  Run chosen;
  Arguments general(app, chosen);
  general.add("-C", console.setup.directory, "Run as if started in this folder").type("<path>");
  general.add("--json", console.json, "Print JSON instead of text");
  general.add("-q,--quiet", console.quiet, "Tell nothing but the result");
  const Asked asked = asked_for(count, words);
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.help));
    // Options of the others are not looked at: to declare them took as long as a page of the log.
    if (!asked.command.empty() && asked.command != command.name) continue;
    Arguments arguments(*sub, chosen);
    choose_with(*sub, chosen, command.bind(arguments));
  }
  if (count <= 1) {
    return Run([text = app.help()](Console& asking) -> Result<int> {
      asking.say(text);
      return kUsage;
    });
  }
  std::vector<std::string> known = commands_of(app);
  bool is_command = std::find(known.begin(), known.end(), asked.command) != known.end();
  if (!asked.command.empty() && !is_command) {
    return wrong_words(app, fmt::format("'{}' is no command", printable(asked.command)),
                       asked.command, known);
  }
  if (asked.page) {
    return Run([topic = asked.command](Console& asking) { return show_page(topic, asking); });
  }
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    return printing(usage_of(innermost(app)));
  } catch (const CLI::CallForVersion& version) {
    return printing(std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    return wrong_words(app, error);
  }
  return chosen;
}

}  // namespace gf::cmd

// The one file that knows CLI11: what commands declare goes in, what was asked for comes out.
#include "arguments.h"

#include <CLI/CLI.hpp>

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
  Run chosen;
  Arguments general(app, chosen);
  general.add("-C", console.setup.directory, "Run as if started in this folder").type("<path>");
  general.add("--json", console.json, "Print JSON instead of text");
  general.add("-q,--quiet", console.quiet, "Tell nothing but the result");
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.help));
    Arguments arguments(*sub, chosen);
    choose_with(*sub, chosen, command.bind(arguments));
  }
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    // CLI11 puts the words before a command's name before the name, and its own is two words.
    return printing(app.get_subcommands().empty()
                        ? app.help()
                        : app.get_subcommands().front()->help("git factory"));
  } catch (const CLI::CallForVersion& version) {
    return printing(std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    return Error{Fault::kUsage, error.what(), {}, "see 'git factory -h'"};
  }
  return chosen;
}

}  // namespace gf::cmd

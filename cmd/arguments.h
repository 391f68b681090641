// What a command takes: its options, its arguments, its own commands. CLI11 stays behind this.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "command.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gf::cmd {

/// What was declared, to say more of it. A handle: copies mean the same option.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  /// What help calls the value, "<path>".
  Option type(const char* name) const;
  Option required() const;
  Option one_of(const std::vector<std::string>& words) const;
  Option between(int low, int high) const;
  Option between(size_t low, size_t high) const;
  Option positive() const;
  /// Help tells the value that the variable has now.
  Option shows_default() const;
  /// Of a list: one value each time it is given, which help tells as "<ref> ...".
  Option repeated() const;
  /// Without a value it means `word`: "--color" is "--color=always".
  Option alone_means(const char* word) const;
  Option needs(Option other) const;
  Option excludes(Option other) const;

 private:
  CLI::Option* option_;
};

/// The options and arguments of one command, as its `bind` declares them.
///
/// The type of the variable says what is taken: a bool is a flag, the others have a value. Names
/// are "--since", "-n,--max-count", or without a dash for an argument that is told by its place. A
/// list takes any number of them, as an argument or as an option, which may be given again, too. A
/// variable keeps what it has when its option is not given, and has to live as long as the
/// command's Run.
class Arguments {
 public:
  Arguments(CLI::App& app, Run& chosen) : app_(&app), chosen_(&chosen) {}

  Option add(const char* names, bool& flag, const char* help);
  Option add(const char* names, std::string& text, const char* help);
  Option add(const char* names, std::vector<std::string>& texts, const char* help);
  Option add(const char* names, int& number, const char* help);
  Option add(const char* names, size_t& number, const char* help);
  Option add(const char* names, std::optional<size_t>& number, const char* help);
  /// "-20", as git has it: the digits one after the other. Not in the help.
  void add_digits(std::optional<size_t>& number);

  /// A command of this command, which does `run`; the same lifetimes hold.
  Arguments command(std::string_view name, std::string_view help, const Run& run);

 private:
  CLI::App* app_;
  Run* chosen_;  ///< what the innermost command that was named does
};

/// Reads the words of a command line, of which the first is the program: what comes before the
/// command goes into `console`. Help and version are things to run, too. Words that mean nothing
/// are an Error of kUsage.
Result<Run> read_command_line(int count, const char* const* words,
                              std::span<const Command> commands, Console& console);

}  // namespace gf::cmd

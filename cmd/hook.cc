// git factory hook <name>: what git's hooks call. Says no to a push that no verdict covers.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <iterator>
#include <memory>

#include "arguments.h"
#include "base/text.h"
#include "door.h"
#include "proc/become.h"
#include "verify/hook_input.h"

namespace gf::cmd {
namespace {

struct HookOptions {
  std::string name, then;
  std::vector<std::string> arguments;  ///< the hook's own
};

/// The lines of the hook, as `verify --push` reads them.
Result<std::string> input_of(const HookOptions& options, const Console& console) {
  if (options.name == "update") return verify::line_of_update(options.arguments);
  std::string input{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  if (options.name == "pre-push" && trim(input).empty())
    return verify::line_of_pre_commit(console.setup.environment);
  return input;
}

/// The hook that was there before ours. Nothing comes back from it: its exit status is the hook's.
Result<int> hand_on(const HookOptions& options, const std::string& input, const Console& console) {
  // As git does it: a hook that is not there, or not executable, is none.
  if (options.then.empty() || access(options.then.c_str(), X_OK) != 0) return kYes;
  std::vector<std::string> words = {options.then};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  return proc::become(words, console.setup.environment, options.name == "update" ? "" : input);
}

Result<int> hook(const HookOptions& options, const Console& console) {
  if (options.name != "pre-push" && options.name != "pre-receive" && options.name != "update") {
    return Error{Fault::kUsage,
                 fmt::format("'{}' is no hook of ours", printable(clipped(options.name, 100))),
                 {},
                 "they are pre-push, pre-receive, update"};
  }
  GF_ASSIGN(auto input, input_of(options, console));
  if (!trim(input).empty()) {
    bool client = options.name == "pre-push";
    std::string remote = client && !options.arguments.empty() ? options.arguments[0] : "";
    if (client && remote.empty()) remote = console.setup.environment.get("PRE_COMMIT_REMOTE_NAME");
    GF_ASSIGN(int verdict, verify_push(input, remote, console));
    if (verdict != kYes) return verdict;
  }
  return hand_on(options, input, console);
}

}  // namespace

Run bind_hook(Arguments& arguments) {
  auto options = std::make_shared<HookOptions>();
  arguments.add("name", options->name, "pre-push, pre-receive or update").required();
  arguments.add("arguments", options->arguments, "What git gave to the hook");
  arguments.add("--then", options->then, "A hook to go on as when nothing speaks against it");
  return [options](Console& console) { return hook(*options, console); };
}

}  // namespace gf::cmd

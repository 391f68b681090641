// The commands, in the order in which help shows them.
#include <array>

#include "door.h"

namespace gf::cmd {
namespace {

constexpr std::array kCommands = {
    Command{"init", "Prepare this repository: detect gates, write .gitfactory, set refspecs",
            bind_init},
    Command{"trust", "Show what would run here and say whether it may", bind_trust},
    Command{"doctor", "Check everything that a run needs, and say what to do", bind_doctor},
    Command{"env", "Show which environment the gates run in, and why", bind_env},
    Command{"feature", "Make a pull request from a feature request", bind_feature},
    Command{"intake", "List the forge's issues as requests, rank and plan them", bind_intake},
    Command{"batch", "Make pull requests from a file of requests, several at once", bind_batch},
    Command{"plan", "Compile a request to a spec and stop there", bind_plan},
    Command{"spec", "Check, show or describe specs", bind_spec},
    Command{"resume", "Go on with a run that was stopped", bind_resume},
    Command{"answer", "Answer the questions of a run, and go on with it", bind_answer},
    Command{"rework", "Go on with a delivered run, with what reviewers said of its pull request",
            bind_rework},
    Command{"abort", "End a run that was stopped or is going on", bind_abort},
    Command{"pr", "List, show, check out, merge, close and comment pull requests", bind_pr},
    Command{"log", "List runs, newest first", bind_log},
    Command{"show", "Show a run, a stage of it, or its pull request", bind_show},
    Command{"why", "Go from a line of code to the run that wrote it", bind_why},
    Command{"export", "Write runs as OpenTelemetry traces", bind_export},
    Command{"replay", "Run runs of the record again, offline, and say what is not the same",
            bind_replay},
    Command{"sync", "Fetch, join and push the record", bind_sync},
    Command{"gc", "Take away what can be made again and was not used for some time", bind_gc},
    Command{"models", "Show which models would be asked, and check that they answer", bind_models},
    Command{"metrics", "Show dollars per feature, time to pull request and success rate",
            bind_metrics},
    Command{"validate", "Run linters and type checkers on any branch, as VALIDATE judges",
            bind_validate},
    Command{"test", "Run the tests of any branch, as TEST judges", bind_test},
    Command{"review", "Have a model review any branch, as REVIEW judges", bind_review},
    Command{"verify", "Say whether an approving verdict covers a commit, a range or a push",
            bind_verify},
    Command{"hook", "Answer as one of git's hooks: pre-push, pre-receive, update", bind_hook},
    Command{"hooks", "Install, remove or show the hooks that ask for a verdict", bind_hooks},
    Command{"query", "Ask the record a question in SQL", bind_query},
    Command{"attest", "Print a provenance statement (in-toto, SLSA) about a run", bind_attest},
    Command{"retro", "Write a retrospective from the record alone", bind_retro},
    Command{"report", "Make a page about the record that opens in a browser", bind_report},
    Command{"demo", "Make a small repository and run some features through the line", bind_demo},
    Command{"help", "Show the manual page of a command or a subject", bind_help},
};

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

}  // namespace gf::cmd

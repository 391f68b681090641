#include "setup/demo.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "base/text.h"
#include "env/environment.h"
#include "proc/sandbox.h"
#include "session/facts.h"
#include "setup/setup.h"

namespace gf::setup {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFeatures = {
    DemoFeature{"health", "Add a /health endpoint that returns {\"status\":\"ok\"}.", true},
    DemoFeature{"products", "Add GET /products returning a static list of three products as JSON.",
                true},
    DemoFeature{"product-id", "Add GET /products/{id} returning one product or 404 if not found.",
                true},
    DemoFeature{
        "request-id",
        "Add a request-ID middleware that attaches an X-Request-ID header to every response.",
        true},
    DemoFeature{"create-product",
                "Add POST /products to append a product to the in-memory list, returning 201 and "
                "the created item.",
                true},
    DemoFeature{"catalogue",
                "Add GET /catalogue returning a static list of three products as JSON.", true},
    DemoFeature{"menu", "Add GET /menu returning a static list of three products as JSON.", true},
    DemoFeature{"faster", "Make the products endpoint faster.", false},
};

constexpr Milliseconds kStepLimit{900000};

Error cannot(const std::string& doing, const std::string& why) {
  return Error{Fault::kEnvironment, fmt::format("cannot {}: {}", doing, why), {}, {}};
}

Result<void> run(const session::Setup& setup, const std::string& folder,
                 std::vector<std::string> argv, const std::string& hint) {
  proc::Options options;
  options.argv = std::move(argv);
  options.directory = folder;
  options.environment = proc::git_environment(setup.environment);
  options.limits.timeout = kStepLimit;
  GF_ASSIGN(auto outcome, proc::run(options, *setup.cancel));
  if (outcome.end == proc::End::kCancelled) GF_TRY(setup.cancel->check());
  if (outcome.succeeded()) return Done{};
  std::vector<std::string> output = lines(outcome.err.empty() ? outcome.out : outcome.err);
  return Error{Fault::kEnvironment,
               fmt::format("{}: {}", join(options.argv, " "),
                           output.empty() ? "failed" : printable(output.back())),
               {},
               hint};
}

/// The environment that the application's requirements make: the one that a clone finds too.
Result<std::string> demo_python(const session::Setup& setup, const std::string& repository,
                                const std::function<void(const std::string&)>& say) {
  session::Setup own = setup;
  own.directory = repository;
  GF_ASSIGN(auto context, session::Context::open(own, true));
  GF_ASSIGN(auto base, session::find_base(*context, {}, std::nullopt));
  session::GitFacts facts(context->repo, context->git, base.tree);
  env::Checkout checkout{repository, context->repo.common_dir()};
  auto made =
      env::make_for({facts, {}, {}, checkout, setup.environment, *setup.cancel, repository, say});
  if (made.ok() || made.error().fault == Fault::kCancelled) return made;
  Error error = made.error();
  if (error.message.starts_with("no environment"))
    error.hint = "check the network, or name an interpreter that has the tools with --python";
  return error;
}

/// Where nothing holds programs here, no run begins. What the demo runs is ours, and is run as it
/// stands: in its own repository, and told.
Result<bool> needs_no_sandbox(const session::Setup& setup,
                              const std::function<void(const std::string&)>& say) {
  auto sandbox =
      proc::Sandbox::choose("auto", proc::clean_environment(setup.environment), *setup.cancel);
  GF_TRY(setup.cancel->check());
  if (sandbox.ok()) return false;
  say(sandbox.error().message + ": the demo, whose code is ours, sets factory.sandbox = none in " +
      "its repository");
  return true;
}

}  // namespace

std::span<const DemoFeature> demo_features() { return kFeatures; }

Result<DemoPlace> make_demo(const session::Setup& setup, const std::string& folder,
                            const std::string& python,
                            const std::function<void(const std::string&)>& say) {
  std::error_code failed;
  if (fs::exists(folder) && !(fs::is_directory(folder) && fs::is_empty(folder, failed))) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is there and not empty", folder),
                 {},
                 "name another folder"};
  }
  DemoPlace place;
  place.python = python;
  fs::create_directories(folder, failed);
  if (failed) return cannot("make '" + folder + "'", failed.message());
  fs::path root = fs::canonical(folder, failed);
  place.repository = (root / "shop").string();
  place.remote = (root / "shop.git").string();
  fs::copy(setup.data_dir + "/demo/app", place.repository, fs::copy_options::recursive, failed);
  if (failed) return cannot("copy the application", failed.message());
  say("making a repository in " + place.repository + " with a bare remote beside it");
  auto git = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    return run(setup, place.repository, words, "");
  };
  GF_TRY(git({"init", "--quiet", "--initial-branch=main", "."}));
  GF_TRY(git({"init", "--quiet", "--bare", "--initial-branch=main", place.remote}));
  GF_TRY(git({"remote", "add", "origin", place.remote}));
  auto identity = [&]() -> Result<bool> {
    GF_ASSIGN(auto repo, git::Repo::open(place.repository));
    repo.set_environment(setup.environment);
    return repo.identity(setup.clock->now()).ok();
  }();
  if (!identity.ok()) return identity.error();
  if (!*identity) {
    GF_TRY(git({"config", "user.name", "Demo"}));
    GF_TRY(git({"config", "user.email", "demo@example.com"}));
  }
  GF_TRY(git({"add", "--all"}));
  GF_TRY(git({"-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "commit", "--quiet",
              "-m", "A small shop"}));
  if (python.empty()) {
    GF_ASSIGN(place.python, demo_python(setup, place.repository, say));
  }
  GF_TRY(git({"config", "factory.python", place.python}));
  GF_TRY(git({"config", "factory.mutationCount", "2"}));  // who looks on has seven runs to wait for
  GF_ASSIGN(bool unheld, needs_no_sandbox(setup, say));
  if (unheld) GF_TRY(git({"config", "factory.sandbox", "none"}));
  session::Setup own = setup;
  own.directory = place.repository;
  GF_ASSIGN(auto context, session::Context::open(own, true));
  GF_ASSIGN(auto found, look(*context, store::Share::kFull));
  GF_TRY(prepare(*context, found));
  GF_TRY(git({"add", ".gitfactory"}));
  GF_TRY(git({"-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "commit", "--quiet",
              "-m", "Prepare for git factory"}));
  GF_TRY(git({"push", "--quiet", "-u", "origin", "main"}));
  return place;
}

}  // namespace gf::setup

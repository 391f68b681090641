// Other machines that a batch would run on, where they are configured.
#include <fmt/format.h>

#include "batch/engine.h"
#include "doctor/inside.h"

namespace gf::doctor {

void look_at_runner(const Patient& patient, Checks& checks) {
  constexpr const char* kName = "runner";
  auto engine = batch::engine_named(patient.config.get("factory.batch.runner", ""));
  if (!engine.ok()) return checks.push_back(failed(kName, engine.error()));
  if (*engine == nullptr) return;
  std::string name((*engine)->name()), program((*engine)->program());
  if (!program.empty() && !proc::find_program(program, patient.context.setup.environment))
    return checks.push_back(bad(kName, fmt::format("{}: there is no '{}' here", name, program),
                                "install it, or unset factory.batch.runner"));
  if (!patient.remote)
    return checks.push_back(
        bad(kName, name + ": no remote that its jobs could clone", "git remote add origin <url>"));
  if (name == "ssh" && patient.config.all("factory.batch.hosts").empty())
    return checks.push_back(
        bad(kName, "ssh: no machine is named", "git config --add factory.batch.hosts <host>"));
  std::string share = patient.config.get("factory.share", "");
  if (share != "summary" && share != "full")
    return checks.push_back(bad(kName, name + ": its jobs may not send the record home",
                                "git factory init --share=summary"));
  if (name == "kubernetes" && patient.config.get("factory.batch.image", "").empty() &&
      patient.config.get("factory.batch.manifest", "").empty())
    return checks.push_back(
        bad(kName, "kubernetes: no image is named for the pods",
            "git config factory.batch.image <image that has git-factory in it>"));
  checks.push_back(good(kName, fmt::format("{}, by way of '{}'", name, *patient.remote)));
}

}  // namespace gf::doctor

// The round: machine, repository, configuration.
#include "doctor/doctor.h"

#include "base/text.h"
#include "doctor/inside.h"
#include "session/trust.h"

namespace gf::doctor {

std::string_view name_of(Health health) {
  return health == Health::kGood ? "ok" : health == Health::kNote ? "note" : "bad";
}

record::Json to_json(const Check& check) {
  return record::Json::object({{"v", 1},
                               {"check", check.name},
                               {"state", name_of(check.health)},
                               {"text", to_utf8(check.text)},
                               {"hint", to_utf8(check.hint)}});
}

Check good(std::string name, std::string text) {
  return {std::move(name), Health::kGood, std::move(text), {}};
}
Check note(std::string name, std::string text, std::string hint) {
  return {std::move(name), Health::kNote, std::move(text), std::move(hint)};
}
Check bad(std::string name, std::string text, std::string hint) {
  return {std::move(name), Health::kBad, std::move(text), std::move(hint)};
}
Check failed(std::string name, const Error& error) {
  return bad(std::move(name), error.message, error.hint);
}

std::vector<Check> examine(const session::Setup& setup, const Wish& wish) {
  Checks checks;
  look_at_programs(setup, checks);
  auto context = session::Context::open(setup, false);
  if (!context.ok()) {
    checks.push_back(failed("repository", context.error()));
    look_at_format(setup, checks);
    look_at_sandbox(setup, {}, checks);
    return checks;
  }
  session::Context& at = **context;
  Patient patient{at, {}, {}, {}, true};
  auto untracked = session::Config::load(at.repo, at.git, Oid(), setup.overrides, true);
  if (!untracked.ok()) {
    checks.push_back(failed("configuration", untracked.error()));
    look_at_sandbox(setup, {}, checks);
    return checks;
  }
  patient.config = std::move(untracked).value();
  look_at_shape(patient, checks);
  auto base = session::find_base(at, patient.config.settings(), std::nullopt);
  if (base.ok()) {
    patient.base = *base;
    checks.push_back(good("base", base->name + " (" + base->commit.short_hex() + ")"));
    auto whole = session::Config::load(at.repo, at.git, base->tree, setup.overrides);
    auto settings = at.git.settings();
    patient.trusted = whole.ok() && settings.ok() && !session::stranger_in(*settings);
    if (whole.ok()) patient.config = std::move(whole).value();
  } else {
    checks.push_back(failed("base", base.error()));
  }
  look_at_trust(patient, checks);
  look_at_keys(patient, checks);
  look_at_values(patient, checks);
  look_at_sandbox(setup, patient.config.settings(), checks);
  look_at_gates(patient, wish, checks);
  if (wish.gates) try_gates(patient, wish, checks);
  look_at_models(patient, wish, checks);
  auto remote =
      session::find_remote(at, patient.config, patient.base ? patient.base->name : std::string());
  if (remote.ok()) {
    patient.remote = *remote;
    look_at_remote(patient, wish, checks);
  } else {
    checks.push_back(failed("remote", remote.error()));
  }
  look_at_forge(patient, checks);
  look_at_runner(patient, checks);
  look_at_hooks(patient, checks);
  look_at_record(patient, checks);
  look_at_index(patient, checks);
  look_at_room(patient, checks);
  return checks;
}

}  // namespace gf::doctor

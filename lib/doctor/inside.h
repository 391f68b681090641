// The checks, by what they look at. For this room's .cc files.
#pragma once

#include <optional>

#include "doctor/doctor.h"
#include "gate/gate.h"
#include "session/config.h"

namespace gf::doctor {

using Checks = std::vector<Check>;

Check good(std::string name, std::string text);
Check note(std::string name, std::string text, std::string hint);
Check bad(std::string name, std::string text, std::string hint);
Check failed(std::string name, const Error& error);

/// What the other checks look at, as far as it could be found out.
struct Patient {
  session::Context& context;
  session::Config config;  ///< without the tracked file where that is not trusted
  std::optional<session::Base> base;
  std::optional<std::string> remote;
  bool trusted = true;
};

// --- The machine ---
void look_at_programs(const session::Setup& setup, Checks& checks);
/// What holds the code of repositories, by factory.sandbox.
void look_at_sandbox(const session::Setup& setup, const Settings& settings, Checks& checks);
void look_at_room(const Patient& patient, Checks& checks);

// --- The repository ---
void look_at_format(const session::Setup& setup, Checks& checks);
void look_at_shape(const Patient& patient, Checks& checks);
void look_at_record(const Patient& patient, Checks& checks);
void look_at_index(const Patient& patient, Checks& checks);

// --- What is configured ---
void look_at_keys(const Patient& patient, Checks& checks);
/// Values that their readers would refuse, in the readers' words.
void look_at_values(const Patient& patient, Checks& checks);
void look_at_forge(const Patient& patient, Checks& checks);
void look_at_trust(const Patient& patient, Checks& checks);
void look_at_gates(const Patient& patient, const Wish& wish, Checks& checks);
/// What they say of the base; nothing where it is known already that none can be run.
void try_gates(const Patient& patient, const Wish& wish, Checks& checks);
void look_at_models(const Patient& patient, const Wish& wish, Checks& checks);
void look_at_remote(const Patient& patient, const Wish& wish, Checks& checks);
/// Whether a batch could be run by the engine that is configured; nothing where none is.
void look_at_runner(const Patient& patient, Checks& checks);
void look_at_hooks(const Patient& patient, Checks& checks);

}  // namespace gf::doctor

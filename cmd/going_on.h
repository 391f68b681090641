// What commands share that take a run along the line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "command.h"
#include "record/run.h"
#include "record/spec.h"

namespace gf::cmd {

class Option;
class View;

/// What could not be read as a spec, with where one is described.
Error no_spec(Error error);
/// Declares --model.
Option add_model(Arguments& arguments, std::vector<std::string>& models);
/// "--model STAGE=REF" or "--model REF", as settings that beat all others.
Result<void> add_models(const std::vector<std::string>& models,
                        session::Config::Settings& settings);
/// What --budget (--batch-budget) gave, as the setting that it stands for; nothing where it was not
/// given.
Result<void> add_budget(const std::string& budget, session::Config::Settings& settings,
                        const std::string& key = "factory.budgetUsd");
/// Shows the spec and asks. Where nobody can answer the run waits.
std::function<bool(const record::Spec&)> ask_person(const Console& console, View& view);
/// Prints how a run ended, or gives the Error with which it stopped, with the way on.
Result<int> conclude(const Console& console, const Result<record::RunRecord>& result);

}  // namespace gf::cmd

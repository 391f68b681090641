// What the files of this folder share. A program is one of them and one row of ../presets.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/presets.h"
#include "record/json.h"

namespace gf::model {

extern const Preset kCodex, kGemini, kGptme, kAider, kOpencode, kLlm;

/// The JSON objects among the lines; what is none is for people.
std::vector<record::Json> objects(const std::string& out);

/// Adds what one of its calls cost; nothing when it does not say. A sum that does not fit is
/// unknown.
void add_price(CliReport& report, std::optional<int64_t> pico_usd);

/// Notes a failure, its reason in one line; the first one that is noted stays.
void fail(CliReport& report, record::ModelFailure failure, const std::string& why);

/// The class of a failure that is told in words alone.
record::ModelFailure by_words(const std::string& text);

/// For a program whose exit statuses mean nothing in particular.
record::ModelFailure no_table(int exit_code);

}  // namespace gf::model

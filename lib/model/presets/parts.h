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

/// Of two counts; what is absent adds nothing. Absent where both are, or the sum does not fit.
std::optional<int64_t> sum(std::optional<int64_t> a, std::optional<int64_t> b);

/// Notes a failure, its reason in one line; the first one that is noted stays.
void fail(CliReport& report, record::ModelFailure failure, const std::string& why);

/// The class of a failure that is told in words alone.
record::ModelFailure by_words(const std::string& text);

/// For a program whose exit statuses mean nothing in particular.
record::ModelFailure no_table(int exit_code);

}  // namespace gf::model

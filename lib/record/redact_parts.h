// What the redactor is made of. For its own .cc files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace gf::record::redaction {

inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
inline bool is_word(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c) || c == '_' || c == '-';
}

/// 40 or 64 lower-case hexadecimal digits: what git names objects by.
bool is_object_id(std::string_view text);

/// "[redacted:<kind>]".
std::string mark(std::string_view kind);
/// The end of a mark that begins at `at`; 0 when none does.
size_t mark_end(std::string_view text, size_t at);

// --- forms ---

struct Form {
  size_t end;
  std::string_view kind;
};
/// A key of a known form that begins at `at`, where a word begins.
std::optional<Form> key_form(std::string_view text, size_t at);
/// The end of a private key's block whose "-----BEGIN " is at `at`. A block that was cut off ends
/// where it was cut; the marker without a key behind it is none.
std::optional<size_t> private_key_end(std::string_view text, size_t at);
/// In "scheme://user:password@host", where `at` is at "://": the part between "://" and "@".
std::optional<std::pair<size_t, size_t>> userinfo(std::string_view text, size_t at);
/// The secret tail of an address that is itself the key (Slack, Discord), after the word that ends
/// at `end`.
std::optional<std::pair<size_t, size_t>> webhook(std::string_view text, size_t begin, size_t end);

// --- names and what stands beside them ---

enum class Name { kOrdinary, kTelling, kPassword, kHeader };
Name name_kind(std::string_view name);
/// Made of words, names in humps and numbers, for the most part.
bool is_like_words(std::string_view value);
/// Made by a machine: long, mixed, unlike words.
bool looks_random(std::string_view value);
/// Stands for a value and is none: ${X}, <token>, {{ x }}, your-key-here, a call.
bool is_placeholder(std::string_view value);
/// `scheme`: "Bearer " or the like stood before it.
bool is_secret(Name name, std::string_view value, bool scheme);

struct Value {
  size_t begin, end;
  bool scheme;
};
/// What is assigned to the name whose last character is before `end`.
std::optional<Value> value_after(std::string_view text, size_t begin, size_t end);

// --- values known from the environment ---

/// The values of variables ("NAME=value") whose name looks secret and passwords in the addresses
/// of any, each also as JSON and as an address write it; longest first.
std::vector<std::string> known_values(const std::vector<std::string>& environment);
/// `text` with marks in the place of `values`. One pass, however many they are.
std::string without(const std::vector<std::string>& values, std::string_view text);

}  // namespace gf::record::redaction

// What a forge says when it does not do what it was asked, as one line with a way out. For this
// room's .cc files and tests. Pure: no clock, no connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "record/json.h"

namespace gf::forge {

/// An answer and what is known of who gave it.
struct Refused {
  const net::Answer& answer;
  const record::Json& json;  ///< its body; null when that is no JSON
  std::string where;         ///< "github.com"
  std::string repository;    ///< "owner/name"
  std::string token_from;    ///< "GH_TOKEN"
};

/// The Error to show. What the server said is in it in one line, whatever it holds.
Error refusal(const Refused& refused, Timestamp now);

/// Everything the body says: its message and those of its "errors", in one line; empty for a body
/// that is a web page.
std::string words_of(const record::Json& json);

/// How long the answer asks us to wait before the same is asked again: a limit of requests, of
/// either kind. Nothing: it asks for no such thing.
std::optional<Milliseconds> asked_to_wait(const net::Answer& answer, const record::Json& json,
                                          Timestamp now);

/// The "next" of a Link header; empty: this was the last page.
std::string next_page(std::string_view link);

}  // namespace gf::forge

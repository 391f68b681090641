#include "record/redact.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace gf::record {
namespace {

struct Form {
  std::string_view prefix, kind;
  size_t min_tail;  ///< characters that must follow for it to be a key
};
/// Key forms that services document: the prefix alone is no secret.
constexpr std::array kForms = {
    Form{"sk-ant-", "anthropic-key", 20},
    Form{"sk-proj-", "openai-key", 20},
    Form{"sk-or-", "openrouter-key", 20},
    Form{"sk-", "api-key", 20},
    Form{"ghp_", "github-token", 20},
    Form{"gho_", "github-token", 20},
    Form{"ghs_", "github-token", 20},
    Form{"ghu_", "github-token", 20},
    Form{"github_pat_", "github-token", 20},
    Form{"glpat-", "gitlab-token", 16},
    Form{"AKIA", "aws-key-id", 16},
    Form{"ASIA", "aws-key-id", 16},
    Form{"AIza", "google-key", 30},
    Form{"xoxb-", "slack-token", 16},
    Form{"xoxp-", "slack-token", 16},
    Form{"xoxa-", "slack-token", 16},
    Form{"xoxr-", "slack-token", 16},
    Form{"xoxs-", "slack-token", 16},
    Form{"hf_", "huggingface-token", 24},
    Form{"npm_", "npm-token", 24},
    Form{"pypi-", "pypi-token", 40},
    Form{"gsk_", "groq-key", 24},
    Form{"eyJ", "jwt", 40},
};
constexpr std::array<std::string_view, 9> kTellingWords = {"secret",  "token",      "password",
                                                           "passwd",  "api_key",    "apikey",
                                                           "api-key", "credential", "private_key"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
bool is_value(char c) {
  return is_word(c) || c == '.' || c == '/' || c == '+' || c == '=' || c == '~';
}
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// 40 or 64 lower-case hexadecimal digits: what git names objects by.
bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), is_hex);
}

/// Shannon entropy in bits a character.
double entropy(std::string_view text) {
  std::array<int, 256> counts{};
  for (char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (int count : counts) {
    if (count == 0) continue;
    double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

/// Looks made by a machine: long, letters and digits mixed, no object id. Words and names do not.
bool looks_random(std::string_view value) {
  if (value.size() < 12 || is_object_id(value)) return false;
  bool digit = std::any_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  bool letter = std::any_of(value.begin(), value.end(),
                            [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; });
  return digit && letter && entropy(value) >= 3.2;
}

bool is_telling(std::string_view name) {
  std::string small = lower(name);
  return std::any_of(kTellingWords.begin(), kTellingWords.end(),
                     [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

/// So much of a value is looked at: "token=token=token=..." stays linear.
constexpr size_t kJudged = 256;

std::string mark(std::string_view kind) { return "[redacted:" + std::string(kind) + "]"; }

/// A key form that begins at `at`; gives its end and kind.
std::optional<std::pair<size_t, std::string_view>> key_form(std::string_view text, size_t at) {
  if (at > 0 && is_word(text[at - 1])) return std::nullopt;
  for (const Form& form : kForms) {
    if (text.substr(at, form.prefix.size()) != form.prefix) continue;
    size_t end = at + form.prefix.size();
    bool jwt = form.kind == "jwt";
    // A token has three parts: stopping at the third dot keeps "eyJ.eyJ.eyJ..." linear.
    int dots = 0;
    while (end < text.size() && (is_word(text[end]) || (jwt && text[end] == '.' && ++dots < 3)))
      ++end;
    std::string_view tail = text.substr(at + form.prefix.size(), end - at - form.prefix.size());
    bool dotted = !jwt || std::count(tail.begin(), tail.end(), '.') == 2;
    if (tail.size() >= form.min_tail && dotted && entropy(tail) >= 2.5)
      return std::pair(end, form.kind);
  }
  return std::nullopt;
}

/// "-----BEGIN ... PRIVATE KEY-----" up to its end line.
std::optional<size_t> private_key_end(std::string_view text, size_t at) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  if (text.substr(at, kBegin.size()) != kBegin) return std::nullopt;
  size_t line_end = std::min(text.find("-----", at + kBegin.size()), text.size());
  if (text.substr(at, line_end - at).find("PRIVATE KEY") == std::string_view::npos)
    return std::nullopt;
  size_t end = text.find("-----END ", line_end);
  if (end == std::string_view::npos) return text.size();
  size_t close = text.find("-----", end + 9);
  return close == std::string_view::npos ? text.size() : close + 5;
}

/// In "scheme://user:password@host": the part between "://" and "@".
std::optional<std::pair<size_t, size_t>> userinfo(std::string_view text, size_t at) {
  if (text.substr(at, 3) != "://") return std::nullopt;
  size_t begin = at + 3, end = begin;
  while (end < text.size() && end - begin < 400 &&
         (is_value(text[end]) || text[end] == ':' || text[end] == '%')) {
    if (text[end] == '/') return std::nullopt;
    ++end;
  }
  if (end >= text.size() || text[end] != '@' ||
      text.substr(begin, end - begin).find(':') == std::string_view::npos) {
    return std::nullopt;
  }
  return std::pair(begin, end);
}

/// The value that follows a telling name at [.., end): `= v`, `: v`, `": "v`, `: Bearer v`.
std::optional<std::pair<size_t, size_t>> value_after(std::string_view text, size_t end) {
  size_t at = end;
  auto skip = [&](std::string_view some) {
    while (at < text.size() && some.find(text[at]) != std::string_view::npos) ++at;
  };
  skip("\"'\\");
  skip(" \t");
  if (at >= text.size() || (text[at] != '=' && text[at] != ':')) return std::nullopt;
  ++at;
  skip(" \t");
  skip("\"'\\");
  for (std::string_view scheme : {"bearer ", "basic ", "token "}) {
    if (starts_with_ignoring_case(text.substr(at, scheme.size()), scheme) &&
        text.size() - at > scheme.size()) {
      at += scheme.size();
    }
  }
  size_t begin = at;
  while (at < text.size() && at - begin < kJudged && is_value(text[at])) ++at;
  if (at == begin) return std::nullopt;
  return std::pair(begin, at);
}

bool is_header(std::string_view name) {
  std::string small = lower(name);
  return small == "authorization" || small == "x-api-key" || small == "x-goog-api-key" ||
         small == "private-token";
}

std::string by_form(std::string_view text) {
  std::string result;
  size_t word_start = std::string_view::npos;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '-') {
      if (auto end = private_key_end(text, at)) {
        result += mark("private-key");
        at = *end;
        continue;
      }
    }
    if (auto info = userinfo(text, at)) {
      result.append(text.substr(at, info->first - at)).append(mark("userinfo"));
      at = info->second;
      continue;
    }
    if (auto key = key_form(text, at)) {
      result += mark(key->second);
      at = key->first;
      continue;
    }
    if (is_word(text[at])) {
      if (word_start == std::string_view::npos) word_start = at;
      result += text[at++];
      bool word_ends = at == text.size() || !is_word(text[at]);
      if (!word_ends) continue;
      std::string_view name = text.substr(word_start, at - word_start);
      word_start = std::string_view::npos;
      bool header = is_header(name);
      if (name.size() > 80 || (!header && !is_telling(name))) continue;
      auto value = value_after(text, at);
      if (!value) continue;
      std::string_view secret = text.substr(value->first, value->second - value->first);
      bool hide = header ? secret.size() >= 8 && !is_object_id(secret) : looks_random(secret);
      if (hide && !secret.starts_with("[redacted")) {
        result.append(text.substr(at, value->first - at)).append(mark("secret"));
        at = value->second;
        while (at < text.size() && is_value(text[at])) ++at;
      }
      continue;
    }
    word_start = std::string_view::npos;
    result += text[at++];
  }
  return result;
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& environment) {
  for (const std::string& entry : environment) {
    size_t equals = entry.find('=');
    if (equals == std::string::npos) continue;
    std::string name = lower(entry.substr(0, equals));
    std::string value = entry.substr(equals + 1);
    bool telling = is_telling(name) || name.ends_with("_key") || name.ends_with("_pat") ||
                   name.ends_with("_auth");
    // Paths and short words beside such names (SSH_ASKPASS, TOKEN=on) are no secrets.
    if (telling && value.size() >= 8 && value.find('/') != 0 && !is_object_id(value))
      values_.push_back(value);
  }
  std::sort(values_.begin(), values_.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Redactor::operator()(std::string_view text) const {
  std::string result(text);
  for (const std::string& value : values_) {
    if (result.find(value) != std::string::npos)
      result = replace_all(result, value, mark("environment"));
  }
  return by_form(result);
}

}  // namespace gf::record

// Secrets that are known by their form alone.
#include <algorithm>
#include <array>
#include <vector>

#include "record/redact_parts.h"

namespace gf::record::redaction {
namespace {

enum class Tail { kWord, kUpper, kHex, kDotted, kToken };
struct KnownForm {
  std::string_view prefix, kind;
  size_t least;  ///< characters that must follow for it to be a key
  Tail tail = Tail::kWord;
  size_t most = 0;  ///< 0: any number
};
/// Forms that services document. A prefix alone is no secret; a longer prefix comes first.
constexpr std::array kForms = {
    KnownForm{"sk-ant-", "anthropic-key", 20},
    KnownForm{"sk-proj-", "openai-key", 20},
    KnownForm{"sk-svcacct-", "openai-key", 20},
    KnownForm{"sk-or-", "openrouter-key", 20},
    KnownForm{"sk-", "api-key", 20},
    KnownForm{"sk_live_", "stripe-key", 16},
    KnownForm{"sk_test_", "stripe-key", 16},
    KnownForm{"rk_live_", "stripe-key", 16},
    KnownForm{"rk_test_", "stripe-key", 16},
    KnownForm{"whsec_", "webhook-secret", 20},
    KnownForm{"ghp_", "github-token", 20},
    KnownForm{"gho_", "github-token", 20},
    KnownForm{"ghs_", "github-token", 20},
    KnownForm{"ghu_", "github-token", 20},
    KnownForm{"ghr_", "github-token", 20},
    KnownForm{"github_pat_", "github-token", 20},
    KnownForm{"glpat-", "gitlab-token", 16},
    KnownForm{"gldt-", "gitlab-token", 16},
    KnownForm{"glrt-", "gitlab-token", 16},
    KnownForm{"glcbt-", "gitlab-token", 16},
    KnownForm{"glptt-", "gitlab-token", 16},
    KnownForm{"glft-", "gitlab-token", 16},
    KnownForm{"gloas-", "gitlab-token", 16},
    KnownForm{"glsoat-", "gitlab-token", 16},
    KnownForm{"AKIA", "aws-key-id", 16, Tail::kUpper, 16},
    KnownForm{"ASIA", "aws-key-id", 16, Tail::kUpper, 16},
    KnownForm{"ABIA", "aws-key-id", 16, Tail::kUpper, 16},
    KnownForm{"ACCA", "aws-key-id", 16, Tail::kUpper, 16},
    KnownForm{"AIza", "google-key", 30},
    KnownForm{"GOCSPX-", "google-secret", 20},
    KnownForm{"ya29.", "google-token", 20, Tail::kDotted},
    KnownForm{"xoxb-", "slack-token", 16},
    KnownForm{"xoxp-", "slack-token", 16},
    KnownForm{"xoxa-", "slack-token", 16},
    KnownForm{"xoxr-", "slack-token", 16},
    KnownForm{"xoxs-", "slack-token", 16},
    KnownForm{"xoxe-", "slack-token", 16},
    KnownForm{"xapp-", "slack-token", 24},
    KnownForm{"hf_", "huggingface-token", 24},
    KnownForm{"npm_", "npm-token", 24},
    KnownForm{"pypi-", "pypi-token", 40},
    KnownForm{"rubygems_", "rubygems-key", 32},
    KnownForm{"gsk_", "groq-key", 24},
    KnownForm{"xai-", "xai-key", 32},
    KnownForm{"csk-", "cerebras-key", 30},
    KnownForm{"nvapi-", "nvidia-key", 32},
    KnownForm{"pplx-", "perplexity-key", 32},
    KnownForm{"tgp_v1_", "together-key", 24},
    KnownForm{"r8_", "replicate-token", 30},
    KnownForm{"lsv2_", "langsmith-key", 32},
    KnownForm{"dckr_pat_", "docker-token", 20},
    KnownForm{"dop_v1_", "digitalocean-token", 40},
    KnownForm{"shpat_", "shopify-token", 32},
    KnownForm{"shpss_", "shopify-token", 32},
    KnownForm{"sq0csp-", "square-secret", 22},
    KnownForm{"sq0atp-", "square-token", 22},
    KnownForm{"lin_api_", "linear-key", 32},
    KnownForm{"PMAK-", "postman-key", 40},
    KnownForm{"hvs.", "vault-token", 20},
    KnownForm{"hvb.", "vault-token", 20},
    KnownForm{"SG.", "sendgrid-key", 40, Tail::kDotted},
    KnownForm{"dp.pt.", "doppler-token", 32},
    KnownForm{"dp.st.", "doppler-token", 32, Tail::kDotted},
    KnownForm{"dapi", "databricks-token", 32, Tail::kHex, 32},
    KnownForm{"key-", "mailgun-key", 32, Tail::kHex, 32},
    KnownForm{"SK", "twilio-key", 32, Tail::kHex, 32},
    KnownForm{"AGE-SECRET-KEY-1", "age-key", 50, Tail::kUpper},
    KnownForm{"figd_", "figma-token", 30},
    KnownForm{"glc_", "grafana-token", 30},
    KnownForm{"glsa_", "grafana-token", 30},
    KnownForm{"sbp_", "supabase-token", 30},
    KnownForm{"sb_secret_", "supabase-key", 20},
    KnownForm{"pscale_tkn_", "planetscale-token", 30},
    KnownForm{"nfp_", "netlify-token", 30},
    KnownForm{"pul-", "pulumi-token", 30},
    KnownForm{"sntrys_", "sentry-token", 30},
    KnownForm{"CCIPAT_", "circleci-token", 20},
    KnownForm{"ATATT3", "atlassian-token", 50},
    KnownForm{"ATBB", "bitbucket-token", 24},
    KnownForm{"NRAK-", "newrelic-key", 20},
    KnownForm{"tskey-", "tailscale-key", 20},
    KnownForm{"eyJ", "jwt", 20, Tail::kToken},
};

/// The forms that begin with `first`, in the order above: every word of every text is looked at.
const std::vector<const KnownForm*>& forms_with(char first) {
  static const std::array<std::vector<const KnownForm*>, 256> by_letter = [] {
    std::array<std::vector<const KnownForm*>, 256> all;
    for (const KnownForm& form : kForms)
      all[static_cast<unsigned char>(form.prefix[0])].push_back(&form);
    return all;
  }();
  return by_letter[static_cast<unsigned char>(first)];
}

bool belongs(Tail tail, char c) {
  switch (tail) {
    case Tail::kUpper:
      return is_upper(c) || is_digit(c);
    case Tail::kHex:
      return is_hex(c);
    case Tail::kDotted:
      return is_word(c) || c == '.';
    default:
      return is_word(c);
  }
}

/// A token has three parts, and an encrypted one five: more dots end it ("eyJ.eyJ.eyJ...").
size_t token_end(std::string_view text, size_t at) {
  int dots = 0;
  while (at < text.size() && (is_word(text[at]) || (text[at] == '.' && ++dots < 5))) ++at;
  return at;
}

/// Written by a machine. "sk-learn-like-names-have-words" is not.
bool is_made(std::string_view tail) {
  std::array<bool, 256> seen{};
  for (char c : tail) seen[static_cast<unsigned char>(c)] = true;
  return std::count(seen.begin(), seen.end(), true) >= 6 && !is_like_words(tail);
}

bool is_key(const KnownForm& form, std::string_view tail) {
  if (tail.size() < form.least || (form.most > 0 && tail.size() > form.most)) return false;
  switch (form.tail) {
    case Tail::kUpper:
    case Tail::kHex:
      return true;
    case Tail::kToken: {
      size_t first = tail.find('.');
      size_t second = first == std::string_view::npos ? first : tail.find('.', first + 1);
      return second != std::string_view::npos && first >= 10 && second - first > 10;
    }
    default:
      return is_made(tail);
  }
}

/// Base64 as it stands in a key's block.
bool is_base64(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c) || c == '+' || c == '/' || c == '=';
}

/// What a block's label is made of ("RSA PRIVATE KEY"); RFC 7468 allows more, no writer of keys
/// uses it.
bool is_label(char c) { return is_upper(c) || is_digit(c) || c == ' '; }

/// Over what may stand between the lines of a block: blanks, quotes, line ends written as \n, the
/// marks of comments and diffs, line numbers.
size_t skip_between(std::string_view text, size_t at) {
  constexpr std::string_view kBetween = " \t\r\n\"',;|#*>:";
  while (at < text.size()) {
    if (kBetween.find(text[at]) != std::string_view::npos) {
      ++at;
    } else if (text[at] == '\\' && at + 1 < text.size()) {
      at += 2;
    } else if (text[at] == '-' && text.substr(at, 5) != "-----") {
      ++at;
    } else if (is_digit(text[at])) {
      size_t end = at;
      while (end < text.size() && end - at < 7 && is_digit(text[end])) ++end;
      if (end < text.size() && is_base64(text[end])) return at;
      at = end;
    } else {
      return at;
    }
  }
  return at;
}

/// The lines that a protected key begins with.
size_t skip_headers(std::string_view text, size_t at) {
  constexpr std::array<std::string_view, 5> kHeaders = {
      "Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Hash:"};
  for (bool more = true; more;) {
    more = false;
    at = skip_between(text, at);
    for (std::string_view header : kHeaders) {
      if (text.substr(at, header.size()) != header) continue;
      at = std::min({text.find('\n', at), text.find("\\n", at), text.size()});
      more = at < text.size();
    }
  }
  return at;
}

}  // namespace

bool is_object_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), is_hex);
}

std::string mark(std::string_view kind) { return "[redacted:" + std::string(kind) + "]"; }

size_t mark_end(std::string_view text, size_t at) {
  constexpr std::string_view kHead = "[redacted:";
  if (text.substr(at, kHead.size()) != kHead) return 0;
  size_t end = at + kHead.size();
  while (end < text.size() && end - at < 60 && is_word(text[end])) ++end;
  return end < text.size() && text[end] == ']' ? end + 1 : 0;
}

std::optional<Form> key_form(std::string_view text, size_t at) {
  if (at >= text.size()) return std::nullopt;
  for (const KnownForm* known : forms_with(text[at])) {
    const KnownForm& form = *known;
    if (!text.substr(at).starts_with(form.prefix)) continue;
    size_t begin = at + form.prefix.size(), end = begin;
    if (form.tail == Tail::kToken) {
      end = token_end(text, begin);
    } else {
      while (end < text.size() && belongs(form.tail, text[end])) ++end;
    }
    bool exact = form.tail == Tail::kUpper || form.tail == Tail::kHex;
    if (exact && end < text.size() && is_word(text[end])) continue;
    if (is_key(form, text.substr(begin, end - begin))) return Form{end, form.kind};
  }
  return std::nullopt;
}

std::optional<size_t> private_key_end(std::string_view text, size_t at) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  size_t close = text.substr(at, 80).find("-----", kBegin.size());
  if (close == std::string_view::npos) return std::nullopt;
  std::string_view label = text.substr(at + kBegin.size(), close - kBegin.size());
  if (label.find("PRIVATE KEY") == std::string_view::npos ||
      !std::all_of(label.begin(), label.end(), is_label))
    return std::nullopt;
  at = skip_headers(text, at + close + 5);
  size_t end = 0;  // of the key's text so far; 0: none yet
  for (;;) {
    at = skip_between(text, at);
    size_t stop = at;
    while (stop < text.size() && is_base64(text[stop])) ++stop;
    if (stop == at) break;
    size_t next = skip_between(text, stop);
    bool last = next == text.size() || text.substr(next, 8) == "-----END";
    if (stop - at < 16 && !last) break;  // a word: the block was cut here
    if (is_object_id(text.substr(at, stop - at))) break;
    end = at = stop;
  }
  if (end == 0) return std::nullopt;
  if (text.substr(at, 8) != "-----END") return end;
  size_t dashes = text.substr(at, 80).find("-----", 8);
  return dashes == std::string_view::npos ? at + 8 : at + dashes + 5;
}

std::optional<std::pair<size_t, size_t>> userinfo(std::string_view text, size_t at) {
  constexpr std::string_view kStops = "/?#\"'`<>\\ \t\r\n";
  constexpr size_t kLongest = 400;
  size_t begin = at + 3, sign = 0;
  for (size_t end = begin; end < text.size() && end - begin < kLongest; ++end) {
    if (text[end] == '@') sign = end;
    if (kStops.find(text[end]) != std::string_view::npos) break;
  }
  if (sign == 0) return std::nullopt;
  std::string_view info = text.substr(begin, sign - begin);
  if (info.find("[redacted:") != std::string_view::npos) return std::nullopt;
  // "${USER:-name}" stands for a name, colon and all.
  size_t name_end = info.starts_with("${") ? info.find('}') : 0;
  size_t colon = info.find(':', name_end == std::string_view::npos ? 0 : name_end);
  if (colon == std::string_view::npos && name_end > 0) return std::nullopt;
  if (colon == std::string_view::npos) {
    // A name alone ("git@") is no secret; a token there is one, of whatever form.
    if (!looks_random(info) && !is_object_id(info)) return std::nullopt;
    return std::pair(begin, sign);
  }
  std::string_view password = info.substr(colon + 1);
  bool stands_for_one = password.empty() || password == "password" || password == "pass" ||
                        password == "secret" || password == "passwd" ||
                        password.find_first_of("{$*") == 0 || password == "%s";
  if (stands_for_one) return std::nullopt;
  return std::pair(begin, sign);
}

std::optional<std::pair<size_t, size_t>> webhook(std::string_view text, size_t begin, size_t end) {
  std::string_view word = text.substr(begin, end - begin);
  size_t at = end;
  if (word == "services") {
    constexpr std::string_view kSlack = "hooks.slack.com/";
    if (begin < kSlack.size() || text.substr(begin - kSlack.size(), kSlack.size()) != kSlack)
      return std::nullopt;
  } else if (word == "webhooks") {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at - end < 16) return std::nullopt;
  } else {
    return std::nullopt;
  }
  if (at >= text.size() || text[at] != '/') return std::nullopt;
  size_t from = ++at;
  while (at < text.size() && (is_word(text[at]) || text[at] == '/')) ++at;
  if (!looks_random(text.substr(from, at - from))) return std::nullopt;
  return std::pair(from, at);
}

}  // namespace gf::record::redaction

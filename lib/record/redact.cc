// One pass over a text: from word to word, and what is hidden is stepped over.
#include "record/redact.h"

#include <algorithm>

#include "record/redact_parts.h"

namespace gf::record {
namespace {

using namespace redaction;

enum Class : unsigned char { kOther, kWordByte, kColon, kBracket };

const std::array<unsigned char, 256>& classes() {
  static const std::array<unsigned char, 256> table = [] {
    std::array<unsigned char, 256> all{};
    for (int c = 0; c < 256; ++c)
      all[static_cast<size_t>(c)] = is_word(static_cast<char>(c)) ? kWordByte : kOther;
    all[':'] = kColon;
    all['['] = kBracket;
    return all;
  }();
  return table;
}

class Pass {
 public:
  explicit Pass(std::string_view text) : text_(text) {}

  std::string run() {
    const unsigned char* table = classes().data();
    const auto* bytes = reinterpret_cast<const unsigned char*>(text_.data());
    const size_t size = text_.size();
    block_ = text_.find(kBlock);
    for (size_t at = 0; at < size;) {
      unsigned char kind = table[bytes[at]];
      if (kind == kOther) {
        ++at;
      } else if (kind == kWordByte) {
        size_t end = at + 1;
        while (end < size && table[bytes[end]] == kWordByte) ++end;
        at = word(at, end);
      } else if (kind == kColon) {
        at = colon(at);
      } else {
        size_t end = mark_end(text_, at);
        at = end > 0 ? end : at + 1;
      }
    }
    return kept_ == 0 ? std::string(text_) : result_.append(text_.substr(kept_));
  }

 private:
  static constexpr std::string_view kBlock = "-----BEGIN ";

  size_t hide(size_t begin, size_t end, std::string_view kind) {
    result_.append(text_.substr(kept_, begin - kept_)).append(mark(kind));
    kept_ = end;
    return end;
  }

  size_t colon(size_t at) {
    if (text_.substr(at, 3) != "://") return at + 1;
    auto info = userinfo(text_, at);
    return info ? hide(info->first, info->second, "userinfo") : at + 3;
  }

  /// Where the word itself begins, after "\n", "%3D" and the marks of options and diffs.
  [[nodiscard]] size_t start_of(size_t begin, size_t end) const {
    size_t at = begin;
    if (begin > 0 && text_[begin - 1] == '\\') {
      if (std::string_view("nrtbf").find(text_[begin]) != std::string_view::npos) at += 1;
      if (text_[begin] == 'u' && end - begin > 5) at += 5;
    }
    if (begin > 0 && text_[begin - 1] == '%' && end - begin > 2) at += 2;
    while (at < end && text_[at] == '-') ++at;
    return at;
  }

  /// Looks at one word; gives where to go on.
  size_t word(size_t begin, size_t end) {
    if (block_ < end) {
      if (auto over = block(end)) return *over;
    }
    size_t start = start_of(begin, end);
    for (size_t at : {begin, start}) {
      auto form = key_form(text_, at);
      if (form) return hide(at, form->end, form->kind);
      if (start == begin) break;
    }
    if (auto tail = webhook(text_, start, end)) return hide(tail->first, tail->second, "webhook");
    return start < end ? named(begin, start, end) : end;
  }

  std::optional<size_t> block(size_t end) {
    while (block_ < kept_) block_ = text_.find(kBlock, kept_);  // what was hidden held its start
    while (block_ < end) {
      auto over = private_key_end(text_, block_);
      size_t begin = block_;
      block_ = text_.find(kBlock, over.value_or(begin + kBlock.size()));
      if (over) return hide(begin, *over, "private-key");
    }
    return std::nullopt;
  }

  /// Something may be assigned to a word only when one of these follows it.
  [[nodiscard]] bool may_be_name(size_t begin, size_t end) const {
    if (end >= text_.size() || end - begin > 80) return false;
    char next = text_[end];
    if (next == ' ' || next == '\t') {
      size_t at = end + 1;
      while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\t')) ++at;
      if (at >= text_.size()) return false;
      bool scheme = end - begin <= 6;  // "Bearer x" stands without a name, too
      return text_[at] == '=' || text_[at] == ':' || text_.substr(begin, 2) == "--" || scheme;
    }
    return std::string_view("=:\"'\\`])>,").find(next) != std::string_view::npos;
  }

  size_t named(size_t begin, size_t start, size_t end) {
    if (!may_be_name(begin, end)) return end;
    std::string_view name = text_.substr(start, end - start);
    bool blank = text_[end] == ' ';
    if (blank && (name == "Bearer" || name == "bearer" || name == "Basic")) return token(end + 1);
    Name kind = name_kind(name);
    if (kind == Name::kOrdinary) return end;
    // The dashes of an option stay in sight: "--password VALUE".
    auto value = value_after(text_, begin, end);
    if (!value) return end;
    if (block_ < value->end) return end;
    std::string_view secret = text_.substr(value->begin, value->end - value->begin);
    if (!is_secret(kind, secret, value->scheme)) return end;
    return hide(value->begin, end_of(value->end), "secret");
  }

  size_t token(size_t at) {
    size_t end = at;
    while (end < text_.size() && end - at < 256 &&
           (is_word(text_[end]) ||
            std::string_view("./+=~").find(text_[end]) != std::string_view::npos))
      ++end;
    if (block_ < end) return at;
    bool secret = is_secret(Name::kTelling, text_.substr(at, end - at), true);
    return secret ? hide(at, end_of(end), "secret") : at;
  }

  /// A value was judged by its first part; the rest of a long one goes with it.
  [[nodiscard]] size_t end_of(size_t at) const {
    while (at < text_.size() &&
           std::string_view(" \t\r\n\"'`<>,;)]}&|\\").find(text_[at]) == std::string_view::npos)
      ++at;
    return at;
  }

  std::string_view text_;
  std::string result_;
  size_t kept_ = 0;                        ///< all before it is in result_
  size_t block_ = std::string_view::npos;  ///< of the next "-----BEGIN "
};

}  // namespace

Redactor::Redactor(const std::vector<std::string>& environment)
    : values_(known_values(environment)) {}

std::string Redactor::operator()(std::string_view text) const {
  auto pass = [this](std::string_view of) {
    return values_.empty() ? Pass(of).run() : Pass(without(values_, of)).run();
  };
  std::string clean = pass(text);
  if (clean == text) return clean;
  // What was hidden can leave halves that now read as a secret. Texts are redacted again when they
  // are read back and sent on, and then have to stay what they are.
  constexpr int kMostPasses = 8;
  for (int again = 1; again < kMostPasses; ++again) {
    std::string next = pass(clean);
    if (next == clean) break;
    clean = std::move(next);
  }
  return clean;
}

}  // namespace gf::record

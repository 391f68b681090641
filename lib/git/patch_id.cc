// `git patch-id --stable`, step by step as builtin/patch-id.c takes them: its sums are in records,
// so its ways with headers and binary files are kept as they are.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "base/ids.h"
#include "git/patch.h"

namespace gf::git {
namespace {

/// The sum of the hashes of parts, in which the order of the parts does not matter.
class Sum {
 public:
  Sum() : context_(EVP_MD_CTX_new()) { begin(); }
  void add(std::string_view text) {
    good_ = good_ && EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1;
  }
  void end_part() {
    std::array<uint8_t, EVP_MAX_MD_SIZE> hash{};
    good_ = good_ && EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) == 1;
    unsigned carry = 0;
    for (size_t i = 0; i < Oid::kBytes; ++i) {
      carry += total_[i] + hash[i];
      total_[i] = static_cast<uint8_t>(carry);
      carry >>= 8;
    }
    begin();
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] Oid total() const { return Oid(total_); }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  void begin() {
    good_ =
        good_ && context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha1(), nullptr) == 1;
  }
  std::unique_ptr<EVP_MD_CTX, Free> context_;
  std::array<uint8_t, Oid::kBytes> total_{};
  bool good_ = true;
};

/// git reads C strings: a line ends at a zero byte, and blanks do not count.
std::string without_space(std::string_view line) {
  std::string kept;
  for (char c : line.substr(0, line.find('\0'))) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') kept += c;
  }
  return kept;
}

/// "3,4" -> 4, "3" -> 1.
int count_in(std::string_view range) {
  size_t comma = range.find(',');
  int count = 1;
  if (comma != std::string_view::npos)
    std::from_chars(range.data() + comma + 1, range.data() + range.size(), count);
  return count;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class PatchId {
 public:
  /// False: the patch ends before this line.
  bool take(std::string_view line) {
    // "\ No newline at end of file"
    if (line.starts_with("\\ ") && line.size() > 12) return true;
    if (length_ == 0 && !line.starts_with("diff ")) return true;
    if (before_ == -1) {
      if (line.starts_with("GIT binary patch") || line.starts_with("Binary files")) {
        binary_ = true;
        before_ = 0;
        sum_.add(old_id_);
        sum_.add(new_id_);
        sum_.end_part();
        return true;
      }
      if (line.starts_with("index ")) {
        read_ids(line.substr(6));
        return true;
      }
      if (line.starts_with("--- ")) {
        before_ = after_ = 1;
      } else if (!is_letter(line.front())) {
        return false;
      }
    }
    if (binary_) {
      if (line.starts_with("diff ")) {
        binary_ = false;
        before_ = -1;
      }
      return true;
    }
    if (before_ == 0 && after_ == 0) {
      if (line.starts_with("@@ -")) {
        read_counts(line.substr(4));
        return true;
      }
      if (!line.starts_with("diff ")) return false;
      sum_.end_part();
      before_ = after_ = -1;
    }
    if (line.front() == '-' || line.front() == ' ') --before_;
    if (line.front() == '+' || line.front() == ' ') --after_;
    std::string text = without_space(line);
    length_ += text.size();
    sum_.add(text);
    return true;
  }

  Result<std::string> done() {
    if (length_ == 0) return std::string();
    sum_.end_part();
    if (!sum_.good()) return Error{Fault::kInternal, "cannot compute a patch id", {}, {}};
    return sum_.total().hex();
  }

 private:
  void read_ids(std::string_view ids) {
    size_t dots = ids.find("..");
    if (dots == std::string_view::npos) return;
    old_id_ = ids.substr(0, dots);
    new_id_ = ids.substr(dots + 2, ids.find_first_of(" \n", dots) - dots - 2);
  }
  void read_counts(std::string_view ranges) {
    size_t plus = ranges.find(" +");
    size_t end = ranges.find(" @@");
    if (plus == std::string_view::npos || end == std::string_view::npos) return;
    before_ = count_in(ranges.substr(0, plus));
    after_ = count_in(ranges.substr(plus + 2, end - plus - 2));
  }

  Sum sum_;
  size_t length_ = 0;
  int before_ = -1, after_ = -1;
  bool binary_ = false;
  std::string old_id_, new_id_;
};

}  // namespace

Result<std::string> patch_id_of(const std::string& text) {
  PatchId id;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (!id.take(std::string_view(text).substr(at, end - at))) break;
    at = end;
  }
  return id.done();
}

}  // namespace gf::git

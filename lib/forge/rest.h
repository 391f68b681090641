// A forge's REST service: one question after the other, with patience where that helps. For this
// room's .cc files.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "forge/moves.h"
#include "forge/refusal.h"
#include "forge/token.h"

namespace gf::forge {

/// What is asked again by itself when no answer came, or one of a server that failed.
enum class Again {
  kYes,  ///< asking twice does no more than asking once
  kNo    ///< it makes something each time: whoever asks looks whether it is there
};

struct Reply {
  long status = 0;
  record::Json json;  ///< null for an empty body
  net::Answer answer;
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

/// Brings a question to the server and its answer back: net::send(), or a program that does so in
/// somebody's name. Promises what net::send() promises; `request` is complete.
using Carrier = std::function<Result<net::Answer>(const net::Request&, const Cancel&)>;

/// One server's REST service, spoken to with one token. Waits as the server asks, within
/// factory.forge.maxWait for each question. What it was told before is asked for anew only if it
/// has changed (ETag), which costs no request of a limit where a server counts them. Follows a move
/// within the server (a renamed repository) and goes nowhere else. No text that it gives back shows
/// the token, nor the header that has it.
class Rest {
 public:
  struct Service {
    std::string where;       ///< "github.com", for people
    std::string base;        ///< "https://api.github.com", without '/' at its end
    std::string repository;  ///< "owner/name", for people
    Token token;
    net::Headers headers;  ///< with what lets us in, unless the carrier has that
    Carrier carrier = net::send;
  };
  Rest(Service service, const Place& place);
  /// Where the repository is in the API ("/repos/acme/shop"), and where what belongs to it is. What
  /// moves from there is asked at its new place from then on, and service().repository is what it
  /// is called there, which is said once.
  void lives_at(const std::vector<std::string>& homes);

  /// Any status is a Reply. `path` begins with '/'. A web page instead of JSON is an Error where
  /// the status says that all went well.
  Result<Reply> ask(const std::string& method, const std::string& path,
                    const record::Json& body = {}, Again again = Again::kYes);
  /// The same for who can do nothing with a no: that is an Error.
  Result<record::Json> need(const std::string& method, const std::string& path,
                            const record::Json& body = {}, Again again = Again::kYes);
  /// The items of a list, page by page, until `enough` says so. At most kMaxPages: a server that
  /// always has one more is left, and what it gave is taken. `member`: the list is that of an
  /// object.
  Result<std::vector<record::Json>> pages(
      const std::string& path, const std::function<bool(const record::Json&)>& enough = {},
      const char* member = nullptr);
  /// The same of a list that is not for every token to see: nothing where it is kept from this one.
  Result<std::optional<std::vector<record::Json>>> pages_if_shown(const std::string& path,
                                                                  const char* member = nullptr);
  /// The last `most` bytes of a text such as a log; nothing where there is none to be had. Where
  /// the server sends us elsewhere for it nothing that lets us in goes along, and by https alone.
  Result<std::optional<std::string>> end_of_text(const std::string& path, size_t most);
  [[nodiscard]] Error refused(const Reply& reply) const;

  [[nodiscard]] const Service& service() const { return service_; }
  [[nodiscard]] int calls() const { return calls_; }

  static constexpr int kMaxPages = 30;

 private:
  /// Goes through the pages into `all`; what is answered is the refusal that ended it, if one did.
  Result<std::optional<Reply>> walk(const std::string& path,
                                    const std::function<bool(const record::Json&)>& enough,
                                    const char* member, std::vector<record::Json>& all);
  /// Whether a question that was refused has to be asked elsewhere.
  Result<bool> has_moved(const std::string& method, const std::string& asked, const Reply& reply);
  Result<void> hear_name(bool moved, bool of_home, const Reply& reply);
  Result<net::Answer> once(net::Request& request, const std::string& method, Again again);
  Result<Reply> read(net::Answer answer) const;
  Result<bool> wait(const net::Answer& answer, Milliseconds& left) const;
  /// A server that says back what let us in has no say about who reads it.
  [[nodiscard]] std::string blanked(std::string text) const;
  [[nodiscard]] bool is_here(const std::string& url) const;
  /// A kept answer where the server says that it is still so.
  void ask_if_changed(net::Request& request) const;
  void keep_or_take(const std::string& url, net::Answer& answer);

  Service service_;
  std::vector<std::string> secrets_;
  const Clock& clock_;
  const Cancel& cancel_;
  std::function<void(const std::string&)> say_;
  net::Route route_;
  Moves moves_;
  std::string home_;  ///< the repository's own path
  Milliseconds max_wait_;
  int calls_ = 0;
  std::map<std::string, net::Answer> kept_;  ///< by address: what came with an ETag
};

/// `text` as part of a path or a query: all but letters, digits and "-._~" percent-encoded.
std::string encoded(std::string_view text);

}  // namespace gf::forge

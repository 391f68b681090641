// The servers that a forge may have at its other end, as tables of tests go through them: one
// repository, "acme/shop", on the loopback address.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/settings.h"
#include "record/json.h"
#include "support/acting_server.h"

namespace gf::forge {

class Counterpart {
 public:
  virtual ~Counterpart() = default;
  /// What makes it the chosen forge, and the variable that lets us in there.
  [[nodiscard]] virtual Settings settings() const = 0;
  [[nodiscard]] virtual const char* variable() const = 0;
  /// The same, and everything that a request can carry.
  [[nodiscard]] Settings settings_with_extras() const;
  /// The remote that the repository in `folder` gets; none: it is not asked for one.
  virtual std::string remote(const std::string& /*folder*/) { return {}; }

  // --- What it was asked ---
  /// "POST /repos/acme/shop/pulls", in order, without the part behind '?'.
  [[nodiscard]] virtual std::vector<std::string> calls() const = 0;
  [[nodiscard]] virtual std::vector<test::Asked> asked() const = 0;
  /// How calls of one kind begin.
  struct Beginnings {
    std::string look, find, open, say, close, issues, people, mark;
  };
  [[nodiscard]] virtual Beginnings begin() const = 0;
  /// The next call that begins so goes by `act`; `after`: once the server has done it.
  virtual void next(const std::string& call, test::Act act, bool after = false) = 0;
  virtual void calm() = 0;  ///< what was still to go wrong goes well

  /// An act: a page of one item, with a link to one more page, without end.
  [[nodiscard]] virtual test::Act one_more_page() const;

  // --- What is there ---
  /// As one text; a mark that is set twice is one mark.
  [[nodiscard]] virtual std::string there() const = 0;
  [[nodiscard]] virtual size_t requests() const = 0;
  /// What was said of the first request outside threads.
  [[nodiscard]] virtual std::vector<std::string> said() const = 0;
  [[nodiscard]] virtual record::Json request() const = 0;  ///< the first, as the server has it

  // --- What people do there ---
  virtual void may_push(const std::string& login) = 0;
  /// Of the first request.
  virtual void say(const std::string& login, const std::string& text) = 0;
  virtual void say_at(const std::string& login, const std::string& path, int line,
                      const std::string& text) = 0;
  /// A review that asks for changes, and a check of the head that fails.
  virtual void reject(const std::string& login) = 0;
  virtual void fail_check(const std::string& log) = 0;
  virtual int add_issue(const std::string& login, const std::string& title,
                        const std::string& text) = 0;
  [[nodiscard]] virtual int first_issue() const { return 1; }
  /// The first request is "closed" or "merged" by somebody, or worded anew.
  virtual void becomes(const std::string& state) = 0;
  virtual void retitle(const std::string& title) = 0;
  /// The name that people have there, as settings and remarks know it.
  [[nodiscard]] virtual std::string known_as(const std::string& login) const { return login; }
};

struct Kind {
  const char* name;  ///< for test names
  std::unique_ptr<Counterpart> (*make)();
};
/// GitHub, GitLab, Gitea, Forgejo, Bitbucket: the servers that are asked by REST.
const std::vector<Kind>& rest_servers();
/// Gitea by AGit: requests come by a push, and the rest by REST.
std::unique_ptr<Counterpart> gitea_by_agit();
inline std::string kind_name(const ::testing::TestParamInfo<Kind>& kind) { return kind.param.name; }

}  // namespace gf::forge

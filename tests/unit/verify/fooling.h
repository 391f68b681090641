// What attempts to get past the door have at hand beside an approved run.
#pragma once

#include "unit/verify/approved.h"

namespace gf::verify::test {

class FoolingTest : public ApprovedTest {
 protected:
  /// The approved commit with something done to it, under the same message.
  Oid amended(const std::string& slug, const std::function<void()>& edit) {
    repo_.git("checkout -q -B amended factory/" + slug);
    edit();
    repo_.git("add -A");
    repo_.git("commit -q --amend --no-edit");
    Oid id = id_of("HEAD");
    repo_.git("checkout -q main");
    return id;
  }
  void config(const std::string& key, const std::string& value) {
    repo_.git({"config", key, value});
  }
};

}  // namespace gf::verify::test

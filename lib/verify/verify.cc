// The answer for a push or a range, commit by commit.
#include "verify/verify.h"

namespace gf::verify {

Result<std::vector<Finding>> verify(const git::Repo&, const git::Program&, const Policy&,
                                    const Push&) {
  return Error{Fault::kInternal, "verify is not there yet", {}, {}};
}

Result<std::vector<Finding>> verify_commits(const git::Repo&, const git::Program&, const Policy&,
                                            const std::vector<Oid>&, const std::string&,
                                            const Regate&) {
  return Error{Fault::kInternal, "verify is not there yet", {}, {}};
}

}  // namespace gf::verify

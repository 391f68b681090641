// The past of a run that is the first of its kind.
#include "line/past.h"

namespace gf::line {

Past& nothing_before() {
  static Past nothing;
  return nothing;
}

}  // namespace gf::line

#include "base/descriptor.h"

#include <unistd.h>

#include <cerrno>

namespace gf {

void Descriptor::close() {
  if (number_ < 0) return;
  int kept = errno;
  // Not tried again when it is interrupted: the number is free by then, and may be another's.
  ::close(std::exchange(number_, -1));
  errno = kept;
}

}  // namespace gf

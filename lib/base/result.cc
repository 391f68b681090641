#include "base/result.h"

namespace gf {

Failure::Failure(Error error) : error_(new Error(std::move(error))) {}

Failure::Failure(const Failure& other)
    : error_(other.there() ? new Error(*other.error_) : nullptr) {}

Failure& Failure::operator=(const Failure& other) {
  if (this != &other) *this = Failure(other);
  return *this;
}

Failure& Failure::operator=(Failure&& other) noexcept {
  std::swap(error_, other.error_);
  return *this;
}

void Failure::drop() { delete error_; }

}  // namespace gf

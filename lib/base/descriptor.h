// The one owner of a file descriptor.
#pragma once

#include <utility>

namespace gf {

/// Closes what it owns when it goes, and when it is given another: a lock that a descriptor holds
/// is free from then on. Movable; what was moved from owns nothing.
class Descriptor {
 public:
  Descriptor() = default;
  /// Takes what open() and its like return; a negative number owns nothing.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.release();
    }
    return *this;
  }
  ~Descriptor() { close(); }

  /// Leaves errno as it was.
  void close();
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }
  /// Gives the number away: it is the caller's to close.
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

}  // namespace gf

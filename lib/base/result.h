// What a function gives back when it may fail: a value, or an Error that says what went wrong.
//
// Three things stay apart all through the project. "Nothing there" is an empty optional inside
// the Result. "The answer is no" (a failing gate) is a value. "Could not find out" is an Error.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace gf {

/// Whose doing a failure is. It decides the exit status and whether a retry makes sense.
enum class Fault {
  kUser,           ///< asked for something impossible: exit 128, the hint says what to do
  kUsage,          ///< wrong words on the command line: exit 129
  kConfiguration,  ///< settings missing or wrong: exit 128
  kEnvironment,    ///< the machine: disk, permissions, a missing program: exit 128
  kTransient,      ///< may work when tried again: a lock, a network, a busy service
  kBadData,        ///< something we read is not what it should be
  kCancelled,      ///< the user said stop: exit 130
  kInternal,       ///< our bug: exit 255
};

/// A failure, told in one line: lower case, no full stop, user text in 'single quotes'.
struct Error {
  Fault fault = Fault::kInternal;
  std::string message;
  std::string detail;  ///< may be long (a tool's output); shown below the message when present
  std::string hint;    ///< what to try, as an imperative; empty when there is nothing to try

  /// The same failure with what the caller was doing in front: "cannot read the ledger: ...".
  [[nodiscard]] Error because_of(const std::string& doing) const {
    Error error = *this;
    error.message = doing + ": " + error.message;
    return error;
  }
};

/// The value of a step that has nothing to give but its success.
struct Done {};

/// Holds an Error, or nothing. One pointer: a Result that went well carries no room for what did
/// not happen, and the hundreds of kinds of Result share this code instead of having it inline.
class Failure {
 public:
  Failure() = default;
  explicit Failure(Error error);
  Failure(const Failure& other);
  Failure(Failure&& other) noexcept : error_(other.error_) { other.error_ = nullptr; }
  Failure& operator=(const Failure& other);
  Failure& operator=(Failure&& other) noexcept;
  ~Failure() {
    if (error_ != nullptr) drop();
  }
  [[nodiscard]] bool there() const { return error_ != nullptr; }
  /// Only when there() is true.
  [[nodiscard]] const Error& error() const {
    assert(there());
    return *error_;
  }

 private:
  void drop();
  Error* error_ = nullptr;  ///< owned
};

/// A `T`, or the Error that kept us from having one. Never dropped: look, or pass it on.
template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;
  Result(T value) : value_(std::move(value)) {}                         // NOLINT(runtime/explicit)
  Result(Error error) : failure_(std::move(error)) {}                   // NOLINT(runtime/explicit)
  Result(Failure&& failure) noexcept : failure_(std::move(failure)) {}  // NOLINT(runtime/explicit)

  [[nodiscard]] bool ok() const { return !failure_.there(); }
  explicit operator bool() const = delete;  // ambiguous for Result<bool> and Result<optional<T>>

  /// The value; only after ok() was true.
  T& value() & {
    assert(ok());
    return *value_;
  }
  const T& value() const& {
    assert(ok());
    return *value_;
  }
  T&& value() && {
    assert(ok());
    return *std::move(value_);
  }
  /// The error; only after ok() was false.
  const Error& error() const { return failure_.error(); }
  /// The same, to be passed on without a copy.
  Failure&& failure() && { return std::move(failure_); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// The value, or `fallback` where the failure does not matter (say why in a comment).
  T value_or(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

 private:
  std::optional<T> value_;
  Failure failure_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Done) {}                                                       // NOLINT(runtime/explicit)
  Result(Error error) : failure_(std::move(error)) {}                   // NOLINT(runtime/explicit)
  Result(Failure&& failure) noexcept : failure_(std::move(failure)) {}  // NOLINT(runtime/explicit)
  [[nodiscard]] bool ok() const { return !failure_.there(); }
  const Error& error() const { return failure_.error(); }
  Failure&& failure() && { return std::move(failure_); }

 private:
  Failure failure_;
};

}  // namespace gf

#define GF_CONCAT_INNER(a, b) a##b
#define GF_CONCAT(a, b) GF_CONCAT_INNER(a, b)

/// Returns from the enclosing function with the error of `expression`, if it failed.
#define GF_TRY(expression)                                \
  do {                                                    \
    if (auto gf_result = (expression); !gf_result.ok()) { \
      return std::move(gf_result).failure();              \
    }                                                     \
  } while (false)

/// `GF_ASSIGN(auto x, f())`: x becomes the value of f(), or the enclosing function returns its
/// error.
#define GF_ASSIGN(declaration, ...) \
  GF_ASSIGN_(GF_CONCAT(gf_result_, __LINE__), declaration, __VA_ARGS__)
#define GF_ASSIGN_(result, declaration, ...) \
  auto result = (__VA_ARGS__);               \
  if (!result.ok()) {                        \
    return std::move(result).failure();      \
  }                                          \
  declaration = std::move(result).value()

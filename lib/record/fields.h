// How a record is described: once, as a list of its members and their names in JSON. Writing,
// reading, the members that are known, and the redaction of its text follow from that list
// (record/described.h). For this room's .cc files.
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gf::record {

enum class Keep {
  kAlways,  ///< written always
  kIfSet,   ///< left out while it is what a new record has
  kApart,   ///< has no place of its own here: whoever writes the record knows where it goes
  kRest,    ///< the members of an object that this version does not know, kept as they were
};

template <typename Record, typename Member, Keep kKeep>
struct Field {
  std::string_view key;
  Member Record::*member;
};

template <typename Record, typename Member>
constexpr Field<Record, Member, Keep::kAlways> always(std::string_view key, Member Record::*at) {
  return {key, at};
}
template <typename Record, typename Member>
constexpr Field<Record, Member, Keep::kIfSet> if_set(std::string_view key, Member Record::*at) {
  return {key, at};
}
template <typename Record, typename Member>
constexpr Field<Record, Member, Keep::kApart> apart(std::string_view key, Member Record::*at) {
  return {key, at};
}
template <typename Record, typename Member>
constexpr Field<Record, Member, Keep::kRest> rest(Member Record::*at) {
  return {"", at};
}

/// Specialised for each record: `kWhat` names it in messages, `kVersion` is the newest `v` that is
/// read, `kWritesVersion` says whether it carries one itself, and `fields` calls `list` with all of
/// its members. (A call and no std::tuple: it costs nothing where it is not used.)
template <typename Record>
struct Description;

template <typename T>
concept Described = requires {
  Description<T>::kWhat;
};

namespace counting {

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

/// Becomes whatever a member is made of. An optional is made of what it holds: that way there is
/// one way to make it, not two.
struct Anything {
  template <typename T>
  requires(!kIsOptional<T>) operator T() const;  // NOLINT(google-explicit-constructor)
};

template <typename Record, typename... Made>
constexpr size_t members() {
  if constexpr (requires { Record{Made()..., Anything()}; }) {
    return members<Record, Made..., Anything>();
  } else {
    return sizeof...(Made);
  }
}

struct Count {
  template <typename... Fields>
  constexpr std::integral_constant<size_t, sizeof...(Fields)> operator()(const Fields&...) const {
    return {};
  }
};

}  // namespace counting

/// Calls visit(field, record.*field.member) for each member, in the list's order. A member that
/// nobody described does not compile: it would be lost, and its text would pass unredacted.
template <typename Record, typename Visit>
void each_field(Record& record, Visit visit) {
  using About = Description<std::remove_const_t<Record>>;
  static_assert(decltype(About::fields(counting::Count()))::value ==
                    counting::members<std::remove_const_t<Record>>(),
                "a member of this record is not described");
  About::fields([&](const auto&... field) { (visit(field, record.*field.member), ...); });
}

}  // namespace gf::record

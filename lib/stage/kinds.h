// What a criterion can say: the one table of kinds, observables and operators. The linter judges by
// it; PLAN's prompt, the schemas' lists, git-factory-spec(5) and the linter's messages are made
// from it (or held equal to it by a test).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gf::stage {

/// What the value beside an observable has to be where it is compared for equality.
enum class Form {
  kAny,        ///< any JSON
  kText,       ///< a string
  kStatus,     ///< 100 to 599
  kExit,       ///< 0 to 255
  kException,  ///< the name of an exception: "ValueError", "click.UsageError"
  kCount,      ///< a whole number from 0
};

/// One thing that can be looked at. An observable of a spec begins with `word`; what follows says
/// which one, in the manner of `tail`.
struct Observable {
  std::string_view word;  ///< "header"
  std::string_view
      tail;  ///< " <name>"; in brackets where it may be left out; empty: nothing follows
  Form form = Form::kAny;
};

struct Kind {
  std::string_view name;
  std::string_view about;  ///< what its one action is
  std::span<const Observable> observables;
  /// Kinds whose observables may stand beside its own, since one action shows both: a call has a
  /// value, changes a state and writes a log. A word that both have is its own.
  std::span<const std::string_view> beside;
  std::string_view example;  ///< a criterion as JSON, without an id's meaning: always "AC1"
};

/// What an operator compares with.
enum class Operand {
  kNothing,  ///< no `expected`
  kAny,      ///< any JSON, in the observable's form
  kPart,     ///< a string, or an item of a list
  kText,     ///< a string
  kPattern,  ///< a regular expression (record/pattern.h)
  kNumber,   ///< a number, or a string that holds one with its unit
};
struct Operator {
  std::string_view name;
  Operand operand;
};

std::span<const Kind> all_kinds();
const Kind* find_kind(std::string_view name);
std::span<const Operator> all_operators();
const Operator* find_operator(std::string_view name);

/// The observable of the table that `observable` ("header X-Id") means in a criterion of this kind;
/// null when it is legal in none of the ways.
const Observable* find_observable(const Kind& kind, std::string_view observable);

/// For messages: "http, cli, ..."; "status, header <name>, ...", what stands beside included.
std::string names_of_kinds();
std::string names_of_operators();
std::string observables_of(const Kind& kind);
std::string_view operand_text(Operand operand);  ///< "a number"; of kNothing "no expected"

/// The table for people and models, in lines of at most 100 characters: PLAN's prompt and the man
/// page hold it word for word.
std::string kinds_text();
std::string operators_text();
/// How values are written that JSON has no form for, and what a class is compared with: the same
/// words for who writes a spec, who tests it and who judges by it.
std::string values_text();

}  // namespace gf::stage

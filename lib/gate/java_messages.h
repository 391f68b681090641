// What compilers and checkers of Java, Kotlin and Groovy print, by Maven and by Gradle. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/reports.h"

namespace gf::gate {

/// A place in a source that a tool prints, and what it says of it.
struct JavaPlace {
  std::string path;
  int line = 0;
  std::string severity, message;
};

/// Every place once, with what javac says below it of the symbol: Maven tells all of them again
/// when it ends.
std::vector<JavaPlace> places_in(std::string_view text, const Scrubber& scrub);
/// Does this line of Maven's or of Gradle's own say that something did not compile? What tests
/// print, of compilers perhaps, is none of theirs.
bool says_uncompiled(std::string_view row);

}  // namespace gf::gate

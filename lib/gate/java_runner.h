// Our program that starts Maven and Gradle.
#pragma once

namespace gf::gate {

struct Gate;

/// A shell script. Its arguments: where the report goes (read_surefire), where the counts of lines
/// go (read_jacoco), a folder for everything that is built, the tool ("mvn", "./mvnw", "gradle" or
/// "./gradlew"), and its goals or tasks with their options. What is built goes into that folder,
/// made anew each time: a class whose source is gone must not be tested. It works offline, with
/// GF_MAVEN_REPOSITORY as the local repository where that is set. With GF_JAVA_FETCH the tool may
/// fetch instead: exit 4, and the reason last, where something could not be had, else 0 whatever
/// the goals came to.
extern const char* const kJavaRunner;

/// Is the gate one that this script starts? Its tool is the sixth word then, and its first goal the
/// seventh.
bool is_by_java_runner(const Gate& gate);
bool is_by_maven(const Gate& gate);

}  // namespace gf::gate

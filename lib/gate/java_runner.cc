#include "gate/java_runner.h"

#include "gate/gate.h"

namespace gf::gate {

/// Maven has no option for where it builds: for its time a link stands where each module's target
/// folder would be. A test that fails does not end the build, as other modules have tests too; what
/// failed is in the reports.
const char* const kJavaRunner = R"sh(report=$1 counts=$2 place=$3 tool=$4
shift 4
rm -rf "$place" "$counts" "$report"
# "--files ./a.java ./b.java", which is last: of spotless, which takes patterns of whole paths.
files= behind=false
for word; do
  shift
  if $behind; then
    files="$files,.*/$(printf %s "${word#./}" | sed 's/[.+$(){}]/[&]/g')"
  elif test "$word" = --files; then
    behind=true
  else
    set -- "$@" "$word"
  fi
done
test -z "$files" || set -- "$@" "-DspotlessFiles=${files#,}"
mkdir -p "$place/built" || exit 3
said=$place/said modules=$place/modules
poms() {
  find . -name pom.xml -not -path './.git/*' -not -path '*/src/*' -not -path '*/target/*' \
    -not -path '*/node_modules/*'
}
unlink_targets() {
  while IFS= read -r folder; do
    test ! -L "$folder/target" || rm -f "$folder/target"
  done <"$modules"
}
link_targets() {
  while IFS= read -r folder; do
    test ! -L "$folder/target" || rm -f "$folder/target"
    mkdir -p "$place/built/$folder/target"
    test -e "$folder/target" || ln -s "$place/built/$folder/target" "$folder/target"
  done <"$modules"
}
run_maven() {
  case $tool in */mvnw)
    "$tool" --version >/dev/null 2>&1 || ! command -v mvn >/dev/null || {
      echo "the wrapper cannot start its Maven, mvn is taken instead"
      tool=mvn
    } ;;
  esac
  if test -z "$GF_JAVA_FETCH"; then set -- -o "$@"; fi
  if test -n "$GF_MAVEN_REPOSITORY"; then set -- "-Dmaven.repo.local=$GF_MAVEN_REPOSITORY" "$@"; fi
  "$tool" -B "$@"
}
run_gradle() {
  cat >"$place/init.gradle" <<'END'
def place = new File(System.getProperty('factory.place'))
allprojects { project ->
  def built = new File(place, 'built/' + project.path.replace(':', '_') + '/target')
  try { project.layout.buildDirectory.set(built) } catch (Throwable old) { project.buildDir = built }
  project.tasks.withType(Test) {
    ignoreFailures = true
    try { filter.failOnNoMatchingTests = false } catch (Throwable old) { }
    outputs.upToDateWhen { false }
  }
  project.plugins.withId('jacoco') {
    project.tasks.withType(Test) { finalizedBy project.tasks.withType(JacocoReport) }
    project.tasks.withType(JacocoReport) {
      reports { try { xml.required = true } catch (Throwable old) { xml.enabled = true } }
    }
  }
  project.afterEvaluate {
    def folder = rootProject.projectDir.toPath().relativize(project.projectDir.toPath()).toString()
    new File(place, 'modules').append('./' + folder + '\n')
    new File(place, 'folders').append(built.parent + '\n')
  }
}
END
  case $tool in */gradlew)
    "$tool" --version >/dev/null 2>&1 || ! command -v gradle >/dev/null || {
      echo "the wrapper cannot start its Gradle, gradle is taken instead"
      tool=gradle
    } ;;
  esac
  if test -z "$GF_JAVA_FETCH"; then set -- --offline "$@"; fi
  "$tool" "-Dfactory.place=$place" --no-daemon --console=plain --continue \
    --project-cache-dir "$place/gradle" -I "$place/init.gradle" "$@"
}
command -v "$tool" >/dev/null || {
  echo "program '$tool' was not found" >&2
  exit 127
}
case $tool in
*gradle*) : >"$modules" && by=run_gradle ;;
*)
  poms | sed 's,/pom.xml$,,' | sort >"$modules"
  sed "s,^\.,$place/built," "$modules" >"$place/folders"
  trap unlink_targets EXIT
  trap 'exit 130' INT TERM
  link_targets
  by=run_maven
  ;;
esac
{
  $by "$@"
  echo $? >"$place/status"
} 2>&1 | tee "$said"
status=$(cat "$place/status")
unresolved='ould not (be resolved|resolve|transfer|find artifact)|not found in|in offline mode|No cached version'
if test -n "$GF_JAVA_FETCH"; then
  test -z "$GF_MAVEN_REPOSITORY" || find "$GF_MAVEN_REPOSITORY" \
    \( -name _remote.repositories -o -name '*.lastUpdated' \) -exec rm -f {} +
  if grep -q -E "$unresolved" "$said"; then
    grep -m 1 -E "$unresolved" "$said"
    exit 4
  fi
  exit 0
fi
# <each of the folders and its module> <files below> <what to take out>
each() {
  paste "$place/folders" "$modules" | while IFS='	' read -r folder module; do
    echo "<module path=\"${module#./}\">"
    for one in "$folder"/target/$1; do
      test ! -f "$one" || sed 's/<?xml[^>]*?>//; s/<!DOCTYPE[^>]*>//' "$one"
    done
    echo '</module>'
  done
}
{
  cat "$said"
  echo
  echo '<report>'
  each 'surefire-reports/TEST-*.xml'
  each 'failsafe-reports/TEST-*.xml'
  each 'test-results/*/TEST-*.xml'
  echo '</report>'
} >"$report"
{
  echo '<coverage>'
  each 'site/jacoco/jacoco.xml'
  each 'reports/jacoco/*/*.xml'
  echo '</coverage>'
} >"$counts"
# Maven's last words lead to a page of the web: what went wrong stands first.
test "$status" = 0 || grep -m 1 -E '^\[ERROR\] .|^\* What went wrong' "$said"
exit "$status"
)sh";

bool is_by_java_runner(const Gate& gate) {
  return gate.argv.size() > 6 && gate.argv[1] == "{runner}" &&
         (gate.report == "surefire" || gate.report == "maven");
}

bool is_by_maven(const Gate& gate) {
  return is_by_java_runner(gate) && gate.argv[5].find("gradle") == std::string::npos;
}

}  // namespace gf::gate

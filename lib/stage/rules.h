// Which rules a run goes by.
#pragma once

namespace gf::stage {

/// A run keeps the number of the rules that it was begun with, and is resumed and replayed by them:
/// a judge that has changed its mind keeps the old one for old runs.
enum class Rules {
  kFirst = 1,           ///< TEST ran VALIDATE's gates itself, unseen; records that name no rules
  kTestsValidated = 2,  ///< "validate-tests" is a step of its own
  /// A brief's paths are paths and no patterns; tools say whether what they wrote parses; the final
  /// answer may come with the last calls; specs are judged by the table of kinds (kinds.h).
  /// Fixers run; BUILD and TEST may check; findings are compared whole and by where lines have
  /// moved; tests that fail are run again before they are held against the change.
  kOwners = 3,
  /// `check` tells of BUILD's changelog entry and of what TEST's tests do on the base, and an
  /// answer beside a check that finds nothing is final; of a file that was untidy before, what a
  /// fixer does to the change's own lines is kept.
  kTried = 4,
  kFoundByValue = 5,  ///< a correction's item of a list is found by what it was, too
  /// Of three added lines and more one may be without a test, whatever part of them it is. What a
  /// checker among the tests (pytest-mypy) says of a test file is for who writes tests.
  kFewLines = 6,
  /// A repository may hold several projects (gate::projects_in): each has its own gates and
  /// environment, and those of the projects that the change concerns are run. Before, all gates
  /// were the root's.
  kProjects = 7,
  kIssueNamed = 8,  ///< a fragment has the number of the issue that the request names
  /// SCOUT may correct a criterion's kind, and members that a criterion may leave out
  /// (`unchanged`). Coverage that saw none of a change which tests do show is not held against
  /// anybody, and what is may be the machine's.
  kMeasured = 9,
  /// The first message of a stage has what nearly every model asked for before it answered; memos
  /// are told in lines. A change of words alone, and so replayed as drift.
  kShownAtOnce = 10,
  /// A `check` finds nothing in what the judge would let pass, and why an answer beside calls is
  /// not taken is said; what most files of a new one's kind break (record/habit.h) is no finding;
  /// and manifests with settings of gates are guarded. The number of the issue that a request names
  /// is no clause that a criterion has to cover.
  kSaidIsDone = 11,
  /// What models still asked for at first under kShownAtOnce stands in the first message: files
  /// that fit come whole, places are found by the names of title and request, weighed by how rare
  /// they are (words alone, and so replayed as drift). A pointer may name a test by its function. A
  /// violation that was shown is BUILD's, also where the reviewer points at a test; on the base a
  /// reproduction shows nothing for want of what the run has made.
  kShownWhole = 12,
  /// What is seen decides: of words in `when` that promise too much, and of a guard's second
  /// action, PLAN is warned and not refused. REVIEW has rows for assumptions; PLAN is told the
  /// projects.
  kSeenDecides = 13,
  /// SCOUT's notes are for BUILD, and `test_notes` for TEST. What TEST may change is shown whole,
  /// with what it uses. REVIEW is told what code finds in a change.
  kNotesApart = 14,
  /// Criteria that a request states itself, as issues do, become criteria with it as their source;
  /// headings and pictures of its Markdown are no clauses.
  kStated = 15,
  /// A test gate that was never started, because the change does not build or asks for an
  /// environment that cannot be made, is BUILD's to mend; before, TEST was asked for tests.
  kNotStarted = 16,
  /// What decides nothing costs no second attempt. What is wrong with BUILD's changelog entry is
  /// asked for once, by a `check` or by an attempt, and BUILD may dispute it: the checker can be
  /// wrong about a file. Rows of REVIEW's table that hold nothing against what the spec does not
  /// have, and ids of that kind beside others that a hunk serves, are left out of account.
  kAskedOnce = 17,
  /// A lock file that the change leaves behind is brought up to date by its own tool, as a step on
  /// record before the fixers; what a tool wrote there is told to REVIEW and is no hunk.
  kRelocked = 18,
  /// New tests are run three times, alone and in another order too, and have to agree.
  kAgree = 19,
  /// What makes gates say yes without being right is seen: a new line that silences a checker is
  /// asked about once (factory.silence); a new test that only names what is new and asserts nothing
  /// shows nothing; and where tests of the base, or what tests share, were changed, the base's
  /// tests are run on the change as the base has them. Mutants of the changed lines are tried
  /// (factory.mutation). REVIEW is told of the first, and of public names that nobody asked for.
  kNotSilenced = 20,
  /// A parser that crashed says nothing of a file; before, BUILD was told that it does not parse.
  kCrashIsNoAnswer = 21,
  /// A test that has no file, as a build's own runner names it, carries a criterion's id as any
  /// word of its name ("AC2: missing is 404"); before, only between underscores.
  kNamedFreely = 22,
  // 23 to 26 were never any run's.
  /// A file that holds declarations alone has no line that a test could run: `.d.ts`, and a header
  /// of C or C++ that no compiler made a statement of. Before, all its added lines were missed.
  kDeclarationsDoNotRun = 27,
  /// TEST may change what lies among the tests and says which of them are built (CMakeLists.txt,
  /// meson.build), and is shown it: a new file of tests that nothing builds is never run.
  kTestsAreBuilt = 28,
  // 29 and 31 came to nothing.
  /// Where a suite is slow the tests that a change can reach run first unless factory.targeted says
  /// no, and new tests that are red there send back only where they are red by themselves too.
  kTargeted = 30,
  /// A file of tests that its runner is started with by name, and a list of what is built that
  /// names tests beside code, are TEST's to add to: nowhere else could a new test stand. A mutant
  /// that cannot be read or compiled is no mutant; before, it counted as noticed.
  kAddedTo = 32,
  /// A verdict names the reviewer the builder's own model where it answered BUILD at any turn of
  /// the run; before, where it gave BUILD's last answer.
  kWhoeverBuilt = 33,
  /// Where a compiler stopped on the base at a file that the change leaves alone, what it says of
  /// other such files is not new: it stops at another the next time, with the same words, or comes
  /// to files of which the base's list has nothing. A stage that says twice that a finding is not
  /// its own is believed so far that a person is asked.
  kStoppedOnBase = 34,
  /// Where all tests may reach a change, or too many to be asked before all, those that name what
  /// was changed are asked first, where these are few. Before, there was no first look then.
  kNearestFirst = 35,
  /// What a stage is told that it may or has to say is what is taken from it: a file of code that
  /// holds tests of its own may be named to `check`, and REVIEW's answer has to have `assumptions`
  /// where the spec has some. Before, such a file was no test file, and the schema did not ask.
  kAskedAsTold = 36,
  /// Two criteria have one condition where they write the same, capitals and what is quoted
  /// included; before, f("&AMP;") contradicted f("&amp;"), and the spec did not compile.
  kAsWritten = 37
};
inline constexpr Rules kNewestRules = Rules::kAsWritten;

}  // namespace gf::stage

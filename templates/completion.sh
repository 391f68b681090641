#!/bin/sh
# What can stand next on a command line of git factory; the completions of bash, zsh and fish ask it.
#
#   sh completion.sh <the word that is being typed> <the words before it, after "git factory">...
#
# Prints a candidate a line: the whole word, a tab, what it is. One that ends in '=', ':' or '/' goes on; after any other
# a space follows. Commands and options are asked of the program itself (-h), so that no list of them stands here. A
# candidate need not begin with the word: the shells choose.
typed=$1
shift
tab=$(printf '\t')
folder=.
command=
sub=
last=

factory() { git -C "$folder" factory "$@" 2>/dev/null </dev/null; }
git_here() { git -C "$folder" "$@" 2>/dev/null </dev/null; }

# What stands before the word: the command, the command below that, and the last word of all.
while [ $# -gt 0 ]; do
  case $1 in
    -C) if [ $# -gt 1 ]; then folder=$2; shift; fi ;;
    -*) ;;
    *)
      case $command in
        '') command=$1 ;;
        spec | pr | models | hooks) [ -n "$sub" ] || sub=$1 ;;
      esac ;;
  esac
  last=$1
  shift
done

# The commands below $1: a name, a tab, what it does.
commands_of() {
  factory "$@" -h | awk '/^Subcommands:/ { on = 1; next }
    on && /^  [a-z]/ { name = $1; sub(/^ +[a-z-]+ +/, ""); print name "\t" $0 }'
}

# The options of the command, with tabs between: name, short name, '=' where it takes a value, the values that it may be
# (with blanks between), what it does.
options() {
  # shellcheck disable=SC2086
  factory $command $sub -h | awk '
    function out() { if (name != "") print name "\t" brief "\t" takes "\t" choices "\t" text; name = "" }
    /^  -/ {
      out(); sub(/^ +/, ""); head = $0; text = ""
      if (match($0, /  +/)) { head = substr($0, 1, RSTART - 1); text = substr($0, RSTART + RLENGTH) }
      brief = ""; if (match(head, /^-[a-zA-Z]/)) brief = substr(head, 1, 2)
      name = brief; if (match(head, /--[a-z-]+/)) name = substr(head, RSTART, RLENGTH)
      rest = head; sub(/^[^ ]+/, "", rest)
      takes = rest ~ /^ (TEXT|INT|UINT|FLOAT|<)/ ? "=" : ""
      choices = ""
      if (match(head, /\{[^}]*\}/)) { choices = substr(head, RSTART + 1, RLENGTH - 2); gsub(/,/, " ", choices) }
      next
    }
    /^ +/ && name != "" { if (text == "") { sub(/^ +/, ""); text = $0 } next }
    { out() }
    END { out() }'
}

words() { printf '%s\n' "$@"; }

# Files whose names begin with $1, folders with '/', and files with $2 behind them.
files() {
  for found in "$1"*; do
    if [ -d "$found" ]; then
      printf '%s/\n' "$found"
    elif [ -e "$found" ]; then
      printf '%s%s\n' "$found" "$2"
    fi
  done
}

# Runs, newest first: by slug, then by the short id; what they are called, how they ended, and when. $1: only those.
runs() {
  factory log -n 100 $1 --no-color --date=relative --format="%f${tab}%h${tab}%s, %ar" |
    awk -F "\t" '$1 != "" && !seen[$1]++ { print $1 "\t" $3 } { ids = ids $2 "\t" $3 "\n" } END { printf "%s", ids }'
}

# Stages as a run has them.
stages() { words plan scout build validate test validate-tests review pr; }

references() {
  git_here for-each-ref --format="%(refname:short)${tab}%(contents:subject)" refs/heads refs/tags refs/remotes |
    grep -v '/HEAD'
}

models() { git_here config --get-regexp '^factory\.(.*\.)?model$' | sed 's/^[^ ]* //' | sort -u; }

pulls() { factory pr list --state="$1" | sed "s/^#\([0-9]*\)  */\1$tab/"; }

# What an option takes: $1 its long name, $2 the values that its usage lists, $3 what is typed of it.
values() {
  if [ -n "$2" ]; then
    # shellcheck disable=SC2086
    words $2
    return
  fi
  case "$command $1" in
    *" --share") words "none${tab}nothing" "summary${tab}without prompts and answers" "full${tab}all of it" ;;
    *" --outcome") words delivered rejected failed needs-answers cancelled planned reviewed waiting running ;;
    "batch --runner") words local ssh slurm github-actions kubernetes ;;
    *" --color") words always never auto ;;
    *" --format") words oneline medium ;;
    "pr --at") files "$3" : ;;
    *" --base" | *" --at" | *" --target") references ;;
    *" --ref") git_here for-each-ref --format='%(refname)' refs/heads ;;
    *" --remote") git_here remote ;;
    *" --batch" | "batch --resume") git_here for-each-ref --format='%(refname:lstrip=3)' refs/factory/batch ;;
    *" --model")
      case $3 in
        *=*) models | sed "s/^/${3%%=*}=/" ;;
        *)
          models
          [ "$command" = log ] || words plan= scout= build= test= review=
          ;;
      esac ;;
    *" --file" | *" --spec" | *" --output" | *" --python" | *" --then") files "$3" ;;
  esac
}

# What may stand where no option does.
arguments() {
  case "$command $sub" in
    "spec " | "pr " | "models " | "hooks ") commands_of "$command" ;;
    "spec lint" | "spec show") runs; files "$typed" ;;
    "pr show" | "pr diff" | "pr close" | "pr comment") pulls all ;;
    "pr checkout" | "pr merge") pulls open ;;
    "models check") models ;;
    "hooks install" | "hooks uninstall" | "hook ") words pre-push pre-receive update ;;
    "show ")
      case $typed in
        *:*) stages | sed "s/^/$(printf '%s' "${typed%%:*}" | sed 's/[&/\\]/\\&/g'):/" ;;
        *) runs; pulls all | sed 's/^/#/' ;;
      esac ;;
    "rework ") runs --outcome=delivered; pulls open ;;
    "answer ") runs --outcome=needs-answers ;;
    "resume " | "abort " | "attest " | "report " | "export " | "replay ") runs ;;
    "verify " | "validate " | "test " | "review ") references ;;
    "sync ") git_here remote ;;
    "why ") files "$typed" : ;;
    "help ") commands_of; words tutorial cookbook config record projects changelog glossary ;;
    "batch " | "log " | "demo ") files "$typed" ;;
  esac
}

complete() {
  case $typed in
    --*=*)
      name=${typed%%=*}
      choices=$(options | awk -F '\t' -v name="$name" '$1 == name { print $4 }')
      values "$name" "$choices" "${typed#*=}" | sed "s/^/$name=/"
      return
      ;;
    -*)
      options | awk -F '\t' '{ print $1 $3 "\t" $5 }'
      words "--help${tab}Show the manual page"
      return
      ;;
  esac
  case $last in
    -C) files "$typed"; return ;;
    -*)
      # Does the word before take this one? A long name may have its value behind '=', so --resume alone does not.
      row=$([ -z "$command" ] || options | awk -F '\t' -v name="$last" '($1 == name || $2 == name) && $3 != "" && name != "--resume"')
      if [ -n "$row" ]; then
        values "${row%%"$tab"*}" "$(printf '%s' "$row" | awk -F '\t' '{ print $4 }')" "$typed"
        return
      fi ;;
  esac
  if [ -n "$command" ]; then arguments; else commands_of; fi
}

complete

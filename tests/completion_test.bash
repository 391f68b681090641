# What bash offers for our settings, asked of git's own completion. Ends with 77 where that is not installed.
#
#   bash completion_test.bash <sources> <git-factory>
root=$1
PATH=$(dirname "$2"):$PATH
git_completion=/usr/share/bash-completion/completions/git
[[ -r $git_completion ]] || exit 77
cd "$(mktemp -d)" && trap 'rm -rf "$PWD"' EXIT
export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
source "$git_completion"
source "$root/cmd/completion/git-factory.bash"

# The words as the shell would hand them over (git's own tests of its completion do the same).
_get_comp_words_by_ref() {
  while (($#)); do
    case $1 in
      cur) cur=${asked[-1]} ;;
      prev) prev=${asked[-2]} ;;
      words) words=("${asked[@]}") ;;
      cword) cword=$((${#asked[@]} - 1)) ;;
    esac
    shift
  done
}
# offered <line>: the completions of its last word.
offered() {
  local -a asked COMPREPLY
  read -ra asked <<<"$1"
  __git_wrap__git_main
  printf '%s\n' "${COMPREPLY[@]}" | sed 's/[ =]*$//'
}
missing=0
# offers <line> <completion>...: each of them is among what is offered.
offers() {
  local line=$1 word all
  shift
  all=$(offered "$line")
  for word; do
    grep -qxF -- "$word" <<<"$all" || { echo "'$line' does not offer '$word', but: $all"; missing=1; }
  done
}

offers "git config factory.bud" factory.budgetUsd factory.budgetCalls
offers "git config factory.review.mo" factory.review.model
offers "git -c factory.share" factory.share
offers "git config factory.prov" factory.provider.
offers "git config core.edi" core.editor
offers "git factory ver" verify
exit $missing

# bash completion for git factory; git's own completion calls _git_factory.
_git_factory() {
  local commands="init trust env feature batch plan spec resume answer rework abort pr log show why replay export sync gc models metrics query retro report verify hook hooks doctor attest demo help"
  local i command=""
  for ((i = 2; i < cword; i++)); do
    [[ " $commands " == *" ${words[i]} "* ]] && { command=${words[i]}; break; }
  done
  case "$command" in
    "") __gitcomp "$commands -C --json --quiet --version --help" ;;
    feature) __gitcomp "--file= --slug= --base= --at= --model= --budget= --batch= --batch-budget= --spec= --plan-only --no-pr --draft --approve" ;;
    batch)
      case "$cur" in
        --resume=*) __gitcomp_nl "$(git for-each-ref --format='%(refname:lstrip=3)' refs/factory/batch)" "" "${cur#--resume=}" ;;
        -*) __gitcomp "--jobs= --resume --resume= --name= --serial-overlaps --base= --model= --budget= --no-pr --draft" ;;
      esac ;;
    plan) __gitcomp "--file= --slug= --base= --model= --budget=" ;;
    spec) __gitcomp "lint show schema --rules --no-tree --base=" ;;
    models) __gitcomp "check --json" ;;
    init) __gitcomp "--share=none --share=summary --share=full --hooks --no-hooks --dry-run" ;;
    pr) __gitcomp "list show diff checkout merge close comment --state=open --state=closed --state=merged --state=all --way=merge --way=ff-only --way=squash --way=rebase --at= --message= --file= --json" ;;
    trust) __gitcomp "--yes" ;;
    log) __gitcomp "--max-count= --skip= --since= --until= --author= --grep= --stage= --outcome= --model= --batch= --oneline --format= --date= --json --color --no-color" ;;
    why) __gitcomp "$(git ls-files 2>/dev/null)" "" "$cur" ":" ;;
    export) __gitcomp "--all --prompts" ;;
    sync)
      case "$cur" in
        -*) __gitcomp "--share=none --share=summary --share=full --repair --json" ;;
        *) __gitcomp_nl "$(git remote)" ;;
      esac ;;
    verify)
      case "$cur" in
        -*) __gitcomp "--push --remote= --ref= --target= --all --regate --policy --json" ;;
        *) __gitcomp_nl "$(__git_refs)" ;;
      esac ;;
    metrics) __gitcomp "--md --csv --json --prometheus --by= --all --since= --until=" ;;
    query) __gitcomp "--csv --json --views --max-rows= --timeout=" ;;
    retro) __gitcomp "--since= --until= --json" ;;
    report)
      case "$cur" in
        -*) __gitcomp "--since= --until= --output=" ;;
        *) __gitcomp_nl "$(git factory log --json 2>/dev/null | sed -n 's/.*"slug":"\([^"]*\)".*/\1/p')" ;;
      esac ;;
    hook) __gitcomp "pre-push pre-receive update --then=" ;;
    hooks) __gitcomp "install uninstall status pre-push pre-receive update --shared --json" ;;
    gc) __gitcomp "--dry-run --days= --all --json" ;;
    env) __gitcomp "--clean --json" ;;
    doctor) __gitcomp "--offline --json --quiet" ;;
    help) __gitcomp "$commands tutorial config record projects changelog glossary" ;;
    demo) __gitcomp "--python=" ;;
    rework)
      case "$cur" in
        -*) __gitcomp "--dry-run --watch= --model= --budget=" ;;
        *) __gitcomp_nl "$(git factory log --outcome=delivered --format=%f 2>/dev/null)" ;;
      esac ;;
    answer)
      case "$cur" in
        -*) __gitcomp "--answer= --likeliest --model= --budget=" ;;
        *) __gitcomp_nl "$(git factory log --outcome=needs-answers --format=%f 2>/dev/null)" ;;
      esac ;;
    show | attest | resume | abort)
      __gitcomp_nl "$(git factory log --json 2>/dev/null | sed -n 's/.*"slug":"\([^"]*\)".*/\1/p')" ;;
  esac
}

# Our settings beside git's own, for `git config <key>` and `git -c <key>`. The list is made from the
# table that git-factory(1) reads, and is installed with the templates. A name in the middle is yours
# to choose: the key is completed up to there.
_git_factory_settings() {
  local here=${BASH_SOURCE[0]%/*} file stage
  for file in "$here/../../git-factory/settings.txt" "$here/../../templates/settings.txt"; do
    [[ -r $file ]] && break
  done
  [[ -r $file ]] || return
  for stage in plan scout build validate test validate-tests review pr; do
    sed -n "s/<stage>/$stage/p" "$file"
  done
  sed -e '/<stage>/d' -e 's/<.*//' "$file"
}
if declare -f __git_compute_config_vars >/dev/null; then
  __git_compute_config_vars
  __git_config_vars+=$'\n'$(_git_factory_settings | sort -u)
fi

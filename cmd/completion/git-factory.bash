# bash completion for git factory; git's own completion calls _git_factory. What there is to say comes from completion.sh.
_git_factory() {
  local here=${BASH_SOURCE[0]%/*} file word about cut="" breaks="" i
  for file in "$here/../../git-factory/completion.sh" "$here/../../templates/completion.sh"; do
    [[ -r $file ]] && break
  done
  [[ -r $file ]] || return
  for ((i = 1; i < cword; i++)); do
    [[ ${words[i]} == factory ]] && break
  done
  # readline replaces what stands behind the last of these only.
  [[ $COMP_WORDBREAKS == *=* ]] && breaks+="="
  [[ $COMP_WORDBREAKS == *:* ]] && breaks+=":"
  [[ -n $breaks && $cur == *[$breaks]* ]] && cut=${cur%"${cur##*[$breaks]}"}
  while IFS=$'\t' read -r word about; do
    [[ $word == "$cur"* ]] || continue
    printf -v word '%q' "${word#"$cut"}"
    # 63: they are only listed, so what they are can stand beside them.
    if [[ ${COMP_TYPE-} == 63 && -n $about ]]; then
      word+="  -- $about"
    elif [[ $word != *[=:/] ]]; then
      word+=" "
    fi
    COMPREPLY+=("$word")
  done < <(sh "$file" "$cur" "${__git_C_args[@]}" "${words[@]:i + 1:cword - i - 1}" 2>/dev/null)
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

#compdef git-factory
#description feature requests in, reviewed pull requests out
# zsh completion for git factory; git's own completion calls it too. What there is to say comes from completion.sh.
local asked=${functions_source[_git-factory]:-${(%):-%x}} file
for file in ${asked:A:h}/../../git-factory/completion.sh ${asked:A:h}/../../templates/completion.sh; do
  [[ -r $file ]] && break
done
[[ -r $file ]] || return 1

local line word
local -a ended open ended_shown open_shown
# What is typed so far of this word, without its quotes; the words before it, without "git-factory".
for line in ${(f)"$(sh $file "${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)"}; do
  word=${line%%$'\t'*}
  local shown=$word
  [[ $line == *$'\t'* ]] && shown="$word  -- ${line#*$'\t'}"
  if [[ $word == *[=:/] ]]; then
    open+=("$word") open_shown+=("$shown")
  else
    ended+=("$word") ended_shown+=("$shown")
  fi
done
local expl ret=1
_description -V factory expl 'git factory'
(($#ended)) && compadd "$expl[@]" -l -d ended_shown -a ended && ret=0
(($#open)) && compadd "$expl[@]" -l -S '' -d open_shown -a open && ret=0
return ret

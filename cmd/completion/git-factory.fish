# fish completion for git factory. What there is to say comes from completion.sh.
#
# Installed among what fish reads when it starts, not among completions: those of git-factory are not read for
# "git factory", and the bridge in fish's own completion of git (3.6) looks for a command "git git-factory".
set -l here (path dirname (path resolve (status filename)))
for file in $here/../../git-factory/completion.sh $here/../../templates/completion.sh
    if test -r $file
        set -g __git_factory_completion $file
        break
    end
end

function __git_factory_complete
    set -l words (commandline -opc)
    set -l before $words[2..]
    if test (path basename -- $words[1]) = git
        set -l place (contains -i -- factory $words)
        set before $words[(math $place + 1)..]
        # git -C <folder> factory
        set -l change (contains -i -- -C $words[2..$place])
        and set before -C $words[(math $change + 2)] $before
    end
    sh $__git_factory_completion (commandline -ct) $before 2>/dev/null
end

complete -c git-factory -f -k -a '(__git_factory_complete)'
complete -c git -f -k -n '__fish_git_using_command factory' -a '(__git_factory_complete)'

# A job of git factory batch --runner=ssh, for the shell of a machine that it reached. It has the
# configuration of that machine; there is nothing secret in here.
{{setup}}
log=${XDG_CACHE_HOME:-$HOME/.cache}/git-factory/jobs
mkdir -p "$log" && exec >>"$log/log" 2>&1
exec {{command}}

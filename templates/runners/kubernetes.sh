# A job of git factory batch --runner=kubernetes, for the shell of its container. There is nothing
# secret in here: what is, is in the Secret that factory.batch.secret names, as variables.
{{setup}}
server={{server}}
if [ -n "${GIT_TOKEN:-}" ] && [ -n "$server" ]; then
  # It stays in the environment, and is in no file; no other server is given it.
  git config --global "credential.$server.helper" '!f() { test "$1" = get && printf "username=%s\npassword=%s\n" "${GIT_USER:-x-access-token}" "$GIT_TOKEN"; }; f'
fi
exec {{command}}

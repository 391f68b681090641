#compdef git-factory
#description feature requests in, reviewed pull requests out
_arguments -C \
  '-C[run as if started in this folder]:folder:_files -/' \
  '--json[print JSON]' '--quiet[tell nothing but the result]' '--version[show the version]' \
  '1:command:(init trust env feature batch plan spec resume answer rework abort pr log show why replay export sync gc models metrics query retro report verify hook hooks doctor attest demo help)' \
  '*::argument:_files'

# What `install.sh` puts under the prefix, all through `cmake --install`.
install(TARGETS git-factory RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY templates/ DESTINATION ${CMAKE_INSTALL_DATADIR}/git-factory
        PATTERN "__pycache__" EXCLUDE)
# What draws the report's charts, kept with the templates: the page is the same when the package is gone. Without it the
# report has its tables.
find_file(GF_CHARTS chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH)
if(GF_CHARTS)
  install(FILES ${GF_CHARTS} DESTINATION ${CMAKE_INSTALL_DATADIR}/git-factory/report)
endif()
install(PROGRAMS hooks/pre-push hooks/pre-receive hooks/update
        DESTINATION ${CMAKE_INSTALL_DATADIR}/git-factory/hooks)
file(GLOB pages1 CONFIGURE_DEPENDS man/*.1)
file(GLOB pages5 CONFIGURE_DEPENDS man/*.5)
file(GLOB pages7 CONFIGURE_DEPENDS man/*.7)
install(FILES ${pages1} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${pages5} DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${pages7} DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES cmd/completion/git-factory.bash RENAME git-factory
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES cmd/completion/git-factory.zsh RENAME _git-factory
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES cmd/completion/git-factory.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_conf.d)
# 'git help factory-log' asks man for "gitfactory-log", as git does for words that are no command of its own.
foreach(page ${pages1} ${pages5} ${pages7})
  get_filename_component(file ${page} NAME)
  string(REGEX MATCH "[157]$" section ${file})
  string(REPLACE "git-factory" "gitfactory" alias ${file})
  install(CODE "file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man${section}/${alias}\" \".so man${section}/${file}\\n\")")
endforeach()

# What `install.sh` puts under the prefix, all through `cmake --install`.
install(TARGETS git-factory RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

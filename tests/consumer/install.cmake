# SPDX-License-Identifier: MIT
# cmake -DBUILD=<build folder> -DPREFIX=<new place> -P install.cmake
#
# Installs, and moves what was installed: nothing in it may know its first place.
file(REMOVE_RECURSE ${PREFIX} ${PREFIX}-first)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}-first
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${output}")
endif()
file(RENAME ${PREFIX}-first ${PREFIX})

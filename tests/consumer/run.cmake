# SPDX-License-Identifier: MIT
# cmake -DHOW=<subdirectory, package, pkgconfig> -DROOT=<repository>
#   -DPREFIX=<where sessio is installed> -DWORK=<scratch folder>
#   -DGENERATOR= -DCC= -DCFLAGS= [-DOPTIONS=<more for the consumer's CMake>] -P run.cmake
#
# Builds a consumer project from nothing and runs its program.
cmake_minimum_required(VERSION 3.21)

function(run)
  execute_process(COMMAND ${ARGN}
    RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${code}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(here ${CMAKE_CURRENT_LIST_DIR})
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

if(HOW STREQUAL "pkgconfig")
  file(GLOB_RECURSE pc ${PREFIX}/sessio.pc)
  get_filename_component(folder "${pc}" DIRECTORY)
  run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${folder} "CC=${CC} ${CFLAGS}"
    sh ${here}/pkgconfig/build.sh ${WORK}/consumer)
else()
  run(${CMAKE_COMMAND} -S ${here}/${HOW} -B ${WORK} -G ${GENERATOR}
    -DCMAKE_C_COMPILER=${CC} -DCMAKE_C_FLAGS=${CFLAGS}
    -DSESSIO_ROOT=${ROOT} -DCMAKE_PREFIX_PATH=${PREFIX} ${OPTIONS})
  run(${CMAKE_COMMAND} --build ${WORK})
endif()

run(${WORK}/consumer)
if(NOT output STREQUAL "rcBusy while it is open, rcOk afterwards\n")
  message(FATAL_ERROR "the consumer's program says: ${output}")
endif()

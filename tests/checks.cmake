# SPDX-License-Identifier: MIT
# What is checked about the repository itself, and each check's own test: the
# faults it must find are made once in a scratch folder.

# sessio_check(name argument...): runs check_name.cmake as sessio.name.
function(sessio_check name)
  add_test(NAME sessio.${name} COMMAND ${CMAKE_COMMAND} ${ARGN}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/check_${name}.cmake)
endfunction()

set(sessio_root ${CMAKE_CURRENT_SOURCE_DIR}/..)
set(sessio_work ${CMAKE_CURRENT_BINARY_DIR}/checks)

sessio_check(clauses -DROOT=${sessio_root} -DTESTS=${CMAKE_CURRENT_SOURCE_DIR})
sessio_check(clauses_faults -DWORK=${sessio_work}/clauses)

sessio_check(contracts -DINCLUDE=${sessio_root}/include
  -DCLAUSES=${CMAKE_CURRENT_SOURCE_DIR}/clauses.txt)
sessio_check(contracts_faults -DWORK=${sessio_work}/contracts)

sessio_check(readme -DROOT=${sessio_root})
sessio_check(readme_faults -DWORK=${sessio_work}/readme)

if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
  sessio_check(headers -DINCLUDE=${sessio_root}/include -DCC=${CMAKE_C_COMPILER} -DSTANDARD=c11
    -DWORK=${sessio_work}/headers)
  sessio_check(headers_faults -DCC=${CMAKE_C_COMPILER} -DWORK=${sessio_work}/headers_faults)
  # The project itself needs no C++, so CMake is not asked for it.
  find_program(SESSIO_CXX NAMES c++ g++ clang++)
  if(SESSIO_CXX)
    add_test(NAME sessio.headers_cxx COMMAND ${CMAKE_COMMAND}
      -DINCLUDE=${sessio_root}/include -DCC=${SESSIO_CXX} -DSTANDARD=c++17
      -DWORK=${sessio_work}/headers_cxx -P ${CMAKE_CURRENT_SOURCE_DIR}/check_headers.cmake)
  else()
    message(STATUS "no C++ compiler: the headers are not checked as C++17")
  endif()
endif()

# Consumer projects, each built from nothing. They use the host's libuv and link
# without our sanitizers, so they belong to plain native builds.
if(SESSIO_INSTALL AND NOT SESSIO_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  # sessio_consumer(name how [option...])
  function(sessio_consumer name how)
    add_test(NAME sessio.consumer_${name} COMMAND ${CMAKE_COMMAND}
      -DHOW=${how} -DROOT=${PROJECT_SOURCE_DIR} -DPREFIX=${sessio_work}/prefix
      -DWORK=${sessio_work}/consumer_${name} -DGENERATOR=${CMAKE_GENERATOR}
      -DCC=${CMAKE_C_COMPILER} -DCFLAGS=${CMAKE_C_FLAGS} "-DOPTIONS=${ARGN}"
      -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/run.cmake)
    if(NOT how STREQUAL "subdirectory")
      set_tests_properties(sessio.consumer_${name} PROPERTIES FIXTURES_REQUIRED sessio_installed)
    endif()
  endfunction()

  add_test(NAME sessio.install COMMAND ${CMAKE_COMMAND}
    -DBUILD=${PROJECT_BINARY_DIR} -DPREFIX=${sessio_work}/prefix
    -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/install.cmake)
  set_tests_properties(sessio.install PROPERTIES FIXTURES_SETUP sessio_installed)
  sessio_consumer(subdirectory subdirectory)
  sessio_consumer(subdirectory_shared subdirectory -DBUILD_SHARED_LIBS=ON)
  sessio_consumer(subdirectory_own_uv subdirectory -DCONSUMER_OWN_UV=ON)
  sessio_consumer(package package)
  sessio_consumer(package_own_uv package -DCONSUMER_OWN_UV=ON)
  sessio_consumer(pkgconfig pkgconfig)
endif()

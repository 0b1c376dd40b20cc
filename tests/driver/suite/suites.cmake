# SPDX-License-Identifier: MIT
# The suites of base, resource, user and join as drivers. The tests are unchanged: the
# names of cmocka, libuv and the C library that they use are those of this folder.
#
# Left out, and why:
# - base/diag reads its own standard error stream.
# - base/waiting and user/host_cancel cancel threads, which a kernel does not.
# - user/host_wait waits by a mutex and a condition of libuv's.
# - resource/inspect and join/bind_threads have variables per thread, which a driver has not.
# - resource/registration, resource/session_open and join/bind_work count locks, which
#   only the test kit's library does.
# - base/rundown_torture, join/bind_torture and resource/handle_space pass, in minutes:
#   under Wine each question for the IRQL is an exception.
# - resource/last_reference and the other four torture tests of resource take longer
#   still. They were not run to their ends.
# - resource/handle_forgery has its seed from the environment.
# - The death tests end in a bug check, which ends Wine's process without the reason.
set(sessio_support ${PROJECT_SOURCE_DIR}/tests/support)
set(sessio_suite ${CMAKE_CURRENT_LIST_DIR})

# sessio_suite(room name [source...] [WRAP symbol...]): name_test.c of that room.
function(sessio_suite room name)
  cmake_parse_arguments(PARSE_ARGV 2 "" "" "" WRAP)
  set(target sessio_suite_${room}_${name})
  set(sources ${PROJECT_SOURCE_DIR}/tests/${room}/${name}_test.c ${sessio_support}/inside.c
    ${sessio_support}/leaks.c)
  foreach(source IN LISTS _UNPARSED_ARGUMENTS)
    list(APPEND sources ${sessio_support}/${source})
  endforeach()
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/${room}/${name}_test.c PROPERTIES
    COMPILE_DEFINITIONS main=suite_main)
  sessio_driver(${target} ${sources} ${sessio_suite}/../entry.c ${sessio_suite}/suite.c
    ${sessio_suite}/suite_cmocka.c ${sessio_suite}/suite_uv.c)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/tests/${room} ${PROJECT_SOURCE_DIR}/tests/driver ${sessio_support})
  target_include_directories(${target} BEFORE PRIVATE ${sessio_suite})
  target_compile_definitions(${target} PRIVATE SESSIO_CMAKE_VERSION="${PROJECT_VERSION}")
  foreach(symbol IN LISTS _WRAP)
    target_link_options(${target} PRIVATE -Wl,--wrap=${symbol})
  endforeach()
  list(APPEND sessio_suites_${room} $<TARGET_FILE_NAME:${target}>)
  set(sessio_suites_${room} ${sessio_suites_${room}} PARENT_SCOPE)
endfunction()

sessio_suite(base deferred)
sessio_suite(base list)
sessio_suite(base map alloc_fail.c)
sessio_suite(base object_last things.c)
sessio_suite(base object_life)
sessio_suite(base refcount things.c)
sessio_suite(base rundown alloc_fail.c WRAP si_platform_stamp_ns si_platform_cpu_count)
sessio_suite(base status)
sessio_suite(base thread_frame)
sessio_suite(base version)
sessio_suite(resource handle_space_alloc alloc_fail.c)
sessio_suite(resource reentry provider.c)
sessio_suite(resource rights)
sessio_suite(resource session_alloc provider.c alloc_fail.c)
sessio_suite(resource session_end provider.c)
sessio_suite(resource session_handle provider.c)
sessio_suite(resource session_handle_alloc provider.c alloc_fail.c)
sessio_suite(resource share provider.c)
sessio_suite(resource unregister provider.c)
sessio_suite(resource wait provider.c sleepers.c test_thread.c WRAP si_gate_wait)
sessio_suite(resource walk provider.c)
sessio_suite(user host host_log.c alloc_fail.c)
sessio_suite(user host_default host_log.c alloc_fail.c)
sessio_suite(user host_inside host_log.c alloc_fail.c)
sessio_suite(user host_memory host_log.c alloc_fail.c)
sessio_suite(user host_observe host_log.c)
sessio_suite(user host_order host_log.c)
sessio_suite(user host_owed)
sessio_suite(user host_threads host_log.c)
sessio_suite(user host_torture)
sessio_suite(user host_two_torture)
sessio_suite(user host_watch host_log.c)
sessio_suite(user rules)
sessio_suite(user user_session host_log.c)
sessio_suite(join bind host_log.c provider.c)
sessio_suite(join bind_alloc host_log.c provider.c alloc_fail.c)
sessio_suite(join bind_scope host_log.c provider.c)

# One test a room: a Windows takes some seconds to start, and each suite one.
foreach(room IN ITEMS base resource user join)
  list(LENGTH sessio_suites_${room} count)
  sessio_wine_test(${room} ${SESSIO_WINE} run_suite.exe ${sessio_suites_${room}})
  set_tests_properties(sessio.wine.${room} PROPERTIES FIXTURES_REQUIRED sessio_wine
    PASS_REGULAR_EXPRESSION "${count} suites of ${count} have passed")
endforeach()

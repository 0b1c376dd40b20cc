# SPDX-License-Identifier: MIT
# The suites of base, resource, user and join as drivers. The tests are unchanged: the
# names of cmocka, libuv and the C library that they use are those of this folder.
#
# The death tests are no suites: they end in a bug check. Under Wine that ends the driver's
# process, and the reason goes with it, so a test could not tell one death from another.
set(sessio_support ${PROJECT_SOURCE_DIR}/tests/support)
set(sessio_suite ${CMAKE_CURRENT_LIST_DIR})

# The library again, from the same sources, with hooks at its locks. It does not ask for the
# IRQL, which Wine has not: each question is an exception that answers 0.
set(sessio_hooked_sources "")
foreach(library IN ITEMS sessio_core sessio)
  get_target_property(sources ${library} SOURCES)
  list(FILTER sources INCLUDE REGEX "^src/")
  list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/)
  list(APPEND sessio_hooked_sources ${sources})
endforeach()
add_library(sessio_hooked STATIC ${sessio_hooked_sources})
target_compile_definitions(sessio_hooked PUBLIC SESSIO_HOOKS PRIVATE SESSIO_NT_KERNEL)
target_compile_options(sessio_hooked PRIVATE "-DSI_KERNEL_LEVEL(what)=((void)(what))")
target_compile_features(sessio_hooked PUBLIC c_std_11)
target_include_directories(sessio_hooked SYSTEM PUBLIC ${SESSIO_DDK})
target_include_directories(sessio_hooked PUBLIC ${PROJECT_SOURCE_DIR}/include
  PRIVATE ${PROJECT_SOURCE_DIR}/src)
sessio_own_objects(sessio_hooked)

# sessio_suite(room name [source...] [HOOKED] [WRAP symbol...]): name_test.c of that room.
# HOOKED: on the library with hooks.
function(sessio_suite room name)
  cmake_parse_arguments(PARSE_ARGV 2 "" HOOKED "" WRAP)
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
  sessio_own_target(${target})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/tests/${room} ${PROJECT_SOURCE_DIR}/tests/driver ${sessio_support})
  target_include_directories(${target} BEFORE PRIVATE ${sessio_suite})
  target_compile_definitions(${target} PRIVATE SESSIO_CMAKE_VERSION="${PROJECT_VERSION}")
  foreach(symbol IN LISTS _WRAP)
    target_link_options(${target} PRIVATE -Wl,--wrap=${symbol})
  endforeach()
  if(_HOOKED)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    list(TRANSFORM libraries REPLACE "^sessio::sessio$" sessio_hooked)
    set_property(TARGET ${target} PROPERTY LINK_LIBRARIES ${libraries})
  endif()
  set_property(GLOBAL APPEND PROPERTY sessio_suites ${room}/${name}_test.c)
  list(APPEND sessio_suites_${room} $<TARGET_FILE_NAME:${target}>)
  set(sessio_suites_${room} ${sessio_suites_${room}} PARENT_SCOPE)
endfunction()

# sessio_no_suite(reason room/name...): these are left out.
function(sessio_no_suite reason)
  foreach(test IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY sessio_suites ${test}_test.c)
    set_property(GLOBAL APPEND PROPERTY sessio_left_out "${test}: ${reason}")
  endforeach()
endfunction()

sessio_no_suite("it reads its own standard error stream" base/diag)
sessio_no_suite("a kernel has no fork" base/fork)
sessio_no_suite("a kernel cancels no thread" base/waiting user/host_cancel)
sessio_no_suite("it has variables of each thread, and a driver has none"
  resource/inspect join/bind_threads)

sessio_suite(base deferred)
sessio_suite(base list)
sessio_suite(base map alloc_fail.c)
sessio_suite(base object_last things.c HOOKED)
sessio_suite(base object_life HOOKED)
sessio_suite(base refcount things.c)
sessio_suite(base rundown alloc_fail.c WRAP si_platform_stamp_ns si_platform_cpu_count)
sessio_suite(base status)
sessio_suite(base thread_frame)
sessio_suite(base version)
sessio_suite(resource bounded provider.c HOOKED)
sessio_suite(resource handle_forgery HOOKED)
sessio_suite(resource handle_space two_peers.c HOOKED)
sessio_suite(resource handle_space_alloc alloc_fail.c)
sessio_suite(resource handle_space_torture HOOKED)
sessio_suite(resource last_reference provider.c HOOKED)
sessio_suite(resource last_reference_torture HOOKED)
sessio_suite(resource lineage two_peers.c HOOKED)
sessio_suite(resource reentry provider.c)
sessio_suite(resource registration provider.c HOOKED)
sessio_suite(resource rights)
sessio_suite(resource session_alloc provider.c alloc_fail.c)
sessio_suite(resource session_end provider.c)
sessio_suite(resource session_handle provider.c)
sessio_suite(resource session_handle_alloc provider.c alloc_fail.c)
sessio_suite(resource session_handle_torture HOOKED)
sessio_suite(resource session_memory WRAP si_platform_alloc si_platform_free)
sessio_suite(resource session_open provider.c HOOKED)
sessio_suite(resource session_torture HOOKED)
sessio_suite(resource share provider.c HOOKED)
sessio_suite(resource unregister provider.c)
sessio_suite(resource wait provider.c sleepers.c test_thread.c WRAP si_gate_wait)
sessio_suite(resource walk provider.c)
sessio_suite(resource walk_torture HOOKED)
sessio_suite(user host host_log.c alloc_fail.c)
sessio_suite(user host_default host_log.c alloc_fail.c)
sessio_suite(user host_inside host_log.c alloc_fail.c)
sessio_suite(user host_memory host_log.c alloc_fail.c)
sessio_suite(user host_observe host_log.c)
sessio_suite(user host_order host_log.c)
sessio_suite(user host_owed)
sessio_suite(user host_remark host_log.c)
sessio_suite(user host_threads host_log.c)
sessio_suite(user host_torture HOOKED)
sessio_suite(user host_two_torture HOOKED)
sessio_suite(user host_wait host_log.c WRAP si_gate_wake)
sessio_suite(user host_watch host_log.c)
sessio_suite(user rules)
sessio_suite(user user_session host_log.c)
sessio_suite(join bind host_log.c provider.c)
sessio_suite(join bind_alloc host_log.c provider.c alloc_fail.c)
sessio_suite(join bind_scope host_log.c provider.c)
sessio_suite(join bind_torture HOOKED)
sessio_suite(join bind_work host_log.c provider.c HOOKED)

# The crowd of the operation counter takes longer than all the others together.
sessio_suite(base rundown_torture HOOKED)
list(POP_BACK sessio_suites_base sessio_suites_long)

# One test a room: their suites share one start of the stand-in.
foreach(room IN ITEMS base resource user join long)
  list(LENGTH sessio_suites_${room} count)
  sessio_wine_test(${room} ${SESSIO_WINE} run_suite.exe ${sessio_suites_${room}})
  set_tests_properties(sessio.wine.${room} PROPERTIES FIXTURES_REQUIRED sessio_wine
    PASS_REGULAR_EXPRESSION "${count} suites of ${count} have passed")
endforeach()

# A test that somebody has added to a room, and not to the list above, shows there, too.
get_property(suites GLOBAL PROPERTY sessio_suites)
foreach(room IN ITEMS base resource user join)
  file(GLOB tests RELATIVE ${PROJECT_SOURCE_DIR}/tests CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/tests/${room}/*_test.c)
  list(REMOVE_ITEM tests ${suites})
  list(TRANSFORM tests REPLACE "_test.c$" "")
  sessio_no_suite("nobody has tried it in a driver" ${tests})
endforeach()
get_property(left_out GLOBAL PROPERTY sessio_left_out)
list(LENGTH left_out count)
list(JOIN left_out "\n" left_out)
file(WRITE ${CMAKE_BINARY_DIR}/left_out.txt "${left_out}\n${count} suites are left out\n")

# SPDX-License-Identifier: MIT
# The Windows face: whole drivers, and what it does not survive.

target_link_libraries(sessio_nt_alloc_test PRIVATE sessio::nt)
target_link_options(sessio_nt_alloc_test PRIVATE -Wl,--wrap=sessio_host_default)

# Drivers are linked into one program, so each entry gets a name of its own.
set(sessio_nt_drivers seed session_filter session_log session_owner session_wide)
add_library(sessio_nt_driver_objects OBJECT)
foreach(driver IN LISTS sessio_nt_drivers)
  target_sources(sessio_nt_driver_objects PRIVATE nt_drivers/${driver}.c)
  set_source_files_properties(nt_drivers/${driver}.c PROPERTIES
    COMPILE_DEFINITIONS DriverEntry=${driver}_entry)
endforeach()
target_link_libraries(sessio_nt_driver_objects PRIVATE sessio::nt)
target_link_libraries(sessio_nt_drivers_test PRIVATE sessio_nt_driver_objects)

# Driver sources compile with every compiler that is here, as C and as C++.
function(sessio_nt_compiler name compiler standard)
  find_program(SESSIO_NT_${name} NAMES ${compiler})
  if(SESSIO_NT_${name})
    add_test(NAME sessio.nt_drivers_${name} COMMAND ${CMAKE_COMMAND}
      -DDRIVERS=${CMAKE_CURRENT_SOURCE_DIR}/nt_drivers
      -DINCLUDE=${CMAKE_CURRENT_SOURCE_DIR}/../include -DCC=${SESSIO_NT_${name}}
      -DSTANDARD=${standard} -DWORK=${CMAKE_CURRENT_BINARY_DIR}/nt_drivers_${name}
      -P ${CMAKE_CURRENT_SOURCE_DIR}/check_drivers.cmake)
  endif()
endfunction()

sessio_nt_compiler(c ${CMAKE_C_COMPILER} c11)
sessio_nt_compiler(cxx c++ c++17)
sessio_nt_compiler(clang clang c11)
sessio_nt_compiler(clang_cxx clang++ c++17)
sessio_nt_compiler(i686 i686-linux-gnu-gcc c11)
sessio_nt_compiler(i686_cxx i686-linux-gnu-g++ c++17)
sessio_nt_compiler(mingw64 x86_64-w64-mingw32-gcc c11)
sessio_nt_compiler(mingw32_cxx i686-w64-mingw32-g++ c++17)

sessio_death(nt take_a_spin_lock_twice "a spin lock taken twice")
sessio_death(nt give_back_a_spin_lock_not_taken "a spin lock given back")
sessio_death(nt take_at_passive_level "not at DISPATCH_LEVEL")
sessio_death(nt raise_downwards "raising the IRQL to a lower one")
sessio_death(nt lower_upwards "lowering the IRQL to a higher one")
sessio_death(nt leave_no_region "a critical region that was not entered")
sessio_death(nt take_a_fast_mutex_twice "a fast mutex taken twice")
sessio_death(nt give_back_a_fast_mutex_not_taken "a fast mutex given back")
sessio_death(nt take_a_fast_mutex_at_dispatch_level "a fast mutex is not for this IRQL")
sessio_death(nt wait_at_dispatch_level "sleeping is not for this IRQL")
sessio_death(nt wait_for_a_number "no event, mutex or semaphore")
sessio_death(nt release_a_mutex_not_taken "a mutex given back")
sessio_death(nt release_a_semaphore_too_often "over its limit")
sessio_death(nt release_a_push_lock_not_taken "has no reader")
sessio_death(nt release_a_push_lock_as_writer "has no writer")
sessio_death(nt release_a_resource_not_taken "a resource given back that nobody has")
sessio_death(nt delete_a_resource_in_use "a resource deleted that somebody has")
sessio_death(nt release_rundown_not_acquired "that nobody has")
sessio_death(nt free_null "NULL given back to the pool")
sessio_death(nt free_what_is_no_block "twice, or never got from it")
sessio_death(nt free_under_another_tag "under another tag")
sessio_death(nt take_paged_pool_at_dispatch_level "this pool is not for this IRQL")
sessio_death(nt delete_a_lookaside_list_in_use "blocks are not all back")
sessio_death(nt return_from_a_block "__try left by return")
sessio_death(nt continue_out_of_a_block "__try left by return")
sessio_death(nt check_a_bug "bug check 0x00000139")
sessio_death(nt fail_an_assertion "assertion failed")
sessio_death(nt complete_twice "a request completed twice")
sessio_death(nt register_at_dispatch_level "IoRegisterContainerNotification is not for this IRQL")
sessio_death(nt come_back_at_another_level "came back at another IRQL")
target_link_libraries(sessio_nt_death PRIVATE sessio::nt)

# SPDX-License-Identifier: MIT
# sessio_add_driver(NAME source...): a library NAME for tests of one driver.
#
# C++ sources need a project that has the language. They have no exceptions, no run-time
# types and no library but its headers, as in a kernel. Interlocked operations are calls.
function(sessio_add_driver name)
  sessio_image_objects(${name} ${ARGN})
  target_link_libraries(${name}_objects PRIVATE sessio::nt)
  target_compile_options(${name}_objects PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)
  target_compile_definitions(${name}_objects PRIVATE _KERNEL_MODE=1 SESSIO_NT_POINTS
    $<$<COMPILE_LANGUAGE:CXX>:SESSIO_NT_NO_STANDARD>)
  sessio_image_link(${name} driver DriverEntry=sessio_image_entry_${name})
  target_link_libraries(${name} PUBLIC sessio::nt)
endfunction()

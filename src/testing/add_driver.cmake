# SPDX-License-Identifier: MIT
# sessio_add_driver(NAME source...): a library NAME for tests of one driver.
#
# C++ sources need a project that has the language. They have no exceptions, no run-time
# types and no library but its headers, as in a kernel.
#
# The sources are compiled as they are, in the object library NAME_objects, whose
# options and definitions the caller may add to. They are linked into one object.
# In that, DriverEntry gets a name of its own and all other symbols become local. All
# writable data is in one piece, which the test kit restores at each load.
#
# It takes an ELF platform, a compiler that links with `-r` and a linker script, and
# an objcopy: those of GNU or of LLVM. With GNU's objdump, findings name lines.
set_property(GLOBAL PROPERTY SESSIO_TESTING_FOLDER ${CMAKE_CURRENT_LIST_DIR})
set(sessio_can_add_driver TRUE)
if(WIN32 OR APPLE OR NOT CMAKE_OBJCOPY OR NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
  set(sessio_can_add_driver FALSE)
endif()

function(sessio_add_driver name)
  get_property(folder GLOBAL PROPERTY SESSIO_TESTING_FOLDER)
  if(NOT name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "sessio_add_driver: \"${name}\" is no C identifier")
  endif()
  if(WIN32 OR APPLE OR NOT CMAKE_OBJCOPY OR NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    message(FATAL_ERROR "sessio_add_driver needs an ELF platform, gcc or clang, and objcopy")
  endif()
  # Only GNU's shows lines.
  set(objdump ${CMAKE_OBJDUMP})
  if(NOT objdump OR objdump MATCHES "llvm")
    find_program(SESSIO_OBJDUMP objdump)
    set(objdump ${SESSIO_OBJDUMP})
  endif()
  set(objects ${name}_objects)
  set(work ${CMAKE_CURRENT_BINARY_DIR}/${name}_driver)

  add_library(${objects} OBJECT ${ARGN})
  target_link_libraries(${objects} PRIVATE sessio::nt)
  # Lines for findings, a stack that can be walked, and no pass over the whole program.
  target_compile_options(${objects} PRIVATE -g -funwind-tables -fno-optimize-sibling-calls -fno-lto
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)
  target_compile_definitions(${objects} PRIVATE _KERNEL_MODE=1
    $<$<COMPILE_LANGUAGE:CXX>:SESSIO_NT_NO_STANDARD>)
  set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON
    INTERPROCEDURAL_OPTIMIZATION OFF)

  file(WRITE ${work}/image.ld
    "SECTIONS {\n"
    "  .text 0 : { sessio_driver_code_${name} = .; *(.text .text.*) sessio_driver_code_end_${name} = .; }\n"
    "  .data 0 : { sessio_driver_data_${name} = .; *(.data .data.* .bss .bss.* COMMON) sessio_driver_data_end_${name} = .; }\n"
    "}\n")
  set(keep "")
  foreach(symbol IN ITEMS entry code code_end data data_end)
    list(APPEND keep --keep-global-symbol=sessio_driver_${symbol}_${name})
  endforeach()
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
  list(FILTER flags INCLUDE REGEX "^-(m|-target|-sysroot)")
  add_custom_command(OUTPUT ${work}/driver.o ${work}/image.c
    COMMAND ${CMAKE_C_COMPILER} ${flags} -r -nostdlib -fno-lto -Wl,-d -Wl,--force-group-allocation
      -Wl,-T,${work}/image.ld -o ${work}/whole.o $<TARGET_OBJECTS:${objects}>
    COMMAND ${CMAKE_OBJCOPY} --redefine-sym DriverEntry=sessio_driver_entry_${name} ${work}/whole.o
    COMMAND ${CMAKE_OBJCOPY} ${keep} ${work}/whole.o ${work}/driver.o
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOBJDUMP=${objdump}
      -DOBJECT=${work}/whole.o -DIMAGE=${work}/image.c -P ${folder}/driver_image.cmake
    DEPENDS ${objects} $<TARGET_OBJECTS:${objects}> ${work}/image.ld ${folder}/driver_image.cmake
    COMMAND_EXPAND_LISTS VERBATIM)
  set_source_files_properties(${work}/driver.o PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)

  add_library(${name} STATIC ${work}/driver.o ${work}/image.c)
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
  target_link_libraries(${name} PUBLIC sessio::testing sessio::nt)
endfunction()

# SPDX-License-Identifier: MIT
# Code under test as the kit takes it: sessio_add_driver() and sessio_add_provider().
#
# The sources are compiled as they are, in the object library NAME_objects, whose
# options and definitions the caller may add to. They are linked into one object.
# In that, the functions that the kit calls get names of their own, and all other
# symbols become local. All writable data is in one piece, which the kit restores at
# each load.
#
# It takes an ELF platform, a compiler that links with `-r` and a linker script, and
# an objcopy: those of GNU or of LLVM. With GNU's objdump, findings name lines.
set_property(GLOBAL PROPERTY SESSIO_TESTING_FOLDER ${CMAKE_CURRENT_LIST_DIR})
set(sessio_can_add_driver TRUE)
if(WIN32 OR APPLE OR NOT CMAKE_OBJCOPY OR NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
  set(sessio_can_add_driver FALSE)
endif()

# sessio_image_objects(name source...): the sources of code under test, in NAME_objects.
function(sessio_image_objects name)
  if(NOT name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "sessio: \"${name}\" is no C identifier")
  endif()
  if(WIN32 OR APPLE OR NOT CMAKE_OBJCOPY OR NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    message(FATAL_ERROR "sessio: code under test needs an ELF platform, gcc or clang, and objcopy")
  endif()
  add_library(${name}_objects OBJECT ${ARGN})
  # Lines for findings, a stack that can be walked, and no pass over the whole program.
  target_compile_options(${name}_objects PRIVATE -g -funwind-tables -fno-optimize-sibling-calls
    -fno-lto)
  set_target_properties(${name}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON
    INTERPROCEDURAL_OPTIMIZATION OFF)
endfunction()

# sessio_image_link(name kind old=new...): links NAME_objects into the library NAME.
# Each `old` is called `new`. Those whose new name is the image's own stay global.
function(sessio_image_link name kind)
  get_property(folder GLOBAL PROPERTY SESSIO_TESTING_FOLDER)
  # Only GNU's shows lines.
  set(objdump ${CMAKE_OBJDUMP})
  if(NOT objdump OR objdump MATCHES "llvm")
    find_program(SESSIO_OBJDUMP objdump)
    set(objdump ${SESSIO_OBJDUMP})
  endif()
  set(objects ${name}_objects)
  set(work ${CMAKE_CURRENT_BINARY_DIR}/${name}_${kind})

  file(WRITE ${work}/image.ld
    "SECTIONS {\n"
    "  .text 0 : { sessio_image_code_${name} = .; *(.text .text.*) sessio_image_code_end_${name} = .; }\n"
    "  .data 0 : { sessio_image_data_${name} = .; *(.data .data.* .bss .bss.* COMMON) sessio_image_data_end_${name} = .; }\n"
    "}\n")
  set(keep "")
  set(kept "")
  foreach(symbol IN ITEMS code code_end data data_end)
    list(APPEND keep --keep-global-symbol=sessio_image_${symbol}_${name})
  endforeach()
  set(renamed "")
  foreach(pair IN LISTS ARGN)
    string(REPLACE "=" " " line "${pair}")
    string(APPEND renamed "${line}\n")
    string(REGEX REPLACE "^.*=" "" new "${pair}")
    if(new MATCHES "_${name}$|^${name}_")
      list(APPEND keep --keep-global-symbol=${new})
      list(APPEND kept ${new})
    endif()
  endforeach()
  list(JOIN kept "," kept)
  file(WRITE ${work}/renamed.txt "${renamed}")
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_FLAGS}")
  list(FILTER flags INCLUDE REGEX "^-(m|-target|-sysroot)")
  add_custom_command(OUTPUT ${work}/image.o ${work}/image.c
    COMMAND ${CMAKE_C_COMPILER} ${flags} -r -nostdlib -fno-lto -Wl,-d -Wl,--force-group-allocation
      -Wl,-T,${work}/image.ld -o ${work}/whole.o $<TARGET_OBJECTS:${objects}>
    COMMAND ${CMAKE_OBJCOPY} --redefine-syms=${work}/renamed.txt ${work}/whole.o
    COMMAND ${CMAKE_OBJCOPY} ${keep} ${work}/whole.o ${work}/image.o
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DKIND=${kind} -DOBJDUMP=${objdump} "-DKEPT=${kept}"
      -DOBJECT=${work}/whole.o -DIMAGE=${work}/image.c -P ${folder}/image.cmake
    DEPENDS ${objects} $<TARGET_OBJECTS:${objects}> ${work}/image.ld ${work}/renamed.txt
      ${folder}/image.cmake
    COMMAND_EXPAND_LISTS VERBATIM)
  set_source_files_properties(${work}/image.o PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)

  add_library(${name} STATIC ${work}/image.o ${work}/image.c)
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
  target_link_libraries(${name} PUBLIC sessio::testing)
endfunction()

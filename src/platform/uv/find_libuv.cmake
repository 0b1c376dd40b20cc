# SPDX-License-Identifier: MIT
# libuv, from the parent project, a CMake package, or pkg-config.
# Makes the target sessio::libuv stand for it, unless the parent has made it. If
# there is none that will do, ${out_error} is a sentence that says so. The scope is
# GLOBAL or nothing.
#
# Static and shared may both be there. Static comes first, or shared if the project
# builds shared libraries. Then others in it are likely to have the shared one, and
# a program should have one libuv.
function(sessio_find_libuv out_error scope)
  set(${out_error} "" PARENT_SCOPE)
  if(TARGET sessio::libuv)
    return()
  endif()
  set(static uv_a libuv::uv_a)
  set(shared libuv::libuv libuv::uv uv)
  if(BUILD_SHARED_LIBS)
    set(names ${shared} ${static})
  else()
    set(names ${static} ${shared})
  endif()
  set(found "")
  foreach(try IN ITEMS given package)
    if(try STREQUAL "package")
      find_package(libuv CONFIG QUIET)
      if(libuv_FOUND AND libuv_VERSION AND libuv_VERSION VERSION_LESS 1.44)
        set(${out_error} "sessio needs libuv 1.44; ${libuv_CONFIG} has ${libuv_VERSION}"
          PARENT_SCOPE)
        return()
      endif()
    endif()
    foreach(target IN LISTS names)
      if(NOT found AND TARGET ${target})
        set(found ${target})
      endif()
    endforeach()
    if(found AND try STREQUAL "package" AND scope STREQUAL "GLOBAL")
      # Found in this folder; a program of the parent's links it, too.
      set_target_properties(${found} PROPERTIES IMPORTED_GLOBAL TRUE)
    endif()
    if(found)
      break()
    endif()
  endforeach()
  if(NOT found)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
      pkg_check_modules(SESSIO_LIBUV QUIET IMPORTED_TARGET ${scope} libuv)
    endif()
    if(SESSIO_LIBUV_FOUND AND SESSIO_LIBUV_VERSION VERSION_LESS 1.44)
      set(${out_error} "sessio needs libuv 1.44; pkg-config has ${SESSIO_LIBUV_VERSION}"
        PARENT_SCOPE)
      return()
    elseif(NOT SESSIO_LIBUV_FOUND)
      set(${out_error}
        "sessio needs libuv 1.44, from the parent project, a CMake package or pkg-config"
        PARENT_SCOPE)
      return()
    endif()
    set(found PkgConfig::SESSIO_LIBUV)
  endif()
  add_library(sessio::libuv INTERFACE IMPORTED ${scope})
  target_link_libraries(sessio::libuv INTERFACE ${found})
endfunction()

# A static libuv that the parent compiles may be unfit for shared libraries.
function(sessio_check_libuv)
  get_target_property(links sessio::libuv INTERFACE_LINK_LIBRARIES)
  foreach(libuv IN ITEMS sessio::libuv ${links})
    if(NOT TARGET "${libuv}")
      continue()
    endif()
    get_target_property(type ${libuv} TYPE)
    get_target_property(imported ${libuv} IMPORTED)
    get_target_property(pic ${libuv} POSITION_INDEPENDENT_CODE)
    if(type STREQUAL "STATIC_LIBRARY" AND NOT imported AND NOT pic)
      message(STATUS "sessio: ${libuv} is not position-independent; programs can link it, "
        "shared libraries cannot unless you set its property POSITION_INDEPENDENT_CODE")
    endif()
  endforeach()
endfunction()

# SPDX-License-Identifier: MIT
# libuv, whoever provides it: the parent project, a CMake package, pkg-config.
# Sets ${out} to the name of its target, the static one if there is a choice.
function(sessio_find_libuv out)
  foreach(try IN ITEMS given package)
    if(try STREQUAL "package")
      find_package(libuv CONFIG QUIET)
    endif()
    foreach(target IN ITEMS uv_a libuv::uv_a libuv::libuv libuv::uv uv)
      if(TARGET ${target})
        set(${out} ${target} PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(SESSIO_LIBUV REQUIRED IMPORTED_TARGET GLOBAL libuv>=1.44)
  set(${out} PkgConfig::SESSIO_LIBUV PARENT_SCOPE)
endfunction()

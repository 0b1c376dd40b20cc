# SPDX-License-Identifier: MIT
# The faults that check_null.cmake must find, and what it must let pass.
#
#   cmake -DAWK=awk -DWORK=folder -P check_null_faults.cmake
cmake_minimum_required(VERSION 3.21)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

# expect(result header test): the checker's output for these two.
function(expect result header test)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/include/sessio/x.h "${header}")
  file(WRITE ${WORK}/tests/base/x_test.c "${test}")
  judge("${result}" "[0-9]+ functions, [0-9]+ pointers, 0" check_null.cmake
    -DROOT=${WORK} -DAWK=${AWK})
endfunction()

set(one "int one(void *first, int second);\n")
set(two "int two(\n\tconst char *first, one_fn *second, void **out);\n")
expect("1 functions, 1 pointers, 0 never" "${one}" "f(one(NULL, g(1, NULL)));")
expect("2 functions, 4 pointers, 0 never" "${one}${two}"
  "one(NULL, 1) two(NULL, NULL, &x); two(a, b(c, d),\n\t\tNULL);")
expect("one: no test passes NULL for argument 1" "${one}" "")
expect("one: no test passes NULL for argument 1" "${one}" "/* one(NULL, 1) */ one(x, NULL);")
expect("one: no test passes NULL for argument 1" "${one}" "s = \"one(NULL, 1)\";")
expect("one: no test passes NULL for argument 1" "${one}" "one(x(NULL), 1); another_one(NULL, 1);")
expect("two: no test passes NULL for argument 3" "${two}" "two(NULL, NULL, 0);")
expect("in: no test passes NULL for argument 1"
  "static inline int in(void *first)\n{\n\treturn in2(first);\n}\n" "")
expect("1 functions, 1 pointers, 0 never"
  "/* int no(void *a); */\n#define NO(a) no(a, *a)\ntypedef int no_fn(void *a);\n${one}"
  "one(NULL, 2);")

say_judged("headers and tests")

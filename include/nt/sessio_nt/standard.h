/* SPDX-License-Identifier: MIT */
/*
 * A C++ standard library uses some names of these headers for its own: __in,
 * __out, __try, wcslen. Its headers therefore come first here, and a source may
 * include them in any order. <regex> and <future> must come before these headers.
 * A source that uses none of them defines SESSIO_NT_NO_STANDARD and compiles faster.
 */
#ifndef SESSIO_NT_STANDARD_H
#define SESSIO_NT_STANDARD_H

#if defined(__cplusplus) && !defined(SESSIO_NT_NO_STANDARD) && __STDC_HOSTED__ && \
	defined(__has_include)
#if __has_include(<string>)
/* Drivers include these headers within extern "C". */
extern "C++" {
#include <algorithm>
#include <bitset>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>
}
#endif
#endif

#endif /* SESSIO_NT_STANDARD_H */

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Breaks the code in one place at a time and runs the suite; see usage() below.
set -u

usage() {
	cat <<'END'
usage: tests/mutation/run.sh [OPTION...] [LIST...]

Makes each fault of the lists (tests/mutation/*.mut, by default all) in a copy of
the repository, builds it and runs the tests, and prints a table. Fails if a
fault is noticed by no test and the list does not say why, or if it cannot be
made any more. On a processor that others use, too, a fault has taken 4 s on the
average, and the copy before the first one 50 s.

  --since REVISION   only the faults that are new since, and those of files that have changed
  --check            only look whether all faults can be made
  --clauses          only the faults that break clauses
  --only REGEX       only the faults whose breaks: matches
  --unexplained      leave out those that survive for a reason
  --limit SECONDS    begin no fault so long after the first one; what is left is counted

Environment:
  MUTATION_WORK      the folder to work in, kept; by default one that is removed
  MUTATION_WORKERS   how many copies; by default one for each processor

A list is read line by line. These stay in force until they are given again:

  file: PATH         where the faults are made
  tests: REGEX       the tests that are run first; by default those of the room

A fault ends with its + line, and has:

  breaks: WHAT       invariants (map-1) or clauses (RF-3), and maybe a few words
  at: TEXT           begin to look at the first line with this text
  build: KIND        thread or address: with that sanitizer, and yields
  survives: WHY      no test can notice it, for this reason
  - OLD              part of one line, as it is
  + NEW              what stands there instead

A fault that breaks clauses must fail, for each, a test function that cites it. A
table says which. All lists together must have a fault for each cited clause.
END
}

root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/prepare.sh
. "$root/tests/prepare.sh"
began=$SECONDS
since=
only=
limit=
clauses_only=
unexplained=
check_only=
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--check)
		check_only=yes
		shift
		;;
	--clauses)
		clauses_only=yes
		shift
		;;
	--unexplained)
		unexplained=yes
		shift
		;;
	--since | --only | --limit)
		declare "${1#--}=${2:?"$1 needs a value"}"
		shift 2
		;;
	-*)
		usage >&2
		exit 2
		;;
	*) break ;;
	esac
done
lists=$#
[ $# -gt 0 ] || set -- "$root"/tests/mutation/*.mut
base=${MUTATION_WORK:-$scratch/mutation}
not_code='checks|headers|models|consumer|install|bench|nt\.drivers_|scripts'
clause='[A-Z]+-?[0-9]+'
us=$(printf '\037')
ulimit -c 0

# The faults, one a line, with fields that no code has between them.
read_lists() {
	awk -v clause="$clause" '
		function value(line) { sub(/^[^:]*: */, "", line); return line }
		function room(path) { split(path, parts, "/"); return parts[2] }
		FNR == 1 { file = tests = ""; clear() }
		function clear() { breaks = at = build = survives = old = "" }
		/^#/ { next }
		/^$/ {
			if (breaks at build survives old != "") {
				print FILENAME ":" FNR ": a fault without +" >"/dev/stderr"
				exit 1
			}
			next
		}
		/^file: / { file = value($0); next }
		/^tests: / { tests = value($0); next }
		/^breaks: / { breaks = value($0); next }
		/^at: / { at = value($0); next }
		/^build: / { build = value($0); next }
		/^survives: / { survives = value($0); next }
		/^- / { old = substr($0, 3); next }
		/^\+/ {
			name = FILENAME
			sub(/.*\//, "", name)
			if (file == "" || breaks == "" || old == "") {
				print name ":" FNR ": a fault without file, breaks or -" >"/dev/stderr"
				exit 1
			}
			printf "%s:%d\037%s\037%s\037%s\037%s\037%s\037%s\037%s\037%s\n", name, FNR,
				file, tests == "" ? "sessio\\." room(file) "\\." : tests, breaks, at,
				build == "" ? "plain" : build, survives, old, substr($0, 3)
			clear()
			next
		}
		{ print FILENAME ":" FNR ": " $0 >"/dev/stderr"; exit 1 }
	' "$@"
}

# read_lists_of REVISION: the same, as they were.
read_lists_of() {
	local path

	mkdir -p "$scratch/lists" || return
	git -C "$root" ls-tree --name-only "$1" -- tests/mutation/ | grep '\.mut$' |
		while read -r path; do
			git -C "$root" show "$1:$path" >"$scratch/lists/${path##*/}" || return
		done || return
	[ -z "$(ls "$scratch/lists")" ] || read_lists "$scratch"/lists/*.mut
}

# The citations of the tests, one a line: clause, test, function. Those of the tests that
# only Windows runs prove nothing here.
read_citations() {
	awk '
		FILENAME ~ /\/windows_wts_test\.c$/ { next }
		FNR == 1 {
			test = FILENAME
			sub(/_test\.c$/, "", test)
			sub(/.*\/tests\//, "", test)
			sub(/\//, ".", test)
			clauses = ""
		}
		/^\/\* Clauses: / {
			clauses = $0
			gsub(/^\/\* Clauses: | \*\/$/, "", clauses)
			next
		}
		clauses != "" && /^static void / {
			sub(/\(.*/, "", $3)
			count = split(clauses, items, /, */)
			for (i = 1; i <= count; i++) {
				kind = last = items[i]
				sub(/[0-9].*/, "", kind)
				sub(/.*[^0-9]/, "", last)
				first = substr(items[i], length(kind) + 1) + 0
				for (; first <= last + 0; first++) {
					print kind first, test, $3
				}
			}
			clauses = ""
		}
	' "$root"/tests/*/*_test.c
}

# replace FILE AT OLD NEW: prints the file with the one place replaced; fails if it is
# not one.
replace() {
	AT=$2 OLD=$3 NEW=$4 awk '
		BEGIN { at = ENVIRON["AT"]; old = ENVIRON["OLD"]; new = ENVIRON["NEW"]; begun = (at == "") }
		!begun && index($0, at) { begun = 1 }
		begun && (i = index($0, old)) {
			found++
			if (found == 1) {
				$0 = substr($0, 1, i - 1) new substr($0, i + length(old))
			}
		}
		{ print }
		END { exit found == 0 || (found > 1 && at == "") }
	' "$1"
}

make_fault() { # FILE AT OLD NEW
	replace "$work/tree/$1" "$2" "$3" "$4" >"$own/faulty" &&
		cp "$work/tree/$1" "$own/sound" && cp "$own/faulty" "$work/tree/$1"
}

# Whether all faults can be made, which takes no build.
check_places() {
	local name file at old new result=0

	while IFS=$us read -r name file _ _ at _ _ old new <&3; do
		if ! replace "$root/$file" "$at" "$old" "$new" >/dev/null; then
			echo "$name: not found in $file: $old"
			result=1
		fi
	done 3<"$scratch/all"
	return $result
}

# Only what differs from before is copied, so a build of before is of use.
copy_tree() {
	mkdir -p "$work/tree" && (cd "$root" && git ls-files -z | while IFS= read -r -d '' path; do
		if [ -e "$path" ] && ! cmp -s "$path" "$work/tree/$path"; then
			mkdir -p "$work/tree/$(dirname "$path")" && cp "$path" "$work/tree/$path"
		fi
	done)
}

configure() { # KIND
	local options=(-DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1)

	[ ! -e "$work/$1/build.ninja" ] || return 0
	if [ "$1" != plain ]; then
		options=(-DCMAKE_C_COMPILER=clang-14 -DSESSIO_SANITIZE="$1" -DSESSIO_YIELDS=ON
			-DCMAKE_BUILD_TYPE=RelWithDebInfo)
	fi
	cmake -S "$work/tree" -B "$work/$1" -G Ninja -DSESSIO_INSTALL=OFF \
		-DSESSIO_BUILD_EXAMPLES=OFF "${options[@]}"
}

# targets REGEX: the programs of these tests. ctest knows those that are built, so
# the plain build is asked; once, since it needs a while.
declare -A known_targets
targets() {
	if [ -z "${known_targets[$1]+known}" ]; then
		known_targets[$1]=$(ctest --test-dir "$work/plain" --show-only=json-v1 -R "$1" \
			-E "$not_code" 2>/dev/null | grep -oE "$work/plain/[a-z_/]+/sessio_[A-Za-z_]+" |
			sed "s,^$work/plain/,," | sort -u)
	fi
}

# build KIND REGEX: the programs of these tests.
build() {
	local programs

	targets "$2"
	mapfile -t programs <<<"${known_targets[$2]}"
	ninja -C "$work/$1" "${programs[@]}" >"$own/build" 2>&1
}

# Seconds for a test, and for a function alone. Sound code hangs nowhere; it may be slow.
sound_limits="240 120"
faulty_limits="60 20"
limits=$sound_limits

# run_tests KIND OPTION...: fills a list of what failed. Each line is a test, and the
# first of its functions that began and did not pass.
run_tests() {
	local kind=$1 result seconds=${limits% *}

	# A sanitizer and yields make some of them ten times as slow.
	[ "$kind" = plain ] || seconds=240
	shift
	ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0 \
		ctest --test-dir "$work/$kind" --parallel 2 --timeout "$seconds" --no-tests=error \
		--output-on-failure -E "$not_code" "$@" >"$own/ctest" 2>&1
	result=$?
	awk '
		function finish() {
			if (test != "") print test, (running == "" ? "-" : running) (late ? ", too late" : "")
		}
		/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
			finish()
			test = running = ""
			if (/\*\*\*/) {
				late = /\*\*\*Timeout/
				test = $0
				sub(/.*Test +#[0-9]+: sessio\./, "", test)
				sub(/[ .]*\*\*\*.*/, "", test)
				sub(/ .*/, "", test)
			}
		}
		# Standard error may come first, so only these two are in order.
		/^\[ RUN      \]/ && running == "" { running = $4 }
		/^\[       OK \]/ && running == $4 { running = "" }
		/^[0-9]+% tests passed/ { finish(); test = "" }
		END { finish() }
	' "$own/ctest" >"$own/failed"
	return $result
}

# run_function TEST FUNCTION: that one alone.
run_function() {
	local program=$work/plain/tests/${1%%.*}/sessio_${1/./_}_test

	# The shell says of a program that a signal ended, so it is quiet.
	{
		timeout "${limits#* }" env LD_PRELOAD="$work/only.so" SESSIO_ONLY_TEST="$2" "$program" \
			>"$own/ctest" 2>&1
	} 2>/dev/null
}

# Whether all that cite a clause pass alone as the code is.
run_citing() {
	local test function_

	while read -r test function_; do
		if ! run_function "$test" "$function_" || ! grep -q '1 test(s) run' "$own/ctest"; then
			echo "$test: $function_ alone:" >>"$own/ctest"
			return 1
		fi
	done < <(cut -d ' ' -f 2- "$scratch/citations" | sort -u)
}

# prove NAME CLAUSES: for each clause runs the functions that cite it, one by one, until
# one fails. Those that do not are in idle.
prove() {
	local each test function_ programs

	mapfile -t programs < <(awk -v clauses=" $2 " '
		index(clauses, " " $1 " ") && !seen[$2]++ {
			gsub(/\./, "_", $2)
			print "sessio_" $2 "_test"
		}
	' "$scratch/citations")
	ninja -C "$work/plain" "${programs[@]}" >"$own/build" 2>&1 || return 2
	idle=
	for each in $2; do
		while read -r _ test function_; do
			if ! run_function "$test" "$function_"; then
				echo "$each $1 $test: $function_" >>"$own/proved"
				by=${by:-"$test: $function_"}
				continue 2
			fi
		done < <(grep "^$each " "$scratch/citations")
		idle="$idle $each"
	done
	[ -z "$idle" ]
}

first_failure() {
	by=$(head -n 1 "$own/failed")
	by=${by% -}
	by=${by/ /: }
}

# try_clauses NAME CLAUSES: sets verdict and by.
try_clauses() {
	local result=0

	by=
	prove "$1" "$2" || result=$?
	case $result in
	0) verdict=noticed ;;
	1)
		verdict=SURVIVES
		by="${by:+"only $by, "}not$idle"
		;;
	*) verdict="does not build" ;;
	esac
}

# try KIND TESTS TIMES: builds and tests what is in the tree; sets verdict and by. A fault
# between threads may show in a later run only. Then the table names the run.
try() {
	local run

	by=
	verdict="does not build"
	build "$1" "$2" || return
	for run in $(seq "$3"); do
		if ! run_tests "$1" -R "$2" --stop-on-failure; then
			verdict=noticed
			first_failure
			[ "$run" -eq 1 ] || by="$by, in run $run"
			return
		fi
	done
	verdict=SURVIVES
	[ "$1" = plain ] || return
	ninja -C "$work/$1" >"$own/build" 2>&1 || {
		verdict="does not build"
		return
	}
	limits=$sound_limits # most tests know nothing of it, and may be slow
	if ! run_tests "$1" --stop-on-failure; then
		verdict="noticed elsewhere"
		first_failure
	fi
}

# judge NAME FILE TESTS BREAKS AT KIND SURVIVES OLD NEW
judge() {
	local clauses state times=3

	limits=$faulty_limits
	if [ -n "$7" ]; then
		times=1
		limits=$sound_limits # it may be slower, and no more
	fi
	clauses=$(grep -oE "^($clause(, )?)+\b" <<<"$4" | tr -d ,)
	if make_fault "$2" "$5" "$8" "$9"; then
		if [ -n "$clauses" ]; then
			try_clauses "$1" "$clauses"
		else
			try "$6" "$3" "$times"
		fi
		# Newer than what was built from the fault.
		cp "$own/sound" "$work/tree/$2"
	else
		verdict="not made"
		by=
	fi
	state=bad
	case $verdict:$7 in
	noticed:) state=own ;;
	"noticed elsewhere":) state=others ;;
	SURVIVES:?*)
		state=explained
		verdict="survives"
		by=$7
		;;
	noticed*:?*) verdict="noticed after all" ;;
	"does not build":*) tail -n 20 "$own/build" >&2 ;;
	esac
	printf '%s%s%s\n' "$2" "$us" "$state" >>"$own/states"
	printf '%-24s %-17s %-44s %s\n' "$1" "$verdict" "$4" "$by"
}

# is_late SECONDS: whether the time that began there is over.
is_late() {
	[ -n "$limit" ] && [ $((SECONDS - $1)) -ge "$limit" ]
}

# work NUMBER: builds a copy and takes the faults that nobody has taken. The first
# worker has all that need another build.
work() {
	local number=0 built=plain passed='' first='' name file tests breaks at kind survives old new

	work=$base/$1
	own=$scratch/$1
	mkdir -p "$own" && copy_tree || return 2
	if ! { configure plain && ninja -C "$work/plain" &&
		cc -shared -fPIC -o "$work/only.so" "$root/tests/mutation/only.c"; } >"$own/build" 2>&1; then
		tail -n 20 "$own/build" >&2
		return 2
	fi
	# The suite must pass as it is, or it notices everything.
	if ! run_tests plain || ! run_citing; then
		cat "$own/ctest" >&2
		return 2
	fi
	limits=$faulty_limits
	while IFS=$us read -r name file tests breaks at kind survives old new <&3; do
		number=$((number + 1))
		if [ -n "$first" ] && is_late "$first"; then
			break
		fi
		if [ "$kind" != plain ] && [ "$1" != 1 ]; then
			continue
		fi
		mkdir "$scratch/taken/$number" 2>/dev/null || continue
		if [[ " $built " != *" $kind "* ]]; then
			built="$built $kind"
			if ! configure "$kind" >"$own/build" 2>&1 || ! build "$kind" "$tests"; then
				tail -n 20 "$own/build" >&2
				return 2
			fi
		fi
		if [ "$kind" != plain ] && [ "$tests" != "$passed" ]; then
			if ! build "$kind" "$tests" || ! run_tests "$kind" -R "$tests"; then
				cat "$own/ctest" >&2
				return 2
			fi
			passed=$tests
		fi
		first=${first:-$SECONDS}
		judge "$name" "$file" "$tests" "$breaks" "$at" "$kind" "$survives" "$old" "$new"
	done 3<"$scratch/faults"
}

# By room: faults, noticed by the tests of the fault, by others, explained, bad.
print_totals() {
	cat "$scratch"/[0-9]*/states 2>/dev/null | awk -F "$us" '
		FILENAME == "-" { split($1, parts, "/"); done[parts[2] SUBSEP $2]++; next }
		{ split($2, parts, "/"); room = parts[2]; if (!faults[room]++) order[++rooms] = room }
		END {
			form = "%-10s %6s %6s %7s %10s %6s %8s\n"
			printf form, "room", "faults", "own", "others", "explained", "bad", "not run"
			for (i = 1; i <= rooms; i++) {
				room = order[i]
				own = done[room SUBSEP "own"]; others = done[room SUBSEP "others"]
				explained = done[room SUBSEP "explained"]; bad = done[room SUBSEP "bad"]
				left = faults[room] - own - others - explained - bad
				printf form, room, faults[room], own + 0, others + 0, explained + 0, bad + 0, left
				all += faults[room]; own_all += own; others_all += others
				explained_all += explained; bad_all += bad; left_all += left
			}
			printf form, "all", all, own_all + 0, others_all + 0, explained_all + 0, bad_all + 0, left_all
		}
	' - "$scratch/faults"
}

# The clauses that tests cite: which fault proves each, and by what test.
print_clauses() {
	cat "$scratch"/[0-9]*/proved 2>/dev/null | awk -v pattern="^$clause " '
		FILENAME == "-" {
			if (!($1 in fault)) { fault[$1] = $2; test[$1] = $3 " " $4 }
			next
		}
		FILENAME ~ /citations$/ { cited[$1]; next }
		$0 ~ pattern && $1 in cited {
			count++
			if ($1 in fault) {
				printf "%-6s %-24s %s\n", $1, fault[$1], test[$1]
				proved++
			} else if (/\| *unbreakable: /) {
				unbreakable++
			} else {
				without = without " " $1
				missing++
			}
		}
		END {
			printf "%d clauses cited: %d proved by a fault, %d unbreakable, %d without a fault\n",
				count, proved, unbreakable, missing
			if (missing) {
				print "without a fault:" without
			}
			exit missing > 0
		}
	' - "$scratch/citations" "$root/tests/checks/clauses.txt"
}

read_lists "$@" >"$scratch/all" || exit 2
result=0
check_places || result=1
[ -z "$check_only" ] || exit $result
if [ -n "$since" ]; then
	git -C "$root" diff --name-only "$since" >"$scratch/changed" &&
		read_lists_of "$since" >"$scratch/known" || exit 2
else
	cut -d "$us" -f 2 "$scratch/all" >"$scratch/changed"
	: >"$scratch/known"
fi
awk -F "$us" -v only="$only" -v pattern="${clauses_only:+"^$clause"}" \
	-v unexplained="$unexplained" '
	function fault() { return substr($0, length($1) + 2) }
	FILENAME ~ /changed$/ { changed[$0]; next }
	FILENAME ~ /known$/ { known[fault()]; next }
	($2 in changed || !(fault() in known)) && $4 ~ only && $4 ~ pattern &&
		(unexplained == "" || $7 == "")
' "$scratch/changed" "$scratch/known" "$scratch/all" | sort -s -t "$us" -k 6,6 >"$scratch/faults"
total=$(wc -l <"$scratch/faults")
if [ "$total" -eq 0 ]; then
	echo "0 faults"
	exit 0
fi
read_citations >"$scratch/citations"

# Few faults are not worth a second copy.
workers=${MUTATION_WORKERS:-$jobs}
[ "$workers" -le $((total / 20 + 1)) ] || workers=$((total / 20 + 1))
mkdir "$scratch/taken" || exit 2
say "$total faults, $workers at a time ..."
pids=()
for number in $(seq "$workers"); do
	work "$number" &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || result=2
done
[ "$result" -ne 2 ] || exit 2

echo
print_totals
if [ "$lists$since$only$limit" = 0 ]; then
	echo
	print_clauses || result=1
fi
bad=$(cat "$scratch"/[0-9]*/states 2>/dev/null | grep -c "${us}bad$")
echo "$total faults, $(find "$scratch/taken" -mindepth 1 | wc -l) run, $bad not as expected, in $((SECONDS - began)) s"
[ "$bad" -eq 0 ] && [ "$result" -eq 0 ]

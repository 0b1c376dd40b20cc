#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Breaks the code in one place at a time and runs the suite; see usage() below.
set -u

usage() {
	cat <<'END'
usage: tests/mutation/run.sh [--since REVISION] [LIST...]

Makes each fault of the lists (tests/mutation/*.mut, by default all) in a copy of
the repository, builds it and runs the tests, and prints a table. Fails if a
fault is noticed by no test and the list does not say why, or if it cannot be
made any more.

  --since REVISION   only the faults of files that have changed since

Environment:
  MUTATION_WORK   the folder to work in, kept; by default one that is removed

A list is read line by line. These stay in force until they are given again:

  file: PATH         where the faults are made
  tests: REGEX       the tests that are run first

A fault ends with its + line, and has:

  breaks: WHAT       invariants (map-1) or clauses (RF-3), and maybe a few words
  at: TEXT           begin to look at the first line with this text
  build: KIND        thread or address: with that sanitizer, and yields
  survives: WHY      no test can notice it, for this reason
  - OLD              part of one line, as it is
  + NEW              what stands there instead

A fault that breaks a clause must fail a test that cites it.
END
}

root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/prepare.sh
. "$root/tests/prepare.sh"
since=
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--since)
		since=${2:?"--since needs a revision"}
		shift 2
		;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || set -- "$root"/tests/mutation/*.mut
work=${MUTATION_WORK:-$scratch/mutation}
tree=$work/tree
not_code='checks|headers|models|consumer|install|bench|nt\.drivers_|scripts'

# The faults, one a line, with fields that no code has between them.
read_lists() {
	awk '
		function value(line) { sub(/^[^:]*: */, "", line); return line }
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
			new = substr($0, 3)
			if (file == "" || tests == "" || breaks == "" || old == "") {
				print name ":" FNR ": a fault without file, tests, breaks or -" >"/dev/stderr"
				exit 1
			}
			printf "%s:%d\037%s\037%s\037%s\037%s\037%s\037%s\037%s\037%s\n", name, FNR,
				file, tests, breaks, at, build == "" ? "plain" : build, survives, old, new
			clear()
			next
		}
		{ print FILENAME ":" FNR ": " $0 >"/dev/stderr"; exit 1 }
	' "$@"
}

# make_fault FILE AT OLD NEW: replaces the one place; fails if it is not one.
make_fault() {
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
	' "$tree/$1" >"$scratch/faulty" && cp "$tree/$1" "$scratch/sound" &&
		cp "$scratch/faulty" "$tree/$1"
}

configure() { # KIND
	local options=()

	[ ! -e "$work/$1/build.ninja" ] || return 0
	if command -v ccache >/dev/null; then
		options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
	fi
	if [ "$1" != plain ]; then
		options+=(-DCMAKE_C_COMPILER=clang-14 -DSESSIO_SANITIZE="$1" -DSESSIO_YIELDS=ON)
	fi
	cmake -S "$tree" -B "$work/$1" -G Ninja -DSESSIO_INSTALL=OFF \
		-DCMAKE_BUILD_TYPE=RelWithDebInfo "${options[@]}"
}

# targets KIND REGEX: the programs of these tests.
targets() {
	ctest --test-dir "$work/$1" -N -R "$2" -E "$not_code" 2>/dev/null |
		sed -n 's/^ *Test *#[0-9]*: sessio\.//p' |
		sed -e 's/\(_death\)\..*/\1/' -e '/_death$/!{/^fuzz\./!s/$/_test/}' -e 's/\./_/g' \
			-e 's/^/sessio_/' | sort -u >"$scratch/wanted"
	ninja -C "$work/$1" -t targets all | sed -n 's/: phony$//p' | sort -u |
		comm -12 - "$scratch/wanted"
}

# run_tests KIND OPTION...: fills the list of those that failed.
run_tests() {
	local kind=$1

	shift
	rm -f "$work/$kind/Testing/Temporary/LastTestsFailed.log"
	ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0 \
		ctest --test-dir "$work/$kind" --parallel "$jobs" --timeout 60 --no-tests=error \
		-E "$not_code" "$@" >"$scratch/ctest" 2>&1
	cut -d: -f2 "$work/$kind/Testing/Temporary/LastTestsFailed.log" 2>/dev/null >"$scratch/failed"
	[ ! -s "$scratch/failed" ]
}

# cites TEST CLAUSE: whether the test's source says that it proves the clause.
cites() {
	local name=${1#sessio.}
	local source=$root/tests/${name%%.*}/${name#*.}_test.c

	[ -e "$source" ] && grep -h 'Clauses:' "$source" | tr -s ',*/ ' '\n' | awk -v clause="$2" '
		$0 == clause { found = 1 }
		/\.\./ {
			split($0, ends, /\.\./)
			kind = first = ends[1]
			last = ends[2]
			number = clause
			gsub(/[0-9]/, "", kind)
			gsub(/[^0-9]/, "", first)
			gsub(/[^0-9]/, "", last)
			gsub(/[^0-9]/, "", number)
			if (index(clause, kind) == 1 && number + 0 >= first + 0 && number + 0 <= last + 0) {
				found = 1
			}
		}
		END { exit !found }'
}

# A test that failed and may count: for a clause it must cite that. Prints it.
witness() { # BREAKS
	local clauses test clause

	clauses=$(printf '%s\n' "$1" | grep -oE '\b[A-Z]+-?[0-9]+\b')
	while read -r test; do
		if [ -z "$clauses" ]; then
			echo "$test"
			return 0
		fi
		for clause in $clauses; do
			if cites "$test" "$clause"; then
				echo "$test"
				return 0
			fi
		done
	done <"$scratch/failed"
	return 1
}

# try KIND TESTS BREAKS: builds and tests what is in the tree; sets verdict and by.
try() {
	local programs

	by=
	verdict="does not build"
	mapfile -t programs < <(targets "$1" "$2")
	ninja -C "$work/$1" "${programs[@]}" >"$scratch/build" 2>&1 || return
	run_tests "$1" -R "$2"
	if by=$(witness "$3"); then
		verdict=noticed
		return
	fi
	verdict=SURVIVES
	[ "$1" = plain ] || return
	ninja -C "$work/$1" >"$scratch/build" 2>&1 || {
		verdict="does not build"
		return
	}
	run_tests "$1"
	if by=$(witness "$3"); then
		verdict="noticed elsewhere"
	fi
}

read_lists "$@" >"$scratch/faults" || exit 2
if [ -n "$since" ]; then
	git -C "$root" diff --name-only "$since" >"$scratch/changed" || exit 2
	awk -F '\037' 'NR == FNR { changed[$0]; next } $2 in changed' \
		"$scratch/changed" "$scratch/faults" >"$scratch/wanted_faults"
	mv "$scratch/wanted_faults" "$scratch/faults"
fi
if [ ! -s "$scratch/faults" ]; then
	echo "0 faults"
	exit 0
fi

mkdir -p "$tree" || exit 2
# Only what differs: so a build of before is of use.
(cd "$root" && git ls-files -z | while IFS= read -r -d '' path; do
	if [ -e "$path" ] && ! cmp -s "$path" "$tree/$path"; then
		mkdir -p "$tree/$(dirname "$path")" && cp -p "$path" "$tree/$path"
	fi
done) || exit 2
# The suite must pass as it is, or it notices everything.
for kind in $(cut -d "$(printf '\037')" -f 6 "$scratch/faults" | sort -u); do
	say "Building as it is ($kind) ..."
	quietly configure "$kind"
	quietly cmake --build "$work/$kind" --parallel "$jobs"
	some='.'
	[ "$kind" = plain ] || some='torture|threads'
	if ! run_tests "$kind" -R "$some"; then
		cat "$scratch/ctest"
		exit 2
	fi
done

say "$(wc -l <"$scratch/faults") faults ..."
bad=0
total=0
while IFS=$(printf '\037') read -r name file tests breaks at kind survives old new <&3; do
	total=$((total + 1))
	if make_fault "$file" "$at" "$old" "$new"; then
		try "$kind" "$tests" "$breaks"
		# Newer than what was built from the fault.
		cp "$scratch/sound" "$tree/$file"
	else
		verdict="not found"
		by=
	fi
	case $verdict:$survives in
	noticed*:) ;;
	SURVIVES:?*)
		verdict="survives"
		by=$survives
		;;
	noticed*:?*)
		verdict="noticed after all"
		bad=$((bad + 1))
		;;
	*)
		bad=$((bad + 1))
		[ "$verdict" != "does not build" ] || tail -n 20 "$scratch/build" >&2
		;;
	esac
	printf '%-22s %-18s %-36s %s\n' "$name" "$verdict" "$breaks" "$by"
done 3<"$scratch/faults"
echo "$total faults, $bad not as expected"
[ "$bad" -eq 0 ]

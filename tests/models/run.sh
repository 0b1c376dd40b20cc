#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the models in this folder with Spin, as the head of each says, all or those that are named:
#
#	sh tests/models/run.sh [--large] [MODEL...]
#
# A sound run must visit every state without an error, and leave no line of the
# model unvisited; a fault must be caught. One line per run. It
# fails if a run did not come out as expected, or if a fault in a model is never
# run. It also fails if no fault breaks a rule: that rule may be one that cannot fail.
set -u

here=$(cd "$(dirname "$0")" && pwd)
compiler=${CC:-cc}
large=no
if [ "${1:-}" = --large ]; then
	large=yes
	shift
fi

for tool in spin "$compiler"; do
	if ! command -v "$tool" >/dev/null; then
		echo "models: needs $tool" >&2
		exit 2
	fi
done
if [ $# -eq 0 ]; then
	for file in "$here"/*.pml; do
		set -- "$@" "$(basename "$file" .pml)"
	done
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
cd "$work" || exit 2

runs=0
wrong=0

# line MODEL VARIANT STATES RESULT EXPECTED VERDICT
line() {
	printf '%-9s %-32s %10s  %-22s %-12s %s\n' "$@"
}

# Statements that no process ever executes, from what pan says of all its places and
# then of those that it never reached. An inline is in many processes, and some of
# its statements may be for some of them only. Fails if there are any.
never_reached='
/^proctype/ || /^init/ || /^unreached in/ { process = $NF; next }
NR == FNR && / => / && !/goto/ {
	match($0, /\[[^]]*\] [^ ]*:[0-9]+ => /)
	place = substr($0, RSTART, RLENGTH)
	sub(/^\[[^]]*\] /, "", place)
	sub(/ => $/, "", place)
	statement = place ": " substr($0, RSTART + RLENGTH)
	if (!((process, $2, statement) in known)) {
		known[process, $2, statement]
		all[statement]++
	}
}
NR != FNR && /, state [0-9]+, "/ {
	place = $1
	sub(/,$/, "", place)
	sub(/.*\//, "", place)
	statement = $0
	sub(/^[^"]*"/, "", statement)
	sub(/"$/, "", statement)
	missed[place ": " statement]++
}
END {
	for (statement in missed) {
		short = statement
		for (other in all) {
			copy = other
			sub(/^[^:]*\//, "", copy)
			if (copy == short && missed[statement] < all[other]) {
				short = ""
			}
		}
		if (short != "") {
			print "never reached: " short
			found = 1
		}
	}
	exit found
}'

# Builds and runs one variant; -o3 keeps every line apart. Fills $states, $result and the file out.
search() { # MODEL LEVEL [-D...]
	search_model=$1
	search_level=$2
	shift 2
	states=-
	rm -f pan* ./*.trail out never
	if ! spin -o3 -P"$compiler -E -x c" "$@" -a "$here/$search_model.pml" >out 2>&1 ||
		! "$compiler" "$search_level" -w -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -o pan pan.c \
			>>out 2>&1; then
		result="does not build"
		return
	fi
	./pan -m100000 >out 2>&1
	code=$?
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out)
	if grep -q 'assertion violated' out; then
		result="breaks $(sed -n 's/.*assertion violated[ (]*\(M[0-9]*\).*/\1/p' out)"
	elif grep -q 'invalid end state (' out; then
		result="hangs"
	elif [ "$code" -ne 0 ] || ! grep -q 'errors: 0$' out ||
		grep -q -e 'max search depth too small' -e 'Search not completed' \
			-e 'Bit statespace' -e 'Hash-Compact' -e 'out of memory' out; then
		result="not exhaustive"
	elif ./pan -d >places 2>/dev/null && ! awk "$never_reached" places out >>never; then
		cat never >>out
		result="lines never reached"
	else
		result="sound"
	fi
}

# One run of a model, as a line of its head says.
run() { # MODEL KIND [-D...]
	model=$1
	kind=$2
	shift 2
	level=-O0
	[ "$kind" = fault ] || level=-O2
	search "$model" "$level" "$@"
	verdict=ok
	case $kind:$result in
	fault:breaks* | fault:hangs) ;;
	sound:sound | large:sound) ;;
	*) verdict=WRONG ;;
	esac
	expected=sound
	[ "$kind" = fault ] && expected="to be caught"
	echo "$result" >>broken
	line "$model" "${*:-as it is}" "$states" "$result" "$expected" "$verdict"
	runs=$((runs + 1))
	if [ "$verdict" != ok ]; then
		wrong=$((wrong + 1))
		cat out
	fi
}

line model variant states result expected ''
for model in "$@"; do
	file=$here/$model.pml
	if [ ! -f "$file" ]; then
		echo "models: there is no $model" >&2
		exit 2
	fi
	sed -n -e 's/^ \*   \(sound.*\)/\1/p' -e 's/^ \*   \(large.*\)/\1/p' \
		-e 's/^ \*   \(fault.*\)/\1/p' "$file" >"$work/runs"
	for fault in $(grep -o 'F_[A-Z_]*' "$file" | sort -u); do
		if ! grep -q "^fault -D$fault " "$work/runs"; then
			echo "$model: $fault is never run"
			wrong=$((wrong + 1))
		fi
	done
	if ! grep -q '^sound' "$work/runs"; then
		echo "$model: has no sound run"
		wrong=$((wrong + 1))
	fi
	: >"$work/broken"
	while read -r kind words; do
		[ "$kind" = large ] && [ $large = no ] && continue
		# The words that are not options say what the fault is.
		options=
		for word in $words; do
			case $word in
			-D*) options="$options $word" ;;
			*) break ;;
			esac
		done
		# shellcheck disable=SC2086 # one word per option
		run "$model" "$kind" $options
	done <"$work/runs"
	for rule in $(grep -o '(M[0-9]*)' "$file" | tr -d '()' | sort -u); do
		if ! grep -q "breaks $rule\$" "$work/broken"; then
			echo "$model: no fault breaks $rule"
			wrong=$((wrong + 1))
		fi
	done
done
echo "$runs runs, $wrong not as expected"
[ "$wrong" -eq 0 ] && [ "$runs" -gt 0 ]

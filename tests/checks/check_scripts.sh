#!/bin/sh
# SPDX-License-Identifier: MIT
# check_scripts.sh ROOT BUILD WORK: the two scripts that a newcomer runs.
#
# Nothing is built: a cmake and a ctest that do nothing stand in, and the programs
# are those of BUILD.
set -eu
root=$1
build=$2
work=$3

fail() {
	echo "scripts: $*" >&2
	exit 1
}

# narrow FILE: no line is wider than 80 columns.
narrow() {
	[ -s "$1" ] || fail "nothing in $1"
	awk -v file="$1" 'length($0) > 80 { print file ": " $0; wide = 1 } END { exit wide }' "$1" ||
		fail "wider than 80 columns"
}

# Nothing is left in the folder for temporary files.
clean() {
	[ -z "$(ls -A "$TMPDIR")" ] || fail "$1: left behind $(ls -A "$TMPDIR")"
}

# stand_in NAME [LINE...]: a program of that name that comes first on the path.
stand_in() {
	name=$1
	shift
	{
		echo "#!/bin/sh"
		printf '%s\n' "$@"
	} >"$work/stand-ins/$name"
	chmod +x "$work/stand-ins/$name"
}

# only FOLDER PROGRAM...: a folder with these programs of this machine and no others.
only() {
	folder=$1
	shift
	mkdir -p "$folder"
	for program in "$@"; do
		ln -sf "$(command -v "$program")" "$folder/$program"
	done
}

rm -rf "$work"
mkdir -p "$work/stand-ins" "$work/tmp"
export TMPDIR="$work/tmp" BUILD="$build"
cd "$work"

for script in tests/run.sh examples/run.sh; do
	sh "$root/$script" --help >help 2>&1 || fail "$script --help fails"
	grep -q "^usage: sh $script " help || fail "$script --help: no usage"
	narrow help
done

# Missing packages are named, and why they cannot be installed.
only bare sh mktemp rm cat sed fold dirname getconf grep id
for script in tests/run.sh examples/run.sh; do
	! PATH=$work/bare sh "$root/$script" >missing 2>&1 || fail "$script does without cmake"
	grep -q "^Missing here:.* cmake .*libuv" missing || fail "$script does not say what is missing"
	grep -q "there is no apt-get here" missing || fail "$script does not say why"
	grep -q "libuv1-dev" missing || fail "$script names no package"
	narrow missing
	clean "$script"
done
only barred sh mktemp rm cat sed fold dirname getconf grep
printf '#!/bin/sh\necho 1000\n' >barred/id
printf '#!/bin/sh\nexit 1\n' >barred/apt-get
chmod +x barred/id barred/apt-get
! PATH=$work/barred sh "$root/examples/run.sh" >missing 2>&1 || fail "installs without root"
grep -q "takes root, and there is no sudo" missing || fail "does not say that root is missing"
cp barred/apt-get barred/sudo
! PATH=$work/barred sh "$root/examples/run.sh" >missing 2>&1 || fail "installs without root"
grep -q "sudo wants a password" missing || fail "does not say that sudo refuses"
clean "a script that may not install"

# All well: its steps on one stream, the result on the other.
PATH=$work/stand-ins:$PATH
for program in cc c++ cmake make pkg-config spin; do
	stand_in "$program" "exit 0"
done
stand_in ctest 'echo "100% tests passed, 0 tests failed out of 9"'
sh "$root/tests/run.sh" >out 2>err || fail "tests/run.sh fails"
[ "$(cat out)" = "100% tests passed, 0 tests failed out of 9" ] || fail "tests/run.sh: $(cat out)"
[ "$(cat err)" = "Building ...
Testing ..." ] || fail "tests/run.sh: $(cat err)"
clean "tests/run.sh"
stand_in ctest "echo '50% tests passed, 1 tests failed out of 2'" "exit 8"
status=0
sh "$root/tests/run.sh" >out 2>err || status=$?
[ "$status" -eq 8 ] || fail "tests/run.sh: $status when a test fails"
stand_in cmake "echo no room | sed 's/.*/&&&&&&&&&&&&&&&/'" "exit 1"
! sh "$root/tests/run.sh" >out 2>err || fail "tests/run.sh is content with a broken build"
grep -q "no room" err || fail "tests/run.sh does not show why the build failed"
narrow err
clean "a failed build"
stand_in cmake "exit 0"

[ -x "$build/examples/sessio_files_story" ] || exit 0
sh "$root/examples/run.sh" >out 2>err || fail "examples/run.sh: $(cat out err)"
grep -q "^All as expected" out || fail "examples/run.sh: $(cat out)"
narrow out
narrow err
clean "examples/run.sh"

# Names and files of any size; an unreadable file; far more files than it needs.
mkdir -p "tree/a folder with a name that is much longer than a line is wide, more or less"
(
	cd tree/a*
	i=0
	while [ $i -lt 90 ]; do
		echo "$i" >"file $i, with a name that would not fit on a line if there were more of it"
		i=$((i + 1))
	done
)
ln -s nowhere tree/dangling
find tree -type f -exec ls -l {} + >before
sh "$root/examples/run.sh" "$work/tree" >out 2>err || fail "examples/run.sh on a tree: $(cat out)"
grep -q "^48 files of " out || fail "examples/run.sh copies more or less: $(head -n 1 out)"
narrow out
find tree -type f -exec ls -l {} + | cmp - before || fail "examples/run.sh changed its DIR"

# The output is cut off, or a signal comes: nothing stays.
sh "$root/examples/run.sh" 2>/dev/null | head -n 1 >out || true
clean "examples/run.sh | head"
"$build/examples/sessio_files_story" "$root/include" "$build/examples/sessio_files" | head -n 1 >out || true
clean "the story | head"
mkdir -p killed/examples
cat >killed/examples/sessio_files_story <<'END'
#!/bin/sh
mktemp >&2
kill -s KILL $$
END
chmod +x killed/examples/sessio_files_story
! BUILD=$work/killed sh "$root/examples/run.sh" >out 2>err || fail "a provider that was killed"
clean "a provider that was killed"
sh "$root/tests/run.sh" 2>/dev/null | : || true
clean "tests/run.sh | :"
stand_in cmake "echo \$PPID >$work/running" "sleep 1"
for signal in TERM HUP PIPE; do
	rm -f running
	sh "$root/tests/run.sh" >out 2>&1 &
	script=$!
	while [ ! -s running ]; do
		sleep 0.1
	done
	kill -s "$signal" "$script"
	! wait "$script" || fail "SIG$signal does not end tests/run.sh"
	clean "SIG$signal"
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# by_hand.sh PROGRAM DIR FOLDER: uses sessio_files as a person does, in FOLDER.
set -eu
program=$1
directory=$2
folder=$3

fail() {
	echo "by hand: $*" >&2
	exit 1
}

# expect CODE COMMAND...: the command ends with that code; its words are in out and err.
expect() {
	expected=$1
	shift
	code=0
	"$@" >out 2>err </dev/null || code=$?
	[ "$code" -eq "$expected" ] || fail "$*: ended with $code: $(cat out err)"
}

# says FILE TEXT: a line of the file is that text.
says() {
	grep -qF -e "$2" "$1" || fail "no \"$2\" in: $(cat "$1")"
}

narrow() {
	! grep -q '.\{81\}' "$1" || fail "wider than 80 columns: $(cat "$1")"
}

# until COMMAND...: until it succeeds.
until_true() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || fail "in vain: $*"
		sleep 0.1
	done
}

rm -rf "$folder"
mkdir -p "$folder/files/a folder"
cd "$folder"
TMPDIR=$folder
export TMPDIR
cp "$directory/sessio/status.h" "files/a folder/a \"name\""
printf 'first\nsecond\n' >files/short

# Without a provider.
expect 0 "$program" --help
says out "usage: sessio_files serve PIPE DIR"
says out "Exit codes:"
narrow out
expect 2 "$program"
expect 2 "$program" list
expect 2 "$program" dance pipe
says err "dance: no such command"
expect 2 "$program" list pipe --loud
says err "--loud: no such option"
expect 3 "$program" list pipe
says err "pipe: no such file or directory"
expect 1 "$program" serve pipe nowhere
says err "there are no files to serve in nowhere"
mkdir empty
expect 1 "$program" serve pipe empty
rmdir empty

"$program" serve pipe files >served 2>&1 &
provider=$!
trap 'kill "$provider" 2>/dev/null || true' EXIT
until_true grep -q " are served at pipe" served
expect 1 "$program" serve pipe files
says err "cannot serve at pipe: exists already"

# One command each.
expect 0 "$program" list pipe
says out "short"
says out 'a folder/a "name"'
expect 0 "$program" read pipe short
printf 'first\nsecond\n' | cmp - out || fail "read"
expect 0 "$program" read pipe 'a folder/a "name"'
cmp "$directory/sessio/status.h" out || fail "a large read"
expect 0 "$program" write pipe short "a third line"
expect 0 "$program" read pipe short --json
says out '"status":"SESSIO_OK","on":"short","bytes":26,"text":"first\nsecond\na third line\n"}'
cmp files/short - <<'END' || fail "the files of DIR are changed"
first
second
END
expect 1 "$program" open pipe nothing
says err "open nothing: not found"
expect 2 "$program" open pipe
expect 1 "$program" open pipe short x
says err "invalid argument"
expect 0 "$program" sessions pipe
says out "files 2, sessions 0, operations 0, consumers 1"

# A session lives as long as its process, and a handle can be passed on.
mkfifo line one
"$program" shell pipe --user karla <line >karla 2>&1 &
karla=$!
exec 3>line
until_true grep -q "^connection " karla
number=$(sed -n 's/^connection \([0-9]*\) .*/\1/p' karla)
"$program" open pipe short rw r <one >opened 2>&1 &
opener=$!
exec 4>one
until_true grep -q "^h1 is short, rights rwp, value 0x" opened
expect 1 "$program" write pipe short "refused"
says err "shared in a way that does not allow this"
expect 0 "$program" sessions pipe
narrow out
says out "files 2, sessions 1, operations 0, consumers 3"
echo "pass h1 r $number" >&4
until_true grep -q "^h1 is given by connection " karla
echo "quit" >&4
wait "$opener" || fail "quit: $(cat opened)"
exec 4>&-
echo "read h1" >&3
until_true grep -q "^a third line" karla
echo "write h1 no" >&3
until_true grep -q "write h1: rights missing" karla
echo 'pass short r 4711' >&3
until_true grep -q "pass short: not found" karla
echo "close h1" >&3
until_true "$program" write pipe short "granted"

# A copy has room for 128 KiB: 32 of these lines, and then a shorter one.
piece=$(printf '%04000d' 0)
lines=0
while "$program" write pipe short "$piece" >out 2>err; do
	lines=$((lines + 1))
	[ "$lines" -le 32 ] || fail "a file without an end"
done
says err "the file is full"
[ "$lines" -eq 32 ] || fail "only $lines lines had room"
expect 0 "$program" write pipe short "a short line"

# An operation that waits can be cancelled. Quotes hold words together.
echo 'await "short"' >&3
until_true sh -c "'$program' sessions pipe | grep -q awaits"
echo "cancel" >&3
until_true grep -q "await short: cancelled" karla
echo 'open "a folder/a \"name\""' >&3
until_true grep -q '^h1 is a folder/a "name", rights rp, ' karla
echo "no such thing" >&3
until_true grep -q "no: no such command" karla
expect 1 "$program" withdraw pipe short --user karla
says err "withdraw short: rights missing"
expect 0 "$program" logoff pipe karla
until_true grep -q "^h1 is revoked" karla
expect 0 "$program" withdraw pipe short
expect 1 "$program" read pipe short
exec 3>&-
code=0
wait "$karla" || code=$?
[ "$code" -eq 2 ] || fail "the last thing that went wrong was a usage: $code"

# A view follows. Commands come from a pipe, too.
"$program" watch pipe --json >view 2>viewed &
viewer=$!
until_true grep -q '"sessions":0' view
printf 'open "a folder/a \\"name\\"" r -\n\nhandles\n' >commands
# The session stays until the view has shown it: the end of the input closes it.
{
	cat commands
	until_true grep -q '"sessions":1' view
} | "$program" shell pipe --json >out || fail "commands from a pipe: $(cat out)"
says out '{"event":"handle","handle":"h1","value":"0x'
grep -q '"sessions":1' view || fail "the view has not shown the session: $(cat view)"

# The provider goes: its consumers hear of it, and nothing stays.
kill "$provider"
wait "$provider" || fail "the provider: $(cat served)"
trap - EXIT
code=0
wait "$viewer" || code=$?
[ "$code" -eq 3 ] || fail "a consumer without its provider ends with $code: $(cat viewed)"
says served "handles left 0"
rm -r files line one out err served karla opened view viewed commands
[ -z "$(ls -A)" ] || fail "something is left: $(ls -A)"

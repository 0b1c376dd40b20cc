#!/bin/sh
# SPDX-License-Identifier: MIT
# check_imports.sh NM LIBRARY LIST: all names that the driver's library takes from
# outside stand in the list. Prints how many there are.
set -eu
nm=$1 library=$2 list=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$nm" --defined-only "$library" | awk 'NF == 3 {print $3}' | sort -u >"$folder/defined"
"$nm" -u "$library" | awk '$1 == "U" {sub(/^__imp_/, "", $2); print $2}' |
	sort -u | comm -23 - "$folder/defined" >"$folder/wanted"
awk '!/^#/ {print $1}' "$list" | sort -u >"$folder/allowed"
strangers=$(comm -23 "$folder/wanted" "$folder/allowed")
if [ -n "$strangers" ]; then
	printf 'the library imports what %s does not list:\n%s\n' "$list" "$strangers" >&2
	exit 1
fi
# An empty list would say nothing: these are what a driver cannot do without.
grep -qx IoRegisterContainerNotification "$folder/wanted"
grep -qx ExAllocatePoolWithTag "$folder/wanted"
echo "the library imports $(wc -l <"$folder/wanted") functions, all of them documented"

# SPDX-License-Identifier: MIT
# awk -f null.awk HEADER... TEST...: for each pointer of each public function, some test
# must pass NULL in its place. Prints those that none does; fails if there are any.

# The text of a file without comments, strings and lines of the preprocessor.
function add(line) {
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	gsub(/'([^'\\]|\\.)'/, "0", line)
	gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, " ", line)
	if (in_comment) {
		if (!sub(/^.*\*\//, " ", line)) {
			return
		}
		in_comment = 0
	}
	if (sub(/\/\*.*$/, " ", line)) {
		in_comment = 1
	}
	if (line ~ /^#/ && file ~ /\.h$/) {
		in_directive = 1
	}
	if (in_directive) {
		in_directive = line ~ /\\$/
		return
	}
	text = text " " line
}

# Splits what is between the brackets that open before position `at`; the rest follows them.
function split_arguments(string, list, count, depth, c, i, item) {
	count = depth = 0
	item = ""
	for (i = 1; i <= length(string); i++) {
		c = substr(string, i, 1)
		if (c == "(" || c == "{" || c == "[") {
			depth++
		} else if (c == ")" && depth == 0) {
			break
		} else if (c == ")" || c == "}" || c == "]") {
			depth--
		} else if (c == "," && depth == 0) {
			list[++count] = item
			item = ""
			continue
		} else if (c == ";" && depth == 0) {
			return 0 # no call
		}
		item = item c
	}
	list[++count] = item
	rest = substr(string, i + 1)
	return count
}

function note_declarations(all, list, count, i, name, before) {
	while (match(all, /[A-Za-z_][A-Za-z0-9_]*\(/)) {
		before = substr(all, 1, RSTART - 1)
		name = substr(all, RSTART, RLENGTH - 1)
		all = substr(all, RSTART + RLENGTH)
		if (before !~ /[A-Za-z0-9_*]+ \**$/ || before ~ /(typedef [^;]*|return |[=(,] *)$/) {
			continue
		}
		count = split_arguments(all, list)
		if (count == 0 || rest !~ /^ *(;|{)/) {
			continue
		}
		for (i = 1; i <= count; i++) {
			if (list[i] ~ /\*/ || list[i] ~ /_(fn|sink) \*?[a-z]/) {
				gsub(/[ \t]+/, " ", list[i])
				wanted[name, i] = list[i]
				known[name]
			}
		}
		all = rest
	}
}

function note_calls(all, list, count, i, name) {
	while (match(all, /[A-Za-z_][A-Za-z0-9_]*\(/)) {
		name = substr(all, RSTART, RLENGTH - 1)
		all = substr(all, RSTART + RLENGTH)
		if (!(name in known)) {
			continue
		}
		count = split_arguments(all, list)
		for (i = 1; i <= count; i++) {
			if (list[i] ~ /^[ \t]*(NULL|RTL_NULL)[ \t]*$/) {
				passed[name, i]
			}
		}
	}
}

function finish() {
	if (file ~ /\.h$/) {
		note_declarations(text)
	} else if (file != "") {
		note_calls(text)
	}
	text = ""
	in_comment = in_directive = 0
}

FNR == 1 { finish(); file = FILENAME }
{ add($0) }
END {
	finish()
	for (key in wanted) {
		split(key, parts, SUBSEP)
		if (!(key in passed)) {
			printf "%s: no test passes NULL for argument %d,%s\n", parts[1], parts[2], wanted[key]
			missing++
		}
		pointers++
	}
	for (name in known) {
		functions++
	}
	printf "%d functions, %d pointers, %d never NULL\n", functions, pointers, missing
	exit missing > 0
}

# SPDX-License-Identifier: MIT
# awk -f words.awk file...
#
# Prints the faults of check_words.cmake, one a line: "file:line: fault". Comments
# are read as paragraphs, and paragraphs as sentences. A paragraph ends at an empty
# line, and a new one begins at a bullet, a label such as (host-1) or Ref:, or a
# gap of three spaces, which tables have.

function fault(text)
{
	printf "%s:%d: %s\n", file, at, text
}

# One sentence, without its end.
function judge_sentence(text,    items, count, i, head)
{
	if (text ~ /: .*; .*; /) { # a list
		head = text
		sub(/: .*$/, ":", head)
		judge_sentence(head)
		count = split(substr(text, length(head) + 2), items, /; /)
		for (i = 1; i <= count; i++)
			judge_item(items[i])
		return
	}
	judge_item(text)
}

function judge_item(text,    words, count, i, n)
{
	count = split(text, words, /[ \t]+/)
	n = 0
	for (i = 1; i <= count; i++)
		if (words[i] ~ /[A-Za-z0-9]/)
			n++
	if (n > most)
		fault("a sentence of " n " words: " substr(text, 1, 60) "...")
	if (text ~ /^(Who|Whoever|What|Whatever)( |'s )/ && text !~ /\?$/)
		fault("a clause as the subject: " substr(text, 1, 60))
	else if (text ~ /[;:] (who|whoever|what|whatever) / || text ~ /(^|[ (])[Ww]hoever /)
		fault("a clause as the subject: " substr(text, 1, 60))
}

function judge_paragraph(    text, end)
{
	text = paragraph
	paragraph = ""
	gsub(/`[^`]*`/, "x", text) # code is one word
	gsub(/(e\.g\.|i\.e\.|etc\.)/, "x", text)
	if (listing) # a list of statuses, each with its reason
		gsub(/, (or )?(rc|SESSIO_|STATUS_)/, ". &", text)
	while (match(text, /[.!?][)"']* +/)) {
		end = RSTART + RLENGTH
		judge_sentence(substr(text, 1, RSTART))
		text = substr(text, end)
	}
	judge_sentence(text)
}

# One line of prose, without the signs that make it a comment.
function prose(line,    indent)
{
	line_words(line)
	indent = match(line, /[^ \t]/) - 1
	if (indent < 0) {
		judge_paragraph()
		return
	}
	line = substr(line, indent + 1)
	if (line ~ /^(SPDX|Clauses:|<!--|!\[|clang-format|NOLINT|shellcheck)/)
		return
	if (line ~ /^([-*] |[0-9]+\. |\([a-z_]+-[0-9]+\) |\(M[0-9]+\) |@[a-z]+ |[A-Z][a-z ]*:  )/ ||
	    line ~ /^(Ref|Blocks|Calls back|Locks|Threads|Models): / || line ~ /[^ .:]   +[^ ]/)
		judge_paragraph()
	else if (indent > 1 && paragraph == "")
		return # code or a picture
	if (line ~ /^Models: /)
		return
	gsub(/   +/, ". ", line)
	if (paragraph == "") {
		at = FNR
		listing = line ~ /^@return/
	}
	paragraph = paragraph (paragraph == "" ? "" : " ") line
	sub(/^([-*]|[0-9]+\.|\([a-z_]+-[0-9]+\)|@param [A-Za-z_]+|@[a-z]+|Ref:|Blocks:|Calls back:|Locks:|Threads:) +/, "", paragraph)
}

# Words of our own for what the field has words for.
function line_words(line,    low, i)
{
	low = " " tolower(line) " "
	gsub(/[^a-z_']/, " ", low)
	for (i = 1; i <= private_count; i++)
		if (index(low, " " private_words[i] " ")) {
			at = FNR
			fault("a private word: " private_words[i])
		}
}

function c_line(line,    start, end)
{
	while (line != "") {
		if (!inside) {
			gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
			start = index(line, "/*")
			end = index(line, "//")
			if (end && (!start || end < start)) {
				if (substr(line, 1, end - 1) ~ /[^ \t]/)
					judge_paragraph()
				prose(substr(line, end + 2))
				return
			}
			if (!start) {
				line_words(line)
				judge_paragraph()
				return
			}
			line_words(substr(line, 1, start - 1))
			line = substr(line, start + 2)
			sub(/^\*/, "", line)
			judge_paragraph()
			inside = 1
			if (line == "")
				return
		}
		end = index(line, "*/")
		if (!end) {
			sub(/^[ \t]*\*/, "", line)
			prose(line)
			return
		}
		start = substr(line, 1, end - 1)
		sub(/^[ \t]*\*/, "", start)
		if (start ~ /[^ \t]/)
			prose(start)
		judge_paragraph()
		inside = 0
		line = substr(line, end + 2)
	}
}

function markdown_line(line)
{
	if (line ~ /^ *```/) {
		judge_paragraph()
		fenced = !fenced
	} else if (fenced || line ~ /^(\||#|    )/) {
		judge_paragraph()
	} else {
		prose(line)
	}
}

function script_line(line)
{
	if (line ~ /^[ \t]*#([^!]|$)/) {
		sub(/^[ \t]*#/, "", line)
		prose(line)
	} else {
		judge_paragraph()
	}
}

BEGIN {
	most = 25
	private_count = split("mourning mourn bury buried bury_all graveyard told tell_all spent calm " \
		"let_go retract retracted overtaken admitted", private_words, " ")
}

FNR == 1 {
	judge_paragraph()
	file = FILENAME
	inside = 0
	fenced = 0
}

{
	sub(/\r$/, "")
	if (FILENAME ~ /\.(c|h|cpp|pml)$/)
		c_line($0)
	else if (FILENAME ~ /\.md$/)
		markdown_line($0)
	else
		script_line($0)
}

END {
	judge_paragraph()
}

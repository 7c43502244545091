# Fills the lists of a page from the tables that the programs are built from:
#   awk -v version=VERSION -f man/rows.awk TABLE... PAGE.in
# A table has rows SF_KEY(section, key, TYPE, "default", min, max, "choices", "help"), one a line.
# In the page, a line `@rows SECTION@` becomes the section's keys as mdoc list items. A section
# without rows, or a type that this file has no words for, is an error.
# @version@ becomes the version.
# A line `@flows@` becomes the flows of flows.def as mdoc list items; a key whose choices are
# SF_FLOWS_CHOICES_... gets their names. flows.def comes before config.def.
# A line `@errors@` becomes what err.def, reply_class.def and advice.def, given in this order, say of
# Salesforce's errors; an answer without advice is an error.

# The arguments of a row into arg[1], arg[2], ...; strings without their quotes.
function split_row(row,    i, c, quoted, n, text) {
	n = 1
	text = ""
	sub(/^[A-Z_]*\(/, "", row)
	sub(/\)[ \t]*$/, "", row)
	for (i = 1; i <= length(row); i++) {
		c = substr(row, i, 1)
		if (quoted && c == "\\")
			text = text substr(row, ++i, 1)
		else if (c == "\"")
			quoted = !quoted
		else if (quoted || (c != "," && c != " "))
			text = text c
		else if (c == ",") {
			arg[n++] = text
			text = ""
		}
	}
	arg[n] = text
	return n
}

# Prose as roff: nothing is taken for a request; short lines, and a new one for each sentence.
function prose(text,    n, word, i, line, out) {
	gsub(/\\/, "\\e", text)
	n = split(text, word, " ")
	for (i = 1; i <= n; i++) {
		if (line == "" && word[i] ~ /^[.']/)
			line = "\\&"
		line = line word[i]
		if (i == n || word[i] ~ /\.$/ || length(line) + length(word[i + 1]) > 76) {
			out = out line (i == n ? "" : "\n")
			line = ""
		} else
			line = line " "
	}
	return out
}

function number(text) {
	sub(/[UL]+$/, "", text)
	return text
}

function choices(text,    n, word, i, out) {
	n = split(text, word, " ")
	for (i = 1; i <= n; i++)
		out = out (i == 1 ? "" : i == n ? "\nor\n" : " ,\n") ".Cm " word[i]
	return out
}

# What the type allows, as mdoc lines.
function limits(type, min, max, allowed,    word) {
	if (type == "TEXT")
		return "At most " max " printable ASCII characters."
	if (type == "URL")
		return "An address https://HOST[:PORT] without a path."
	if (type == "URLS")
		return "An address https://HOST[:PORT] without a path.\nRepeatable."
	if (type == "LINK")
		return "An https address without a fragment."
	if (type == "LINKS")
		return "An address with https or http://localhost.\nRepeatable."
	if (type == "SFID")
		return ""
	if (type == "WORDS")
		return "Words separated by spaces, at most " max " characters."
	if (type == "LIST")
		return "One or more words separated by spaces, each at most " max \
		    " characters.\nRepeatable."
	if (type == "CHOICE" && allowed !~ / /)
		return "Only\n" choices(allowed) "\nis supported."
	if (type == "CHOICE")
		return (split(allowed, word, " ") == 2 ? "Either\n" : "One of\n") choices(allowed) " ."
	if (type == "CHOICES" && allowed !~ / /)
		return "Only\n" choices(allowed) "\nis supported."
	if (type == "CHOICES")
		return "One or more of\n" choices(allowed) " ,\nseparated by spaces or commas."
	if (type == "SECS")
		return "A time from " min " to " max " seconds."
	if (type == "NUMBER")
		return "A number from " min " to " max "."
	if (type == "BOOL")
		return "Either\n" choices("yes no") " ."
	if (type == "VERSION")
		return "Digits, a dot, one digit."
	if (type == "PATH")
		return "An absolute path."
	if (type == "PROXY")
		return ""
	if (type == "TEMPLATE")
		return "At most " max " characters."
	if (type == "RATE")
		return "Each part is optional; a number is from " min " to " max "."
	print FILENAME ": no words for type " type > "/dev/stderr"
	failed = 1
	exit 1
}

# A flow: where it may be named, and what it is.
/^\tX\(/ && FILENAME ~ /flows\.def$/ {
	sub(/^\t/, "")
	sub(/ *\\$/, "")
	if (split_row($0) != 5) {
		print FILENAME ":" FNR ": a row has 5 parts" > "/dev/stderr"
		failed = 1
		exit 1
	}
	if (arg[3] == "JOB")
		next
	flows = flows ".It Cm " arg[2] "\n" prose(arg[5]) "\n"
	choices_of["SF_FLOWS_CHOICES_COMMAND"] = choices_of["SF_FLOWS_CHOICES_COMMAND"] " " arg[2]
	if (arg[3] == "BOTH")
		choices_of["SF_FLOWS_CHOICES_PAM"] = choices_of["SF_FLOWS_CHOICES_PAM"] " " arg[2]
	next
}

/^SF_KEY\(/ {
	if (split_row($0) != 8) {
		print FILENAME ":" FNR ": a row has 8 parts" > "/dev/stderr"
		failed = 1
		exit 1
	}
	if (arg[7] ~ /^SF_FLOWS_CHOICES_/)
		arg[7] = (arg[7] ~ /COMMAND$/ ? "auto" : "") choices_of[arg[7]]
	sub(/^ /, "", arg[7])
	allowed = limits(arg[3], number(arg[5]), number(arg[6]), arg[7])
	item = ".It Cm " arg[2] "\n" prose(arg[8]) "\n"
	if (allowed != "")
		item = item allowed "\n"
	if (arg[4] != "")
		item = item "The default is\n.Ql " arg[4] " .\n"
	items[arg[1]] = items[arg[1]] item
	next
}

/^SF_ERR\(/ {
	split_row($0)
	exit_of[arg[1]] = arg[4]
	next
}

# A row's exit statuses, in the order of the table, and what becomes of a stored sign-in.
/^SF_REPLY_CLASS\(/ {
	if (split_row($0) != 9) {
		print FILENAME ":" FNR ": a row has 9 parts" > "/dev/stderr"
		failed = 1
		exit 1
	}
	status = arg[8] ~ /^(GO_ON|WAIT|SLOW_DOWN)$/ ? "no failure" : exit_of[arg[7]]
	if (!(arg[1] in statuses))
		statuses[arg[1]] = status
	else if (", " statuses[arg[1]] "," !~ ", " status ",")
		statuses[arg[1]] = statuses[arg[1]] ", " status
	if (arg[8] == "DEAD")
		is_dead[arg[1]] = 1
	next
}

/^SF_ADVICE\(/ {
	if (split_row($0) != 3) {
		print FILENAME ":" FNR ": a row has 3 parts" > "/dev/stderr"
		failed = 1
		exit 1
	}
	gsub(/\{wait\}/, "later", arg[2])
	gsub(/\{words\}/, "\"...\"", arg[2])
	gsub(/\{callbacks\}/, "the org's callbacks", arg[3])
	errors = errors ".It Cm " arg[1] (arg[1] in statuses ? " Pq " statuses[arg[1]] : "") "\n"
	errors = errors prose(arg[2]) "\n"
	if (arg[1] in is_dead)
		errors = errors "The stored sign-in is deleted.\n"
	if (arg[3] != "")
		errors = errors prose("In Setup: " arg[3] ".") "\n"
	has_advice[arg[1]] = 1
	next
}

/^@flows@$/ {
	if (flows == "") {
		print FILENAME ":" FNR ": no flows" > "/dev/stderr"
		failed = 1
		exit 1
	}
	printf "%s", flows
	next
}

/^@errors@$/ {
	for (row in statuses)
		if (!(row in has_advice)) {
			print FILENAME ":" FNR ": no advice for " row > "/dev/stderr"
			failed = 1
			exit 1
		}
	printf "%s", errors
	next
}

FILENAME !~ /\.in$/ {
	next
}

/^@rows [a-z]+@$/ {
	section = substr($2, 1, length($2) - 1)
	if (!(section in items)) {
		print FILENAME ":" FNR ": no rows for " section > "/dev/stderr"
		failed = 1
		exit 1
	}
	printf "%s", items[section]
	next
}

{
	gsub(/@version@/, version)
	print
}

END {
	exit failed
}

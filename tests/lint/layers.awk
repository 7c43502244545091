# Reads what layers.sh tells it, a fact a line: space, row, system, half, file, include.
# Exits 1 after any complaint.

function complain(text) { print "layers: " text; bad = 1 }
function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
function base(path) { sub(/.*\//, "", path); return path }

function fits(text, pattern)
{
	if (pattern !~ /\*$/)
		return text == pattern
	return index(text, substr(pattern, 1, length(pattern) - 1)) == 1
}

$1 == "space" {
	for (i = 3; i <= NF; i++) {
		room_no[$i] = ++rooms
		rooms_by_no[rooms] = $i
		space[$i] = $2
		room_called[base($i)] = $i
	}
}

$1 == "row" {
	room = $2
	sub(/:$/, "", room)
	has_row[room] = 1
	if (!(room in room_no))
		complain("a row for " room ", which is no room of the Makefile")
	for (i = 3; i <= NF; i++) {
		other = room_called[$i]
		may[room, other] = 1
		if (!(other in room_no) || room_no[other] >= room_no[room] ||
		    (space[other] != "BASE" && space[other] != space[room]))
			complain("the row of " room " names " $i ", which is no room below it")
	}
}

$1 == "system" { systems[++system_count] = substr($0, length("system ") + 1) }
$1 == "half" { owner[$3] = $2 }

$1 == "file" {
	files[++file_count] = $2
	is_file[$2] = 1
	where[base($2)] = where[base($2)] " " folder($2)
}

$1 == "include" { includes[++include_count] = substr($0, length("include ") + 1) }

# The file that a quoted include means: in the file's own folder, in the base, in its address space.
# One of somewhere else is found, too, so that the complaint can say whose it is.
function find(room, header,    i, other)
{
	if ((room "/" header) in is_file)
		return room "/" header
	for (i = 1; i <= rooms; i++) {
		other = rooms_by_no[i]
		if ((space[other] == "BASE" || space[other] == space[room]) && (other "/" header) in is_file)
			return other "/" header
	}
	split(where[header], list, " ")
	return 1 in list ? list[1] "/" header : ""
}

function check_system(at, file, header,    i, j, n, row)
{
	for (i = 1; i <= system_count; i++) {
		n = split(systems[i], row, " ")
		if (!fits(header, row[1]))
			continue
		for (j = 2; j <= n; j++)
			if (fits(file, row[j]))
				return
		complain(at " includes <" header ">: this file may not (see the rows of layers.sh)")
		return
	}
}

function check_own(at, file, header,    room, target, to)
{
	room = folder(file)
	target = find(room, header)
	if (target == "") {
		complain(at " includes \"" header "\": there is no such file")
		return
	}
	to = folder(target)
	if (to != room && !((room, to) in may))
		complain(at " includes \"" header "\": " room " may not include " to)
	else if (target ~ /\.h$/)
		add_edge(at, substr(file, 1, length(file) - 2), substr(target, 1, length(target) - 2))
}

# A unit is X.c with X.h.
function add_edge(at, unit, other)
{
	if (unit == other || (unit in owner && owner[unit] == other))
		return
	if (other in owner && owner[other] != unit)
		complain(at " includes " other ".h, which is private to " owner[other] ".c")
	edges[unit] = edges[unit] " " other
}

# Depth first: a unit that is met again while it is still open closes a circle.
function visit(unit, path,    i, n, list)
{
	state[unit] = "open"
	n = split(edges[unit], list, " ")
	for (i = 1; i <= n; i++) {
		if (state[list[i]] == "open" && !((unit, list[i]) in told)) {
			told[unit, list[i]] = 1
			complain("circle: " substr(path, index(path " ", " " list[i] " ") + 1) " " list[i])
		} else if (state[list[i]] == "") {
			visit(list[i], path " " list[i])
		}
	}
	state[unit] = "done"
}

# The names in banned.h do not compile, but only where it is included, last.
function check_banned(file)
{
	if (file ~ /\.c$/ && last_include[file] != "banned.h")
		complain(file ": banned.h is not the last include")
}

END {
	for (i = 1; i <= rooms; i++)
		if (!(rooms_by_no[i] in has_row))
			complain("layers.sh has no row for the room " rooms_by_no[i])
	for (i = 1; i <= include_count; i++) {
		split(includes[i], part, ":")
		file = part[1]
		header = includes[i]
		is_own = header ~ /include[ \t]*"/
		sub(/.*include[ \t]*[<"]/, "", header)
		sub(/[>"].*/, "", header)
		if (is_own && (folder(file) in room_no))
			check_own(file ":" part[2], file, header)
		else if (!is_own)
			check_system(file ":" part[2], file, header)
		if (header !~ /\.def$/)
			last_include[file] = header
	}
	for (i = 1; i <= file_count; i++) {
		if (!(folder(files[i]) in room_no) && files[i] !~ /\.def$/)
			complain(files[i] " is in no room of the Makefile")
		unit = files[i]
		if (sub(/\.[ch]$/, "", unit) && state[unit] == "")
			visit(unit, " " unit)
		check_banned(files[i])
	}
	exit bad
}

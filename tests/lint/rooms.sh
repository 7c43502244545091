# Sourced by lints: the address spaces and their rooms, as the Makefile lists them. Asked once: what
# one lint has exported is good for those that it starts.
# shellcheck shell=bash
SF_ROOMS=${SF_ROOMS:-$(env -u MAKEFLAGS make --no-print-directory -s rooms)}
export SF_ROOMS

# rooms_of FILE: the rooms of its address space; none for a file of the base.
rooms_of()
{
	local name rooms
	while read -r name rooms; do
		case " $rooms " in
		*" ${1%/*} "*) [ "$name" = BASE ] || echo "$rooms" ;;
		esac
	done <<<"$SF_ROOMS"
}

# room_flags FILE [FLAG]: where its compiler looks for quoted includes.
room_flags()
{
	local room flag=${2:--iquote}
	for room in $(sed -n 's/^BASE //p' <<<"$SF_ROOMS") $(rooms_of "$1"); do
		printf '%s %s ' "$flag" "$room"
	done
}

# room_sources SPACE: its C files, one a line.
room_sources()
{
	local room
	for room in $(sed -n "s/^$1 //p" <<<"$SF_ROOMS"); do
		compgen -G "$room/*.c"
	done
}

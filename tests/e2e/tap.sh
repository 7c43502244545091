# shellcheck shell=bash
# TAP from bash. Sourced by lib.sh.

tap_count=0
tap_failed=0

tap_result()
{
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
	return "$1"
}

# Text as comment lines.
tap_note()
{
	sed 's/^/# /' <<<"$*"
}

# ok NAME COMMAND...: it succeeds.
ok()
{
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		tap_result 0 "$name"
	else
		tap_result 1 "$name" || tap_note "failed: $*"$'\n'"$said"
	fi
}

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1" || tap_note "got:    $2"$'\n'"wanted: $3"
	fi
}

# like NAME TEXT REGEX: extended, anywhere in the text.
like()
{
	if [[ $2 =~ $3 ]]; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1" || tap_note "text:   $2"$'\n'"wanted: $3"
	fi
}

unlike()
{
	if [[ $2 =~ $3 ]]; then
		tap_result 1 "$1" || tap_note "text:     $2"$'\n'"unwanted: $3"
	else
		tap_result 0 "$1"
	fi
}

# skip NAME REASON
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

bail()
{
	echo "Bail out! $*"
	exit 1
}

# The end of every script: the plan, and where something failed, what the parts wrote.
done_testing()
{
	local log
	echo "1..$tap_count"
	[ $tap_failed = 0 ] && exit 0
	for log in syslog sshd.log fake.log transcript; do
		[ -s "$W/$log" ] && tap_note "---- $log" && tail -n 25 "$W/$log" | tr -d '\r' | sed 's/^/# /'
	done
	exit 1
}

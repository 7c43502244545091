# shellcheck shell=bash
# Sign-ins through a browser: a display, a program that xdg-open starts in a browser's place, and what
# a person does in it. Sourced by component tests, after lib.sh and desktop.sh.
# shellcheck disable=SC2154 # lib.sh's

# Where the stand-in for a browser leaves the addresses that it was given, and its environment.
mkdir "$W/web" && chmod 1777 "$W/web"
cat >"$W/web/browser" <<END
#!/bin/sh
env >$W/web/environment
printf '%s\n' "\$@" >$W/web/new && mv $W/web/new $W/web/opened
END
chmod 755 "$W/web/browser"
# ada's choice of a browser, as a desktop keeps it.
install -d -o ada "$W/home/ada/.config" "$W/home/ada/.local" "$W/home/ada/.local/share" \
    "$W/home/ada/.local/share/applications"
printf '%s\n' '[Default Applications]' 'x-scheme-handler/https=stand-in.desktop' \
    >"$W/home/ada/.config/mimeapps.list"
printf '%s\n' '[Desktop Entry]' 'Type=Application' 'Name=Stand-in' "Exec=$W/web/browser %u" \
    >"$W/home/ada/.local/share/applications/stand-in.desktop"

# desk_display COMMAND...: as desk, and with a display and a browser. GREETING stands for any variable
# of the person's.
desk_display()
{
	desk env DISPLAY=:99 GREETING=hello "$@"
}

# opened: the address that the browser was told to open; waits for it.
opened()
{
	wait_for 10 test -s "$W/web/opened" && cat "$W/web/opened"
}

# decide ADDRESS [OPTION OF approve.py]...: sign in there as ada and allow it; prints the callback that the
# browser is sent to.
decide()
{
	/usr/bin/python3 -B "$src/tests/fake/approve.py" --ca "$W/ca/ca.pem" --address "$@"
}

# visit ADDRESS [OPTION OF curl]...: what a browser gets there, head and body.
visit()
{
	curl -sS -i -m 10 --noproxy '*' "$@" 2>&1
}

# begin COMMAND...: in the background; its browser is closed first.
begin()
{
	rm -f "$W/web/opened"
	"$@" >"$W/out" 2>"$W/err" </dev/null &
	begun=$!
}

# finish: its end, as run leaves it.
finish()
{
	wait "$begun"
	# shellcheck disable=SC2034 # for the tests
	status=$?
	# shellcheck disable=SC2034 # for the tests
	out=$(cat "$W/out") err=$(cat "$W/err")
	cat "$W/out" "$W/err" >>"$W/transcript"
}

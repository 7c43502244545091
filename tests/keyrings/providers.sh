# shellcheck shell=bash
# The providers of the Secret Service for keyrings.sh: how each starts, locks and asks. Sourced after
# lib.sh and desktop.sh, which start no provider here.
# shellcheck disable=SC2154 # lib.sh's

home=$W/home/ada
keyrings=$src/tests/keyrings
runtime=/run/user/$ada_uid

# session COMMAND...: as ada, on her desktop.
session()
{
	as_user ada XDG_RUNTIME_DIR="$runtime" DISPLAY="$screen" "$@"
}

# start_screen: an X server without a window manager.
start_screen()
{
	[ -d /tmp/.X11-unix ] || mkdir -m 1777 /tmp/.X11-unix
	Xvfb -displayfd 3 -nolisten tcp -screen 0 1024x768x24 3>"$W/display" 2>"$W/screen.log" &
	wait_for 10 test -s "$W/display" || bail 'no X server'
	screen=:$(cat "$W/display")
}

# start_bus: a session bus that starts the prompter of gcr and nothing else. Its environment has the
# display, because the bus starts the prompter.
start_bus()
{
	install -d -o ada -m 700 "$runtime"
	mkdir -p "$W/services"
	cp /usr/share/dbus-1/services/org.gnome.keyring.*Prompter.service "$W/services/"
	cat >"$W/bus.conf" <<-END
		<busconfig><type>session</type><listen>unix:path=$runtime/bus</listen>
		<servicedir>$W/services</servicedir>
		<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
		<allow own="*"/></policy></busconfig>
	END
	session dbus-daemon --config-file="$W/bus.conf" --nofork --nopidfile >"$W/bus.log" 2>&1 &
	wait_for 5 test -S "$runtime/bus" || bail 'no bus'
}

# end_provider: every program of ada's desktop ends, the bus as well.
end_provider()
{
	pkill -KILL -u ada
	wait_for 5 sh -c '! pgrep -u ada >/dev/null'
	rm -rf "$runtime"
	find "$home" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
	forget_kernel
}

secrets() { session gdbus call --session --timeout 5 --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets --method "org.freedesktop.Secret.Service.$1" "${@:2}" 2>/dev/null; }
default_path() { secrets ReadAlias default | sed -n "s/.*'\(.*\)'.*/\1/p"; }
has_default() { case $(default_path) in '' | /) return 1 ;; esac; }

is_unlocked()
{
	session gdbus call --session --timeout 5 --dest org.freedesktop.secrets --object-path "$(default_path)" \
	    --method org.freedesktop.DBus.Properties.Get org.freedesktop.Secret.Collection Locked 2>/dev/null |
	    grep -q false
}

# ---- gnome-keyring

gnome_start() { printf pw | session gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; }
gnome_lock() { secrets Lock "['$(default_path)']" >/dev/null; }

# ---- KWallet: the wallet is open from the login on, as with pam_kwallet

kwallet_start()
{
	local daemon turn
	daemon=$(command -v kwalletd6 kwalletd5 | head -n 1)
	install -d -o ada "$home/.config" "$home/.local" "$home/.local/share" "$home/.local/share/kwalletd"
	printf '[Wallet]\nFirst Use=false\nEnabled=true\nClose When Idle=false\n\n[org.freedesktop.secrets]\napiEnabled=true\n' \
	    >"$home/.config/kwalletrc"
	[ -e "$home/.local/share/kwalletd/kdewallet.salt" ] ||
	    head -c 56 /dev/urandom >"$home/.local/share/kwalletd/kdewallet.salt"
	chown -R ada: "$home/.config" "$home/.local"
	# The first start creates the wallet; only the second offers it to other programs.
	for turn in first second; do
		session python3 -B "$keyrings/kwallet.py" "$daemon" "$home/.local/share/kwalletd/kdewallet.salt" \
		    >>"$W/kwallet.log" 2>&1 &
		wait_for 10 session gdbus wait --session --timeout 1 org.freedesktop.secrets
		[ $turn = second ] && break
		wait_for 5 test -s "$home/.local/share/kwalletd/kdewallet.kwl"
		pkill -KILL -u ada -x "${daemon##*/}"
		wait_for 5 sh -c "! pgrep -u ada -x ${daemon##*/} >/dev/null"
	done
}
kwallet_lock() { secrets Lock "['$(default_path)']" >/dev/null; }

# ---- KeePassXC

keepassxc_start()
{
	local group
	install -d -o ada "$home/.config" "$home/.config/keepassxc"
	cat >"$home/.config/keepassxc/keepassxc.ini" <<-END
		[General]
		UpdateCheckMessageShown=true
		[GUI]
		CheckForUpdates=false
		[FdoSecrets]
		Enabled=true
		ConfirmAccessItem=false
		ConfirmDeleteItem=false
		ShowNotification=false
	END
	chown -R ada: "$home/.config"
	printf 'pw\npw\n' | session keepassxc-cli db-create -q -p "$home/empty.kdbx" >/dev/null 2>&1
	printf 'pw\n' | session keepassxc-cli export -q -f xml "$home/empty.kdbx" >"$W/kdbx.xml" 2>/dev/null
	group=$(python3 -B - "$W/kdbx.xml" <<-'END'
		import base64, sys, uuid, xml.etree.ElementTree as tree
		print("{%s}" % uuid.UUID(bytes=base64.b64decode(tree.parse(sys.argv[1]).find("Root/Group/UUID").text)))
	END
	)
	sed "s|</Meta>|<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>$group</Value></Item></CustomData></Meta>|" \
	    "$W/kdbx.xml" >"$home/exposed.xml"
	chmod 644 "$home/exposed.xml"
	printf 'pw\npw\n' | session keepassxc-cli import -q -p "$home/exposed.xml" "$home/t.kdbx" >/dev/null 2>&1
	keepassxc_open
}
# The password is typed into its window: with --pw-stdin, KeePassXC 2.7.10 of Debian 13 crashes.
keepassxc_open()
{
	keepassxc_closed
	DIALOG='KeePassXC$' answer pw +Return
	wait_for 20 is_unlocked
}
# keepassxc_again COMMAND: another KeePassXC, started by the command.
keepassxc_again()
{
	pkill -KILL -u ada -x keepassxc
	wait_for 5 sh -c '! pgrep -u ada -x keepassxc >/dev/null'
	rm -f "$runtime"/keepassxc* "$home"/.*.lock
	"$@"
}
keepassxc_closed()
{
	session keepassxc "$home/t.kdbx" </dev/null >>"$W/keepassxc.log" 2>&1 &
	wait_for 10 session gdbus wait --session --timeout 1 org.freedesktop.secrets
}
# It starts with a locked database: its method Lock would ask the person.
keepassxc_lock() { keepassxc_again keepassxc_closed; }
# The same database, with the question before an entry is read (the default of KeePassXC).
keepassxc_confirm()
{
	sed -i 's/^Confirm\(.*\)=false/Confirm\1=true/' "$home/.config/keepassxc/keepassxc.ini"
	keepassxc_again keepassxc_open
}

# ---- Dialogs

# windows: the names of the windows on the screen, without KeePassXC's main window.
windows()
{
	DISPLAY=$screen xdotool search --onlyvisible --name . getwindowname %@ 2>/dev/null |
	    grep -v '\(^\|\] - \|kdbx.* - \)KeePassXC$' | sort -u | paste -sd,
}

# answer KEYS...: wait for a dialog, type the words there (a word that begins with + is a key).
answer()
{
	local window word
	wait_for 10 sh -c "DISPLAY=$screen xdotool search --onlyvisible --name '$DIALOG'" >/dev/null || return 1
	sleep 0.5
	window=$(DISPLAY=$screen xdotool search --onlyvisible --name "$DIALOG" | tail -n 1)
	DISPLAY=$screen xdotool windowfocus "$window" 2>/dev/null
	for word; do
		case $word in
		+*) DISPLAY=$screen xdotool key "${word#+}" ;;
		*) DISPLAY=$screen xdotool type --delay 30 "$word" ;;
		esac
	done
}

# shellcheck shell=bash
# Builds the private house of a component test: /etc, /dev, accounts, PAM stacks, network, product.
# lib.sh sources this file inside the namespaces; outside it would change the machine.
# shellcheck disable=SC2154 # lib.sh sets src and E2E_FIRST_UID

# private_copy DIRECTORY: mount a copy over it, which only this namespace sees.
private_copy()
{
	local copy
	copy=$W/copies/${1//\//-}
	mkdir -p "$copy" && cp -a "$1/." "$copy/" && mount --bind "$copy" "$1"
}

# private_empty DIRECTORY [MODE]: mount an empty tmpfs over it, if it exists.
private_empty()
{
	[ ! -d "$1" ] || mount -t tmpfs -o mode="${2:-755}" tmpfs "$1"
}

# A /dev with the nodes that programs need. It is writable, for the syslog socket /dev/log.
private_dev()
{
	local dev=$W/dev node
	mkdir -p "$dev/pts" "$dev/shm"
	for node in null zero full random urandom tty; do
		: >"$dev/$node" && mount --bind "/dev/$node" "$dev/$node" || return 1
	done
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts" || return 1
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s /proc/self/fd/0 "$dev/stdin"
	ln -s /proc/self/fd/1 "$dev/stdout"
	ln -s /proc/self/fd/2 "$dev/stderr"
	chmod 1777 "$dev/shm"
	mount --rbind "$dev" /dev
}

# account NAME UID: add it to the private files, with a home in $W/home and the password "pw-NAME".
account()
{
	local name=$1 uid=$2
	echo "$name:x:$uid:$uid:$name:$W/home/$name:/bin/bash" >>/etc/passwd
	echo "$name:$(openssl passwd -6 "pw-$name"):19000:0:99999:7:::" >>/etc/shadow
	echo "$name:x:$uid:" >>/etc/group
	mkdir -m 700 "$W/home/$name" && chown "$uid:$uid" "$W/home/$name"
}

private_accounts()
{
	local file name uid=$E2E_FIRST_UID
	for file in /etc/passwd /etc/shadow /etc/group; do
		grep -vE "^(root|svc|_sfoauth|_sfoauth-host|$(IFS='|' && echo "${E2E_USERS[*]}")):" \
		    $file >"$W/lines"
		cat "$W/lines" >$file
	done
	mkdir -p "$W/home"
	# Root is first in the file, so that a search for uid 0 finds it.
	account root 0
	account svc 500
	for name in "${E2E_USERS[@]}"; do
		account "$name" "$uid"
		uid=$((uid + 1))
	done
	for name in _sfoauth _sfoauth-host; do
		echo "$name:x:$((uid += 1)):$uid:sfoauth network worker:/:/usr/sbin/nologin" >>/etc/passwd
		echo "$name:*:19000::::::" >>/etc/shadow
		echo "$name:x:$uid:" >>/etc/group
	done
	printf 'root ALL=(ALL:ALL) ALL\nada ALL=(ALL:ALL) ALL\nkim ALL=(ALL:ALL) ALL\n' >/etc/sudoers
	echo 'Defaults !lecture' >>/etc/sudoers
	chmod 440 /etc/sudoers
}

# put_in_stack SERVICE [session]: add README's lines to Debian's file: auth and account directly above
# their @include; with "session", the session line at the end.
put_in_stack()
{
	local file=/etc/pam.d/$1
	awk -v session="${2:-}" '
	$1 == "@include" && $2 == "common-auth" {
		print "auth     [success=done new_authtok_reqd=done user_unknown=ignore default=die]  pam_sfoauth.so"
	}
	$1 == "@include" && $2 == "common-account" {
		print "account  [success=ok new_authtok_reqd=ok user_unknown=ignore default=bad]      pam_sfoauth.so"
	}
	{ print }
	END {
		if (session)
			print "session  optional                                                              pam_sfoauth.so"
	}' "$file" >"$W/lines" && cat "$W/lines" >"$file"
}

private_pam()
{
	local service
	put_in_stack sshd session
	put_in_stack login session
	for service in su sudo; do put_in_stack $service; done
	# The sshd_config of Debian's package, not this machine's, and README's drop-in.
	cp /usr/share/openssh/sshd_config /etc/ssh/sshd_config
	mkdir -p /etc/ssh/sshd_config.d
	rm -f /etc/ssh/sshd_config.d/*
	printf '%s\n' 'UsePAM yes' 'KbdInteractiveAuthentication yes' 'PasswordAuthentication no' \
	    'LoginGraceTime 300' 'MaxStartups 150:30:300' 'PerSourceMaxStartups 30' >/etc/ssh/sshd_config.d/10-sfoauth.conf
}

# Kernel keyrings belong to uids, so those of the accounts outlive a script: clear them before and after.
clear_keyrings()
{
	local uid
	for ((uid = E2E_FIRST_UID; uid < E2E_FIRST_UID + ${#E2E_USERS[@]} + 3; uid++)); do
		setpriv --reuid=$uid --regid=$uid --clear-groups sh -c 'keyctl clear @u; keyctl clear @us' \
		    >/dev/null 2>&1
	done
}

private_network()
{
	ip link set lo up || return 1
	hostname sfhost
	{
		echo '127.0.0.1 localhost sfhost'
		echo '::1 localhost'
		# shellcheck disable=SC2086 # a list of words
		printf '127.0.0.1 %s\n' $HOSTS
	} >/etc/hosts
	: >/etc/resolv.conf
	echo 'hosts: files' >/etc/nsswitch.conf
	printf 'passwd: files\ngroup: files\nshadow: files\n' >>/etc/nsswitch.conf
	# shellcheck disable=SC2086 # a list of words
	sh "$src/tests/fake/make-ca.sh" "$W/ca" $HOSTS localhost 127.0.0.1 || return 1
	cat "$W/ca/ca.pem" >>/etc/ssl/certs/ca-certificates.crt
}

# Install the product: its files in an empty /usr/local, the module in a copy of the PAM directory.
install_product()
{
	local modules
	modules=$(cd "$SF_STAGE" && find usr/lib* lib* -name pam_sfoauth.so -printf '/%h\n' 2>/dev/null)
	[ -n "$modules" ] || return 1
	private_empty /usr/local && cp -a "$SF_STAGE/usr/local/." /usr/local/ || return 1
	private_copy "$modules" && cp "$SF_STAGE$modules/pam_sfoauth.so" "$modules/"
}

build_house()
{
	local directory
	mount -t tmpfs -o mode=755 tmpfs /run || return 1
	mkdir -p "$W/copies" /run/sshd /run/lock /run/user
	for directory in /tmp /var/tmp; do
		case $src/$SF_STAGE in *"$directory"/*) ;; *) private_empty $directory 1777 ;; esac
	done
	private_empty /var/log
	private_empty /var/lib/sudo 700
	: >/var/log/wtmp && : >/var/log/lastlog && : >/run/utmp && install -m 600 /dev/null /var/log/btmp
	private_copy /etc && private_dev || return 1
	private_network && private_accounts && private_pam && install_product || return 1
	/usr/bin/python3 "$src/tests/e2e/syslog.py" /dev/log "$W/syslog" /var/log/auth.log &
	wait_for 5 test -S /dev/log || return 1
	clear_keyrings
	trap clear_keyrings EXIT
	export HOME=$W/home/root
	cd "$W" || return 1
}

#!/bin/bash
# An account without any right stops its own su and sudo in the middle of a sign-in, 2,000 times, at another
# moment each time (also where it is over its own limit): sign-ins of other people do not wait for them.
#
#   20-stop.sh [TRIES]
. "$(dirname "$(readlink -f "$0")")/../e2e/lib.sh"

tries=${1:-2000} batch=50
start_fake
start_sshd
cat >"$W/stop.py" <<'PY'
"""Run a command COUNT times; stop each after up to 200 ms; print how many stand still; kill them at the end of stdin."""
import os, random, signal, subprocess, sys, time
count, command = int(sys.argv[1]), sys.argv[2:]
random.seed(int(os.environ["SEED"]))
stopped = refused = ended = 0
processes = []
for i in range(count):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    processes.append(process)
    time.sleep(random.random() * 0.2)
    try:
        os.kill(process.pid, signal.SIGSTOP)
        state = ""
        while state not in ("T", "Z"):
            time.sleep(0.001)
            state = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()[0]
        stopped += state == "T"
        ended += state == "Z"
    except PermissionError:
        refused += 1
print(stopped, ended, refused, flush=True)
sys.stdin.read()
for process in processes:
    process.kill()
    process.wait()
PY

# attack COMMAND...: kim's processes stand still while others sign in; then they are killed.
attack()
{
	local round attacker still late safe stopped=0 ended=0 refused=0 inside=0 ada_in=0 pat_in=0 slowest=0 began rounds
	rounds=$((tries / 2 / batch))
	for ((round = 0; round < rounds; round++)); do
		rm -f "$W/stopped" && mkfifo "$W/hold" && exec 3<>"$W/hold"
		as_user kim env SEED=$round /usr/bin/python3 "$W/stop.py" $batch "$@" <"$W/hold" >"$W/stopped" 2>&1 3>&- &
		attacker=$!
		wait_for 60 test -s "$W/stopped" || bail "the attack does not run: $(cat "$W/stopped")"
		read -r still late safe <"$W/stopped"
		stopped=$((stopped + still)) ended=$((ended + late)) refused=$((refused + safe))
		inside=$((inside + $(pgrep -x "$1" | sed 's|.*|/proc/&/maps|' | xargs grep -l pam_sfoauth | wc -l)))
		began=$(date +%s%N)
		sudo_login ada id -un
		[[ $out =~ root ]] && ada_in=$((ada_in + 1))
		ssh_login pat 'echo let in'
		[[ $out =~ $'\nlet in' ]] && pat_in=$((pat_in + 1))
		began=$((($(date +%s%N) - began) / 1000000))
		[ "$began" -le "$slowest" ] || slowest=$began
		exec 3>&-
		rm "$W/hold"
		wait "$attacker"
	done
	tap_note "$1: $((rounds * batch)) tries: $stopped stood still, $inside of them with the module loaded, $ended had ended, $refused could not be stopped;" \
	    "both other sign-ins of a round took at most $slowest ms"
	is "$1: ada's sudo" "$ada_in" "$rounds"
	is "$1: pat's ssh" "$pat_in" "$rounds"
	ok "$1: a third of the tries at least stopped it in the module" test "$inside" -ge $((rounds * batch / 3))
}

write_conf
attack su ada -c true
attack sudo true
done_testing

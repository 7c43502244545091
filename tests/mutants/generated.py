#!/usr/bin/python3
"""Make the mutants of tokens.py one by one; a unit test must notice. Prints TAP.

  generated.py [WORD]...    only mutants whose name holds one of the words

GENERATED=all  every mutant (default; SHORT=1: 60); N: a sample of N, the same for the same SEED
B              where to build; nothing of the source tree is changed

A mutant is killed where a test fails, crashes or hangs. Those that the plain build does not kill go to
the build with sanitizers. Not counted: what does not compile, and what compiles to the same code.
Every survivor stands in the file survivors with the reason why it may live: `NAME | REASON`.
Fails where one survives that is not listed, where one is listed that is killed or is not there any
more, and where less than 90 % of all are killed.
"""
import collections
import concurrent.futures
import fnmatch
import glob
import hashlib
import os
import queue
import random
import shlex
import signal
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
import changes  # pylint: disable=wrong-import-position
import tokens  # pylint: disable=wrong-import-position

# Whose unit tests must notice what is changed where, by the names of files; the quickest to notice first.
NOTICED_BY = {
    "account_class.c": ["account_class"],
    "hosts.c": ["hosts", "identity", "signin_check"],
    "identity.c": ["identity"],
    "mapping.c": ["mapping", "account_class", "identity"],
    "owner.c": ["owner", "identity"],
    "rule.c": ["rule"],
    "sfhost.c": ["sfhost"],
    "list.c": ["list", "config_parse", "config_value", "config", "config_*", "settings"],
    "sfid.c": ["sfid", "identity"],
    "origin.c": ["origin", "identity", "config_value"],
    "relay.c": ["relay", "relay_ask", "relay_trouble", "signin"],
    "handoff.c": ["handoff", "handoff_trouble"],
    "config.c": ["config", "config_parse", "config_value", "config_*", "settings"],
    "config_*.c": ["config_parse", "config_value", "config", "config_*", "settings"],
}


def tests_like(names):
    """-> the unit tests of these names, where * is any text, each once, in this order"""
    found = [os.path.basename(path)[5:-2] for name in names for path in sorted(glob.glob(f"tests/unit/test_{name}.c"))]
    return list(dict.fromkeys(found))


def files_like(name):
    return [path for path in changes.product() if fnmatch.fnmatch(os.path.basename(path), name)]


KILLERS = {path: tests_like(tests) for name, tests in NOTICED_BY.items() for path in files_like(name)}
BUILDS = {"plain": ["CFLAGS=-O1 -ftrivial-auto-var-init=uninitialized"],
          "sanitized": ["CFLAGS=-O1 -ftrivial-auto-var-init=pattern", "SAN=-fsanitize=address,undefined -fno-sanitize-recover=all"]}
LEAST = 90
CPU_S, WALL_S = 2, 30
ENVIRONMENT = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", UBSAN_OPTIONS="print_stacktrace=0",
                   ASAN_OPTIONS="hard_rss_limit_mb=1024:symbolize=0:detect_stack_use_after_return=1")
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    ENVIRONMENT.pop(name, None)


def run(command, **more):
    """-> its status, None after WALL_S. All it started ends with it."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          env=ENVIRONMENT, start_new_session=True, **more) as process:
        try:
            return process.wait(WALL_S)
        except subprocess.TimeoutExpired:
            return None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Build:
    """One of BUILDS, and the commands by which make builds an object and links a test."""

    def __init__(self, name, root):
        self.dir = f"{root}/{name}"
        self.arguments = [f"B={self.dir}", *BUILDS[name]]
        tests = sorted({f"{self.dir}/tests/unit/test_{t}" for ts in KILLERS.values() for t in ts})
        if self.make(tests, stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"Bail out! the {name} build does not build")
        self.compiles, self.links = {}, {}
        for path in KILLERS:
            said = self.make(["-n", "-W", path, *tests], stdout=subprocess.PIPE, text=True).stdout
            for command in (shlex.split(line) for line in said.splitlines() if " -o " in line):
                target = command[command.index("-o") + 1]
                (self.compiles if "-c" in command else self.links)[target] = command

    def make(self, arguments, **more):
        return subprocess.run(["make", "--no-print-directory", f"-j{os.cpu_count()}", *self.arguments, *arguments],
                              check=False, env=ENVIRONMENT, **more)

    def compile(self, path, text, place):
        """The object of this text in place of the file's own -> where, or None"""
        source, target = f"{place}/{os.path.basename(path)}", f"{place}/{os.path.basename(path)[:-1]}o"
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        command = list(self.compiles[f"{self.dir}/{path[:-1]}o"])
        command[command.index("-o") + 1] = target
        command[command.index(path)] = source
        for word in ("-MMD", "-MP"):
            command.remove(word)
        return target if run([*command, "-w", "-iquote", os.path.dirname(path)]) == 0 else None

    def passes(self, test, path, target, place):
        """Does the test pass, linked with target in place of the file's own object?"""
        program, own = f"{place}/test_{test}", f"{self.dir}/{path[:-1]}o"
        command = list(self.links[f"{self.dir}/tests/unit/test_{test}"])
        command[command.index("-o") + 1] = program
        if own in command:
            command[command.index(own)] = target
        else:  # defined here already, it is not taken from the library
            command.insert(command.index(f"{self.dir}/libsfbase.a"), target)
        if run(command) != 0:
            raise RuntimeError(f"test_{test} does not link with {path}")
        return run(["prlimit", f"--cpu={CPU_S}", "--core=0", "--fsize=67108864", program]) == 0


class Trial:
    """All mutants, by all processors."""

    def __init__(self, root):
        self.builds = {name: Build(name, root) for name in BUILDS}
        self.places = queue.SimpleQueue()
        for i in range(os.cpu_count()):
            os.makedirs(f"{root}/{i}", exist_ok=True)
            self.places.put(f"{root}/{i}")
        self.texts, self.same, self.known, self.lock = {}, {}, {}, threading.Lock()
        for path in KILLERS:
            with open(path, encoding="utf-8") as file:
                self.texts[path] = file.read()

    def judge(self, mutant):
        """-> killed, survives, same code, no code"""
        place = self.places.get()
        try:
            return self.judge_at(place, mutant)
        finally:
            self.places.put(place)

    def judge_at(self, place, mutant):
        text = self.texts[mutant.file]
        text = text[: mutant.start] + mutant.new + text[mutant.end :]
        target = self.builds["plain"].compile(mutant.file, text, place)
        if target is None:
            return "no code"
        with open(target, "rb") as file:
            code = hashlib.sha256(mutant.file.encode() + file.read()).digest()
        if code == self.same.get(mutant.file):
            return "same code"
        with self.lock:
            verdict = self.known.get(code)
        if verdict is None:
            verdict = "killed" if self.is_killed(place, mutant, text, target) else "survives"
            with self.lock:
                self.known[code] = verdict
        return verdict

    def is_killed(self, place, mutant, text, target):
        for build in self.builds.values():
            target = target or build.compile(mutant.file, text, place)
            for test in KILLERS[mutant.file]:
                if not build.passes(test, mutant.file, target, place):
                    return True
            target = None
        return False

    def unharmed(self):
        """Every test passes, built the same way without a change -> the names of those that do not"""
        place, bad = self.places.get(), []
        for path, text in self.texts.items():
            for name, build in self.builds.items():
                target = build.compile(path, text, place)
                if name == "plain":
                    with open(target, "rb") as file:
                        self.same[path] = hashlib.sha256(path.encode() + file.read()).digest()
                bad += [f"{name} {test}" for test in KILLERS[path] if not build.passes(test, path, target, place)]
        self.places.put(place)
        return bad


def read_survivors():
    """-> name: reason"""
    found = {}
    with open("tests/mutants/survivors", encoding="utf-8") as file:
        for line in file:
            name, separator, reason = line.rstrip("\n").rpartition(" | ")
            if separator and not line.startswith("#"):
                found[name] = reason
    return found


class Tap:
    count = failed = 0

    def result(self, is_good, title, notes=()):
        self.count += 1
        self.failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {self.count} - {title}")
        for note in notes:
            print(f"# {note}")
        sys.stdout.flush()


def main():
    words = sys.argv[1:]
    wanted = os.environ.get("GENERATED") or ("60" if os.environ.get("SHORT") == "1" else "all")
    found = [m for path in KILLERS for m in tokens.mutants(path)]
    chosen = [m for m in found if not words or any(w in m.name for w in words)]
    if wanted != "all":
        chosen = random.Random(os.environ.get("SEED") or "1").sample(chosen, min(int(wanted), len(chosen)))
    listed, tap = read_survivors(), Tap()
    missing = [name for name, tests in NOTICED_BY.items() if not files_like(name) or not tests_like(tests)]
    tap.result(not missing, "every file whose tokens are changed is there, and so are its tests", missing)
    gone = sorted(listed.keys() - {m.name for m in found})
    tap.result(not gone, "every listed survivor is a mutant", gone)
    trial = Trial(os.path.abspath(os.environ.get("B") or "build/mutants") + "/generated")
    bad = trial.unharmed()
    tap.result(not bad, "unharmed, every test passes", bad)
    total, by_function = collections.Counter(), collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, verdict in zip(chosen, pool.map(trial.judge, chosen)):
            total[verdict] += 1
            if verdict in ("killed", "survives"):
                by_function[(mutant.file, mutant.function)].append((mutant.name, verdict))
    for (path, function), pairs in by_function.items():
        survivors = [name for name, verdict in pairs if verdict == "survives"]
        notes = [f"survives: {name}" for name in survivors if name not in listed]
        notes += [f"listed, and killed: {name}" for name, verdict in pairs if verdict == "killed" and name in listed]
        tap.result(not notes, f"{path}: {function or 'constants'}: {len(pairs) - len(survivors)} of {len(pairs)} "
                   "killed, the others may live", notes)
    counted = total["killed"] + total["survives"]
    share = 100 * total["killed"] / max(1, counted)
    # Of a few, chance may take too many of those that may live.
    tap.result(share >= LEAST or wanted != "all" or bool(words), f"{share:.1f} % of {counted} generated mutants are killed")
    print(f"# {len(chosen)} mutants: " + ", ".join(f"{n} {verdict}" for verdict, n in total.most_common()))
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""What one process can do to another by its number: try everything, say what worked.

  neighbour.py PID

Prints one line, "tried N: WHAT ...", with the ways that had an effect or a look inside. Signals
come last, and are those that end or stop it. Nothing is printed of what was read.
"""
import ctypes
import os
import signal
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
PIDFD_OPEN, PIDFD_GETFD, KCMP, PRLIMIT, MADVISE, VM_READ, VM_WRITE = 434, 438, 312, 302, 440, 310, 311
MIGRATE_PAGES, MOVE_PAGES = 256, 279
ATTACH, DETACH, SEIZE = 16, 17, 0x4206
READ = ("environ", "mem", "maps", "smaps", "smaps_rollup", "auxv", "io", "stack", "syscall", "personality",
        "pagemap", "numa_maps", "mountstats", "timerslack_ns", "map_files", "fd", "fdinfo", "ns/net", "wchan")
WRITE = ("mem", "clear_refs", "oom_score_adj", "coredump_filter", "comm", "timerslack_ns", "uid_map", "gid_map",
         "setgroups", "attr/current", "attr/exec", "loginuid", "autogroup", "projid_map", "sched")
LINKS = ("exe", "cwd", "root", "ns/user", "ns/mnt")


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


def call(number, *arguments):
    result = LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result


def trace(request, pid):
    LIBC.ptrace.argtypes = [ctypes.c_long] * 4
    if LIBC.ptrace(request, pid, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "")
    if request == ATTACH:
        os.waitpid(pid, 0x40000000)
        LIBC.ptrace(DETACH, pid, 0, 0)
    else:
        # A seized process must stop before it can be let go: our end does that too.
        os._exit(0)


def read(path):
    if os.path.isdir(path):
        os.listdir(path)
        return
    with open(path, "rb") as file:
        data = b"" if path.endswith("mem") else file.read(16)
    # These can be opened by anybody, and say nothing to whom they do not concern.
    if path.endswith(("wchan", "timerslack_ns")) and data.strip() in (b"", b"0"):
        raise OSError("nothing in it")


def write(path):
    fd = os.open(path, os.O_WRONLY)
    # These can be opened by anybody; it is the writing that is refused.
    if path.endswith(("timerslack_ns", "current", "exec")):
        os.write(fd, b"1")
    os.close(fd)


def vm(number, pid):
    here = ctypes.create_string_buffer(8)
    mine, other = Iovec(ctypes.addressof(here), 8), Iovec(0x1000, 8)
    try:
        call(number, pid, ctypes.addressof(mine), 1, ctypes.addressof(other), 1, 0)
    except OSError as error:
        if error.errno == 14:  # EFAULT: there is nothing at that address, but we may look
            return
        raise


def steal(pid, fd):
    pidfd = call(PIDFD_OPEN, pid, 0)
    call(PIDFD_GETFD, pidfd, fd, 0)


def kill_group(pid):
    group = os.getpgid(pid)
    if group in (0, os.getpgrp()):  # 0: its leader is in no namespace of ours
        raise OSError("our own")
    os.killpg(group, signal.SIGTERM)


def pidfd_signal(pid):
    signal.pidfd_send_signal(call(PIDFD_OPEN, pid, 0), signal.SIGCONT)


def in_child(action):
    """Some of it must not happen to this process."""
    child = os.fork()
    if child == 0:
        try:
            action()
        except (OSError, ValueError):
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("refused")


def ways(pid):
    proc = f"/proc/{pid}"
    for name in READ:
        yield f"read:{name}", lambda n=name: read(f"{proc}/{n}")
        yield f"read:task/{name}", lambda n=name: read(f"{proc}/task/{pid}/{n}")
    for name in WRITE:
        yield f"write:{name}", lambda n=name: write(f"{proc}/{n}")
    for name in LINKS:
        yield f"link:{name}", lambda n=name: os.readlink(f"{proc}/{n}")
        yield f"open:{name}", lambda n=name: os.close(os.open(f"{proc}/{n}", os.O_RDONLY))
    for fd in range(12):
        yield f"fd:{fd}", lambda f=fd: os.readlink(f"{proc}/fd/{f}")
        yield f"open-fd:{fd}", lambda f=fd: os.close(os.open(f"{proc}/fd/{f}", os.O_RDONLY | os.O_NONBLOCK))
        yield f"write-fd:{fd}", lambda f=fd: os.close(os.open(f"{proc}/fd/{f}", os.O_WRONLY | os.O_NONBLOCK))
        yield f"fdinfo:{fd}", lambda f=fd: read(f"{proc}/fdinfo/{f}")
        yield f"pidfd_getfd:{fd}", lambda f=fd: steal(pid, f)
    yield "attach", lambda: in_child(lambda: trace(ATTACH, pid))
    yield "seize", lambda: in_child(lambda: trace(SEIZE, pid))
    yield "vm_read", lambda: vm(VM_READ, pid)
    yield "vm_write", lambda: vm(VM_WRITE, pid)
    yield "kcmp", lambda: call(KCMP, pid, os.getpid(), 0, 0, 0)
    yield "prlimit", lambda: call(PRLIMIT, pid, 7, 0, 0)
    yield "migrate_pages", lambda: call(MIGRATE_PAGES, pid, 0, 0, 0)
    yield "nice", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)
    yield "affinity", lambda: os.sched_setaffinity(pid, {0})
    yield "scheduler", lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    yield "pidfd_send_signal", lambda: pidfd_signal(pid)
    for number in sorted(signal.valid_signals()):
        if number not in (signal.SIGKILL, signal.SIGTERM):
            yield f"kill:{number}", lambda n=number: os.kill(pid, n)
    yield "kill:group", lambda: kill_group(pid)
    yield f"kill:{signal.SIGTERM}", lambda: os.kill(pid, signal.SIGTERM)
    yield f"kill:{signal.SIGKILL}", lambda: os.kill(pid, signal.SIGKILL)


def main():
    pid = int(sys.argv[1])
    tried, worked = 0, []
    for name, way in ways(pid):
        tried += 1
        try:
            way()
        except (OSError, ValueError):
            continue
        worked.append(name)
    print(f"tried {tried}:", *worked)


if __name__ == "__main__":
    main()

/*
 * The sandbox that every request runs in, for logins and for the command alike. No setting disables
 * it; sanitizer builds link these functions from tests/unit/no_sandbox.c instead.
 *
 * Landlock: handles every right that the kernel knows, and grants only connections to one TCP port.
 * No signals to processes outside, no abstract Unix sockets.
 * Seccomp: an allow-list of what a request needs, plus accept4 in the flow browser and three
 * operations on one kernel key in a refresh; for most calls also of the arguments (socket types and
 * options, flags, kinds of memory). Any other call fails with EPERM, and the number of the first
 * one is recorded. A short list of calls that only an attacker makes (execve, ptrace, bpf, ...)
 * kills the process.
 * Memory is limited, so that an attacker in control of a worker cannot exhaust the host's memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

/*
 * Drop root: a process with uid 0 (real, effective or saved) becomes _sfoauth, with its groups and
 * gid; any other keeps its user. Then disable core dumps and ptrace by processes of the same user.
 * Fails with SANDBOX if uid 0 remains or if there is no user _sfoauth.
 */
SF_CHECKED enum sf_err sf_sandbox_drop_root(struct sf_error *e);

struct sf_sandbox_params {
	uint16_t port; /* the only TCP port that may be connected to */
	bool serves;   /* allow accept4 on descriptors 6 and 7, the listeners */
	/*
	 * A kernel key of this process that may get at most park_size bytes, the time-out
	 * park_life_s and a link into the user keyring; 0: none. No other key can be named,
	 * created, read or found.
	 */
	long park;
	size_t park_size;
	uint32_t park_life_s;
};

/* From this ABI on (Linux 6.7), Landlock limits the port. Debian 12 has 2. */
#define SF_SANDBOX_PORT_ABI 4

/*
 * Enter the sandbox, for this process and its children; it cannot be left. *ret_landlock is the
 * Landlock ABI in use (at most 6), 0 if the kernel has none: then seccomp protects alone. Fails
 * with SANDBOX (no seccomp, or a step is refused); the process must then exit.
 */
SF_CHECKED enum sf_err sf_sandbox_enter(
    const struct sf_sandbox_params *params, uint32_t *ret_landlock, struct sf_error *e);

/* The number of the first system call that the sandbox refused, plus 1; 0 if there was none. */
uint32_t sf_sandbox_trapped(void);

/*
 * Write the name ("openat") of a system call to ret. trapped is a value of sf_sandbox_trapped. If
 * libseccomp does not know the name, ret gets the number. For 0, ret is "".
 */
#define SF_SANDBOX_NAME_SIZE 32
void sf_sandbox_call_name(uint32_t trapped, char ret[static SF_SANDBOX_NAME_SIZE]);

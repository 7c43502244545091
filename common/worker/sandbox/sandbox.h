/*
 * The sandbox that every request runs in, for PAM and for people alike. There is no switch that
 * turns it off: sanitizer builds link these functions from tests/unit/no_sandbox.c instead.
 *
 * Landlock: every right that the kernel knows is handled, and nothing is granted but connecting to
 * one TCP port; no signals and no abstract sockets outside. Seccomp: an allow-list of what a
 * request over an open connection needs, and in the browser flow accepting. Anything else is
 * answered EPERM and its number noted; a short list that only an attacker calls (exec, ptrace, bpf,
 * ...) kills the process. Memory is limited, so that a worker that was taken over cannot starve the
 * host.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

/*
 * Drop root. A process of uid 0 becomes _sfoauth (groups, gid and uid, verified); any other stays
 * who it is. Then: no core dumps, not dumpable. Fails with SANDBOX where uid 0 would be left in
 * any place, or where there is no _sfoauth.
 */
SF_CHECKED enum sf_err sf_sandbox_drop_root(struct sf_error *e);

struct sf_sandbox_params {
	uint16_t port; /* the one TCP port to connect to */
	bool serves;   /* connections may be accepted on descriptors 6 and 7, the listeners */
};

/*
 * Enter. No way back, also for children.
 * *ret_landlock is the kernel's Landlock ABI as far as it is used here, 0 where it has none (then
 * seccomp stands alone). Fails with SANDBOX: no seccomp, or the kernel refuses.
 */
SF_CHECKED enum sf_err sf_sandbox_enter(
    const struct sf_sandbox_params *params, uint32_t *ret_landlock, struct sf_error *e);

/* The number of the first system call that was answered EPERM, plus 1; 0 if there was none. */
uint32_t sf_sandbox_trapped(void);

/*
 * Name of a system call as sf_sandbox_trapped counts it: "openat". Its number where libseccomp has
 * no name for it, "" for 0.
 */
#define SF_SANDBOX_NAME_SIZE 32
void sf_sandbox_call_name(uint32_t trapped, char ret[static SF_SANDBOX_NAME_SIZE]);

/*
 * The worker's sandbox: drops root, limits memory, enters Landlock and seccomp. It does not open
 * anything: files, names and libraries must be ready before.
 */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <seccomp.h>

#include "file.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

#define WORKER_USER "_sfoauth"
#define DATA_MAX    (64U * 1024 * 1024)  /* bytes; the self-test passes with a quarter of it */
#define MAPPED_MAX  (256U * 1024 * 1024) /* bytes */

/* --- user --- */

/* Is any of the three user ids 0? A saved uid of 0 is enough to become root again. */
static bool has_root(void)
{
	uid_t real = 0, effective = 0, saved = 0;

	return getresuid(&real, &effective, &saved) != 0 || real == 0 || effective == 0 ||
	       saved == 0;
}

enum sf_err sf_sandbox_drop_root(struct sf_error *e)
{
	const struct rlimit none = {0};

	if (has_root()) {
		const struct passwd *user = getpwnam(WORKER_USER);

		if (!user || user->pw_uid == 0)
			return SF_FAIL(e, SF_E_SANDBOX, errno, "there is no user " WORKER_USER);
		if (initgroups(WORKER_USER, user->pw_gid) != 0 ||
		    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
		    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0 || has_root())
			return SF_FAIL(e, SF_E_SANDBOX, errno, "cannot become " WORKER_USER);
	}
	/* Last, because setresuid makes a process dumpable again. */
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return SF_FAIL(e, SF_E_SANDBOX, errno, "cannot disable core dumps");
	return SF_OK;
}

/* --- Landlock --- */

/* As in linux/landlock.h, which may be older on the build host than the kernel that runs. */

#define LANDLOCK_CREATE_RULESET 444
#define LANDLOCK_ADD_RULE       445
#define LANDLOCK_RESTRICT_SELF  446
#define LANDLOCK_VERSION_FLAG   1U
#define LANDLOCK_NET_PORT       2
#define LANDLOCK_CONNECT_TCP    2ULL
#define LANDLOCK_ABI_USED       6 /* later ABIs are used as this one */

/* struct landlock_ruleset_attr: a handled right without a rule is denied. */
struct landlock_ruleset {
	uint64_t files, net, scoped;
};

/* struct landlock_net_port_attr. */
struct landlock_port {
	uint64_t allowed, port;
};

/* For each ABI: every right that its kernel knows, and the size of the struct in bytes. */
static const struct {
	struct landlock_ruleset handled;
	size_t size;
} landlock_abis[LANDLOCK_ABI_USED + 1] = {
    [1] = {{.files = 0x1fff}, 8},
    [2] = {{.files = 0x3fff}, 8},
    [3] = {{.files = 0x7fff}, 8},
    [4] = {{.files = 0x7fff, .net = 3}, 16},
    [5] = {{.files = 0xffff, .net = 3}, 16},
    [6] = {{.files = 0xffff, .net = 3, .scoped = 3}, 24},
};

/*
 * Deny all that Landlock knows, except connections to one TCP port. *ret_abi is 0 without Landlock.
 */
static enum sf_err enter_landlock(uint16_t port, uint32_t *ret_abi, struct sf_error *e)
{
	long abi = syscall(LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION_FLAG);

	if (abi <= 0) {
		*ret_abi = 0;
		return SF_OK;
	}
	if (abi > LANDLOCK_ABI_USED)
		abi = LANDLOCK_ABI_USED;

	const struct landlock_port target = {.allowed = LANDLOCK_CONNECT_TCP, .port = port};
	SF_CLEANUP(sf_fd_closep)
	int fd = (int)syscall(
	    LANDLOCK_CREATE_RULESET, &landlock_abis[abi].handled, landlock_abis[abi].size, 0);

	if (fd < 0)
		return SF_FAIL(
		    e, SF_E_SANDBOX, errno, "Landlock ABI %ld: cannot create a ruleset", abi);
	if (landlock_abis[abi].handled.net != 0 &&
	    syscall(LANDLOCK_ADD_RULE, fd, LANDLOCK_NET_PORT, &target, 0) != 0)
		return SF_FAIL(e, SF_E_SANDBOX, errno, "Landlock ABI %ld: cannot add port %u", abi,
		    (unsigned)port);
	if (syscall(LANDLOCK_RESTRICT_SELF, fd, 0) != 0)
		return SF_FAIL(
		    e, SF_E_SANDBOX, errno, "Landlock ABI %ld: cannot restrict the process", abi);
	*ret_abi = (uint32_t)abi;
	return SF_OK;
}

/* --- seccomp --- */

/* The first refused system call + 1. Written by the signal handler, so it must be global. */
static volatile sig_atomic_t first_trapped;

/* SIGSYS: record the refused system call and make it return -EPERM. */
static void on_trap(int number, siginfo_t *info, void *context)
{
	ucontext_t *state = context;

	(void)number;
	if (first_trapped == 0)
		first_trapped = info->si_syscall + 1;
#if defined __x86_64__
	state->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined __aarch64__
	state->uc_mcontext.regs[0] = (unsigned long long)-EPERM;
#else
#error "on_trap does not know where this processor keeps the result of a system call"
#endif
}

uint32_t sf_sandbox_trapped(void)
{
	return (uint32_t)first_trapped;
}

void sf_sandbox_call_name(uint32_t trapped, char ret[static SF_SANDBOX_NAME_SIZE])
{
	unsigned number = trapped - 1;
	struct sf_text text = sf_text_over(ret, SF_SANDBOX_NAME_SIZE);

	if (trapped == 0)
		return;

	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);

	(void)(name ? sf_text_add(&text, name) : sf_text_addf(&text, "%u", number));
	free(name);
}

/*
 * Allowed with any arguments. Each was removed in turn with libcurl 7.88 and glibc 2.36: either
 * sfoauth-selftest then failed, or it is a call that resumes after a signal, reads a clock that the
 * vDSO lacks, or is needed only by a large reply or a lost connection. libcurl 8.14 and glibc 2.41
 * pass the self-test too, and arm64 does: libseccomp leaves out a call that a processor's kernel
 * does not have (there poll, in place of which glibc calls ppoll).
 */
static const int allowed[] = {
    /*
     * the connection, frames, the body; what sends, and the options of sockets, are below. A filter
     * cannot see the address that connect points to: only Landlock limits its port.
     */
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(connect), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    /* memory; mmap, mremap, mprotect and futex are below */
    SCMP_SYS(brk), SCMP_SYS(munmap),
    /* time and randomness; libcrypto calls getpid */
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(getpid),
    /* the end of an interrupted system call, of a signal handler, of the process */
    SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit_group)};

/* Calls that no request makes: only an attacker in control of the process would. */
static const int killed[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(mount),
    SCMP_SYS(pivot_root), SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(io_uring_setup)};

/* Argument N, an int, must be the value; only these bits of it are compared. */
#define INT_IS(n, value)                                                                           \
	{                                                                                          \
		(n), SCMP_CMP_MASKED_EQ, 0xffffffff, (value)                                       \
	}
#define INT_IN(n, bits)                                                                            \
	{                                                                                          \
		(n), SCMP_CMP_MASKED_EQ, 0xffffffff & ~(uint64_t)(bits), 0                         \
	}
#define FUTEX_IS(operation)                                                                        \
	{                                                                                          \
		1, SCMP_CMP_MASKED_EQ, 0xffffffff & ~FUTEX_FLAGS, (operation)                      \
	}
#define FUTEX_FLAGS  (uint64_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)
#define SEND_FLAGS   (MSG_NOSIGNAL | MSG_DONTWAIT | MSG_EOR | MSG_MORE)
#define MAPPING_KIND (MAP_TYPE | MAP_ANONYMOUS)

/*
 * Allowed only with these arguments. count: how many of them are compared. What is left out is more
 * of the kernel than a request needs: protocols, options and operations with defects of their own.
 */
static const struct {
	int number;
	unsigned count;
	struct scmp_arg_cmp arguments[3];
} filtered[] = {
    /*
     * TCP sockets only: protocol 0 or IPPROTO_TCP. Other stream protocols (SCTP, SMC, MPTCP) have
     * higher numbers; Landlock would let them connect to any port.
     */
    {SCMP_SYS(socket), 3,
	{{0, SCMP_CMP_EQ, AF_INET, 0}, {1, SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM},
	    {2, SCMP_CMP_LE, IPPROTO_TCP, 0}}},
    {SCMP_SYS(socket), 3,
	{{0, SCMP_CMP_EQ, AF_INET6, 0}, {1, SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM},
	    {2, SCMP_CMP_LE, IPPROTO_TCP, 0}}},
    /* Not with MSG_FASTOPEN, which connects and bypasses Landlock's rule for the port. */
    {SCMP_SYS(sendto), 1, {INT_IN(3, SEND_FLAGS)}},
    {SCMP_SYS(sendmsg), 1, {INT_IN(2, SEND_FLAGS)}},
    /* libcurl sets TCP_NODELAY. Others load filters (SO_ATTACH_BPF) or modules (TCP_ULP). */
    {SCMP_SYS(setsockopt), 2, {INT_IS(1, IPPROTO_TCP), INT_IS(2, TCP_NODELAY)}},
    /* SO_ERROR after a connect, SO_ACCEPTCONN of a listener; TCP's own options map memory. */
    {SCMP_SYS(getsockopt), 2, {INT_IS(1, SOL_SOCKET), INT_IS(2, SO_ERROR)}},
    {SCMP_SYS(getsockopt), 2, {INT_IS(1, SOL_SOCKET), INT_IS(2, SO_ACCEPTCONN)}},
    {SCMP_SYS(ioctl), 1, {INT_IS(1, FIONBIO)}},
    {SCMP_SYS(ioctl), 1, {INT_IS(1, FIONREAD)}},
    {SCMP_SYS(fcntl), 1, {INT_IS(1, F_GETFL)}},
    {SCMP_SYS(fcntl), 2, {INT_IS(1, F_SETFL), INT_IN(2, O_NONBLOCK | O_ACCMODE | O_APPEND)}},
    {SCMP_SYS(fcntl), 2, {INT_IS(1, F_SETFD), INT_IS(2, FD_CLOEXEC)}},
    /* Private anonymous memory only, which RLIMIT_DATA counts, and never executable. */
    {SCMP_SYS(mmap), 2,
	{{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0},
	    {3, SCMP_CMP_MASKED_EQ, MAPPING_KIND, MAP_PRIVATE | MAP_ANONYMOUS}}},
    {SCMP_SYS(mprotect), 1, {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}}},
    {SCMP_SYS(mremap), 1, {INT_IS(3, MREMAP_MAYMOVE)}},
    /* A lock of libc, in one thread: no requeueing, no priorities. */
    {SCMP_SYS(futex), 1, {FUTEX_IS(FUTEX_WAIT)}},
    {SCMP_SYS(futex), 1, {FUTEX_IS(FUTEX_WAKE)}},
    {SCMP_SYS(futex), 1, {FUTEX_IS(FUTEX_WAIT_BITSET)}},
};

/* For the flow browser: accept4, on the two listeners that the command passed. */
static const struct scmp_arg_cmp listeners[] = {
    {0, SCMP_CMP_EQ, SF_WIRE_BODY_FD, 0}, {0, SCMP_CMP_EQ, SF_WIRE_MORE_FD, 0}};

/*
 * For a refresh: three operations on one key, which is named by its number. All that a worker under
 * an attacker's control can do is to put other bytes into the key that is made for its answer.
 */
static int allow_key(scmp_filter_ctx filter, const struct sf_sandbox_params *params)
{
	const scmp_datum_t key = (scmp_datum_t)params->park;
	const struct scmp_arg_cmp operations[][3] = {
	    {{0, SCMP_CMP_EQ, KEYCTL_UPDATE, 0}, {1, SCMP_CMP_EQ, key, 0},
		{3, SCMP_CMP_LE, params->park_size, 0}},
	    {{0, SCMP_CMP_EQ, KEYCTL_SET_TIMEOUT, 0}, {1, SCMP_CMP_EQ, key, 0},
		{2, SCMP_CMP_EQ, params->park_life_s, 0}},
	    {{0, SCMP_CMP_EQ, KEYCTL_LINK, 0}, {1, SCMP_CMP_EQ, key, 0},
		{2, SCMP_CMP_EQ, (scmp_datum_t)KEY_SPEC_USER_KEYRING, 0}},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < SF_COUNT(operations); i++)
		r = seccomp_rule_add_array(
		    filter, SCMP_ACT_ALLOW, SCMP_SYS(keyctl), 3, operations[i]);
	return r;
}

static void filter_freep(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

static enum sf_err enter_seccomp(const struct sf_sandbox_params *params, struct sf_error *e)
{
	const struct sigaction trap = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	SF_CLEANUP(filter_freep) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
	int r = filter ? 0 : -ENOMEM;

	if (r == 0 && sigaction(SIGSYS, &trap, NULL) != 0)
		r = -errno;
	/* A call of another architecture (32 bits) kills the process: libseccomp's default. */
	for (size_t i = 0; r == 0 && i < SF_COUNT(allowed); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; r == 0 && i < SF_COUNT(killed); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, killed[i], 0);
	for (size_t i = 0; r == 0 && i < SF_COUNT(filtered); i++)
		r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, filtered[i].number,
		    filtered[i].count, filtered[i].arguments);
	for (size_t i = 0; r == 0 && params->serves && i < SF_COUNT(listeners); i++)
		r = seccomp_rule_add_array(
		    filter, SCMP_ACT_ALLOW, SCMP_SYS(accept4), 1, &listeners[i]);
	if (r == 0 && params->park > 0)
		r = allow_key(filter, params);
	if (r == 0)
		r = seccomp_load(filter);
	if (r != 0)
		return SF_FAIL(e, SF_E_SANDBOX, -r, "the seccomp filter cannot be loaded");
	return SF_OK;
}

/*
 * Limit private writable memory (RLIMIT_DATA) and the address space: only the latter counts shared
 * memory. An attacker in control of the worker cannot exhaust the host's memory.
 */
static bool limit_memory(void)
{
	const struct rlimit data = {DATA_MAX, DATA_MAX}, all = {MAPPED_MAX, MAPPED_MAX};

	return setrlimit(RLIMIT_DATA, &data) == 0 && setrlimit(RLIMIT_AS, &all) == 0;
}

enum sf_err sf_sandbox_enter(
    const struct sf_sandbox_params *params, uint32_t *ret_landlock, struct sf_error *e)
{
	uint32_t landlock = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return SF_FAIL(e, SF_E_SANDBOX, errno, "cannot set no_new_privs");
	if (!limit_memory())
		return SF_FAIL(e, SF_E_SANDBOX, errno, "cannot limit memory");

	enum sf_err r = enter_landlock(params->port, &landlock, e);

	if (r == SF_OK)
		r = enter_seccomp(params, e);
	if (r == SF_OK)
		*ret_landlock = landlock;
	return r;
}

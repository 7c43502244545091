/* The worker's seccomp, Landlock and memory limits, in processes that try what they forbid. */
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "confined.h"
#include "wire.h"

#include "banned.h"

static bool has_memory(size_t mebibytes, int protection)
{
	errno = 0;
	return mmap(NULL, mebibytes * 1024 * 1024, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0) != MAP_FAILED;
}

/*
 * 0: a request's own memory is there, and what would starve the host is not. RLIMIT_DATA counts
 * only what can be written; RLIMIT_AS counts all, and is larger.
 */
static int try_memory(void)
{
	if (!has_memory(16, PROT_READ | PROT_WRITE))
		return 1;
	if (has_memory(96, PROT_READ | PROT_WRITE) || errno != ENOMEM)
		return 2;
	if (!has_memory(96, PROT_READ))
		return 3;
	return has_memory(512, PROT_READ) || errno != ENOMEM ? 4 : 0;
}

static void test_memory(void **state)
{
	(void)state;
	assert_int_equal(confined(try_memory), 0);
}

static int try_open(void)
{
	return refused(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int try_create(void)
{
	return refused(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static int try_stat(void)
{
	return refused(faccessat(AT_FDCWD, "/etc/passwd", F_OK, 0));
}

static int try_memfd(void)
{
	return refused(memfd_create("x", MFD_CLOEXEC));
}

static int try_clone(void)
{
	return refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int try_clone3(void)
{
	return refused(syscall(SYS_clone3, NULL, 0));
}

static int try_listen(void)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || refused(bind(fd, (const struct sockaddr *)&any, sizeof(any))))
		return 1;
	return refused(listen(fd, 1));
}

static int try_dumpable(void)
{
	return refused(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int try_kill(void)
{
	return refused(kill(1, 0));
}

static int try_keyctl(void)
{
	return refused(syscall(SYS_keyctl, 0, -3, 0));
}

/* Another port than the sandbox's, where Landlock knows ports (ABI 4). */
static int try_port(void)
{
	const struct sockaddr_in other = {.sin_family = AF_INET,
	    .sin_port = htons(PORT + 1),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&other, sizeof(other)) == 0)
		return 1;
	return errno == EACCES ? 0 : 2;
}

static int do_request_things(void)
{
	static unsigned char bytes[1 << 20];
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	void *memory =
	    mmap(NULL, sizeof(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int on = 1, error = 0;
	socklen_t size = sizeof(error);
	uint32_t word = 0;
	bool fine = fd >= 0 && memory != MAP_FAILED && munmap(memory, sizeof(bytes)) == 0 &&
		    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
		    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0 &&
		    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) == 0 &&
		    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && getpid() > 0 && close(fd) == 0;

	return fine && sf_sandbox_trapped() == 0 ? 0 : 1;
}

static int trap_is_noted(void)
{
	(void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	(void)kill(1, 0);
	return sf_sandbox_trapped() == SYS_openat + 1 ? 0 : 1;
}

static int trap_has_a_name(void)
{
	char name[SF_SANDBOX_NAME_SIZE];

	(void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	sf_sandbox_call_name(sf_sandbox_trapped(), name);
	if (strcmp(name, "openat") != 0)
		return 1;
	sf_sandbox_call_name(100000, name);
	return strcmp(name, "99999") == 0 ? 0 : 2;
}

static int run_execve(void)
{
	char *const none[] = {NULL};

	return execve("/bin/true", none, none) == 0 ? 0 : 1;
}

static int run_ptrace(void)
{
	return (int)syscall(SYS_ptrace, 0, 0, 0, 0);
}

static int run_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int run_vm_write(void)
{
	return (int)syscall(SYS_process_vm_writev, 1, NULL, 0, NULL, 0, 0);
}

static int try_accept(void)
{
	return refused(accept4(SF_WIRE_BODY_FD, NULL, NULL, SOCK_CLOEXEC));
}

/* Nothing listens there: what matters is that the kernel, not the sandbox, says no. */
static int accept_from_listeners(void)
{
	for (int fd = 3; fd < 12; fd++) {
		bool is_listener = fd == SF_WIRE_BODY_FD || fd == SF_WIRE_MORE_FD;
		bool is_refused = refused(accept4(fd, NULL, NULL, SOCK_CLOEXEC)) == 0;

		if (is_refused == is_listener)
			return fd;
	}
	return refused(listen(SF_WIRE_BODY_FD, 1));
}

static void serve(struct sf_sandbox_params *params)
{
	params->serves = true;
}

static void test_serves(void **state)
{
	(void)state;
	assert_int_equal(confined_by(accept_from_listeners, serve), 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		int (*act)(void);
	} acts[] = {{"open", try_open}, {"create", try_create}, {"access", try_stat},
	    {"memfd", try_memfd}, {"clone", try_clone}, {"clone3", try_clone3},
	    {"listen", try_listen}, {"accept", try_accept}, {"dumpable", try_dumpable},
	    {"kill", try_kill}, {"keyctl", try_keyctl}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(acts); i++)
		if (confined(acts[i].act) != 0)
			fail_msg("%s is not refused", acts[i].name);
}

static void test_killed(void **state)
{
	(void)state;
	assert_int_equal(confined(run_execve), -SIGSYS);
	assert_int_equal(confined(run_ptrace), -SIGSYS);
	assert_int_equal(confined(run_bpf), -SIGSYS);
	assert_int_equal(confined(run_vm_write), -SIGSYS);
}

static void test_allowed(void **state)
{
	(void)state;
	assert_int_equal(confined(do_request_things), 0);
}

static void test_noted(void **state)
{
	(void)state;
	assert_int_equal(confined(trap_is_noted), 0);
	assert_int_equal(confined(trap_has_a_name), 0);
}

static void test_port(void **state)
{
	long abi = syscall(444, NULL, 0, 1);

	(void)state;
	if (abi < 4) {
		print_message(
		    "# Landlock of this kernel (ABI %ld) has no rule for TCP ports\n", abi);
		skip();
	}
	assert_int_equal(confined(try_port), 0);
}

static void test_root(void **state)
{
	struct sf_error e;
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		enum sf_err r = sf_sandbox_drop_root(&e);
		uid_t real = 0, effective = 0, saved = 0;
		bool is_root = getresuid(&real, &effective, &saved) != 0 || real == 0 ||
			       effective == 0 || saved == 0;

		/* Either nobody is root any more and nothing dumps, or it is refused. */
		_exit(r == SF_OK ? is_root || prctl(PR_GET_DUMPABLE) != 0 : r != SF_E_SANDBOX);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"files, processes and listeners are refused", test_refused, NULL, NULL, NULL},
	    {"what only an attacker calls kills", test_killed, NULL, NULL, NULL},
	    {"memory is limited", test_memory, NULL, NULL, NULL},
	    {"what a request needs is allowed", test_allowed, NULL, NULL, NULL},
	    {"the first refused call is noted by number", test_noted, NULL, NULL, NULL},
	    {"the browser flow accepts from its two listeners alone", test_serves, NULL, NULL,
		NULL},
	    {"no other port can be connected to", test_port, NULL, NULL, NULL},
	    {"root becomes _sfoauth or goes no further", test_root, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}

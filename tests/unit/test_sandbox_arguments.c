/* System calls that the worker's sandbox allows with some arguments only. */
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "confined.h"

#include "banned.h"

static int try_unix(void)
{
	return refused(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int try_netlink(void)
{
	return refused(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int try_udp(void)
{
	return refused(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

/* A stream that Landlock's rule for TCP ports does not see. */
static int try_mptcp(void)
{
	return refused(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP));
}

/* Connects without connect(2): Landlock's rule does not see it. */
static int try_fast_open(void)
{
	const struct sockaddr_in other = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n =
	    sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&other, sizeof(other));

	return fd >= 0 ? refused(n) : 2;
}

static int try_fast_open_message(void)
{
	struct sockaddr_in other = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct iovec bytes = {.iov_base = (char[]){'x'}, .iov_len = 1};
	const struct msghdr message = {
	    .msg_name = &other, .msg_namelen = sizeof(other), .msg_iov = &bytes, .msg_iovlen = 1};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 ? refused(sendmsg(fd, &message, MSG_FASTOPEN)) : 2;
}

/* The kernel would load a module for it. */
static int try_sctp(void)
{
	return refused(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP));
}

/* Memory that RLIMIT_DATA does not count. */
static int try_shared_memory(void)
{
	const void *page =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? refused(-1) : 1;
}

static int try_mremap(void)
{
	return refused(syscall(SYS_mremap, 0, 4096, 4096, MREMAP_MAYMOVE | MREMAP_DONTUNMAP));
}

/* Linux runs the classic BPF of a socket filter, and loads a module for an upper protocol. */
static int try_socket_options(void)
{
	static const int options[][2] = {{SOL_SOCKET, SO_ATTACH_FILTER},
	    {SOL_SOCKET, SO_BINDTODEVICE}, {IPPROTO_TCP, TCP_ULP}, {IPPROTO_TCP, TCP_MD5SIG},
	    {IPPROTO_IP, TCP_NODELAY}, {IPPROTO_TCP, TCP_FASTOPEN_CONNECT}};

	for (size_t i = 0; i < SF_COUNT(options); i++)
		if (refused(setsockopt(-1, options[i][0], options[i][1], "x", 1)))
			return 1;
	return 0;
}

static int try_socket_answers(void)
{
	socklen_t size = 0;

	return refused(getsockopt(-1, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, NULL, &size)) ||
	       refused(getsockopt(-1, SOL_SOCKET, SO_PEERSEC, NULL, &size));
}

static int try_send_flags(void)
{
	const struct msghdr message = {.msg_iovlen = 0};

	return refused(send(-1, "x", 1, MSG_ZEROCOPY)) || refused(send(-1, "x", 1, MSG_OOB)) ||
	       refused(sendmsg(-1, &message, MSG_ZEROCOPY));
}

static int try_async(void)
{
	return refused(fcntl(0, F_SETFL, O_ASYNC)) || refused(fcntl(0, F_SETFD, 0));
}

static int try_ioctl(void)
{
	int on = 1;

	return refused(ioctl(0, FIOASYNC, &on)) || refused(ioctl(0, TIOCSTI, &on));
}

static int try_futex(void)
{
	uint32_t word = 0;

	return refused(syscall(SYS_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0)) ||
	       refused(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE, 1, 1, &word, 0));
}

static int try_dup(void)
{
	return refused(fcntl(0, F_DUPFD_CLOEXEC, 10));
}

static int try_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED || refused(mprotect(page, 4096, PROT_READ | PROT_EXEC)))
		return 1;
	return mmap(NULL, 4096, PROT_EXEC | PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			   MAP_FAILED &&
		       errno == EPERM
		   ? 0
		   : 1;
}

static void other_arguments_are_refused(void **state)
{
	static const struct {
		const char *name;
		int (*act)(void);
	} acts[] = {{"unix", try_unix}, {"netlink", try_netlink}, {"udp", try_udp},
	    {"mptcp", try_mptcp}, {"sctp", try_sctp}, {"fast open", try_fast_open},
	    {"fast open, as a message", try_fast_open_message},
	    {"shared memory", try_shared_memory}, {"mremap", try_mremap}, {"code", try_code},
	    {"options of sockets", try_socket_options}, {"reading them", try_socket_answers},
	    {"flags of send", try_send_flags}, {"flags of a descriptor", try_async},
	    {"dup", try_dup}, {"ioctl", try_ioctl}, {"futex", try_futex}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(acts); i++)
		if (confined(acts[i].act) != 0)
			fail_msg("%s is not refused", acts[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(other_arguments_are_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Preloaded into every program of a test: in the one that the page names, the k-th allocation
 * fails. The page is a file, mapped by all: there is no environment to read in programs that start
 * with an empty one, and in a sandbox nothing is opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE "/run/e2e/nomem"

struct page {
	char program[32];
	uint64_t fail_at;       /* from 1; 0: none */
	uint64_t goes_on;       /* 1: so do all after it */
	_Atomic uint64_t asked; /* over all processes of the program */
	_Atomic int64_t live;   /* allocated and not freed */
	_Atomic uint64_t failed;
};

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static struct page *page;

__attribute__((constructor)) static void begin(void)
{
	const int fd = open(PAGE, O_RDWR | O_CLOEXEC);
	void *mapped = MAP_FAILED;

	if (fd >= 0) {
		mapped = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		(void)close(fd);
	}
	if (mapped == MAP_FAILED)
		return;
	page = mapped;
	if (strcmp(page->program, program_invocation_short_name) != 0) {
		(void)munmap(mapped, sizeof(*page));
		page = NULL;
	}
}

static int is_refused(void)
{
	if (!page)
		return 0;
	const uint64_t n = atomic_fetch_add(&page->asked, 1) + 1;
	if (page->fail_at == 0 || n < page->fail_at || (n > page->fail_at && page->goes_on == 0))
		return 0;
	atomic_fetch_add(&page->failed, 1);
	errno = ENOMEM;
	return 1;
}

static void *counted(void *memory)
{
	if (page && memory)
		atomic_fetch_add(&page->live, 1);
	return memory;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
	if (is_refused())
		return NULL;
	void *moved = __libc_realloc(memory, size);
	return !memory ? counted(moved) : moved;
}

void free(void *memory)
{
	if (page && memory)
		atomic_fetch_sub(&page->live, 1);
	__libc_free(memory);
}

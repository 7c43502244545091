/*
 * Rates and waiting places as atomic words of a mapped file. A rate is stored as the time at which
 * its bucket is empty again (the "theoretical arrival time" of the generic cell rate algorithm,
 * ITU-T I.371): N starts at once, then one every 60/N seconds. Never sleeps; pace.c does.
 */
#include "throttle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "text.h"

#include "banned.h"

#define FILE_NAME "limits-1" /* the number is that of the layout below */
#define WINDOW_MS INT64_C(60000)
#define PROBES    8    /* slots of the table that a source may use */
#define TRIES_MAX 1000 /* of compare-and-exchange, against other processes */

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a stopped process would hold a lock");

typedef _Atomic int64_t empty_at; /* ms of clock.h: when the bucket is empty */

/* The layout of the file. A new file is all zeros. It is on tmpfs and gone after a reboot. */
struct sf_throttle_table {
	empty_at strangers, decoys;
	struct source {
		_Atomic uint64_t key; /* 0: free */
		empty_at empty;
	} sources[SF_THROTTLE_SOURCES];
	_Atomic uint64_t
	    waiting[SF_THROTTLE_WAITING_MAX]; /* pid << 32 | deadline in seconds; 0: free */
	struct sf_parity parity;
};

enum sf_err sf_throttle_open(struct sf_throttle *throttle, int dir, struct sf_error *e)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	struct stat st;
	void *map;

	memset(throttle, 0, sizeof(*throttle));
	fd = openat(dir, FILE_NAME, flags, 0600);
	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot open the file of limits");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 077) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, 0,
		    "the file of limits must be a file of root with mode 0600 and one name");
	/*
	 * Two processes may extend it at the same time: the result is the same. It never shrinks.
	 */
	if (st.st_size < (off_t)sizeof(struct sf_throttle_table) &&
	    posix_fallocate(fd, 0, sizeof(struct sf_throttle_table)) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, ENOSPC, "no space for the file of limits");
	map =
	    mmap(NULL, sizeof(struct sf_throttle_table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot map the file of limits");
	throttle->table = map;
	return SF_OK;
}

void sf_throttle_closep(struct sf_throttle *throttle)
{
	uint64_t own = throttle->owner;

	if (!throttle->table)
		return;
	/* After the deadline another process may have taken the place: clear only our own mark. */
	if (throttle->has_place)
		(void)atomic_compare_exchange_strong(
		    &throttle->table->waiting[throttle->place], &own, 0);
	(void)munmap(throttle->table, sizeof(*throttle->table));
	memset(throttle, 0, sizeof(*throttle));
}

struct sf_parity *sf_throttle_parity(const struct sf_throttle *throttle)
{
	return throttle->table ? &throttle->table->parity : NULL;
}

static bool is_local(const struct sf_throttle_caller *caller)
{
	return caller->rhost[0] == '\0';
}

/*
 * FNV-1a. An attacker can make collisions, but gains nothing: the hash only selects a counter, and
 * an attacker with many names has many counters anyway.
 */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * UINT64_C(1099511628211);
	return hash;
}

uint64_t sf_throttle_source(const struct sf_throttle_caller *caller)
{
	/* The first byte is the kind. Global IPv6 addresses (2000::/3) begin with 0x20 to 0x3f. */
	const uint64_t local = UINT64_C(0x01) << 56, v4 = UINT64_C(0x04) << 56,
		       name = UINT64_C(0xff) << 56;
	struct in6_addr six;
	struct in_addr four;
	uint64_t prefix = 0;

	if (is_local(caller))
		return local | caller->uid;
	if (inet_pton(AF_INET, caller->rhost, &four) == 1)
		return v4 | ntohl(four.s_addr);
	if (inet_pton(AF_INET6, caller->rhost, &six) != 1)
		return name | hash_name(caller->rhost) >> 8;
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		memcpy(&four, &six.s6_addr[12], sizeof(four));
		return v4 | ntohl(four.s_addr);
	}
	for (size_t i = 0; i < 8; i++)
		prefix = prefix << 8 | six.s6_addr[i];
	return prefix != 0 ? prefix : name; /* the /64 of ::1 is 0, which marks a free slot */
}

/* Is this later than any start can set it? Then the file is damaged; the value is ignored. */
static bool is_damaged(int64_t empty_ms, int64_t now_ms)
{
	return empty_ms > now_ms + WINDOW_MS * 2 + SF_THROTTLE_WAIT_MAX_MS;
}

/*
 * Find the counter of a source, or give it one. If its slots are all taken, it replaces the source
 * whose bucket has been empty longest. If two processes replace the same
 * slot at once, one start is counted for the wrong source.
 */
static empty_at *find_source(struct sf_throttle_table *table, uint64_t key)
{
	const uint64_t first = key * UINT64_C(0x9e3779b97f4a7c15) >> 32; /* spreads neighbours */
	struct source *oldest = NULL;

	for (size_t i = 0; i < PROBES; i++) {
		struct source *at = &table->sources[(first + i) % SF_THROTTLE_SOURCES];
		uint64_t found = atomic_load(&at->key);

		if (found == 0 && atomic_compare_exchange_strong(&at->key, &found, key))
			return &at->empty;
		if (found == key)
			return &at->empty;
		if (!oldest || atomic_load(&at->empty) < atomic_load(&oldest->empty))
			oldest = at;
	}
	atomic_store(&oldest->key, key);
	atomic_store(&oldest->empty, 0);
	return &oldest->empty;
}

/* Milliseconds that one start adds to a bucket. */
static int64_t interval_of(uint32_t per_min)
{
	return WINDOW_MS / (per_min > 0 ? per_min : 1);
}

/*
 * Count one start. Returns when it may begin, or -1 without counting it if that is more than
 * SF_THROTTLE_WAIT_MAX_MS away. If other processes win every exchange, the start is not counted
 * and may begin now: a limit must not turn into a lockout.
 */
static int64_t count_start(empty_at *bucket, uint32_t per_min, int64_t now_ms)
{
	int64_t old = atomic_load(bucket);

	for (int i = 0; i < TRIES_MAX; i++) {
		const int64_t from_ms = old > now_ms && !is_damaged(old, now_ms) ? old : now_ms;
		const int64_t full_ms = from_ms + interval_of(per_min);
		const int64_t at_ms = full_ms - WINDOW_MS > now_ms ? full_ms - WINDOW_MS : now_ms;

		if (at_ms > now_ms + SF_THROTTLE_WAIT_MAX_MS)
			return -1;
		if (atomic_compare_exchange_weak(bucket, &old, full_ms))
			return at_ms;
	}
	return now_ms;
}

/* One rate that a start counts for. */
struct bucket {
	empty_at *empty;
	uint32_t per_min;
	bool counts; /* does it count this caller? */
	const char *refusal;
};

/* Undo count_start. */
static void uncount_start(const struct bucket *bucket)
{
	if (bucket->counts)
		(void)atomic_fetch_sub(bucket->empty, interval_of(bucket->per_min));
}

enum sf_err sf_throttle_start(struct sf_throttle *throttle, const struct sf_rate *rate,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t *ret_at_ms, struct sf_error *e)
{
	struct sf_throttle_table *table = throttle->table;
	const bool is_stranger = !is_local(caller);
	/* The narrowest limit first: a source over its own limit uses up nothing of the others. */
	const struct bucket buckets[] = {
	    {find_source(table, sf_throttle_source(caller)), rate->source_per_min, true,
		"this source has started too many sign-ins"},
	    {&table->decoys, (rate->per_min + 1) / 2, is_stranger && caller->is_decoy,
		"too many sign-ins of unknown accounts were started"},
	    {&table->strangers, rate->per_min, is_stranger,
		"too many sign-ins were started on this host"},
	};
	int64_t latest_ms = now_ms;

	for (size_t i = 0; i < SF_COUNT(buckets); i++) {
		int64_t at_ms = now_ms;

		if (buckets[i].counts)
			at_ms = count_start(buckets[i].empty, buckets[i].per_min, now_ms);
		if (at_ms < 0) {
			for (size_t j = 0; j < i; j++)
				uncount_start(&buckets[j]);
			return SF_FAIL(e, SF_E_RATE, 0, "start_rate: %s", buckets[i].refusal);
		}
		if (at_ms > latest_ms)
			latest_ms = at_ms;
	}
	*ret_at_ms = latest_ms;
	return SF_OK;
}

/*
 * Is this waiting place free? It is after its deadline, and when its process has ended. A pid that
 * was reused only keeps the place until the deadline.
 */
static bool is_free(uint64_t owner, int64_t now_ms)
{
	const pid_t pid = (pid_t)(owner >> 32);

	if (owner == 0 || (int64_t)(owner & UINT32_MAX) * 1000 < now_ms)
		return true;
	return pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH);
}

bool sf_throttle_enter(struct sf_throttle *throttle, uint32_t max,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t deadline_ms)
{
	const uint32_t all = max < SF_THROTTLE_WAITING_MAX ? max : SF_THROTTLE_WAITING_MAX;
	/* Decoys use the lower half only. Real sign-ins use all places, the upper half first. */
	const uint32_t places = caller->is_decoy ? (all + 1) / 2 : all;
	const uint64_t own =
	    (uint64_t)(uint32_t)getpid() << 32 | (uint32_t)(deadline_ms / 1000 + 1);

	if (is_local(caller))
		return true;
	for (uint32_t i = places; i-- > 0;) {
		uint64_t found = atomic_load(&throttle->table->waiting[i]);

		if (!is_free(found, now_ms) ||
		    !atomic_compare_exchange_strong(&throttle->table->waiting[i], &found, own))
			continue;
		throttle->place = (int)i;
		throttle->owner = own;
		throttle->has_place = true;
		return true;
	}
	return false;
}

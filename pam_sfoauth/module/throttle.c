/*
 * The rates and the waiting places, in atomic words of a mapped file. A rate is kept as the time
 * at which its bucket will be empty again ("theoretical arrival time" of the generic cell rate
 * algorithm): N starts at once, then one each 60/N seconds.
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
#define PROBES    8    /* places of the table where a source may stand */
#define TRIES_MAX 1000 /* of a word that others change at the same time */

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a stopped process would hold a lock");

typedef _Atomic int64_t empty_at; /* ms of clock.h */

/* The file, as it is. All zeros is its first state. It ends with the next boot. */
struct sf_throttle_table {
	empty_at strangers, decoys;
	struct source {
		_Atomic uint64_t key; /* 0: free */
		empty_at empty;
	} sources[SF_THROTTLE_SOURCES];
	_Atomic uint64_t
	    waiting[SF_THROTTLE_WAITING_MAX]; /* pid << 32 | deadline in seconds; 0: free */
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
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the file of limits is not root's alone");
	/* Two that find it empty both make it longer, which is the same. It never gets shorter. */
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
	/* Where the deadline was over, the place may be another's by now. */
	if (throttle->has_place)
		(void)atomic_compare_exchange_strong(
		    &throttle->table->waiting[throttle->place], &own, 0);
	(void)munmap(throttle->table, sizeof(*throttle->table));
	memset(throttle, 0, sizeof(*throttle));
}

static bool is_local(const struct sf_throttle_caller *caller)
{
	return caller->rhost[0] == '\0';
}

/* FNV-1a. A name only picks a counter, and who controls names has addresses enough. */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * UINT64_C(1099511628211);
	return hash;
}

uint64_t sf_throttle_source(const struct sf_throttle_caller *caller)
{
	/* Kinds are told apart by the first byte. 2 and 3 begin the IPv6 addresses in use. */
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
	return prefix != 0 ? prefix : name; /* ::1 and its kind */
}

/* A time that no start can have left: of a damaged file. */
static bool is_absurd(int64_t empty_ms, int64_t now_ms)
{
	return empty_ms > now_ms + WINDOW_MS * 2 + SF_THROTTLE_WAIT_MAX_MS;
}

/* Where the source is counted; the one whose bucket has been empty longest makes room. */
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

static int64_t interval_of(uint32_t per_min)
{
	return WINDOW_MS / (per_min > 0 ? per_min : 1);
}

/* Count one start; -1 where it could not begin in time, and then it is not counted. */
static int64_t count(empty_at *bucket, uint32_t per_min, int64_t now_ms)
{
	int64_t old = atomic_load(bucket);

	for (int i = 0; i < TRIES_MAX; i++) {
		const int64_t from_ms = old > now_ms && !is_absurd(old, now_ms) ? old : now_ms;
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
	bool counts; /* for this caller */
	const char *refusal;
};

static void give_back(const struct bucket *bucket)
{
	if (bucket->counts)
		(void)atomic_fetch_sub(bucket->empty, interval_of(bucket->per_min));
}

enum sf_err sf_throttle_start(struct sf_throttle *throttle, const struct sf_rate *rate,
    const struct sf_throttle_caller *caller, int64_t now_ms, int64_t *ret_at_ms, struct sf_error *e)
{
	struct sf_throttle_table *table = throttle->table;
	const bool is_stranger = !is_local(caller);
	/* The narrowest first, so that who is over its own limit takes nothing from others. */
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
			at_ms = count(buckets[i].empty, buckets[i].per_min, now_ms);
		if (at_ms < 0) {
			for (size_t j = 0; j < i; j++)
				give_back(&buckets[j]);
			return SF_FAIL(e, SF_E_RATE, 0, "start_rate: %s", buckets[i].refusal);
		}
		if (at_ms > latest_ms)
			latest_ms = at_ms;
	}
	*ret_at_ms = latest_ms;
	return SF_OK;
}

/* Is nobody in this place any more? */
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
	/* Decoys get the lower half of the places; real sign-ins all, the upper half first. */
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

/* SPDX-License-Identifier: MIT */
/*
 * Counts the locked instructions of each hot path. Unlike a time, that count does not
 * drift with the machine: it fails if a path gets one more.
 *
 * The processor stops after each instruction (the trap flag), and a signal handler
 * looks at the bytes of the next one. So what runs is counted, in the library and in
 * what it calls. For x86-64 on Linux, in builds without a sanitizer.
 */
#define _GNU_SOURCE /* REG_RIP */

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include <kos/session.h>
#include <sessio/fast.h>
#include <sessio/handle_space.h>
#include <sessio/host.h>

#define READ 1u
#define USER 1u

static volatile unsigned instructions;
static volatile unsigned locked;

static bool is_prefix(unsigned char byte)
{
	static const unsigned char prefixes[] = { 0x66, 0x67, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65,
		0xf2, 0xf3 };

	return memchr(prefixes, byte, sizeof(prefixes)) != NULL ||
		(byte & 0xf0u) == 0x40u; /* REX */
}

/* A lock prefix, or an exchange with memory, which needs none. */
static bool is_locked(const unsigned char *code)
{
	while (is_prefix(*code)) {
		code++;
	}
	return *code == 0xf0 || ((*code == 0x86 || *code == 0x87) && code[1] < 0xc0);
}

static void on_step(int number, siginfo_t *info, void *context)
{
	const ucontext_t *at = context;

	(void)number;
	(void)info;
	instructions++;
	/* An address is a number in a saved register. */
	locked += is_locked((const unsigned char *)at->uc_mcontext.gregs[REG_RIP]);
}

static inline void set_trap(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
			 "lea 128(%%rsp), %%rsp" ::
				 : "memory", "cc");
}

static inline void clear_trap(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\t"
			 "lea 128(%%rsp), %%rsp" ::
				 : "memory", "cc");
}

/* --- The paths --- */

static struct {
	KosSessionType *type;
	void *object;
	void *session;
	sessio_handle_space *consumer;
	sessio_handle_space *other;
	nk_handle_desc_t home; /* the container of a handle that has come home */
	uint32_t handle; /* the consumer's */
	sessio_host *hosts[3]; /* with watchers[] each */
	bool connected[3];
	bool failed;
} world;

static void check(bool ok)
{
	world.failed = world.failed || !ok;
}

static void ref_and_put(void)
{
	void *object;

	check(KosSessionRef(world.session, world.type, &object) == rcOk);
	KosSessionPut(world.session);
}

/* Volatile, so that the compiler cannot know that these two have an inline way. */
static Retcode (*volatile called_ref)(
	void *session, KosSessionType *type, void **object) = KosSessionRef;
static void (*volatile called_put)(void *session) = KosSessionPut;

static void ref_and_put_called(void)
{
	void *object;

	check(called_ref(world.session, world.type, &object) == rcOk);
	called_put(world.session);
}

/* Before the thread has used it often, or where the platform keeps no slots. */
static void ref_and_put_counted(void)
{
	void *object;

	check(sessio_fast_ref_slowly(world.session, world.type, &object) == rcOk);
	sessio_fast_put_slowly(world.session);
}

static bool use_often(void)
{
	void *object;

	for (unsigned i = 0; i < 200; i++) {
		ref_and_put();
	}
	if (!sessio_fast_ref(world.session, world.type, &object)) {
		return false;
	}
	KosSessionPut(world.session);
	return true;
}

static void come_home(void)
{
	const nk_handle_desc_t sent = { .handle = world.handle,
		.rights = SESSIO_HANDLE_SAME_RIGHTS };

	check(sessio_handle_space_transfer(
		      world.consumer, &sent, sessio_handle_space_own(), &world.home) == SESSIO_OK);
}

static void find_session(void)
{
	void *session;

	check(KosSessionIpcHandleToSession(&world.home, world.type, READ, &session) == rcOk);
}

static void operate_by_handle(void)
{
	come_home();
	find_session();
	ref_and_put();
}

static void ref_and_put_object(void)
{
	KosRefObject(world.object);
	KosPutObject(world.object);
}

static void open_and_close(void)
{
	void *session;

	check(KosSessionOpenObject(world.object, READ, READ, NULL, &session) == rcOk);
	check(KosSessionCloseObject(session) == rcOk);
}

/* As documented: the opener has a reference, and puts it when it is done. */
static void open_keep_and_close(void)
{
	void *session;

	check(KosSessionOpenObject(world.object, READ, READ, NULL, &session) == rcOk);
	KosRefObject(session);
	check(KosSessionCloseObject(session) == rcOk);
	KosPutObject(session);
}

static Retcode on_walk(void *object, void *session, void *arg)
{
	(void)object;
	(void)session;
	(void)arg;
	return rcOk;
}

static void walk(void)
{
	check(KosSessionWalk(world.object, on_walk, NULL) == rcOk);
}

static void pass_on_and_close(void)
{
	const sessio_handle_desc sent = { .handle = world.handle,
		.rights = SESSIO_HANDLE_SAME_RIGHTS,
		.badge = SESSIO_HANDLE_INVALID };
	sessio_handle_desc received;

	check(sessio_handle_space_transfer(world.consumer, &sent, world.other, &received) ==
		SESSIO_OK);
	check(sessio_handle_space_close(world.other, received.handle) == SESSIO_OK);
}

static void refuse_an_open(void)
{
	void *session;

	check(KosSessionOpenObject(world.object, READ | 2u, 0, NULL, &session) == rcBusy);
}

/* One lock, taken and released. */
static void lock_once(void)
{
	(void)sessio_handle_space_count(world.consumer);
}

static void create_and_close(void)
{
	uint32_t handle;

	check(sessio_handle_space_create_object(world.other, READ, world.object, &handle) ==
		SESSIO_OK);
	check(sessio_handle_space_close(world.other, handle) == SESSIO_OK);
}

static void create_revoke_and_close(void)
{
	uint32_t handle;

	check(sessio_handle_space_create_object(world.other, READ, world.object, &handle) ==
		SESSIO_OK);
	check(sessio_handle_space_revoke(world.other, handle, false) == SESSIO_OK);
	check(sessio_handle_space_close(world.other, handle) == SESSIO_OK);
}

/* How many watchers each host has. */
static const unsigned watchers[] = { 0, 1, 10 };

static void post(unsigned host)
{
	sessio_user_event event = world.connected[host] ? SESSIO_USER_EVENT_DISCONNECTED
							: SESSIO_USER_EVENT_CONNECTED;

	world.connected[host] = !world.connected[host];
	check(sessio_host_post(world.hosts[host], USER, event, 0, NULL) == SESSIO_OK);
}

static void post_to_nobody(void)
{
	post(0);
}

static void post_to_one(void)
{
	post(1);
}

static void post_to_ten(void)
{
	post(2);
}

/* At most so many locked instructions, besides those of so many locks. */
static const struct path {
	const char *name;
	void (*run)(void);
	unsigned own;
	unsigned locks;
	bool slots; /* counts in a slot: elsewhere that takes two */
} paths[] = {
	{ "KosSessionRef + KosSessionPut", ref_and_put, 0, 0, true },
	{ "the same, called", ref_and_put_called, 0, 0, true },
	{ "the same without a slot", ref_and_put_counted, 2, 0, false },
	{ "KosRefObject + KosPutObject", ref_and_put_object, 2, 0, false },
	{ "a handle comes home", come_home, 2, 0, false },
	{ "KosSessionIpcHandleToSession", find_session, 0, 0, false },
	{ "an operation by a handle, all of it", operate_by_handle, 2, 0, true },
	{ "refused open", refuse_an_open, 0, 0, false },
	{ "open + close", open_and_close, 2, 2, false },
	{ "the same with a reference", open_keep_and_close, 4, 3, false },
	{ "walk", walk, 0, 2, false },
	{ "a handle is passed on and closed", pass_on_and_close, 13, 5, false },
	{ "a handle is created and closed", create_and_close, 11, 5, false },
	{ "a handle is created, revoked, closed", create_revoke_and_close, 14, 6, false },
	{ "an event that nobody watches", post_to_nobody, 0, 1, false },
	{ "an event to one watcher", post_to_one, 0, 2, false },
	{ "an event to ten watchers", post_to_ten, 0, 2, false },
};

/* --- --- */

static Retcode on_open(void *object, void *session, void *arg, rtl_uint32_t *rights)
{
	(void)object;
	(void)session;
	(void)arg;
	*rights = READ | SESSIO_HANDLE_TRANSFER;
	return rcOk;
}

static Retcode on_close(void *object, void *session)
{
	(void)object;
	(void)session;
	return rcOk;
}

static void on_event(const sessio_user_notice *notice, void *ctx)
{
	(void)notice;
	(void)ctx;
}

static void begin_host(sessio_host **host, unsigned count)
{
	const sessio_watch_options options = { .events = SESSIO_USER_EVENTS_ALL };
	sessio_watch watch;

	check(sessio_host_create(SESSIO_RULES_DOCUMENTED, host) == SESSIO_OK);
	for (unsigned i = 0; i < count; i++) {
		check(sessio_host_watch(*host, &options, on_event, NULL, &watch) == SESSIO_OK);
	}
	check(sessio_host_post(*host, USER, SESSIO_USER_EVENT_CREATED, 0, NULL) == SESSIO_OK);
}

static void begin(void)
{
	static const KosSessionOps ops = { .open = on_open, .close = on_close };
	KosObjectType *object_type;
	KosObjectType *context_type;
	nk_handle_desc_t desc;

	check(KosCreateObjectType("file", kosSessionBaseObjectType, 0, NULL, NULL, &object_type) ==
		rcOk);
	check(KosCreateObjectType("open file", kosSessionBaseSessionType, 0, NULL, NULL,
		      &context_type) == rcOk);
	check(KosSessionCreateType(object_type, context_type, &ops, &world.type) == rcOk);
	check(KosCreateObject(object_type, NULL, NULL, &world.object) == rcOk);
	check(KosSessionRegisterObject(world.type, world.object) == rcOk);
	check(KosSessionOpenObject(world.object, READ, READ, NULL, &world.session) == rcOk);
	check(sessio_handle_space_create(&world.consumer) == SESSIO_OK);
	check(sessio_handle_space_create(&world.other) == SESSIO_OK);
	check(KosSessionContextToIpcHandle(world.session, &desc) == rcOk);
	check(sessio_handle_space_transfer(
		      sessio_handle_space_own(), &desc, world.consumer, &desc) == SESSIO_OK);
	world.handle = desc.handle;
	for (unsigned i = 0; i < 3; i++) {
		begin_host(&world.hosts[i], watchers[i]);
	}
}

static void *stay(void *arg)
{
	pthread_mutex_lock(arg);
	pthread_mutex_unlock(arg);
	return NULL;
}

/* The fewest of some runs: the first ones make what is made at first use. */
static unsigned count(void (*run)(void), unsigned *out_instructions)
{
	unsigned fewest = ~0u;

	for (unsigned i = 0; i < 8; i++) {
		run();
	}
	for (unsigned i = 0; i < 4; i++) {
		instructions = 0;
		locked = 0;
		set_trap();
		run();
		clear_trap();
		if (locked < fewest) {
			fewest = locked;
			*out_instructions = instructions;
		}
	}
	return fewest;
}

/* Whether steps are seen at all, and a locked instruction and an exchange among them. */
static bool can_count(void)
{
	static unsigned word;

	locked = 0;
	set_trap();
	__asm__ volatile("lock incl %0\n\tmov $1, %%eax\n\txchg %%eax, %0\n\txchg %%eax, %%ecx\n\t"
			 "incl %0"
			 : "+m"(word)
			 :
			 : "eax", "ecx", "cc");
	clear_trap();
	return locked == 2;
}

/* How many paths have too many. */
static unsigned check_paths(unsigned without_slots)
{
	unsigned wrong = 0;
	unsigned all = 0;
	/* An unlock may be a store or an exchange: the platform and its machine decide. */
	unsigned lock = count(lock_once, &all);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct path *path = &paths[i];
		unsigned limit = path->own + path->locks * lock + (path->slots ? without_slots : 0);
		unsigned met = count(path->run, &all);

		printf("%-38s %3u locked of %4u instructions, at most %2u: %s\n", path->name, met,
			all, limit, met <= limit ? "ok" : "TOO MANY");
		wrong += met > limit;
	}
	return wrong;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_t thread;
	unsigned wrong;

	sigaction(SIGTRAP, &action, NULL);
	if (!can_count()) {
		fprintf(stderr, "this machine does not stop after each instruction\n");
		return 1;
	}
	/* With a second thread a C library does not leave its locks out. */
	pthread_mutex_lock(&mutex);
	if (pthread_create(&thread, NULL, stay, &mutex) != 0) {
		return 1;
	}
	begin();
	wrong = check_paths(use_often() ? 0 : 2);
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	if (world.failed) {
		fprintf(stderr, "a path did not do its work\n");
	}
	return wrong != 0 || world.failed;
}

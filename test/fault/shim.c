/*
 * Stands between a process and its disk (LD_PRELOAD): counts what is written and synced, per file, and makes the n-th sync or write fail,
 * do nothing, wait, or be the last thing that the process does. Driven from outside while the process runs, through a control block that
 * both have mapped (shim.ts has the other half of this layout); so the counts outlive a process that is killed.
 *
 * Block: 64-bit words. Per file class, 8 words: syncs, syncs that failed, syncs left out, writes, bytes written, truncations.
 * Then RULES rules of 8 words: action, classes (bits), operations (bits), calls to let pass first, times left (0: always), parameter, fired.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { LOG, LOG_WAL, STATE, STATE_WAL, FOLDER, OTHER, CLASSES };
enum { SYNCS, SYNCS_FAILED, SYNCS_SKIPPED, WRITES, BYTES, TRUNCATIONS };
enum { RULES = 4, RULES_AT = CLASSES * 8, WORDS = RULES_AT + RULES * 8 };
enum { ACTION, FILES, OPERATIONS, SKIP, TIMES, PARAMETER, FIRED };
enum { NONE, FAIL, LEAVE_OUT, WAIT, KILL_BEFORE, KILL_TORN, KILL_AFTER };
enum { SYNC = 1, WRITE = 2, TRUNCATE = 4 };

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off64_t);
static volatile int64_t *block;
static const char *folder;

__attribute__((constructor)) static void start(void) {
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  folder = getenv("FAULT_SHIM_FOLDER");
  const char *path = getenv("FAULT_SHIM_CONTROL");
  if (path == NULL || folder == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    fprintf(stderr, "shim: can not open its control block\n");
    _exit(97);
  }
  void *mapped = mmap(NULL, WORDS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED) _exit(97);
  block = mapped;
}

static int class_of(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return OTHER;
  path[length] = 0;
  if (strcmp(path, folder) == 0) return FOLDER;
  size_t at = strlen(folder);
  if (strncmp(path, folder, at) != 0 || path[at] != '/') return OTHER;
  const char *name = path + at + 1;
  if (strcmp(name, "log.db") == 0) return LOG;
  if (strcmp(name, "log.db-wal") == 0) return LOG_WAL;
  if (strcmp(name, "state.db") == 0) return STATE;
  if (strcmp(name, "state.db-wal") == 0) return STATE_WAL;
  return OTHER;
}

static void count(int class, int what, int64_t by) { __atomic_add_fetch(&block[class * 8 + what], by, __ATOMIC_SEQ_CST); }

/* The rule that this call meets, its skips and times counted down; NULL if none. */
static volatile int64_t *rule_for(int class, int operation) {
  for (int i = 0; i < RULES; i++) {
    volatile int64_t *rule = block + RULES_AT + i * 8;
    if (__atomic_load_n(&rule[ACTION], __ATOMIC_SEQ_CST) == NONE) continue;
    if (!(rule[FILES] & (1 << class)) || !(rule[OPERATIONS] & operation)) continue;
    if (rule[SKIP] > 0 && __atomic_fetch_sub(&rule[SKIP], 1, __ATOMIC_SEQ_CST) > 0) continue;
    if (rule[TIMES] > 0 && __atomic_sub_fetch(&rule[TIMES], 1, __ATOMIC_SEQ_CST) == 0)
      __atomic_store_n(&rule[OPERATIONS], 0, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&rule[FIRED], 1, __ATOMIC_SEQ_CST);
    return rule;
  }
  return NULL;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int synced(int fd, int (*real)(int)) {
  if (block == NULL) return real(fd);
  int class = class_of(fd);
  volatile int64_t *rule = rule_for(class, SYNC);
  int action = rule == NULL ? NONE : (int)rule[ACTION];
  if (action == FAIL) {
    count(class, SYNCS_FAILED, 1);
    errno = (int)rule[PARAMETER];
    return -1;
  }
  if (action == LEAVE_OUT) {
    count(class, SYNCS_SKIPPED, 1);
    return 0;
  }
  if (action == WAIT) usleep((useconds_t)(random() % (rule[PARAMETER] + 1)));
  if (action == KILL_BEFORE || action == KILL_TORN) die();
  int result = real(fd);
  count(class, result == 0 ? SYNCS : SYNCS_FAILED, 1);
  if (action == KILL_AFTER) die();
  return result;
}

int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  if (block == NULL) return real_pwrite(fd, bytes, length, at);
  int class = class_of(fd);
  volatile int64_t *rule = class == OTHER ? NULL : rule_for(class, WRITE);
  int action = rule == NULL ? NONE : (int)rule[ACTION];
  if (action == FAIL) {
    errno = (int)rule[PARAMETER];
    return -1;
  }
  if (action == KILL_BEFORE) die();
  if (action == KILL_TORN) {
    (void)!real_pwrite(fd, bytes, length / 2, at);
    die();
  }
  ssize_t result = real_pwrite(fd, bytes, length, at);
  count(class, WRITES, 1);
  if (result > 0) count(class, BYTES, result);
  if (action == KILL_AFTER) die();
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

int ftruncate64(int fd, off64_t length) {
  if (block == NULL) return real_ftruncate(fd, length);
  int class = class_of(fd);
  volatile int64_t *rule = class == OTHER ? NULL : rule_for(class, TRUNCATE);
  int action = rule == NULL ? NONE : (int)rule[ACTION];
  if (action == KILL_BEFORE || action == KILL_TORN) die();
  int result = real_ftruncate(fd, length);
  count(class, TRUNCATIONS, 1);
  if (action == KILL_AFTER) die();
  return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

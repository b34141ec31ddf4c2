/* Notes every write to the files of one folder, and lets writes fail on demand. For the proofs.
 *
 * build: cc -shared -fPIC -O1 -o shim.so shim.c -ldl
 * use:   KAPSHIM_FOLDER=/dir KAPSHIM_LOG=/elsewhere/log LD_PRELOAD=./shim.so program
 *
 * An operation is: kind (w write, t truncate, s sync, d delete), length of the path and of the data
 * as 32 bits, place in the file as 64 bits, path, data. A sync of the folder itself has its path.
 * shim_fail(after, count, error) makes `count` writes fail after `after` more have succeeded;
 * shim_writes() tells how many there were; shim_pause(1) lets all succeed, uncounted. Files "-shm" (shared memory, which no power cut leaves)
 * and "-lock" are not noted.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long writes, fail_after = -1, fail_count;
static int fail_error, paused;

#define REAL(name, type)                                                                           \
    static __typeof__(type) *real;                                                                 \
    if (!real) real = (__typeof__(type) *)dlsym(RTLD_NEXT, name)

void shim_fail(long after, long count, int error)
{
    pthread_mutex_lock(&lock);
    fail_after = after, fail_count = count, fail_error = error;
    pthread_mutex_unlock(&lock);
}

void shim_pause(int on) { paused = on; }

long shim_writes(void) { return writes; }

static int ends(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int ours(const char *path)
{
    const char *folder = getenv("KAPSHIM_FOLDER");
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int fd, char *path, size_t size)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = syscall(SYS_readlink, link, path, size - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return ours(path);
}

static void note(char kind, const char *path, int64_t place, const void *data, uint32_t size)
{
    static int log = -2;
    if (ends(path, "-shm") || ends(path, "-lock")) return;
    if (log == -2) {
        const char *name = getenv("KAPSHIM_LOG");
        log = name ? (int)syscall(SYS_openat, AT_FDCWD, name,
                                  O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600) : -1;
    }
    if (log < 0) return;
    uint32_t length = (uint32_t)strlen(path);
    char head[17];
    head[0] = kind;
    memcpy(head + 1, &length, 4);
    memcpy(head + 5, &size, 4);
    memcpy(head + 9, &place, 8);
    syscall(SYS_write, log, head, sizeof head);
    syscall(SYS_write, log, path, length);
    if (size) syscall(SYS_write, log, data, size);
}

/* Whether this write is to fail; the acknowledgements of the program under test never do. */
static int fails(const char *path)
{
    if (paused || ends(path, "/acks")) return 0;
    writes++;
    if (fail_after < 0) return 0;
    if (fail_after > 0) { fail_after--; return 0; }
    if (fail_count > 0) { fail_count--; errno = fail_error; return 1; }
    return 0;
}

/* The lock is held over the real call, so that the notes are in the order of what happened. */
#define CALL(type, kind, place, data, size, call, is_write)                                        \
    char path[4096];                                                                               \
    if (!path_of(fd, path, sizeof path)) return call;                                              \
    pthread_mutex_lock(&lock);                                                                     \
    type done = -1;                                                                                \
    if (!(is_write && fails(path))) {                                                              \
        int64_t at = place;                                                                        \
        done = call;                                                                               \
        int kept = errno;                                                                          \
        if (done >= 0) note(kind, path, at, data, size);                                           \
        errno = kept;                                                                              \
    }                                                                                              \
    pthread_mutex_unlock(&lock);                                                                   \
    return done

ssize_t write(int fd, const void *b, size_t n)
{
    REAL("write", ssize_t(int, const void *, size_t));
    CALL(ssize_t, 'w', syscall(SYS_lseek, fd, 0, SEEK_CUR), b, (uint32_t)done, real(fd, b, n), 1);
}

ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o)
{
    REAL("pwrite64", ssize_t(int, const void *, size_t, off64_t));
    CALL(ssize_t, 'w', o, b, (uint32_t)done, real(fd, b, n, o), 1);
}

ssize_t pwrite(int fd, const void *b, size_t n, off_t o)
{
    REAL("pwrite", ssize_t(int, const void *, size_t, off_t));
    CALL(ssize_t, 'w', o, b, (uint32_t)done, real(fd, b, n, o), 1);
}

int ftruncate64(int fd, off64_t n)
{
    REAL("ftruncate64", int(int, off64_t));
    CALL(int, 't', n, NULL, 0, real(fd, n), 1);
}

int ftruncate(int fd, off_t n)
{
    REAL("ftruncate", int(int, off_t));
    CALL(int, 't', n, NULL, 0, real(fd, n), 1);
}

int fsync(int fd)
{
    REAL("fsync", int(int));
    CALL(int, 's', 0, NULL, 0, real(fd), 0);
}

int fdatasync(int fd)
{
    REAL("fdatasync", int(int));
    CALL(int, 's', 0, NULL, 0, real(fd), 0);
}

int unlink(const char *path)
{
    REAL("unlink", int(const char *));
    if (!ours(path)) return real(path);
    pthread_mutex_lock(&lock);
    int done = real(path);
    int kept = errno;
    if (done == 0) note('d', path, 0, NULL, 0);
    errno = kept;
    pthread_mutex_unlock(&lock);
    return done;
}

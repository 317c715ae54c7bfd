// The interpreter: each step of a launch plan is one small function. It runs between fork and exec, so
// only async-signal-safe calls appear here, and identity changes go to the kernel directly: glibc's own
// wrappers would signal threads that do not exist in the child.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <net/if.h>
#include <poll.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

typedef const struct cordon_step *step_t;

static int write_all(int fd, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return -1;
    bytes += written;
    count -= (size_t)written;
  }
  return 0;
}

// Gives a freshly made descriptor the number that the plan speaks of. It does not survive an exec.
static int place(int fd, int number) {
  if (fd < 0) return -1;
  if (fd == number) return 0;
  if (dup3(fd, number, O_CLOEXEC) < 0) return -1;
  return close(fd);
}

// pivot_root(".", "."): the old root lies over the new one until it is detached (pivot_root(2), NOTES).
static int pivot(step_t s) {
  if (chdir(s->s1) < 0) return -1;
  if (syscall(SYS_pivot_root, ".", ".") < 0) return -1;
  if (umount2(".", MNT_DETACH) < 0) return -1;
  return chdir("/");
}

static int make_directory(step_t s) {
  if (mkdir(s->s1, (mode_t)s->a) == 0) return chmod(s->s1, (mode_t)s->a);
  return errno == EEXIST ? 0 : -1;
}

static int write_new(step_t s) {
  int fd = open(s->s1, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)s->a);
  if (fd < 0) return -1;
  if (write_all(fd, s->bytes, s->byte_count) < 0 || fchmod(fd, (mode_t)s->a) < 0) return -1;
  return close(fd);
}

static int write_existing(const char *path, const void *bytes, size_t count) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t written = write(fd, bytes, count);
  int error = errno;
  close(fd);
  errno = error;
  return written == (ssize_t)count ? 0 : -1;
}

static int sealed_memory(step_t s) { return place(cordon_memfd(s->s1, s->bytes, s->byte_count), s->fd); }

static int listen_on(step_t s) {
  const struct sockaddr *name = (const struct sockaddr *)(const void *)s->bytes;
  int type = (int)s->a, on = 1;
  int fd = socket(name->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  // Without V6ONLY an IPv6 listener would also answer IPv4 under a second name.
  if (name->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
    return -1;
  if (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return -1;
  if (bind(fd, name, (socklen_t)s->byte_count) < 0) return -1;
  if (type == SOCK_STREAM && listen(fd, (int)s->b) < 0) return -1;
  return place(fd, s->fd);
}

static int loopback_up(void) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, "lo", 3);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0) return -1;
  request.ifr_flags |= IFF_UP;
  if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) return -1;
  return close(fd);
}

static int await_byte(step_t s) {
  uint8_t byte;
  ssize_t got;
  do got = read(s->fd, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got == 0) errno = ECONNRESET;
  return got == 1 ? 0 : -1;
}

// "0" means the process that writes, whatever pid namespace it is in.
static int join_cgroup(step_t s) { return write_existing(s->s1, "0", 1); }

// The launcher's session keyring would be possessed, and so be readable, by the command.
static int new_keyring(void) {
  const int join_session_keyring = 1;
  if (syscall(SYS_keyctl, join_session_keyring, NULL, 0, 0, 0) >= 0) return 0;
  return errno == ENOSYS ? 0 : -1;  // a kernel without keyrings has none to share
}

static int set_ids(step_t s) {
  if (syscall(SYS_setresgid, s->b, s->b, s->b) < 0) return -1;
  return (int)syscall(SYS_setresuid, s->a, s->a, s->a);
}

static int drop_bounding(void) {
  for (int capability = 0; capability < 64; capability++) {
    // EINVAL: past the last capability that this kernel knows.
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return errno == EINVAL && capability > 0 ? 0 : -1;
  }
  return 0;
}

static int drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2];
  memset(none, 0, sizeof none);
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) return -1;
  return (int)syscall(SYS_capset, &header, none);
}

// The signal is armed first and the parent looked at afterwards: the other way round a parent that dies
// in between would be missed. A pipe whose other end only the parent holds tells; getppid() does not, as
// it is 0 across process namespaces.
static int die_with_parent(int pipe_to_parent) {
  struct pollfd other = {.fd = pipe_to_parent};
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return -1;
  if (poll(&other, 1, 0) >= 0 && (other.revents & (POLLERR | POLLHUP)) == 0) return 0;
  errno = ESRCH;
  return -1;
}

static int set_limit(step_t s) {
  struct rlimit limit = {(rlim_t)s->b, (rlim_t)s->b};
  return setrlimit((int)s->a, &limit);
}

// Closes what lies between the kept numbers; `kept` need not be sorted.
static int close_except(const int32_t *kept, size_t count, int error_fd) {
  unsigned from = 0;
  for (;;) {
    unsigned next = ~0U;
    if (error_fd >= 0 && (unsigned)error_fd >= from) next = (unsigned)error_fd;
    for (size_t i = 0; i < count; i++)
      if (kept[i] >= 0 && (unsigned)kept[i] >= from && (unsigned)kept[i] < next) next = (unsigned)kept[i];
    if (next == ~0U) return (int)syscall(SYS_close_range, from, ~0U, 0);
    if (next > from && syscall(SYS_close_range, from, next - 1, 0) < 0) return -1;
    from = next + 1;
  }
}

// Waits for the child and ends as it ended. It keeps nothing but the pipe that tells the child it lives.
static void keep(pid_t child, int alive) {
  int status = 0;
  const int32_t kept[] = {alive};
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (drop_capabilities() < 0 || close_except(kept, 1, -1) < 0) _exit(126);
  while (waitpid(child, &status, __WALL) < 0 && errno == EINTR) continue;
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// A launcher without privileges cannot fork into a new process namespace by itself, as it has to enter the
// user namespace first. When this process dies its child does, and as process 1 takes all others along.
static int fork_init(void) {
  int alive[2];
  if (pipe2(alive, O_CLOEXEC) < 0 || unshare(CLONE_NEWPID) < 0) return -1;
  pid_t child = _Fork();
  if (child < 0) return -1;
  if (child > 0) keep(child, alive[1]);
  close(alive[1]);
  if (die_with_parent(alive[0]) < 0) return -1;
  return close(alive[0]);
}

static int inherit(step_t s) { return fcntl(s->fd, F_SETFD, 0); }

static int exec_command(step_t s) {
  execve(s->s1, s->argv, s->envp);
  return -1;
}

static int open_at_number(step_t s) { return place(open(s->s1, (int)s->a | O_CLOEXEC), s->fd); }

static int mount_step(step_t s) { return mount(s->s1, s->s2, s->s3, (unsigned long)s->a, s->s4); }

static int make_node(step_t s) {
  if (mknod(s->s1, (mode_t)s->a, makedev((unsigned)s->b, (unsigned)s->c)) < 0) return -1;
  return chmod(s->s1, (mode_t)(s->a & 07777));  // whatever the umask was
}

static int run(step_t s, int error_fd) {
  switch ((enum cordon_operation)s->operation) {
  case CORDON_SETNS: return setns(s->fd, (int)s->a);
  case CORDON_UNSHARE: return unshare((int)s->a);
  case CORDON_MOUNT: return mount_step(s);
  case CORDON_PIVOT: return pivot(s);
  case CORDON_UMOUNT: return umount2(s->s1, MNT_DETACH);
  case CORDON_MKDIR: return make_directory(s);
  case CORDON_CHOWN: return lchown(s->s1, (uid_t)s->a, (gid_t)s->b);
  case CORDON_CHMOD: return chmod(s->s1, (mode_t)s->a);
  case CORDON_SYMLINK: return symlink(s->s1, s->s2);
  case CORDON_MKNOD: return make_node(s);
  case CORDON_WRITE_NEW: return write_new(s);
  case CORDON_WRITE_EXISTING: return write_existing(s->s1, s->bytes, s->byte_count);
  case CORDON_OPEN: return open_at_number(s);
  case CORDON_MEMFD: return sealed_memory(s);
  case CORDON_LISTEN: return listen_on(s);
  case CORDON_LOOPBACK_UP: return loopback_up();
  case CORDON_SEND_FDS:
    return cordon_send_fds(s->fd, s->bytes, s->byte_count, s->fds, s->fd_count) < 0 ? -1 : 0;
  case CORDON_AWAIT_BYTE: return await_byte(s);
  case CORDON_JOIN_CGROUP: return join_cgroup(s);
  case CORDON_SETSID: return setsid() < 0 ? -1 : 0;
  case CORDON_NEW_KEYRING: return new_keyring();
  case CORDON_CLEAR_GROUPS: return (int)syscall(SYS_setgroups, 0, NULL);
  case CORDON_SET_IDS: return set_ids(s);
  case CORDON_DROP_BOUNDING: return drop_bounding();
  case CORDON_DROP_CAPS: return drop_capabilities();
  case CORDON_NO_NEW_PRIVS: return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  case CORDON_DUMPABLE: return prctl(PR_SET_DUMPABLE, s->a, 0, 0, 0);
  case CORDON_DIE_WITH_PARENT: return die_with_parent(error_fd);
  case CORDON_FORK_INIT: return fork_init();
  case CORDON_RLIMIT: return set_limit(s);
  case CORDON_UMASK: return umask((mode_t)s->a), 0;
  case CORDON_CHDIR: return chdir(s->s1);
  case CORDON_CLOSE_EXCEPT: return close_except(s->fds, s->fd_count, error_fd);
  case CORDON_INHERIT: return inherit(s);
  case CORDON_EXEC: return exec_command(s);
  case CORDON_EXIT: _exit((int)s->a);
  }
  errno = ENOSYS;
  return -1;
}

int cordon_run_steps(const struct cordon_step *steps, size_t step_count, int error_fd,
                     struct cordon_failure *failure) {
  for (size_t i = 0; i < step_count; i++) {
    if (run(&steps[i], error_fd) == 0) continue;
    failure->step = (int32_t)i;
    failure->error = errno;
    return -1;
  }
  return 0;
}

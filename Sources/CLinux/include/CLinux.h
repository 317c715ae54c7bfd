// The only C in Cordon: what must run between fork and exec, and calls that Swift's Glibc overlay hides.
//
// Everything below `cordon_launch` runs in a child of a process with many threads, so it may use
// async-signal-safe calls only (signal-safety(7)): no malloc, no stdio, no locks.
#ifndef CORDON_CLINUX_H
#define CORDON_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// ---- Launch: an array of steps, run in a forked child ----

// What one step does. The members of `struct cordon_step` that it reads stand beside it.
enum cordon_operation {
  CORDON_SETNS = 1,       // fd, a = CLONE_NEW* type: join that namespace
  CORDON_UNSHARE,         // a = CLONE_NEW* flags
  CORDON_MOUNT,           // s1 source, s2 target, s3 type, a = MS_* flags, s4 options
  CORDON_PIVOT,           // s1 = new root: make it the root and let the old one go
  CORDON_UMOUNT,          // s1 = target: detach it
  CORDON_MKDIR,           // s1 path, a = mode; an existing directory is fine
  CORDON_CHOWN,           // s1 path, a = uid, b = gid
  CORDON_CHMOD,           // s1 path, a = mode
  CORDON_SYMLINK,         // s1 = contents of the link, s2 = its path
  CORDON_MKNOD,           // s1 path, a = mode with file type, b = major, c = minor
  CORDON_WRITE_NEW,       // s1 path, a = mode, bytes: create a file that must not exist
  CORDON_WRITE_EXISTING,  // s1 path, bytes: one write(2), as /proc files want it
  CORDON_OPEN,            // s1 path, fd = number it gets, a = O_* flags
  CORDON_MEMFD,           // s1 name, fd = number it gets, bytes: sealed, rewound
  CORDON_LISTEN,          // fd = number it gets, a = socket type, b = backlog, bytes = sockaddr
  CORDON_LOOPBACK_UP,     // bring `lo` of this network namespace up
  CORDON_SEND_FDS,        // fd = socket, fds: pass these with the message `bytes`
  CORDON_AWAIT_BYTE,      // fd = socket: wait for one byte, the acknowledgement
  CORDON_JOIN_CGROUP,     // s1 = path of a cgroup.procs file
  CORDON_SETSID,
  CORDON_NEW_KEYRING,     // a session keyring of its own, empty
  CORDON_CLEAR_GROUPS,    // setgroups(0)
  CORDON_SET_IDS,         // a = uid, b = gid: real, effective and saved
  CORDON_DROP_BOUNDING,   // empty the capability bounding and ambient sets
  CORDON_DROP_CAPS,       // empty the effective, permitted and inheritable sets
  CORDON_NO_NEW_PRIVS,
  CORDON_DUMPABLE,        // a = 0 or 1
  CORDON_DIE_WITH_PARENT, // SIGKILL when the launching process dies
  CORDON_FORK_INIT,       // the rest runs as process 1 of a new process namespace; this one waits for it
  CORDON_RLIMIT,          // a = RLIMIT_*, b = soft and hard limit
  CORDON_UMASK,           // a = mask
  CORDON_CHDIR,           // s1 path
  CORDON_CLOSE_EXCEPT,    // fds: every other descriptor is closed
  CORDON_INHERIT,         // fd: survives the exec
  CORDON_EXEC,            // s1 path, argv, envp
  CORDON_EXIT,            // a = status
};

struct cordon_step {
  int32_t operation;
  int32_t fd;
  int64_t a, b, c;
  const char *s1, *s2, *s3, *s4;
  const uint8_t *bytes;
  size_t byte_count;
  const int32_t *fds;
  size_t fd_count;
  char *const *argv;
  char *const *envp;
};

// What a child that failed writes to its error pipe.
struct cordon_failure {
  int32_t step;
  int32_t error;
};

// Forks and runs the steps in the child. `fds[i]` becomes descriptor i of the child; every other
// descriptor is closed there. With `as_init` the child is process 1 of a new process namespace: its end is
// the end of everything below it. Returns 0 and sets the three results, or an errno value.
// `error_fd` yields end-of-file after a successful exec or exit, else one `cordon_failure`.
int cordon_launch(const struct cordon_step *steps, size_t step_count, const int32_t *fds, size_t fd_count,
                  int as_init, pid_t *pid, int *pidfd, int *error_fd);

// Runs the steps in the calling process; returns only on failure, or when the steps end.
int cordon_run_steps(const struct cordon_step *steps, size_t step_count, int error_fd,
                     struct cordon_failure *failure);

// ---- Calls that the Glibc overlay hides. All return -1 and set errno on failure ----

void cordon_error_text(int error, char text[128]);
int cordon_pipe(int *read_end, int *write_end);                   // O_CLOEXEC
int cordon_socketpair(int type, int *left, int *right);           // AF_UNIX, SOCK_CLOEXEC
int cordon_exchange(const char *one, const char *other);          // renameat2 with RENAME_EXCHANGE
int cordon_accept(int fd);                                        // accept4 with SOCK_CLOEXEC
int cordon_memfd(const char *name, const uint8_t *bytes, size_t count);  // sealed, offset 0
int cordon_pidfd_open(pid_t pid);
int cordon_pidfd_signal(int pidfd, int signal);
int cordon_pidfd_signal_group(int pidfd, int signal);             // Linux 6.9; ENOSYS or EINVAL before
int cordon_pidfd_wait(int pidfd, int *exited, int *status);       // blocks; exited 1: status is a code, 0: a signal
int cordon_set_nonblocking(int fd, int on);

// Sends `count` bytes with `fd_count` descriptors; receives the same, never more than `fd_capacity`.
// A message that carried more descriptors or bytes than fit sets *truncated; none leaks.
#define CORDON_MAX_FDS 253
ssize_t cordon_send_fds(int socket, const uint8_t *bytes, size_t count, const int32_t *fds, size_t fd_count);
ssize_t cordon_receive_fds(int socket, uint8_t *bytes, size_t capacity, int32_t *fds, size_t fd_capacity,
                           size_t *fd_count, int *truncated);

int cordon_peer(int socket, pid_t *pid, uid_t *uid, gid_t *gid);  // SO_PEERCRED
int cordon_unix_bind(const char *path, int type);                 // bound socket, mode 0600, not yet listening
int cordon_unix_connect(const char *path, int type);
// A stream, non-blocking, to the socket `name` in `folder`. ENOTSOCK for a link or a file; EPERM where the socket or
// whoever listens on it is not `owner`'s.
int cordon_connect_below(int folder, const char *name, uid_t owner);
int cordon_set_timeout(int socket, int64_t milliseconds);         // SO_RCVTIMEO and SO_SNDTIMEO

// What a received descriptor is: SO_DOMAIN, SO_TYPE, SO_ACCEPTCONN and getsockname.
struct cordon_socket_facts {
  int32_t domain, type, listening;
  uint8_t name[128];
  size_t name_count;
};
int cordon_socket_facts(int fd, struct cordon_socket_facts *facts);
// sockaddr bytes of a numeric address; returns their count, or 0 when the text is not one.
size_t cordon_sockaddr(const char *address, uint16_t port, uint8_t out[128]);
// The reverse: numeric text and port.
int cordon_sockaddr_text(const uint8_t *name, size_t count, char text[64], uint16_t *port);

int cordon_open_pty(int *terminal, int *peer);                    // both O_CLOEXEC, peer not controlling
int cordon_set_window(int fd, uint16_t rows, uint16_t columns);
int cordon_get_window(int fd, uint16_t *rows, uint16_t *columns);
pid_t cordon_foreground_group(int fd);
int cordon_raw_mode(int fd, uint8_t saved[128]);                  // saves the old settings
int cordon_restore_mode(int fd, const uint8_t saved[128]);

int cordon_set_aside(int fd, int64_t length);                      // blocks for all of a file; never zeroes by hand
int cordon_loop_attach(int image_fd, int *loop_fd, int *number);  // autoclear
// Signals of the whole process arrive as bytes at *signal_fd, whatever thread they hit; SIGPIPE is ignored.
int cordon_catch_signals(int *signal_fd, const int32_t *signals, size_t count);
void cordon_release_signals(const int32_t *signals, size_t count);   // default actions again
int cordon_poll(const int32_t *fds, const int16_t *events, int16_t *ready, size_t count, int timeout);

// ---- Datagrams in batches ----

#define CORDON_BATCH 64
// One datagram of a batch: its peer stays beside it so that the reply goes back where it came from.
struct cordon_datagram {
  uint8_t peer[128];
  uint32_t peer_count;
  uint32_t length;     // received bytes; 0 when the datagram did not fit
};
// Receives up to `count` datagrams, each into its `size` bytes of `buffer`. Does not block.
int cordon_receive_batch(int fd, uint8_t *buffer, size_t size, struct cordon_datagram *batch, unsigned count);
// Sends the datagrams with a length, each from its `size` bytes of `buffer`. Returns how many left.
int cordon_send_batch(int fd, const uint8_t *buffer, size_t size, const struct cordon_datagram *batch,
                      unsigned count);

// ---- Numbers for the seccomp program ----

struct cordon_syscall {
  const char *name;
  int32_t number;
};
// Number of a system call on this architecture, or -1 when the build headers do not know it.
int32_t cordon_syscall_number(const char *name);

extern const uint32_t cordon_audit_arch;
// Is seccomp filtering compiled into this kernel?
int cordon_seccomp_available(void);
// Does this kernel know close_range and pidfd_open?
int cordon_close_range_available(void);

#endif

// Thin wrappers around calls that Swift's Glibc overlay hides (_GNU_SOURCE, variadic functions, macros).
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/loop.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

void cordon_error_text(int error, char text[128]) { snprintf(text, 128, "%s", strerrordesc_np(error)); }

int cordon_pipe(int *read_end, int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  *read_end = ends[0];
  *write_end = ends[1];
  return 0;
}

// Sealed: who reads the descriptor cannot change what others read from it. Async-signal-safe.
int cordon_memfd(const char *name, const uint8_t *bytes, size_t count) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -1;
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) goto failed;
    bytes += written;
    count -= (size_t)written;
  }
  if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) goto failed;
  if (lseek(fd, 0, SEEK_SET) == 0) return fd;
failed:
  close(fd);
  return -1;
}

// ---- Processes ----

int cordon_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cordon_pidfd_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int cordon_pidfd_signal_group(int pidfd, int signal) {
  const unsigned process_group = 1U << 2;  // PIDFD_SIGNAL_PROCESS_GROUP, newer than Debian 12's headers
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, process_group);
}

int cordon_pidfd_wait(int pidfd, int *exited, int *status) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  int result;
  do result = waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &info, WEXITED);
  while (result < 0 && errno == EINTR);
  if (result < 0) return -1;
  *exited = info.si_code == CLD_EXITED;
  *status = info.si_status;
  return 0;
}

int cordon_close_range_available(void) {
  // An empty range above every descriptor: harmless where the call exists.
  return syscall(SYS_close_range, ~0U, ~0U, 0) == 0;
}

int cordon_set_nonblocking(int fd, int on) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -1;
  return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

// ---- Terminals ----

int cordon_open_pty(int *terminal, int *peer) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return -1;
  // TIOCGPTPEER opens the peer without its path: nobody can put another file in its place.
  int unlocked = 0, other = -1;
  if (ioctl(fd, TIOCSPTLCK, &unlocked) == 0) other = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (other < 0) {
    close(fd);
    return -1;
  }
  *terminal = fd;
  *peer = other;
  return 0;
}

int cordon_set_window(int fd, uint16_t rows, uint16_t columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  return ioctl(fd, TIOCSWINSZ, &size);
}

int cordon_get_window(int fd, uint16_t *rows, uint16_t *columns) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -1;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}

pid_t cordon_foreground_group(int fd) {
  pid_t group = 0;
  return ioctl(fd, TIOCGPGRP, &group) < 0 ? -1 : group;
}

_Static_assert(sizeof(struct termios) <= 128, "saved terminal settings fit the caller's buffer");

int cordon_raw_mode(int fd, uint8_t saved[128]) {
  struct termios settings;
  if (tcgetattr(fd, &settings) < 0) return -1;
  memcpy(saved, &settings, sizeof settings);
  cfmakeraw(&settings);
  return tcsetattr(fd, TCSANOW, &settings);
}

int cordon_restore_mode(int fd, const uint8_t saved[128]) {
  struct termios settings;
  memcpy(&settings, saved, sizeof settings);
  return tcsetattr(fd, TCSANOW, &settings);
}

// ---- Loop devices ----

// Not posix_fallocate(3): where the file system cannot, that one writes the whole file.
int cordon_exchange(const char *one, const char *other) {
  return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

int cordon_set_aside(int fd, int64_t length) { return fallocate(fd, 0, 0, length); }

int cordon_loop_attach(int image_fd, int *loop_fd, int *number) {
  int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return -1;
  int result = -1;
  // Between "which is free" and "take it" another process may take it: EBUSY, ask again.
  for (int attempt = 0; attempt < 32 && result < 0; attempt++) {
    char path[32];
    int free = ioctl(control, LOOP_CTL_GET_FREE);
    if (free < 0) break;
    snprintf(path, sizeof path, "/dev/loop%d", free);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) break;
    struct loop_config config;
    memset(&config, 0, sizeof config);
    config.fd = (uint32_t)image_fd;
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;  // gone with its last user, however that one ends
    if (ioctl(fd, LOOP_CONFIGURE, &config) == 0) {
      *loop_fd = fd;
      *number = free;
      result = 0;
      continue;
    }
    int error = errno;
    close(fd);
    errno = error;
    if (error != EBUSY) break;
  }
  int error = errno;
  close(control);
  errno = error;
  return result;
}

// ---- Waiting ----

static volatile sig_atomic_t signal_write = -1;

static void note_signal(int signal) {
  int error = errno;
  uint8_t byte = (uint8_t)signal;
  // A full pipe means that as many signals wait already as anybody will look at.
  if (write(signal_write, &byte, 1) < 0) errno = error;
  errno = error;
}

int cordon_catch_signals(int *signal_fd, const int32_t *signals, size_t count) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
  signal_write = ends[1];
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < count; i++) sigaction(signals[i], &action, NULL);
  // Whoever started this process may have done so from a thread that blocks everything, and a mask is inherited.
  sigset_t caught;
  sigemptyset(&caught);
  for (size_t i = 0; i < count; i++) sigaddset(&caught, signals[i]);
  pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
  *signal_fd = ends[0];
  return 0;
}

void cordon_release_signals(const int32_t *signals, size_t count) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  for (size_t i = 0; i < count; i++) sigaction(signals[i], &action, NULL);
  sigaction(SIGPIPE, &action, NULL);
  if (signal_write >= 0) close(signal_write);
  signal_write = -1;
}

int cordon_poll(const int32_t *fds, const int16_t *events, int16_t *ready, size_t count, int timeout) {
  struct pollfd set[16];
  if (count > 16) return errno = EINVAL, -1;
  for (size_t i = 0; i < count; i++) set[i] = (struct pollfd){.fd = fds[i], .events = events[i]};
  int result = poll(set, (nfds_t)count, timeout);
  for (size_t i = 0; i < count; i++) ready[i] = result < 0 ? 0 : set[i].revents;
  return result < 0 && errno == EINTR ? 0 : result;
}

// ---- Seccomp ----

const uint32_t cordon_audit_arch = AUDIT_ARCH_X86_64;

int cordon_seccomp_available(void) {
  uint32_t action = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

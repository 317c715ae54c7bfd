// Unix sockets with descriptors, socket facts, and datagram batches.
#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

union control {
  struct cmsghdr header;
  uint8_t space[CMSG_SPACE(sizeof(int) * CORDON_MAX_FDS)];
};

int cordon_socketpair(int type, int *left, int *right) {
  int ends[2];
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  *left = ends[0];
  *right = ends[1];
  return 0;
}

int cordon_accept(int fd) {
  int accepted;
  do accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
  while (accepted < 0 && errno == EINTR);
  return accepted;
}

// Async-signal-safe: the launch steps use it too.
ssize_t cordon_send_fds(int socket, const uint8_t *bytes, size_t count, const int32_t *fds, size_t fd_count) {
  union control control;
  struct iovec part = {(void *)(uintptr_t)bytes, count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd_count > CORDON_MAX_FDS) return errno = E2BIG, -1;
  if (fd_count > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent;
}

// Takes the descriptors of one control message; those beyond the capacity are closed at once.
static void take_fds(struct cmsghdr *header, int32_t *fds, size_t capacity, size_t *count, int *truncated) {
  size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < here; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
    if (*count < capacity) {
      fds[(*count)++] = fd;
    } else {
      close(fd);
      *truncated = 1;
    }
  }
}

ssize_t cordon_receive_fds(int socket, uint8_t *bytes, size_t capacity, int32_t *fds, size_t fd_capacity,
                           size_t *fd_count, int *truncated) {
  union control control;
  struct iovec part = {bytes, capacity};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  *fd_count = 0;
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got < 0) return -1;
  *truncated = (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0;
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h != NULL; h = CMSG_NXTHDR(&message, h))
    if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS)
      take_fds(h, fds, fd_capacity, fd_count, truncated);
  return got;
}

int cordon_peer(int socket, pid_t *pid, uid_t *uid, gid_t *gid) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -1;
  *pid = peer.pid;
  *uid = peer.uid;
  *gid = peer.gid;
  return 0;
}

static int unix_name(const char *path, struct sockaddr_un *name) {
  memset(name, 0, sizeof *name);
  name->sun_family = AF_UNIX;
  if (strlen(path) == 0 || strlen(path) >= sizeof name->sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(name->sun_path, path);
  return 0;
}

static int close_keeping_errno(int fd) {
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int cordon_unix_bind(const char *path, int type) {
  struct sockaddr_un name;
  if (unix_name(path, &name) < 0) return -1;
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  // The mode of the socket file is that of the descriptor at bind time: never wider for a moment.
  if (fchmod(fd, 0600) < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0) return close_keeping_errno(fd);
  if (chmod(path, 0600) < 0) return close_keeping_errno(fd);
  return fd;
}

int cordon_unix_connect(const char *path, int type) {
  struct sockaddr_un name;
  if (unix_name(path, &name) < 0) return -1;
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0) return close_keeping_errno(fd);
  return fd;
}

// The file is held from the look at it to the connect, so a name that comes to mean another file in between changes
// nothing.
int cordon_connect_below(int folder, const char *name, uid_t owner) {
  int file = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return -1;
  struct stat status;
  if (fstat(file, &status) < 0) return close_keeping_errno(file);
  if (!S_ISSOCK(status.st_mode) || status.st_uid != owner) {
    close(file);
    errno = S_ISSOCK(status.st_mode) ? EPERM : ENOTSOCK;
    return -1;
  }
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  // A listener whose queue is full must not hold the caller up: EAGAIN.
  int fd = cordon_unix_connect(path, SOCK_STREAM | SOCK_NONBLOCK);
  close_keeping_errno(file);
  if (fd < 0) return -1;
  pid_t pid;
  uid_t user;
  gid_t group;
  if (cordon_peer(fd, &pid, &user, &group) < 0) return close_keeping_errno(fd);
  if (user == owner) return fd;
  close(fd);
  errno = EPERM;
  return -1;
}

int cordon_set_timeout(int socket, int64_t milliseconds) {
  struct timeval limit = {.tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000};
  if (setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0) return -1;
  return setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static int number_option(int fd, int option, int32_t *value) {
  int number = 0;
  socklen_t size = sizeof number;
  if (getsockopt(fd, SOL_SOCKET, option, &number, &size) < 0) return -1;
  *value = number;
  return 0;
}

int cordon_socket_facts(int fd, struct cordon_socket_facts *facts) {
  struct stat status;
  memset(facts, 0, sizeof *facts);
  if (fstat(fd, &status) < 0) return -1;
  if (!S_ISSOCK(status.st_mode)) return errno = ENOTSOCK, -1;
  if (number_option(fd, SO_DOMAIN, &facts->domain) < 0) return -1;
  if (number_option(fd, SO_TYPE, &facts->type) < 0) return -1;
  if (number_option(fd, SO_ACCEPTCONN, &facts->listening) < 0) return -1;
  socklen_t size = sizeof facts->name;
  if (getsockname(fd, (struct sockaddr *)(void *)facts->name, &size) < 0) return -1;
  facts->name_count = size < sizeof facts->name ? size : sizeof facts->name;
  return 0;
}

size_t cordon_sockaddr(const char *address, uint16_t port, uint8_t out[128]) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) return memcpy(out, &v4, sizeof v4), sizeof v4;
  if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1) return memcpy(out, &v6, sizeof v6), sizeof v6;
  return 0;
}

int cordon_sockaddr_text(const uint8_t *name, size_t count, char text[64], uint16_t *port) {
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  sa_family_t family = 0;
  if (count >= sizeof family) memcpy(&family, name, sizeof family);
  if (family == AF_INET && count >= sizeof v4) {
    memcpy(&v4, name, sizeof v4);
    *port = ntohs(v4.sin_port);
    return inet_ntop(AF_INET, &v4.sin_addr, text, 64) == NULL ? -1 : 0;
  }
  if (family == AF_INET6 && count >= sizeof v6) {
    memcpy(&v6, name, sizeof v6);
    *port = ntohs(v6.sin6_port);
    return inet_ntop(AF_INET6, &v6.sin6_addr, text, 64) == NULL ? -1 : 0;
  }
  return errno = EAFNOSUPPORT, -1;
}

// ---- Datagrams in batches ----

int cordon_receive_batch(int fd, uint8_t *buffer, size_t size, struct cordon_datagram *batch, unsigned count) {
  struct mmsghdr messages[CORDON_BATCH];
  struct iovec parts[CORDON_BATCH];
  if (count > CORDON_BATCH) count = CORDON_BATCH;
  memset(messages, 0, sizeof messages[0] * count);
  for (unsigned i = 0; i < count; i++) {
    parts[i] = (struct iovec){buffer + i * size, size};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = batch[i].peer, .msg_namelen = sizeof batch[i].peer, .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int got;
  do got = recvmmsg(fd, messages, count, MSG_DONTWAIT, NULL);
  while (got < 0 && errno == EINTR);
  for (int i = 0; i < got; i++) {
    batch[i].peer_count = messages[i].msg_hdr.msg_namelen;
    batch[i].length = messages[i].msg_hdr.msg_flags & MSG_TRUNC ? 0 : messages[i].msg_len;
  }
  return got;
}

int cordon_send_batch(int fd, const uint8_t *buffer, size_t size, const struct cordon_datagram *batch,
                      unsigned count) {
  struct mmsghdr messages[CORDON_BATCH];
  struct iovec parts[CORDON_BATCH];
  unsigned ready = 0;
  if (count > CORDON_BATCH) count = CORDON_BATCH;
  memset(messages, 0, sizeof messages);
  for (unsigned i = 0; i < count; i++) {
    if (batch[i].length == 0 || batch[i].length > size) continue;
    parts[ready] = (struct iovec){(void *)(uintptr_t)(buffer + i * size), batch[i].length};
    messages[ready].msg_hdr = (struct msghdr){.msg_name = (void *)(uintptr_t)batch[i].peer,
                                              .msg_namelen = batch[i].peer_count,
                                              .msg_iov = &parts[ready],
                                              .msg_iovlen = 1};
    ready++;
  }
  unsigned sent = 0, lost = 0;
  while (sent + lost < ready) {
    int now = sendmmsg(fd, messages + sent + lost, ready - sent - lost, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (now > 0) {
      sent += (unsigned)now;
    } else if (errno != EINTR) {
      lost++;  // one peer that cannot be answered must not keep the others waiting
    }
  }
  return (int)sent;
}

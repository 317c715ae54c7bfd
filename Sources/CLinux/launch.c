// Forking. Every child is forked by one thread that never ends: PR_SET_PDEATHSIG fires when the *thread*
// that forked ends (prctl(2)), and a Swift executor retires idle threads.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

struct job {
  const struct cordon_step *steps;
  size_t step_count;
  const int32_t *fds;
  size_t fd_count;
  int error_write;
  int as_init;
  pid_t child;
  int error;
  int done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct job *waiting;
static pid_t thread_owner;  // the process whose launcher thread this is

// Handlers of the parent mean nothing in the child, and an ignored SIGPIPE would be inherited by the command.
static void reset_signals(void) {
  const uint64_t defaults[4] = {0};  // the kernel's struct sigaction: SIG_DFL, no flags, no mask
  for (int signal = 1; signal <= 64; signal++) syscall(SYS_rt_sigaction, signal, defaults, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Moves `fds[i]` to descriptor i and the error pipe behind them, then closes everything else. The first
// round copies all of them out of the way, so that no source is overwritten before it was read.
static int place_descriptors(const struct job *job) {
  int base = (int)job->fd_count + 1;
  int moved[CORDON_MAX_FDS + 1];
  if (job->fd_count > CORDON_MAX_FDS) return errno = E2BIG, -1;
  for (size_t i = 0; i < job->fd_count; i++)
    if ((moved[i] = fcntl(job->fds[i], F_DUPFD_CLOEXEC, base)) < 0) return -1;
  if ((moved[job->fd_count] = fcntl(job->error_write, F_DUPFD_CLOEXEC, base)) < 0) return -1;
  for (size_t i = 0; i <= job->fd_count; i++)
    if (dup3(moved[i], (int)i, O_CLOEXEC) < 0) return -1;
  // A command always inherits its standard streams.
  for (int i = 0; i < 3 && i < (int)job->fd_count; i++)
    if (fcntl(i, F_SETFD, 0) < 0) return -1;
  return (int)syscall(SYS_close_range, (unsigned)base, ~0U, 0);
}

static void run_child(const struct job *job) {
  struct cordon_failure failure = {-1, 0};
  int error_fd = job->error_write;
  reset_signals();
  if (place_descriptors(job) < 0) {
    failure.error = errno;
  } else {
    error_fd = (int)job->fd_count;
    if (cordon_run_steps(job->steps, job->step_count, error_fd, &failure) == 0) _exit(0);
  }
  // A message this short is written whole (pipe(7), PIPE_BUF); there is nobody left to tell if it is not.
  if (write(error_fd, &failure, sizeof failure) < 0) _exit(126);
  _exit(127);
}

// Neither way runs atfork handlers. The raw call leaves glibc's idea of the thread id stale in the child,
// which no step looks at.
static pid_t fork_child(int as_init) {
  if (!as_init) return _Fork();
  return (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
}

static void *launcher(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  for (;;) {
    while (waiting == NULL || waiting->done) pthread_cond_wait(&changed, &lock);
    struct job *job = waiting;
    job->child = fork_child(job->as_init);
    if (job->child == 0) run_child(job);
    job->error = job->child < 0 ? errno : 0;
    job->done = 1;
    pthread_cond_broadcast(&changed);
  }
  return NULL;
}

// Starts the launcher thread with every signal blocked: handlers are other threads' business.
static int ensure_thread(void) {
  if (thread_owner == getpid()) return 0;
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, launcher, NULL);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  if (error != 0) return error;
  pthread_detach(thread);
  thread_owner = getpid();
  return 0;
}

static int fork_on_launcher(struct job *job) {
  pthread_mutex_lock(&lock);
  int error = ensure_thread();
  if (error == 0) {
    while (waiting != NULL) pthread_cond_wait(&changed, &lock);
    waiting = job;
    pthread_cond_broadcast(&changed);
    while (!job->done) pthread_cond_wait(&changed, &lock);
    waiting = NULL;
    pthread_cond_broadcast(&changed);
    error = job->error;
  }
  pthread_mutex_unlock(&lock);
  return error;
}

int cordon_launch(const struct cordon_step *steps, size_t step_count, const int32_t *fds, size_t fd_count,
                  int as_init, pid_t *pid, int *pidfd, int *error_fd) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return errno;
  struct job job = {.steps = steps, .step_count = step_count, .fds = fds, .fd_count = fd_count,
                    .error_write = ends[1], .as_init = as_init};
  int error = fork_on_launcher(&job);
  close(ends[1]);
  // The child cannot have been reaped yet, so its number still means it.
  if (error == 0 && (*pidfd = cordon_pidfd_open(job.child)) < 0) {
    error = errno;
    kill(job.child, SIGKILL);
  }
  if (error != 0) {
    close(ends[0]);
    return error;
  }
  *pid = job.child;
  *error_fd = ends[0];
  return 0;
}

// Names of the system calls that the workspace filter speaks of, with the numbers of this architecture.
#define _GNU_SOURCE
#include "CLinux.h"

#include <string.h>
#include <sys/syscall.h>

// Newer than Debian 12's headers.
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

#define CALL(name) {#name, SYS_##name}

static const struct cordon_syscall calls[] = {
  CALL(io_uring_setup), CALL(io_uring_enter), CALL(io_uring_register), CALL(add_key), CALL(request_key),
  CALL(keyctl), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot), CALL(setns), CALL(unshare),
  CALL(open_tree), CALL(move_mount), CALL(fsopen), CALL(fsconfig), CALL(fsmount), CALL(fspick),
  CALL(mount_setattr), CALL(bpf), CALL(userfaultfd), CALL(perf_event_open), CALL(kexec_load),
  CALL(kexec_file_load), CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(ptrace),
  CALL(process_vm_readv), CALL(process_vm_writev), CALL(kcmp), CALL(pidfd_getfd), CALL(open_by_handle_at),
  CALL(name_to_handle_at), CALL(syslog), CALL(acct), CALL(swapon), CALL(swapoff), CALL(reboot),
  CALL(quotactl), CALL(quotactl_fd), CALL(iopl), CALL(ioperm), CALL(fanotify_init), CALL(mknod),
  CALL(mknodat), CALL(lookup_dcookie), CALL(vhangup), CALL(uselib), CALL(nfsservctl), CALL(_sysctl),
  CALL(clone), CALL(clone3), CALL(ioctl), CALL(socket), CALL(socketpair), CALL(cachestat),
  CALL(io_setup), CALL(io_submit), CALL(io_getevents), CALL(io_destroy), CALL(io_cancel), CALL(io_pgetevents),
};

int32_t cordon_syscall_number(const char *name) {
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
    if (strcmp(calls[i].name, name) == 0) return calls[i].number;
  return -1;
}

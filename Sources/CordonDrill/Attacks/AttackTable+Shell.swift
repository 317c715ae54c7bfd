extension AttackTable {
  /// What code that a package brings can do with the shell it gets: the host behind the workspace.
  static let shell: [Attack] = [
    Attack(
      id: "shell-host-files", path: .packageShell, title: "a file of the host, by path, link and /proc",
      closedBy: "own root file system (mount namespace)", provesControls: [.rootFilesystem], tools: [.python],
      attempts: [
        Attempt(
          "paths to a file of the host", tries: 8,
          .bash(
            #"""
            folder=$(mktemp -d)
            ln -s "$SECRET_FILE" "$folder/link"
            cat "$SECRET_FILE" "$folder/link" "/proc/1/root$SECRET_FILE" "/proc/self/root$SECRET_FILE" \
              "/proc/$PPID/root$SECRET_FILE" "/proc/self/cwd/../../../../..$SECRET_FILE" \
              "/run/host$SECRET_FILE" "/oldroot$SECRET_FILE" 2>&1
            rm -rf "$folder"
            """#), secret: .hostFile, evidence: [.output])
      ]),
    Attack(
      id: "shell-inherited-descriptors", path: .packageShell,
      title: "a descriptor that whoever started it left open",
      closedBy: "every descriptor is closed (launcher)", provesControls: [.descriptorClosing],
      tools: [.python],
      attempts: [
        Attempt(
          "all open descriptors of all processes", tries: 1,
          .python(
            #"""
            import glob
            name = os.path.basename(E["SECRET_FILE"])
            def show(path):
                with open(path, "rb") as file:
                    os.set_blocking(file.fileno(), False)
                    sys.stdout.buffer.write(file.read(4096) or b"")
            for entry in glob.glob("/proc/[0-9]*/fd/*"):
                target = attempt(os.readlink, entry) or ""
                number = int(entry.rsplit("/", 1)[1])
                if number < 3 or target.startswith(("pipe:", "anon_inode:", "socket:")):
                    continue
                for path in (entry, f"{entry}/{name}", f"{entry}/../{name}", entry + E["SECRET_FILE"]):
                    try:
                        if os.path.isfile(path):
                            show(path)
                    except OSError:
                        pass
            """#), secret: .descriptor, evidence: [.output])
      ]),
    Attack(
      id: "shell-launcher-environment", path: .packageShell, title: "variables of whoever started it",
      closedBy: "environment cleared before the sandbox (launcher)", provesControls: [.environmentClearing],
      tools: [],
      attempts: [
        Attempt(
          "own and other processes' environments and command lines", tries: 3,
          .bash(
            #"""
            env
            cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n'
            cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n'
            """#), secret: .launcherEnvironment, evidence: [.output])
      ]),
    Attack(
      id: "shell-output-file", path: .packageShell, title: "the host file that its output goes to",
      closedBy: "pipes or an own terminal for input and output (launcher)", tools: [],
      attempts: [
        Attempt(
          "reading back /proc/self/fd", tries: 3,
          .bash(
            #"""
            for number in 0 1 2; do
              timeout 1 head -c 4096 "/proc/$$/fd/$number" >&2 </dev/null
            done
            """#), secret: .outputFile, evidence: [.output])
      ]),
    Attack(
      id: "shell-privileges", path: .packageShell, title: "set-user-id programs, namespaces, mounts, devices",
      closedBy: "no new privileges, no capabilities (kernel), seccomp", tools: [.unshare, .python],
      attempts: [
        Attempt(
          "a set-user-id program", tries: 1,
          .python(
            #"""
            import subprocess
            program = next((p for p in ("/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount") if os.path.exists(p)), None)
            if program is None or os.geteuid() == 0 or not os.stat(program).st_mode & 0o4000:
                absent("no set-user-id program to try, or already uid 0")
            child = subprocess.Popen([program, "nobody"] if program.endswith("su") else [program],
                                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            end = time.monotonic() + 1
            while time.monotonic() < end and child.poll() is None:
                line = next(l for l in open(f"/proc/{child.pid}/status") if l.startswith("Uid:")).split()
                if line[2] != line[1]:
                    gained()
                    break
            child.kill()
            """#), secret: .reward, evidence: [.output], control: .unprivileged),
        Attempt(
          "namespaces, mount, chroot", tries: 5,
          .bash(
            #"""
            unshare --user --map-root-user --net true && gained
            unshare --mount true && gained
            folder=$(mktemp -d)
            mount -t tmpfs drill "$folder" && gained && umount "$folder"
            mount --bind /proc "$folder" && gained && umount "$folder"
            python3 -I -c 'import os; os.chroot("/"); print(os.environ["CANARY"])'
            rmdir "$folder"
            """#), secret: .reward, evidence: [.output]),
        Attempt(
          "device nodes", tries: 2,
          .bash(
            #"""
            folder=$(mktemp -d)
            { mknod "$folder/null" c 1 3 && echo x > "$folder/null" && gained; } || absent "no device nodes here"
            rm -rf "$folder"
            """#), secret: .reward, evidence: [.output]),
      ]),
    Attack(
      id: "shell-kernel-calls", path: .packageShell, title: "system calls that reach past namespaces",
      closedBy: "system-call filter (seccomp)", provesControls: [.seccomp], tools: [.python],
      attempts: [
        Attempt(
          "keyrings", tries: 2,
          kernelCall(
            #"""
            key = syscall(248, b"user", b"drill", b"x", 1, -3)
            if key >= 0 or syscall(250, 0, -3, 1) >= 0:
                gained()
            else:
                refused()
            """#), secret: .reward, evidence: [.output]),
        Attempt(
          "io_uring", tries: 1,
          kernelCall(
            #"""
            ring = ctypes.create_string_buffer(256)
            if syscall(425, 4, ring) >= 0:
                gained()
            else:
                refused()
            """#), secret: .reward, evidence: [.output]),
        Attempt(
          "ptrace and another process's memory", tries: 2,
          kernelCall(
            #"""
            child = os.fork()
            if child == 0:
                time.sleep(3)
                os._exit(0)
            word = ctypes.create_string_buffer(b"drill")
            into = ctypes.create_string_buffer(5)
            local = (ctypes.c_void_p * 2)(ctypes.addressof(into), 5)
            remote = (ctypes.c_void_p * 2)(ctypes.addressof(word), 5)
            if syscall(101, 16, child, 0, 0) == 0 or syscall(310, child, local, 1, remote, 1, 0) == 5:
                gained()
            else:
                refused()
            os.kill(child, 9)
            """#), secret: .reward, evidence: [.output]),
        Attempt(
          "bpf, userfaultfd, perf, handles, the kernel's log", tries: 5,
          kernelCall(
            #"""
            attributes = ctypes.create_string_buffer(128)
            handle = ctypes.create_string_buffer(b"\x80\0\0\0" + b"\0" * 132, 136)
            mount_id = ctypes.c_int()
            calls = [(321, 0, attributes, 128), (323, 1), (298, attributes, 0, -1, -1, 0),
                     (303, -100, b"/usr/bin/env", handle, ctypes.byref(mount_id), 0), (103, 3, attributes, 128)]
            if any(syscall(*call) >= 0 for call in calls):
                gained()
            else:
                refused()
            """#), secret: .reward, evidence: [.output]),
        Attempt(
          "the kernel's audit and device events", tries: 2,
          .python(
            #"""
            for family in (9, 15):
                try:
                    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family)
                    gained()
                except OSError as error:
                    print(error, file=sys.stderr)
            """#), secret: .reward, evidence: [.output]),
        Attempt(
          "typing into a terminal", tries: 1,
          .python(
            #"""
            import fcntl, pty, termios
            child, master = pty.fork()
            if child == 0:
                try:
                    fcntl.ioctl(0, 0x5412, b"x")
                    os._exit(0)
                except OSError as error:
                    os._exit(7 if error.errno == 5 else 1)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if status == 0:
                gained()
            elif status == 7:
                absent("this kernel refuses TIOCSTI to everybody")
            """#), secret: .reward, evidence: [.output]),
      ]),
    Attack(
      id: "shell-kernel-files", path: .packageShell, title: "kernel settings, logs and memory",
      closedBy: "own root file system (mount namespace), no capabilities (kernel)", tools: [.python],
      attempts: [
        Attempt(
          "opening, and nothing more", tries: 8,
          .python(
            #"""
            for path, flags in (("/proc/sys/kernel/core_pattern", os.O_WRONLY), ("/proc/sysrq-trigger", os.O_WRONLY),
                                ("/proc/sys/kernel/modprobe", os.O_WRONLY), ("/dev/kmsg", os.O_RDONLY),
                                ("/proc/kcore", os.O_RDONLY), ("/sys/kernel/uevent_helper", os.O_WRONLY),
                                ("/dev/mem", os.O_RDONLY), ("/usr/bin/env", os.O_WRONLY)):
                try:
                    os.close(os.open(path, flags))
                    gained()
                except OSError as error:
                    print(path, error, file=sys.stderr)
            """#), secret: .reward, evidence: [.output])
      ]),
    Attack(
      id: "shell-host-sockets", path: .packageShell, title: "services of the host behind Unix sockets",
      closedBy: "own root file system (mount namespace)", tools: [.curl, .python],
      attempts: [
        Attempt(
          "container engine, message bus", tries: 4,
          .bash(
            #"""
            for path in /run/docker.sock /var/run/docker.sock /run/dbus/system_bus_socket; do
              direct --unix-socket "$path" "http://drill/$CANARY"
            done
            try python3 -I -c 'import os, socket
            s = socket.socket(socket.AF_UNIX)
            s.connect("/run/dbus/system_bus_socket")
            s.sendall(b"\0AUTH EXTERNAL " + os.environ["CANARY"].encode() + b"\r\n")'
            """#))
      ]),
  ]

  private static func kernelCall(_ text: String) -> Script {
    .python(
      #"""
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      def syscall(number, *arguments):
          return libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
      def refused():
          error = ctypes.get_errno()
          print(os.strerror(error), file=sys.stderr)
          if error == 38:
              absent("this kernel has no such call")

      """# + text)
  }
}

extension AttackTable {
  /// From one project's workspace into another's, on the same machine.
  static let neighbour: [Attack] = [
    Attack(
      id: "neighbour-sockets", path: .tunnel, title: "another workspace's sockets",
      closedBy: "own network namespace each (kernel)", needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "TCP, UDP and abstract sockets", tries: 5,
          .python(
            #"""
            def stream(family, address):
                sock = socket.socket(family, socket.SOCK_STREAM)
                sock.settimeout(1)
                sock.connect(address)
                sock.sendall(CANARY.encode())
            def datagram(host):
                sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                sock.sendto(CANARY.encode(), (host, 47011))
            attempt(stream, socket.AF_INET, ("127.0.0.1", 47011))
            attempt(stream, socket.AF_INET6, ("::1", 47011))
            attempt(stream, socket.AF_UNIX, "\0cordon-drill")
            attempt(datagram, "127.0.0.1")
            attempt(datagram, "127.255.255.255")
            """#),
          receiver: .python(
            #"""
            import select
            places = [(socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", 47011)), (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 47011)),
                      (socket.AF_UNIX, socket.SOCK_STREAM, "\0cordon-drill"), (socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 47011))]
            open_sockets = []
            for family, kind, address in places:
                try:
                    sock = socket.socket(family, kind)
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    sock.bind(address)
                    if kind == socket.SOCK_STREAM:
                        sock.listen()
                    open_sockets.append(sock)
                except OSError as error:
                    print(error, file=sys.stderr)
            ready()
            ended = False
            while True:
                waiting = open_sockets if ended else open_sockets + [sys.stdin]
                found = select.select(waiting, [], [], 0.3 if ended else 10)[0]
                if ended and not found:
                    break
                for source in found:
                    if source is sys.stdin:
                        ended = True
                    elif source.type == socket.SOCK_STREAM:
                        print(source.accept()[0].recv(999).decode("utf-8", "replace"), flush=True)
                    else:
                        print(source.recv(999).decode("utf-8", "replace"), flush=True)
            """#), evidence: [.receiver])
      ]),
    Attack(
      id: "neighbour-memory", path: .tunnel, title: "shared memory, queues and folders",
      closedBy: "own IPC and mount namespaces each (kernel)", needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "System V, POSIX, /tmp, /dev/shm", tries: 5,
          .python(
            #"""
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            libc.shmat.restype = ctypes.c_void_p
            def write(path):
                with open(path, "w") as file:
                    file.write(CANARY)
            for path in ("/dev/shm/cordon-drill", "/tmp/cordon-drill", "/run/cordon-drill", "/var/tmp/cordon-drill-shared"):
                attempt(write, path)
            block = libc.shmget(0x4472696C, 64, 0o1666)
            if block >= 0:
                address = libc.shmat(block, None, 0)
                if address and address != 2 ** 64 - 1:
                    ctypes.memmove(address, CANARY.encode(), len(CANARY))
            """#),
          receiver: .python(
            #"""
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            libc.shmat.restype = ctypes.c_void_p
            ready()
            sys.stdin.read()
            for path in ("/dev/shm/cordon-drill", "/tmp/cordon-drill", "/run/cordon-drill", "/var/tmp/cordon-drill-shared"):
                try:
                    with open(path) as file:
                        print(file.read(999), flush=True)
                    os.unlink(path)
                except OSError as error:
                    print(error, file=sys.stderr)
            block = libc.shmget(0x4472696C, 64, 0o666)
            if block >= 0:
                address = libc.shmat(block, None, 0)
                if address and address != 2 ** 64 - 1:
                    print(ctypes.string_at(address, 64).rstrip(b"\0").decode("utf-8", "replace"), flush=True)
                libc.shmctl(block, 0, None)
            """#), evidence: [.receiver])
      ]),
    Attack(
      id: "neighbour-processes", path: .tunnel, title: "another workspace's processes, memory and home",
      closedBy: "own process and mount namespaces each, own user id (kernel)",
      provesControls: [.processNamespace], needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "command lines, environments, files", tries: 4,
          .bash(
            #"""
            cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n'
            cat /proc/[0-9]*/cwd/cordon-drill-home 2>/dev/null
            cat /proc/[0-9]*/root/home/*/cordon-drill-home /home/*/cordon-drill-home /home/*/*/cordon-drill-home 2>/dev/null
            find /home /root /tmp /var/tmp -xdev -name cordon-drill-home -exec cat {} + 2>/dev/null
            """#),
          receiver: .python(
            #"""
            import subprocess
            os.chdir(E.get("HOME") or "/tmp")
            with open("cordon-drill-home", "w") as file:
                file.write(CANARY + "\n")
            child = subprocess.Popen(["sleep", "30"], env={"DRILL": CANARY})
            ready()
            sys.stdin.read()
            child.kill()
            child.wait()
            os.unlink("cordon-drill-home")
            """#), secret: .neighbours, evidence: [.output], seconds: 30)
      ]),
    Attack(
      id: "neighbour-file-locks", path: .tunnel, title: "locks on files that both workspaces see",
      closedBy: "no file is shared by inode (overlay)", provesControls: [.sharedFilesOverlay],
      needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "192 bits as 192 locks", tries: 1,
          lockScript(
            #"""
            bits = "".join(f"{byte:08b}" for byte in CANARY.encode())
            held = [open(files[-1])]
            for bit, path in zip(bits, files):
                if bit == "1":
                    held.append(open(path))
            # Whoever looks on holds one for a moment: it is waited for. The one that says 'read now' is the last.
            for file in reversed(held):
                fcntl.flock(file, fcntl.LOCK_EX)
            time.sleep(1.5)
            """#),
          receiver: lockScript(
            #"""
            def taken(path):
                with open(path) as file:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        return False
                    except OSError:
                        return True
            import select
            ready()
            while not taken(files[-1]):
                if select.select([sys.stdin], [], [], 0.05)[0]:
                    sys.exit()
            bits = "".join("1" if taken(path) else "0" for path in files[:192])
            print(bytes(int(bits[i:i + 8], 2) for i in range(0, 192, 8)).decode("latin-1"), flush=True)
            sys.stdin.read()
            """#), evidence: [.receiver], seconds: 30)
      ]),
    Attack(
      id: "neighbour-user-limits", path: .tunnel, title: "limits that the kernel counts for a user id",
      closedBy: "own user id each (launcher)", provesControls: [.uidSeparation], needs: [.neighbour],
      tools: [.python],
      attempts: [
        Attempt(
          "pipe memory as a signal", tries: 1,
          pipeScript(
            #"""
            time.sleep(0.4)
            for letter in CANARY:
                held, wanted = [], (ALPHABET.index(letter) + 2) * STEP
                end = time.monotonic() + 0.5
                # The receiver takes everything for a moment when it measures, so that one try is not enough.
                while wanted > 0 and time.monotonic() < end:
                    more, taken = grab(wanted)
                    held += more
                    wanted -= taken
                time.sleep(0.35)
                drop(held)
                time.sleep(0.2)
            """#),
          receiver: pipeScript(
            #"""
            levels = Levels(STEP)
            ready()
            while not ended():
                held, free = grab(1 << 20)
                drop(held)
                levels.add(free)
            print(levels.secret(), flush=True)
            """#), evidence: [.receiver], control: .unprivileged, seconds: 40,
          secretLength: 6)
      ]),
    Attack(
      id: "neighbour-disk-space", path: .tunnel, title: "free space on a disk that both workspaces see",
      closedBy: "own image or quota each (launcher)", needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "a file's size as a signal", tries: 1,
          levelScript(
            #"""
            STEPS = (16 << 20, 1 << 20)
            home = os.path.expanduser("~")
            path = os.path.join(home, "cordon-drill-space")
            space = os.statvfs(home)
            # Large steps stand out from what others write; a small disk has room for small ones only.
            step = next(s for s in STEPS if 40 * s < space.f_bavail * space.f_frsize or s == STEPS[-1])
            time.sleep(0.4)
            for letter in CANARY:
                with open(path, "wb") as file:
                    attempt(os.posix_fallocate, file.fileno(), 0, (ALPHABET.index(letter) + 2) * step)
                    time.sleep(0.35)
                os.unlink(path)
                time.sleep(0.2)
            """#),
          receiver: levelScript(
            #"""
            STEPS = (16 << 20, 1 << 20)
            paths = (os.path.expanduser("~"), "/", "/usr", "/tmp", "/dev/shm")
            series = [(path, Levels(step)) for path in paths for step in STEPS]
            ready()
            while not ended():
                for path, levels in series:
                    space = os.statvfs(path)
                    levels.add(space.f_bfree * space.f_frsize)
            for path, levels in series:
                print(levels.secret(), flush=True)
            """#), evidence: [.receiver], seconds: 40, secretLength: 6)
      ]),
  ]

  /// A number that one side moves and the other one sees, a letter at a time, with a pause after each.
  static func levelScript(_ text: String) -> Script {
    .python(
      #"""
      import select
      ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
      def ended():
          return bool(select.select([sys.stdin], [], [], 0.01)[0])
      class Levels:
          def __init__(self, step):
              self.step, self.runs = step, []
          def add(self, free):
              if self.runs and abs(self.runs[-1][0] - free) * 2 < self.step:
                  self.runs[-1][1] += 1
              else:
                  self.runs.append([free, 1])
          def secret(self):
              seen = [free for free, count in self.runs if count > 4]
              found, idle = "", seen[0] if seen else 0
              for free in seen[1:]:
                  taken = (idle - free + self.step // 2) // self.step
                  # One step is drift: others move the number too.
                  if 2 <= taken <= 33:
                      found += ALPHABET[taken - 2]
                  else:
                      idle = free
              return found

      """# + text)
  }

  private static func lockScript(_ text: String) -> Script {
    .python(
      #"""
      import fcntl
      found = []
      for folder, folders, names in os.walk("/usr/lib/python3"):
          folders.sort()
          found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".py")]
      if len(found) < 193:
          for folder, folders, names in os.walk("/usr/lib/python3.11"):
              folders.sort()
              found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".py")]
      files = found[:193]
      if len(files) < 193:
          absent("fewer than 193 files to lock")

      """# + text)
  }

  /// The soft limit on pipe memory is kept for each real user id, whatever the namespaces (pipe(7),
  /// /proc/sys/fs/pipe-user-pages-soft): beyond it, another process of the same user gets smaller pipes.
  private static func pipeScript(_ text: String) -> Script {
    levelScript(
      #"""
      import fcntl
      F_SETPIPE_SZ, STEP = 1031, 256
      def grab(limit):
          held, total, size = [], 0, 256
          # Below four pages a pipe is granted beyond the limit as well.
          while size >= 4 and total < limit and len(held) < 200:
              if size > limit - total:
                  size //= 2
                  continue
              pair = os.pipe()
              try:
                  fcntl.fcntl(pair[0], F_SETPIPE_SZ, size * 4096)
                  held.append(pair)
                  total += size
              except OSError:
                  drop([pair])
                  size //= 2
          return held, total
      def drop(held):
          for pair in held:
              os.close(pair[0])
              os.close(pair[1])

      """# + text)
  }
}

